// ehc-bench-log: the log alone, beside the disk it lies on. Runs in the current folder: on a real
// disk.
//
//   durable appends, 128 queued, of entries as the hub makes them, in rounds with
//   the disk's own fdatasync of 4 KiB, and bare SQLite with synchronous=NORMAL (which loses commits
//     when power is cut): the same rows, 128 a transaction
//   inclusion proofs of random and of the newest entries in a log of --entries
//   the whole log's hashes read from the store and verified against its root, on one core
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "nlohmann/json.hpp"
#include "server/audit/entry.h"
#include "server/audit/promise.h"
#include "server/base/fs.h"
#include "server/base/merkle.h"
#include "server/base/merkle_tile.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace ehc {
namespace {

constexpr int kQueued = 128;
constexpr int kOpeningBytes = 2048;  // docs/formats/audit.md
constexpr int kChildren = 5000;

struct Options {
  int64_t entries = 10'000'000;
  int64_t appends = 40'000;
  int rounds = 3;
  int proofs = 5000;
  std::string format = "text";
};

class Folder {
 public:
  Folder() { EHC_CHECK(::mkdtemp(path_.data()) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "bench-log-XXXXXX";
};

Digest LeafOf(int64_t number) { return LeafHash(absl::StrCat("entry ", number)); }

EntryRow EntryOf(int64_t number, size_t opening_bytes) {
  EntryRow entry;
  entry.leaf_hash = LeafOf(number);
  entry.recorded_at = absl::Now();
  entry.opening = std::string(opening_bytes, 'o');
  entry.searcher = AgencyId(absl::StrCat("trust-", number % 40));
  entry.custodian = AgencyId("bromley");
  entry.subject.value = 1 + (number * 7919) % kChildren;
  return entry;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}
double Quantile(std::vector<double> values, double quantile) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(quantile * static_cast<double>(values.size() - 1))];
}

// Keeps so many commits queued, as calls in flight do.
class Load {
 public:
  explicit Load(Store& store) : store_(store) {}

  // Commits a second.
  double Run(int64_t first, int64_t count, size_t opening_bytes) {
    const absl::Time start = absl::Now();
    for (int64_t number = first; number < first + count;) {
      const int64_t room = AwaitRoom();
      std::vector<Appending> commits;
      for (int64_t i = 0; i < room && number < first + count; ++i, ++number) {
        Commit commit;
        commit.entry = EntryOf(number, opening_bytes);
        commits.push_back({std::move(commit), [this](absl::StatusOr<Committed> outcome) {
                             EHC_CHECK(outcome.ok());
                             const std::lock_guard lock(mutex_);
                             --queued_;
                             changed_.notify_one();
                           }});
      }
      {
        const std::lock_guard lock(mutex_);
        queued_ += static_cast<int64_t>(commits.size());
      }
      store_.AppendAll(std::move(commits));
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return queued_ == 0; });
    return static_cast<double>(count) / absl::ToDoubleSeconds(absl::Now() - start);
  }

 private:
  int64_t AwaitRoom() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return queued_ < kQueued; });
    return kQueued - queued_;
  }

  Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t queued_ = 0;
};

void Execute(sqlite3* database, const char* sql) {
  EHC_CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

// Rows a second that bare SQLite takes with synchronous=NORMAL.
double BareSqlite(const std::string& path, int64_t rows) {
  sqlite3* database = nullptr;
  EHC_CHECK(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  Execute(database, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL");
  Execute(database, "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384");
  Execute(database, "CREATE TABLE entry (number INTEGER PRIMARY KEY, leaf BLOB, opening BLOB)");
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(database, "INSERT INTO entry VALUES (?, ?, ?)", -1, &insert, nullptr);
  const std::string opening(kOpeningBytes + 28, 'o');
  const Digest leaf = LeafOf(1);
  const absl::Time start = absl::Now();
  for (int64_t row = 0; row < rows; ++row) {
    if (row % kQueued == 0) Execute(database, "BEGIN IMMEDIATE");
    sqlite3_bind_int64(insert, 1, row);
    sqlite3_bind_blob(insert, 2, leaf.data(), static_cast<int>(leaf.size()), SQLITE_STATIC);
    sqlite3_bind_blob(insert, 3, opening.data(), static_cast<int>(opening.size()), SQLITE_STATIC);
    EHC_CHECK(sqlite3_step(insert) == SQLITE_DONE);
    sqlite3_reset(insert);
    if (row % kQueued == kQueued - 1 || row + 1 == rows) Execute(database, "COMMIT");
  }
  const double rate = static_cast<double>(rows) / absl::ToDoubleSeconds(absl::Now() - start);
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return rate;
}

// Syncs a second of the disk alone: 4 KiB over an existing file, as a WAL in use has it.
double DiskSyncs(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT, 0600));
  const std::string page(4096, 'x');
  for (int i = 0; i < 1024; ++i) EHC_CHECK(::pwrite(fd.get(), page.data(), 4096, 4096 * i) == 4096);
  ::fsync(fd.get());
  constexpr int kSyncs = 1500;
  const absl::Time start = absl::Now();
  for (int i = 0; i < kSyncs; ++i) {
    EHC_CHECK(::pwrite(fd.get(), page.data(), 4096, 4096 * (i % 1024)) == 4096);
    EHC_CHECK(::fdatasync(fd.get()) == 0);
  }
  return kSyncs / absl::ToDoubleSeconds(absl::Now() - start);
}

nlohmann::json Appends(const Options& options) {
  const Folder folder;
  auto store = OpenSqliteStore({.path = folder.path() + "/hub.db",
                                .key_file = folder.path() + "/store.key",
                                .create = true})
                   .value();
  std::atomic<int64_t> batches{0};
  const PromiseSigner promises(SigningKey::Generate(), store->log_id(), SystemClock());
  store->SetBatchSigner([&](absl::Span<const Digest> leaves) {
    ++batches;
    return promises.Sign(leaves);
  });
  Load load(*store);
  load.Run(0, 2000, kOpeningBytes);
  std::vector<double> ours, bare, syncs, batch;
  for (int round = 0; round < options.rounds; ++round) {
    const int64_t before = batches;
    ours.push_back(load.Run(2000 + round * options.appends, options.appends, kOpeningBytes));
    batch.push_back(static_cast<double>(options.appends) / static_cast<double>(batches - before));
    bare.push_back(BareSqlite(absl::StrCat(folder.path(), "/bare-", round), options.appends));
    syncs.push_back(DiskSyncs(folder.path() + "/disk"));
  }
  return {{"queued", kQueued},
          {"durable_appends_per_s", Median(ours)},
          {"entries_per_commit", Median(batch)},
          {"bare_sqlite_normal_rows_per_s", Median(bare)},
          {"ratio", Median(ours) / Median(bare)},
          {"fdatasync_per_s", Median(syncs)}};
}

double ThreadCpuSeconds() {
  struct timespec time;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Microseconds that proofs took, by the clock and of the processor: the latter hardly depend on
// what else the machine does.
struct Times {
  std::vector<double> wall;
  std::vector<double> cpu;

  nlohmann::json Summary() const {
    return {{"p50_us", Quantile(wall, 0.5)},
            {"p99_us", Quantile(wall, 0.99)},
            {"cpu_p50_us", Quantile(cpu, 0.5)},
            {"cpu_p99_us", Quantile(cpu, 0.99)}};
  }
};

// One proof, look-up included, as GetInclusionProof makes it.
void ProveOne(Store& store, int64_t entry, int64_t size, Times* times) {
  const Digest leaf = LeafOf(entry);
  const double cpu = ThreadCpuSeconds();
  const absl::Time start = absl::Now();
  const std::unique_ptr<ReadView> view = store.Read().value();
  const std::optional<int64_t> index = view->FindEntry(leaf).value();
  EHC_CHECK(index == entry);
  const auto path =
      InclusionPath(static_cast<uint64_t>(entry), static_cast<uint64_t>(size), [&](NodeId node) {
        return view->NodeHash(static_cast<int>(node.level), static_cast<int64_t>(node.index));
      }).value();
  times->wall.push_back(absl::ToDoubleMicroseconds(absl::Now() - start));
  times->cpu.push_back((ThreadCpuSeconds() - cpu) * 1e6);
  EHC_CHECK(VerifyInclusion(leaf, static_cast<uint64_t>(entry), static_cast<uint64_t>(size), path,
                            view->Head().value().root)
                .ok());
}

nlohmann::json Proofs(Store& store, const Options& options) {
  std::mt19937_64 random(2026);
  Times anywhere, newest;
  for (int i = 0; i < options.proofs; ++i) {
    ProveOne(store, static_cast<int64_t>(random() % static_cast<uint64_t>(options.entries)),
             options.entries, &anywhere);
    ProveOne(store, options.entries - 1 - static_cast<int64_t>(random() % 1000), options.entries,
             &newest);
  }
  return {
      {"entries", options.entries}, {"random", anywhere.Summary()}, {"newest", newest.Summary()}};
}

// Entries a second, tile by tile as `ehcctl audit verify --log` takes them.
nlohmann::json Verification(Store& store, const Options& options) {
  const std::unique_ptr<ReadView> view = store.Read().value();
  const TreeHead head = view->Head().value();
  MerkleRange tree;
  const double before = ThreadCpuSeconds();
  const absl::Time start = absl::Now();
  while (static_cast<int64_t>(tree.size()) < head.size) {
    const int64_t first = static_cast<int64_t>(tree.size());
    const int64_t count = std::min<int64_t>(kTileWidth, head.size - first);
    const std::vector<Digest> leaves = view->NodeHashes(0, first, count).value();
    for (const Digest& leaf : leaves) tree.Append(leaf);
  }
  EHC_CHECK(tree.Root() == head.root);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const double cpu = ThreadCpuSeconds() - before;
  const double entries = static_cast<double>(options.entries);
  return {{"entries_per_s", entries / seconds}, {"entries_per_s_of_one_core", entries / cpu}};
}

nlohmann::json LongLog(const Options& options) {
  const Folder folder;
  auto store = OpenSqliteStore({.path = folder.path() + "/hub.db",
                                .key_file = folder.path() + "/store.key",
                                .create = true})
                   .value();
  // Short openings: look-ups, proofs and verification do not read them, and the disk is spared.
  const double rate = Load(*store).Run(0, options.entries, 16);
  nlohmann::json result = {{"proofs", Proofs(*store, options)},
                           {"verification", Verification(*store, options)}};
  result["filled_at_entries_per_s"] = rate;
  return result;
}

void Print(const nlohmann::json& result) {
  const auto& a = result["appends"];
  const auto& p = result["long_log"]["proofs"];
  const auto& v = result["long_log"]["verification"];
  std::cout << absl::StrFormat(
      "durable appends, %d queued: %.0f/s, %.0f a commit; bare SQLite NORMAL %.0f rows/s "
      "(ratio %.2f); fdatasync %.0f/s\n",
      kQueued, a["durable_appends_per_s"].get<double>(), a["entries_per_commit"].get<double>(),
      a["bare_sqlite_normal_rows_per_s"].get<double>(), a["ratio"].get<double>(),
      a["fdatasync_per_s"].get<double>());
  for (const char* kind : {"random", "newest"}) {
    const auto& t = p[kind];
    std::cout << absl::StrFormat(
        "inclusion proofs of %s entries in %d: p50 %.0f, p99 %.0f us; processor p50 %.0f, p99 %.0f "
        "us\n",
        kind, p["entries"].get<int64_t>(), t["p50_us"].get<double>(), t["p99_us"].get<double>(),
        t["cpu_p50_us"].get<double>(), t["cpu_p99_us"].get<double>());
  }
  std::cout << absl::StrFormat("verification: %.0f entries/s, %.0f for each core\n",
                               v["entries_per_s"].get<double>(),
                               v["entries_per_s_of_one_core"].get<double>());
}

int Run(const Options& options) {
  nlohmann::json result = {{"appends", Appends(options)}, {"long_log", LongLog(options)}};
  if (options.format == "json") {
    std::cout << result.dump(2) << "\n";
  } else {
    Print(result);
  }
  return 0;
}

}  // namespace
}  // namespace ehc

int main(int argc, char** argv) {
  ehc::Options options;
  CLI::App app("ehc-bench-log: the audit log beside its disk");
  app.add_option("--entries", options.entries, "length of the long log")
      ->check(CLI::Range(300, 50'000'000));
  app.add_option("--appends", options.appends, "entries a round");
  app.add_option("--rounds", options.rounds, "rounds");
  app.add_option("--proofs", options.proofs, "proofs of each kind");
  app.add_option("--format", options.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  CLI11_PARSE(app, argc, argv);
  return ehc::Run(options);
}
