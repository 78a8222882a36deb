// ehc-bench-store: what the store costs a call. Reads as one pull makes them, commits at several
// depths, and the disk's own sync rate beside them. Runs in the current folder: on a real disk.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/fs.h"
#include "server/base/signature.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/decoy.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace ehc {
namespace {

constexpr int kChildren = 5000;
constexpr int kPartBytes = 600;
constexpr int kOpeningBytes = 2048;  // docs/formats/audit.md
const char* const kSections[] = {"A", "B", "C", "D", "E", "F", "G", "H1", "H2", "I", "J", "K"};
const absl::string_view kPulled[] = {"B", "C", "F", "G", "I"};
const AgencyId kCustodian("bromley");

double CpuSeconds() {
  struct rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const struct timeval& time) { return time.tv_sec + time.tv_usec * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// A folder below the current one.
class Folder {
 public:
  Folder() { EHC_CHECK(::mkdtemp(path_.data()) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "bench-store-XXXXXX";
};

Identifier IdentifierOf(int child) {
  return {IdentifierKind::kNhsNumber, absl::StrCat(9'990'000'000 + child)};
}

Record PlanOf(RecordId id, SubjectId subject) {
  Record record;
  record.head.id = id;
  record.head.subject = subject;
  record.head.custodian = kCustodian;
  record.head.unit = UnitId("send");
  record.head.record_type = "EHC_PLAN";
  record.head.version = 1;
  record.head.local_id = absl::StrCat("plan-", id.value);
  record.head.as_at = record.head.published_at = absl::Now();
  record.head.contact = std::string(60, 'c');
  record.head.summary = std::string(80, 's');
  for (const char* code : kSections) record.parts.push_back({code, std::string(kPartBytes, 'p')});
  return record;
}

EntryRow EntryOf(int64_t number) {
  EntryRow entry;
  entry.leaf_hash = LeafHash(absl::StrCat("entry ", number));
  entry.recorded_at = absl::Now();
  entry.opening = std::string(kOpeningBytes, 'o');
  entry.searcher = AgencyId(absl::StrCat("trust-", number % 40));
  entry.custodian = kCustodian;
  entry.subject.value = 1 + (number * 7919) % kChildren;
  return entry;
}

// A store of kChildren children, each with a dossier, an identifier and a plan.
class World {
 public:
  static World& Get() {
    static World world;
    return world;
  }

  Store& store() { return *store_; }
  int64_t batches() const { return batches_; }
  const Digest& identifier(int child) const { return identifiers_[child]; }

 private:
  World() : store_(OpenSqliteStore(Options()).value()) {
    for (int child = 0; child < kChildren; ++child) AddChild(child);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return added_ == kChildren; });
    store_->SetBatchSigner([this](absl::Span<const Digest>) {
      ++batches_;
      return std::shared_ptr<const BatchPromise>();
    });
  }
  SqliteOptions Options() {
    return {.path = folder_.path() + "/db", .key_file = folder_.path() + "/key", .create = true};
  }

  void AddChild(int child) {
    const SubjectId subject = store_->NewSubjectId().value();
    identifiers_.push_back(store_->IdentifierDigest(IdentifierOf(child)));
    Commit commit;
    commit.changes = {PutSubject{subject, DecoyDossier()},
                      BindIdentifier{identifiers_.back(), subject},
                      PutRecord{PlanOf(store_->NewRecordId().value(), subject)}};
    commit.entry = EntryOf(-child);
    store_->Append(std::move(commit), [this](absl::StatusOr<Committed> outcome) {
      EHC_CHECK(outcome.ok());
      const std::lock_guard lock(mutex_);
      ++added_;
      done_.notify_one();
    });
  }

  Folder folder_;
  std::unique_ptr<Store> store_;
  std::vector<Digest> identifiers_;
  std::mutex mutex_;
  std::condition_variable done_;
  int added_ = 0;
  std::atomic<int64_t> batches_{0};
};

// How far a call reads.
enum Depth { kViewOnly, kToSubject, kToDossier, kToRecord, kToParts };

void ReadAsAPullDoes(World& world, int child, Depth depth) {
  const std::unique_ptr<ReadView> view = world.store().Read().value();
  if (depth < kToSubject) return;
  const SubjectId subject = view->FindSubject(world.identifier(child)).value();
  if (depth < kToDossier) return;
  benchmark::DoNotOptimize(view->ReadDossier(subject).value());
  if (depth < kToRecord) return;
  const RecordHead head = *view->FindRecord(subject, kCustodian, "EHC_PLAN").value();
  if (depth < kToParts) return;
  EHC_CHECK(view->ReadParts(head, kPulled).value().size() == 5);
}

void BM_Read(benchmark::State& state) {
  World& world = World::Get();
  std::minstd_rand random(1);
  for (auto _ : state) {
    ReadAsAPullDoes(world, random() % kChildren, static_cast<Depth>(state.range(0)));
  }
}
BENCHMARK(BM_Read)->DenseRange(kViewOnly, kToParts)->ArgName("depth");

// The same for a child that is not there: to be compared with BM_Read/depth:2.
void BM_ReadUnknownChild(benchmark::State& state) {
  World& world = World::Get();
  int64_t number = 0;
  for (auto _ : state) {
    Digest digest = world.identifier(number++ % kChildren);
    digest[31] ^= 1;
    const std::unique_ptr<ReadView> view = world.store().Read().value();
    const SubjectId subject = view->FindSubject(digest).value();
    benchmark::DoNotOptimize(view->ReadDossier(subject).value());
  }
}
BENCHMARK(BM_ReadUnknownChild);

// Keeps so many commits waiting, as calls in flight do, from `threads` worker threads.
class Load {
 public:
  Load(Store& store, int64_t commits, int in_flight, int threads)
      : store_(store), left_(commits), room_(in_flight) {
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) workers.emplace_back([this] { Work(); });
    for (std::thread& worker : workers) worker.join();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return room_ == in_flight; });
  }

  std::vector<absl::Duration>& latencies() { return latencies_; }

 private:
  void Work() {
    static std::atomic<int64_t> number{1'000'000};
    while (TakeRoom()) {
      Commit commit;
      commit.entry = EntryOf(number++);
      commit.reads.keys.push_back(SubjectKey(commit.entry.subject));
      commit.reads.keys.push_back(PolicyKey());
      const absl::Time start = absl::Now();
      commit.reads.position = store_.Read().value()->position();
      store_.Append(std::move(commit), [this, start](absl::StatusOr<Committed> outcome) {
        EHC_CHECK(outcome.ok());
        const std::lock_guard lock(mutex_);
        latencies_.push_back(absl::Now() - start);
        ++room_;
        changed_.notify_one();
      });
    }
  }
  bool TakeRoom() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return room_ > 0; });
    if (left_ == 0) {
      changed_.notify_one();
      return false;
    }
    --left_;
    --room_;
    return true;
  }

  Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t left_;
  int room_;
  std::vector<absl::Duration> latencies_;
};

double Microseconds(std::vector<absl::Duration>& latencies, double quantile) {
  std::sort(latencies.begin(), latencies.end());
  const size_t place = static_cast<size_t>(quantile * static_cast<double>(latencies.size() - 1));
  return absl::ToDoubleMicroseconds(latencies[place]);
}

void Report(benchmark::State& state, double cpu, std::vector<absl::Duration>& latencies) {
  const double count = static_cast<double>(latencies.size());
  state.counters["per_s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["cpu_us"] = cpu * 1e6 / count;
  state.counters["p50_us"] = Microseconds(latencies, 0.5);
  state.counters["p99_us"] = Microseconds(latencies, 0.99);
}

void BM_AppendEntry(benchmark::State& state) {
  World& world = World::Get();
  const int in_flight = static_cast<int>(state.range(0));
  const int64_t commits = in_flight == 1 ? 5000 : 60'000;
  std::vector<absl::Duration> latencies;
  double cpu = 0;
  const int64_t batches = world.batches();
  for (auto _ : state) {
    const double before = CpuSeconds();
    Load load(world.store(), commits, in_flight, std::min(in_flight, 4));
    cpu += CpuSeconds() - before;
    latencies.insert(latencies.end(), load.latencies().begin(), load.latencies().end());
  }
  Report(state, cpu, latencies);
  state.counters["batch"] =
      static_cast<double>(latencies.size()) / static_cast<double>(world.batches() - batches);
}
BENCHMARK(BM_AppendEntry)
    ->Arg(1)
    ->Arg(8)
    ->Arg(16)
    ->Arg(64)
    ->Arg(128)
    ->ArgName("in_flight")
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

double ThreadCpuSeconds() {
  struct timespec time;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

// Reads with a commit after every so many: a commit makes each reader begin anew.
void BM_ReadBetweenCommits(benchmark::State& state) {
  World& world = World::Get();
  std::minstd_rand random(1);
  for (auto _ : state) {
    const double before = ThreadCpuSeconds();
    for (int64_t i = 0; i < state.range(0); ++i) {
      ReadAsAPullDoes(world, random() % kChildren, kToParts);
    }
    state.SetIterationTime(ThreadCpuSeconds() - before);
    Load(world.store(), 1, 1, 1);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["us"] =
      benchmark::Counter(static_cast<double>(state.iterations() * state.range(0)) * 1e-6,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_ReadBetweenCommits)
    ->Arg(1)
    ->Arg(5)
    ->Arg(20)
    ->ArgName("reads")
    ->UseManualTime()
    ->Iterations(2000);

// The disk alone: 4 KiB over an existing file, then fdatasync, as a WAL in use has it.
void BM_DiskSync(benchmark::State& state) {
  const Folder folder;
  const std::string path = folder.path() + "/disk";
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT, 0600));
  const std::string page(4096, 'x');
  for (int i = 0; i < 1024; ++i) EHC_CHECK(::pwrite(fd.get(), page.data(), 4096, 4096 * i) == 4096);
  ::fsync(fd.get());
  std::vector<absl::Duration> latencies;
  int64_t place = 0;
  const double before = CpuSeconds();
  for (auto _ : state) {
    const absl::Time start = absl::Now();
    EHC_CHECK(::pwrite(fd.get(), page.data(), 4096, 4096 * (place++ % 1024)) == 4096);
    EHC_CHECK(::fdatasync(fd.get()) == 0);
    latencies.push_back(absl::Now() - start);
  }
  Report(state, CpuSeconds() - before, latencies);
}
BENCHMARK(BM_DiskSync)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ehc

BENCHMARK_MAIN();
