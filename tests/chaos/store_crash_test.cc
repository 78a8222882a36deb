// kill -9 at any moment: what was acknowledged is there afterwards, what is there is whole, and the
// log goes on where it stopped.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"
#include "server/model/joined.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/scratch_folder.h"

namespace ehc {
namespace {

constexpr int kKills = 30;
constexpr int kThreads = 3;

// What a callback reported before the kill. Smaller than a pipe's atomic write.
struct Acknowledged {
  int64_t index;
  int64_t subject;  // 0: an entry alone
};

// The family name of a child says which commit wrote it.
std::string FamilyNameOf(int64_t subject) { return absl::StrCat("Example ", subject); }

Digest LeafOf(int64_t subject) {
  return LeafHash(subject == 0 ? std::string("alone") : FamilyNameOf(subject));
}

Commit RegistrationOf(SubjectId subject, RecordId record) {
  store::v1::Dossier dossier;
  dossier.mutable_person()->set_family_name(FamilyNameOf(subject.value));
  Record plan;
  plan.head.id = record;
  plan.head.subject = subject;
  plan.head.custodian = AgencyId("bromley");
  plan.head.record_type = "EHC_PLAN";
  plan.head.version = 1;
  plan.head.local_id = absl::StrCat(record.value);
  for (const char* code : {"A", "B", "C"})
    plan.parts.push_back({code, std::string(900, 'x'), true});
  Commit commit;
  commit.changes = {PutSubject{subject, dossier}, PutRecord{plan}};
  commit.entry.subject = subject;
  return commit;
}

// Appends for ever; every second commit registers a child.
void AppendUntilKilled(Store& store, int pipe) {
  for (int i = 0;; ++i) {
    const SubjectId subject = i % 2 == 0 ? SubjectId{} : store.NewSubjectId().value();
    Commit commit;
    if (subject.known()) commit = RegistrationOf(subject, store.NewRecordId().value());
    commit.entry.leaf_hash = LeafOf(subject.value);
    commit.entry.opening = std::string(400, 'o');
    commit.entry.searcher = AgencyId("trust");
    store.Append(std::move(commit), [=](absl::StatusOr<Committed> outcome) {
      EHC_CHECK(outcome.ok());
      const Acknowledged line{outcome->index, subject.value};
      EHC_CHECK(::write(pipe, &line, sizeof line) == sizeof line);
    });
  }
}

[[noreturn]] void RunHub(const SqliteOptions& options, int pipe) {
  const std::unique_ptr<Store> store = OpenSqliteStore(options).value();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&] { AppendUntilKilled(*store, pipe); });
  for (std::thread& thread : threads) thread.join();
  ::_exit(1);
}

constexpr SubjectId kRoot{1};
constexpr SubjectId kMember{2};

store::v1::Dossier DossierWithAConsent() {
  store::v1::Dossier dossier;
  dossier.add_registered_by("bromley");
  dossier.add_consents()->mutable_origin()->set_number(1);
  dossier.set_last_number(1);
  return dossier;
}

// Takes two children for one, and for two again, for ever.
[[noreturn]] void JoinAndSplitUntilKilled(const SqliteOptions& options, int pipe) {
  const std::unique_ptr<Store> store = OpenSqliteStore(options).value();
  for (int64_t i = 0;; ++i) {
    Commit commit;
    {
      const std::unique_ptr<ReadView> view = *store->Read();
      store::v1::Dossier root = view->ReadDossier(kRoot).value();
      store::v1::Dossier member = view->ReadDossier(kMember).value();
      const bool joined = view->RootOf(kMember).value() == kRoot;
      if (joined) member = SplitFrom(root, kRoot, kMember, member);
      if (!joined) JoinInto(root, kRoot, kMember, member);
      commit.changes = {PutSubject{kRoot, root}, PutSubject{kMember, member},
                        PutJoin{kMember, joined ? SubjectId{} : kRoot}};
    }
    commit.entry.leaf_hash = LeafHash(absl::StrCat("join ", ::getpid(), " ", i));
    commit.entry.opening = std::string(400, 'o');
    commit.entry.searcher = AgencyId("operator");
    store->Append(std::move(commit), [=](absl::StatusOr<Committed> outcome) {
      EHC_CHECK(outcome.ok());
      const Acknowledged line{outcome->index, 0};
      EHC_CHECK(::write(pipe, &line, sizeof line) == sizeof line);
    });
  }
}

// Everything that a hub acknowledged until it was killed, `lifetime` after its first word.
std::vector<Acknowledged> RunHubAndKillIt(const SqliteOptions& options, absl::Duration lifetime,
                                          void (*run)(const SqliteOptions&, int) = RunHub) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t hub = ::fork();
  if (hub == 0) {
    ::close(pipe[0]);
    run(options, pipe[1]);
  }
  ::close(pipe[1]);
  std::vector<Acknowledged> acknowledged;
  Acknowledged line;
  bool killed = false;
  absl::Time end = absl::InfiniteFuture();
  while (::read(pipe[0], &line, sizeof line) == sizeof line) {
    acknowledged.push_back(line);
    if (end == absl::InfiniteFuture()) end = absl::Now() + lifetime;
    if (!killed && absl::Now() >= end) killed = ::kill(hub, SIGKILL) == 0;
  }
  int status = 0;
  EXPECT_EQ(::waitpid(hub, &status, 0), hub);
  EXPECT_TRUE(WIFSIGNALED(status)) << status;
  ::close(pipe[0]);
  return acknowledged;
}

std::vector<StoredEntry> AllEntries(ReadView& view) {
  const int64_t size = view.Head()->size;
  return view.ListEntries({.limit = static_cast<int>(size) + 1}).value();
}

void ExpectWhole(ReadView& view, const StoredEntry& entry) {
  EXPECT_EQ(entry.row.leaf_hash, LeafOf(entry.row.subject.value));
  EXPECT_EQ(entry.row.opening.size(), 400u);
  if (!entry.row.subject.known()) return;
  const SubjectId subject = entry.row.subject;
  EXPECT_EQ(view.ReadDossier(subject)->person().family_name(), FamilyNameOf(subject.value));
  const auto plan = view.FindRecord(subject, AgencyId("bromley"), "EHC_PLAN").value();
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(view.ReadParts(*plan, {"A", "B", "C"})->size(), 3u);
}

// The log is what its entries say, and no child is there without the entry that registered it.
void ExpectConsistent(ReadView& view, const std::vector<StoredEntry>& entries,
                      int64_t last_subject) {
  MerkleRange tree;
  int64_t registrations = 0;
  for (const StoredEntry& entry : entries) {
    EXPECT_EQ(entry.index, static_cast<int64_t>(tree.size()));
    tree.Append(entry.row.leaf_hash);
    if (entry.row.subject.known()) ++registrations;
  }
  EXPECT_EQ(view.Head()->root, tree.Root());
  int64_t children = 0;
  for (int64_t subject = 1; subject <= last_subject; ++subject) {
    if (view.ReadDossier(SubjectId{subject})->has_person()) ++children;
  }
  EXPECT_EQ(children, registrations);
}

TEST(StoreCrash, AcknowledgedCommitsSurviveKillsAtAnyMoment) {
  const ScratchFolder folder;
  const SqliteOptions options{.path = folder.path() + "/store.db",
                              .key_file = folder.path() + "/store.key"};
  ASSERT_TRUE(InitSqliteStore(options).ok());
  std::minstd_rand random(20'261'122);
  size_t acknowledged_in_all = 0;
  size_t checked = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    const auto acknowledged = RunHubAndKillIt(options, absl::Microseconds(random() % 60'000));
    acknowledged_in_all += acknowledged.size();
    const std::unique_ptr<Store> store = OpenSqliteStore(options).value();
    const std::unique_ptr<ReadView> view = *store->Read();
    const std::vector<StoredEntry> entries = AllEntries(*view);
    for (const Acknowledged& line : acknowledged) {
      ASSERT_LT(line.index, static_cast<int64_t>(entries.size()));
      ASSERT_EQ(entries[line.index].row.subject.value, line.subject);
    }
    for (; checked < entries.size(); ++checked) ExpectWhole(*view, entries[checked]);
    if (kill % 10 == 9) ExpectConsistent(*view, entries, store->NewSubjectId().value().value);
  }
  EXPECT_GT(acknowledged_in_all, 100u);
  RecordProperty("acknowledged", static_cast<int>(acknowledged_in_all));
}

TEST(StoreCrash, JoinIsWholeOrNotThereAfterKillsAtAnyMoment) {
  const ScratchFolder folder;
  const SqliteOptions options{.path = folder.path() + "/store.db",
                              .key_file = folder.path() + "/store.key"};
  ASSERT_TRUE(InitSqliteStore(options).ok());
  {
    const std::unique_ptr<Store> store = OpenSqliteStore(options).value();
    Commit commit;
    commit.changes = {PutSubject{kRoot, DossierWithAConsent()},
                      PutSubject{kMember, DossierWithAConsent()}};
    commit.entry.leaf_hash = LeafHash("both");
    commit.entry.searcher = AgencyId("bromley");
    store->Append(std::move(commit),
                  [](const absl::StatusOr<Committed>& outcome) { EHC_CHECK(outcome.ok()); });
  }
  std::minstd_rand random(20'261'127);
  int found_joined = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    const auto acknowledged =
        RunHubAndKillIt(options, absl::Microseconds(random() % 20'000), JoinAndSplitUntilKilled);
    ASSERT_FALSE(acknowledged.empty());
    const std::unique_ptr<Store> store = OpenSqliteStore(options).value();
    const std::unique_ptr<ReadView> view = *store->Read();
    EXPECT_GT(view->Head()->size, acknowledged.back().index);
    const store::v1::Dossier root = view->ReadDossier(kRoot).value();
    const bool joined = view->RootOf(kMember).value() == kRoot;
    EXPECT_EQ(FindJoined(root, kMember) != nullptr, joined) << "the row and the dossier agree";
    EXPECT_EQ(root.consents_size(), joined ? 2 : 1);
    EXPECT_EQ(view->ReadDossier(kMember)->consents_size(), 1);
    found_joined += joined ? 1 : 0;
  }
  RecordProperty("found_joined", found_joined);
}

}  // namespace
}  // namespace ehc
