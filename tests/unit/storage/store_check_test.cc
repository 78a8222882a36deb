// What ehc-fsck finds in a stopped store, and that it changes nothing.
#include "server/storage/sqlite/store_check.h"

#include <sqlite3.h>

#include <algorithm>
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
#include "server/base/aead.h"
#include "server/base/merkle.h"
#include "server/model/calendar.h"
#include "server/model/joined.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/scratch_folder.h"

namespace ehc {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int kEntries = 300;  // one full tile, and some
constexpr int kChildren = 12;
// What some of the entries did besides.
constexpr int kJoin = 20;     // child 8 is another number of 7
constexpr int kSever = 21;    // child 9
constexpr int kErasure = 22;  // of child 12
constexpr int kTally = 23;
constexpr int kPaper = 24;
constexpr int64_t kFirstMs = 1'790'000'000'000;
constexpr int64_t kMinuteMs = 60'000;

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
    commit.entry.recorded_at = absl::FromUnixMillis(kFirstMs + number * kMinuteMs);
    commit.entry.opening = "opening of " + text;
    commit.entry.searcher = AgencyId("trust");
    commit.entry.custodian = AgencyId("bromley");
    commit.entry.denial = number % 10 == 9;
    if (number < kChildren) commit.changes = Child(store, &commit.entry.subject);
    if (number >= kChildren) commit.changes = Besides(store, number, commit.entry.recorded_at);
    std::promise<absl::Status> done;
    store.Append(std::move(commit),
                 [&](absl::StatusOr<Committed> result) { done.set_value(result.status()); });
    ASSERT_EQ(done.get_future().get(), absl::OkStatus());
  }

  static store::v1::Dossier DossierOf() {
    store::v1::Dossier dossier;
    dossier.mutable_person()->set_family_name("Example");
    return dossier;
  }

  static EraseKeys ErasureOf(SubjectId child, char id, absl::Time at) {
    return {std::string(16, id),
            at,
            {RecordKeys{child, AgencyId("bromley"), "EHC_PLAN"}, OpeningKeys{child},
             DossierKey{child}}};
  }

  static std::vector<Change> Besides(Store& store, int number, absl::Time at) {
    store::v1::Dossier root = DossierOf(), member = DossierOf();
    switch (number) {
      case kJoin:
        JoinInto(root, SubjectId{7}, SubjectId{8}, member);
        return {PutSubject{SubjectId{7}, root}, PutSubject{SubjectId{8}, member},
                PutJoin{SubjectId{8}, SubjectId{7}}};
      case kSever: root.set_severed(true); return {PutSubject{SubjectId{9}, root}};
      case kErasure: return {ErasureOf(SubjectId{12}, 'e', at)};
      case kTally: {
        TallyKey key{"CLAUSE", AgencyId("trust"), "user", "clause", LondonDate(at)};
        return {AddToTally{key, 9}};
      }
      case kPaper: {
        const auto key =
            Aead256Gcm::Create(SecretBytes::CopyOf(store.DerivedKey("policy papers"))).value();
        return {PutPolicyPaper{"proposal", key.Seal("a proposal", "proposal"), false}};
      }
      default: return {};
    }
  }

  static std::vector<Change> Child(Store& store, SubjectId* subject) {
    *subject = store.NewSubjectId().value();
    const store::v1::Dossier dossier = DossierOf();
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

  void Alter(const std::string& sql, bool rows = true) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(Path().c_str(), &database), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
    if (rows) {
      EXPECT_GT(sqlite3_total_changes(database), 0) << sql;
    }
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
  EXPECT_EQ(report->rows.at("part"), kChildren - 1);
  EXPECT_TRUE(report->has_journal);
  EXPECT_EQ(report->to_replay, 0);
  for (const char* table : {"joined", "severed", "erasure", "tally", "policy_paper"}) {
    EXPECT_EQ(report->rows.at(table), 1) << table;
  }
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
        Damage{"event_astray", "INSERT INTO matter_event VALUES (1, 0, 0, 900, 'REVIEW_HELD')", -1,
               "a matter that there is not"},
        Damage{"counter_back", "UPDATE counter SET next = 1 WHERE name = 'record'", -1,
               "give out a number again"},
        Damage{"joined_elsewhere", "UPDATE joined SET root = 5 WHERE member = 8", -1, "joined 8: "},
        Damage{"joined_taken_away", "DELETE FROM joined", -1, "joined 8: is missing"},
        Damage{"joined_without_its_dossiers", "INSERT INTO joined VALUES (5, 7)", -1,
               "joined 5: its own dossier does not say"},
        Damage{"joined_to_a_member", "INSERT INTO joined VALUES (5, 8)", -1,
               "joined 5: its root is itself a number of another child"},
        Damage{"joined_to_nobody", "INSERT INTO joined VALUES (6, 900)", -1,
               "joined 6: joins a child that is not there"},
        Damage{"severed_taken_away", "DELETE FROM severed", -1, "severed 9: is missing"},
        Damage{"severed_without_its_dossier", "INSERT INTO severed VALUES (5)", -1,
               "severed 5: hides a child"},
        Damage{"severed_stranger", "INSERT INTO severed VALUES (5000)", -1,
               "severed 5000: is no child's number"},
        Damage{"tally_of_nothing", "UPDATE tally SET count = 0", -1, "is malformed"},
        Damage{"tally_under_no_key", "UPDATE tally SET key = x'00'", -1, "is malformed"},
        Damage{"tally_to_come", "UPDATE tally SET day = 99999", -1,
               "tally of day 99999: is of a day that the log has not come to"},
        Damage{"paper_bit", Flip("policy_paper", "sealed", "1"), -1,
               "policy_paper 1: does not open"},
        Damage{"paper_renamed", "UPDATE policy_paper SET name = 'activation'", -1,
               "policy_paper 1: does not open"},
        Damage{"erasure_taken_away", "DELETE FROM erasure", kErasure, "its row was taken away"},
        Damage{"erasure_bit", Flip("erasure", "record", "1"), kErasure,
               "erasure 1 is not what the journal says"},
        Damage{"erasure_of_another_id", "UPDATE erasure SET id = zeroblob(16)", kErasure,
               "erasure 1: is malformed, or of another id"},
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
  EXPECT_EQ(report->erased, 4);  // and the entry about the child that was erased before
}

// Whoever puts a destroyed key back opens what was erased.
TEST_F(StoreCheck, DestroyedKeyThatIsThereAgainIsFoundWithTheFirstEntryThatItOpens) {
  for (const char* table : {"audit_key", "dossier_key"}) {
    const std::string keep = absl::StrCat("kept_", table);
    Alter(absl::StrCat("CREATE TABLE ", keep, " AS SELECT * FROM ", table, " WHERE subject = 5"),
          /*rows=*/false);
  }
  {
    auto store = OpenSqliteStore({.path = Path(), .key_file = KeyPath()}).value();
    Commit commit;
    commit.entry.leaf_hash = LeafHash("entry 300");
    commit.entry.opening = "opening of entry 300";
    commit.entry.searcher = AgencyId("bromley");
    commit.entry.recorded_at = absl::FromUnixMillis(kFirstMs + kEntries * kMinuteMs);
    commit.changes = {ErasureOf(SubjectId{5}, 'f', commit.entry.recorded_at)};
    std::promise<absl::Status> done;
    store->Append(std::move(commit),
                  [&](absl::StatusOr<Committed> result) { done.set_value(result.status()); });
    ASSERT_EQ(done.get_future().get(), absl::OkStatus());
  }
  const auto sound = Check();
  ASSERT_TRUE(sound.ok()) << sound.status();
  EXPECT_TRUE(sound->sound()) << sound->findings.front().where << sound->findings.front().what;
  Alter("INSERT INTO dossier_key SELECT * FROM kept_dossier_key");
  const auto dossier = Check();
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  EXPECT_EQ(dossier->first_bad_entry.value_or(-1), 300) << "the erasure's own";
  Alter("INSERT OR REPLACE INTO audit_key SELECT * FROM kept_audit_key");
  const auto openings = Check();
  ASSERT_TRUE(openings.ok()) << openings.status();
  EXPECT_EQ(openings->first_bad_entry.value_or(-1), 4) << "which was about child 5";
  EXPECT_THAT(openings->findings.front().what, HasSubstr("is there again"));
}

TEST_F(StoreCheck, DescriptionOfAnErasedRegistrationThatIsThereAgainIsFound) {
  store::v1::Dossier both = DossierOf();
  both.add_registered_by("trust");
  both.add_registered_by("bromley");
  both.set_last_number(1);
  store::v1::AccountItem& account = *both.add_accounts();
  account.mutable_origin()->set_agency("bromley");
  account.mutable_origin()->set_number(1);
  account.mutable_value()->set_family_name("Example");
  const auto append = [&](int number, std::vector<Change> changes) {
    auto store = OpenSqliteStore({.path = Path(), .key_file = KeyPath()}).value();
    Commit commit;
    const std::string text = absl::StrCat("entry ", number);
    commit.entry.leaf_hash = LeafHash(text);
    commit.entry.opening = "opening of " + text;
    commit.entry.searcher = AgencyId("bromley");
    commit.entry.recorded_at = absl::FromUnixMillis(kFirstMs + number * kMinuteMs);
    commit.changes = std::move(changes);
    std::promise<absl::Status> done;
    store->Append(std::move(commit),
                  [&](absl::StatusOr<Committed> result) { done.set_value(result.status()); });
    ASSERT_EQ(done.get_future().get(), absl::OkStatus());
  };
  append(kEntries, {PutSubject{SubjectId{5}, both}});
  append(kEntries + 1, {EraseKeys{std::string(16, 'g'),
                                  absl::FromUnixMillis(kFirstMs + (kEntries + 1) * kMinuteMs),
                                  {RegistrationOf{SubjectId{5}, AgencyId("bromley")}}}});
  auto report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->sound()) << report->findings.front().where << report->findings.front().what;
  append(kEntries + 2, {PutSubject{SubjectId{5}, both}});
  report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_FALSE(report->sound());
  EXPECT_THAT(report->findings.front().what, HasSubstr("is there again"));
}

TEST_F(StoreCheck, JournalThatWasAlteredIsFoundAndOneThatIsMissingIsSaid) {
  const std::string journal = Path() + ".erasures";
  std::stringstream text;
  text << std::ifstream(journal).rdbuf();
  std::string altered = text.str();
  altered[altered.find('\n') + 3] ^= 1;
  std::ofstream(journal, std::ios::trunc) << altered;
  const auto report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_FALSE(report->sound());
  EXPECT_EQ(report->findings.front().where, "erasure journal");
  fs::remove(journal);
  const auto without = Check();
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_TRUE(without->sound());
  EXPECT_FALSE(without->has_journal);
  EXPECT_FALSE(fs::exists(journal)) << "nothing is written";
}

TEST_F(StoreCheck, CopyOlderThanTheJournalIsSoundAndSaysHowManyAreErasedAgain) {
  {
    auto store = OpenSqliteStore({.path = Path(), .key_file = KeyPath()}).value();
    fs::copy(Path(), Path() + ".older");
    for (const char* suffix : {"-wal"}) {
      if (fs::exists(Path() + suffix)) fs::copy(Path() + suffix, Path() + ".older" + suffix);
    }
    Commit commit;
    commit.entry.leaf_hash = LeafHash("entry 300");
    commit.entry.opening = "opening of entry 300";
    commit.entry.searcher = AgencyId("bromley");
    commit.entry.recorded_at = absl::FromUnixMillis(kFirstMs + kEntries * kMinuteMs);
    commit.changes = {ErasureOf(SubjectId{5}, 'f', commit.entry.recorded_at)};
    std::promise<absl::Status> done;
    store->Append(std::move(commit),
                  [&](absl::StatusOr<Committed> result) { done.set_value(result.status()); });
    ASSERT_EQ(done.get_future().get(), absl::OkStatus());
  }
  for (const char* suffix : {"", "-wal", "-shm"}) {
    fs::remove(Path() + suffix);
    if (fs::exists(Path() + ".older" + suffix)) {
      fs::rename(Path() + ".older" + suffix, Path() + suffix);
    }
  }
  const auto report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->sound()) << report->findings.front().where << report->findings.front().what;
  EXPECT_EQ(report->to_replay, 1);
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

// Enough entries for merged runs, plain ones after them and some in neither.
constexpr int kLong = 16 * 4096 + 2 * 4096 + 100;

class LongLog : public ::testing::Test {
 protected:
  static const std::string& Sound() {
    static const auto* const sound = [] {
      auto* const folder = new ScratchFolder;
      Fill(*OpenSqliteStore(OptionsIn(folder->path(), true)).value());
      return folder;
    }();
    return sound->path();
  }

  static SqliteOptions OptionsIn(const std::string& folder, bool create) {
    return {.path = folder + "/hub.db", .key_file = folder + "/store.key", .create = create};
  }

  static void Fill(Store& store) {
    std::vector<Appending> commits;
    std::promise<void> all;
    std::atomic<int> left{kLong};
    for (int i = 0; i < kLong; ++i) {
      Commit commit;
      commit.entry.leaf_hash = Leaf(i);
      commit.entry.opening = "o";
      commit.entry.searcher = AgencyId("trust");
      commits.push_back({std::move(commit), [&](absl::StatusOr<Committed> outcome) {
                           EXPECT_TRUE(outcome.ok());
                           if (--left == 0) all.set_value();
                         }});
    }
    store.AppendAll(std::move(commits));
    all.get_future().wait();
  }

  static Digest Leaf(int entry) { return LeafHash(absl::StrCat("entry ", entry)); }

  void SetUp() override {
    for (const auto& file : fs::directory_iterator(Sound())) {
      fs::copy(file.path(), folder_.path() + "/" + file.path().filename().string());
    }
  }

  StoreCheckReport Check() const {
    StoreCheckOptions options;
    options.path = folder_.path() + "/hub.db";
    options.key_file = folder_.path() + "/store.key";
    return CheckSqliteStore(options).value();
  }

  void Alter(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder_.path() + "/hub.db").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    EXPECT_EQ(sqlite3_total_changes(database), 1) << sql;
    ASSERT_EQ(sqlite3_close(database), SQLITE_OK);
  }

  // Entries of the one full group whose leaves begin with this nibble, by the order of their keys.
  static std::vector<int> EntriesIn(int bucket) {
    std::vector<int> entries;
    for (int i = 0; i < 16 * 4096; ++i) {
      if (Leaf(i)[0] >> 4 == bucket) entries.push_back(i);
    }
    std::sort(entries.begin(), entries.end(), [](int a, int b) { return Leaf(a) < Leaf(b); });
    return entries;
  }

  // The only group of level 1.
  static std::string Row(int bucket) {
    return absl::StrCat("place = ", (int64_t{1} << 56) + bucket);
  }

  ScratchFolder folder_;
};

TEST_F(LongLog, LeavesAreFoundInMergedRunsInPlainOnesAndAmongTheNewest) {
  auto store = OpenSqliteStore(OptionsIn(folder_.path(), false)).value();
  const auto expect_found = [&](int entry) {
    const auto view = store->Read().value();
    EXPECT_EQ(view->FindEntry(Leaf(entry)).value(), entry);
  };
  for (const int entry : {0, 1, 4095, 4096, 65535, 65536, 69631, 69632, 73727, 73728, kLong - 1}) {
    expect_found(entry);
  }
  for (int entry = 17; entry < kLong; entry += 997) expect_found(entry);
  EXPECT_EQ(store->Read().value()->FindEntry(LeafHash("nobody's")).value(), std::nullopt);
  store.reset();
  store = OpenSqliteStore(OptionsIn(folder_.path(), false)).value();
  expect_found(kLong - 1);
  expect_found(3);
  const auto view = store->Read().value();
  EXPECT_EQ(view->NodeHashes(0, 100, 400).value()[399], Leaf(499));
}

TEST_F(LongLog, SoundRunsAreSound) {
  const StoreCheckReport report = Check();
  EXPECT_TRUE(report.sound()) << report.findings.front().where << report.findings.front().what;
}

TEST_F(LongLog, AlteredMergedRunNamesTheEntryThatItNoLongerLeadsTo) {
  Alter(Flip("merged_run", "items", Row(3)));  // the last item's offset
  const StoreCheckReport report = Check();
  ASSERT_FALSE(report.sound());
  EXPECT_EQ(report.first_bad_entry.value_or(-1), EntriesIn(3).back());
  EXPECT_THAT(report.findings.front().what, HasSubstr("merged run 1/0/3"));
}

TEST_F(LongLog, MissingMergedRunNamesTheFirstEntryThatItHeld) {
  Alter("DELETE FROM merged_run WHERE " + Row(12));
  const StoreCheckReport report = Check();
  ASSERT_FALSE(report.sound());
  const std::vector<int> entries = EntriesIn(12);
  EXPECT_EQ(report.first_bad_entry.value_or(-1), *std::min_element(entries.begin(), entries.end()));
}

TEST_F(LongLog, ItemsOutOfOrderAreFoundThoughNoneIsLost) {
  Alter(absl::StrCat("UPDATE merged_run SET items = CAST(substr(items, 13, 12) || ",
                     "substr(items, 1, 12) || substr(items, 25) AS BLOB) WHERE ", Row(7)));
  const StoreCheckReport report = Check();
  ASSERT_FALSE(report.sound());
  EXPECT_THAT(report.findings.front().what, HasSubstr("merged run 1/0/7"));
}

TEST_F(LongLog, RunsOfEntriesThatAreNotThereSayThatTheLogWasCutShort) {
  Alter(absl::StrCat("INSERT INTO merged_run VALUES (", (int64_t{1} << 56) + 16, ", x'')"));
  const StoreCheckReport merged = Check();
  EXPECT_EQ(merged.first_bad_entry.value_or(-1), kLong);
  EXPECT_THAT(merged.findings.front().what, HasSubstr("merged_run"));
  Alter(absl::StrCat("INSERT INTO run VALUES (", (int64_t{2} << 56) + 18, ", x'')"));
  EXPECT_THAT(Check().findings.front().what, HasSubstr("of run are"));
}

}  // namespace
}  // namespace ehc
