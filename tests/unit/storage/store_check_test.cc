// What ehc-fsck finds in a stopped store, and that it changes nothing.
#include "server/storage/sqlite/store_check.h"

#include <sqlite3.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/merkle.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/scratch_folder.h"

namespace ehc {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int kEntries = 300;  // one full tile, and some
constexpr int kChildren = 12;

class StoreCheck : public ::testing::Test {
 protected:
  // One sound store, made entry by entry so that each has its root; every test damages a copy.
  static const std::string& Sound() {
    static const auto* const sound = [] {
      auto* const folder = new ScratchFolder;
      auto store = OpenSqliteStore({.path = folder->path() + "/hub.db",
                                    .key_file = folder->path() + "/store.key",
                                    .create = true})
                       .value();
      for (int i = 0; i < kEntries; ++i) Append(*store, i);
      return folder;
    }();
    return sound->path();
  }

  void SetUp() override {
    for (const auto& file : fs::directory_iterator(Sound())) {
      fs::copy(file.path(), folder_.path() + "/" + file.path().filename().string());
    }
  }

  std::string Path() const { return folder_.path() + "/hub.db"; }
  std::string KeyPath() const { return folder_.path() + "/store.key"; }

  static void Append(Store& store, int number) {
    Commit commit;
    const std::string text = absl::StrCat("entry ", number);
    commit.entry.leaf_hash = LeafHash(text);
    commit.entry.recorded_at = absl::FromUnixMillis(1'790'000'000'000 + number);
    commit.entry.opening = "opening of " + text;
    commit.entry.searcher = AgencyId("trust");
    commit.entry.custodian = AgencyId("bromley");
    commit.entry.denial = number % 10 == 9;
    if (number < kChildren) commit.changes = Child(store, &commit.entry.subject);
    std::promise<absl::Status> done;
    store.Append(std::move(commit),
                 [&](absl::StatusOr<Committed> result) { done.set_value(result.status()); });
    ASSERT_EQ(done.get_future().get(), absl::OkStatus());
  }

  static std::vector<Change> Child(Store& store, SubjectId* subject) {
    *subject = store.NewSubjectId().value();
    store::v1::Dossier dossier;
    dossier.mutable_person()->set_family_name("Example");
    Record record;
    record.head.id = store.NewRecordId().value();
    record.head.subject = *subject;
    record.head.custodian = AgencyId("bromley");
    record.head.record_type = "EHC_PLAN";
    record.head.version = 1;
    record.head.local_id = absl::StrCat(record.head.id.value);
    record.parts.push_back({"A", "text of A"});
    return {PutSubject{*subject, dossier}, PutRecord{record},
            BindIdentifier{Sha256(absl::StrCat("identifier ", subject->value)), *subject}};
  }

  absl::StatusOr<StoreCheckReport> Check() const {
    StoreCheckOptions options;
    options.path = Path();
    options.key_file = KeyPath();
    options.roots_at = {0, 17, kEntries};
    options.check_opening = [](const Digest& leaf, absl::string_view opening) {
      const bool right = absl::ConsumePrefix(&opening, "opening of ") && LeafHash(opening) == leaf;
      return right ? absl::OkStatus() : absl::DataLossError("another");
    };
    return CheckSqliteStore(options);
  }

  void Alter(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(Path().c_str(), &database), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
    EXPECT_GT(sqlite3_total_changes(database), 0) << sql;
    ASSERT_EQ(sqlite3_close(database), SQLITE_OK);
  }

  std::map<std::string, std::string> Bytes() const {
    std::map<std::string, std::string> bytes;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      std::stringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      bytes[entry.path().filename()] = text.str();
    }
    return bytes;
  }

  ScratchFolder folder_;
};

TEST_F(StoreCheck, SoundStoreIsSoundAndItsRootsAreTold) {
  const auto report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->sound()) << report->findings.front().where << report->findings.front().what;
  MerkleRange tree;
  for (int i = 0; i < kEntries; ++i) {
    if (i == 17) {
      EXPECT_EQ(report->roots.at(17), tree.Root());
    }
    tree.Append(LeafHash(absl::StrCat("entry ", i)));
  }
  EXPECT_EQ(report->head.root, tree.Root());
  EXPECT_EQ(report->rows.at("entry"), kEntries);
  EXPECT_EQ(report->rows.at("part"), kChildren);
}

struct Damage {
  std::string name;
  std::string sql;
  int64_t first_bad_entry;  // -1: none
  std::string says;
};

class StoreDamage : public StoreCheck, public ::testing::WithParamInterface<Damage> {};

TEST_P(StoreDamage, IsFoundAndTheFirstBadEntryNamed) {
  Alter(GetParam().sql);
  const auto report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_FALSE(report->sound());
  EXPECT_EQ(report->first_bad_entry.value_or(-1), GetParam().first_bad_entry)
      << report->findings.front().where << ": " << report->findings.front().what;
  bool said = false;
  for (const StoreFinding& one : report->findings) {
    said |= absl::StrContains(absl::StrCat(one.where, ": ", one.what), GetParam().says);
  }
  EXPECT_TRUE(said) << report->findings.front().where << ": " << report->findings.front().what;
}

// The last byte of a sealed value, or of any blob, flipped.
std::string Flip(const std::string& table, const std::string& column, const std::string& where) {
  return absl::StrCat("UPDATE ", table, " SET ", column, " = CAST(substr(", column, ", 1, length(",
                      column, ") - 1) || CASE substr(", column, ", -1) WHEN x'00' THEN x'01' ELSE ",
                      "x'00' END AS BLOB) WHERE ", where);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, StoreDamage,
    ::testing::Values(
        Damage{"leaf_altered", "UPDATE entry SET leaf = zeroblob(32) WHERE number = 41", 41,
               "is not sealed as the entry of its leaf"},
        Damage{"opening_bit", Flip("entry", "opening", "number = 42"), 42, "entry 42"},
        Damage{"denial_bit", Flip("entry", "opening", "number = 49"), 49, "entry 49"},
        Damage{"entry_missing", "DELETE FROM entry WHERE number = 100", 100, "is missing"},
        Damage{"entries_swapped",
               "UPDATE entry SET number = -1 WHERE number = 60;"
               "UPDATE entry SET number = 60 WHERE number = 61;"
               "UPDATE entry SET number = 61 WHERE number = -1",
               60, "do not lead to the root"},
        Damage{"entry_replayed",
               "UPDATE entry SET leaf = (SELECT leaf FROM entry WHERE number = 70),"
               " opening = (SELECT opening FROM entry WHERE number = 70) WHERE number = 71",
               71, "do not lead to the root"},
        Damage{"log_cut_short", "DELETE FROM entry WHERE number >= 250", 250, "cut short"},
        Damage{"root_altered", "UPDATE entry SET root = zeroblob(32) WHERE number = 299", 299,
               "do not lead to the root"},
        Damage{"tile_altered", Flip("tile", "leaves", "number = 0"), 255,
               "has another leaf than its tile"},
        Damage{"tile_missing", "DELETE FROM tile", -1, "tile 0: is missing"},
        Damage{"node_altered", "UPDATE node SET hash = zeroblob(32)", -1, "node 8/0"},
        Damage{"dossier_bit", Flip("dossier", "sealed", "subject = 3"), -1, "dossier 3"},
        Damage{"head_bit", Flip("record_version", "head", "place >> 20 = 2"), -1, "record 2"},
        Damage{"version_missing", "DELETE FROM record_version WHERE place >> 20 = 4", -1,
               "record 4: is not at its newest version"},
        Damage{"part_bit", Flip("part", "sealed", "place >> 26 = 5"), -1, "part of record 5"},
        Damage{"data_key_bit", Flip("data_key", "wrapped", "number = 1"), -1, "data_key 1"},
        Damage{"kek_bit", Flip("kek", "wrapped", "custodian = 0"), 0, "kek"},
        Damage{"identifier_astray", "UPDATE identifier SET subject = 99 WHERE subject = 1", -1,
               "without a dossier"},
        Damage{"change_astray", "UPDATE record_change SET version = 9 WHERE record = 1", -1,
               "that no record has"},
        Damage{"counter_back", "UPDATE counter SET next = 1 WHERE name = 'record'", -1,
               "give out a number again"},
        Damage{"request_row",
               "INSERT INTO request (key, digest, resource, at_ms) VALUES (x'00', x'00', '', 1)",
               -1, "idempotency row"}),
    [](const auto& info) { return info.param.name; });

TEST_F(StoreCheck, WhatWasErasedIsNoDamage) {
  {
    auto store = OpenSqliteStore({.path = Path(), .key_file = KeyPath()}).value();
    ASSERT_EQ(store->DestroyKeys(OpeningKeys{SubjectId{1}}), absl::OkStatus());
    ASSERT_EQ(store->DestroyKeys(DossierKey{SubjectId{1}}), absl::OkStatus());
    ASSERT_EQ(store->DestroyKeys(RecordKeys{SubjectId{1}, AgencyId("bromley"), "EHC_PLAN"}),
              absl::OkStatus());
  }
  const auto report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->sound()) << report->findings.front().where << report->findings.front().what;
  EXPECT_EQ(report->erased, 3);
}

TEST_F(StoreCheck, FileCutShortIsDamageNotAnError) {
  fs::resize_file(Path(), fs::file_size(Path()) / 2);
  const auto report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->sound());
}

TEST_F(StoreCheck, NothingIsWritten) {
  const auto before = Bytes();
  ASSERT_TRUE(Check().ok());
  EXPECT_EQ(Bytes(), before);
}

// After a crash the newest entries are in the WAL alone: it is read, and stays as it is.
TEST_F(StoreCheck, EntriesInAWalThatWasLeftBehindAreCheckedAndItIsLeftThere) {
  ScratchFolder crashed;
  {
    auto store = OpenSqliteStore({.path = Path(), .key_file = KeyPath()}).value();
    for (int i = kEntries; i < kEntries + 20; ++i) Append(*store, i);
    for (const char* file : {"hub.db", "hub.db-wal", "store.key"}) {
      fs::copy(folder_.path() + "/" + file, crashed.path() + "/" + file);
    }
  }
  for (const char* file : {"hub.db", "hub.db-wal"}) {
    fs::remove(folder_.path() + "/" + file);
    fs::copy(crashed.path() + "/" + file, folder_.path() + "/" + file);
  }
  const auto before = Bytes();
  ASSERT_GT(before.at("hub.db-wal").size(), 0u);
  const auto report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->sound()) << report->findings.front().where << report->findings.front().what;
  EXPECT_EQ(report->head.size, kEntries + 20);
  EXPECT_EQ(Bytes(), before);
}

TEST_F(StoreCheck, StoreInUseIsNotChecked) {
  auto store = OpenSqliteStore({.path = Path(), .key_file = KeyPath()}).value();
  EXPECT_TRUE(absl::IsFailedPrecondition(Check().status()));
}

TEST_F(StoreCheck, KeyOfAnotherStoreIsAnErrorNotDamage) {
  std::fstream(KeyPath(), std::ios::in | std::ios::out) << "x";
  EXPECT_TRUE(absl::IsFailedPrecondition(Check().status()));
}

// Enough entries for merged runs, and a look-up in each place that an entry can be found in.
TEST(LongLog, LeavesAreFoundInMergedRunsInPlainOnesAndAmongTheNewest) {
  constexpr int kLong = 16 * 4096 + 2 * 4096 + 100;
  ScratchFolder folder;
  const SqliteOptions options{
      .path = folder.path() + "/hub.db", .key_file = folder.path() + "/store.key", .create = true};
  auto store = OpenSqliteStore(options).value();
  std::vector<Appending> commits;
  std::promise<void> all;
  std::atomic<int> left{kLong};
  for (int i = 0; i < kLong; ++i) {
    Commit commit;
    commit.entry.leaf_hash = LeafHash(absl::StrCat("entry ", i));
    commit.entry.opening = "o";
    commit.entry.searcher = AgencyId("trust");
    commits.push_back({std::move(commit), [&](absl::StatusOr<Committed> outcome) {
                         EXPECT_TRUE(outcome.ok());
                         if (--left == 0) all.set_value();
                       }});
  }
  store->AppendAll(std::move(commits));
  all.get_future().wait();
  const auto expect_found = [&](int entry) {
    const auto view = store->Read().value();
    EXPECT_EQ(view->FindEntry(LeafHash(absl::StrCat("entry ", entry))).value(), entry);
  };
  for (const int entry : {0, 1, 4095, 4096, 65535, 65536, 69631, 69632, 73727, 73728, kLong - 1}) {
    expect_found(entry);
  }
  for (int entry = 17; entry < kLong; entry += 997) expect_found(entry);
  EXPECT_EQ(store->Read().value()->FindEntry(LeafHash("nobody's")).value(), std::nullopt);
  store.reset();
  store = OpenSqliteStore(options).value();
  expect_found(kLong - 1);
  expect_found(3);
  const auto view = store->Read().value();
  EXPECT_EQ(view->NodeHashes(0, 100, 400).value()[399], LeafHash("entry 499"));
}

}  // namespace
}  // namespace ehc
