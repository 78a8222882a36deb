// kill -9 of the whole hub at any moment of publishes and pulls, over real TLS and a real disk.
// After each: every acknowledged version is there, every disclosure that somebody received is in
// the log, and the log extends every log that was seen before.
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/checkpoint.h"
#include "server/base/merkle.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/chaos/hub_chaos.h"

namespace ehc {
namespace {

constexpr int kKillsInService = 30;
constexpr int kKillsWhileOpening = 5;
constexpr int kWriters = 2;
constexpr int kReaders = 2;
constexpr int kChildrenOfWriter = 3;

// One child: its versions are published by one thread, in their order. The text of section C says
// the version.
struct Child {
  int serial = 0;
  std::string subject;
  std::atomic<uint32_t> sent{1};                     // the newest version that may be there
  std::atomic<uint32_t> acknowledged{1};             // the newest that must be
  std::atomic<uint32_t> acknowledged_by_reading{1};  // the newest that somebody was shown
  std::optional<v1::PublishPlanRequest> unanswered;  // `sent`, where nobody knows the outcome
};

std::string RequestId(std::mt19937_64& random) {
  const uint64_t a = random();
  const uint64_t b = random();
  return absl::StrFormat("%08x-%04x-4%03x-8%03x-%012x", a >> 32, (a >> 16) & 0xffff, a & 0xfff,
                         b >> 52, b & 0xffffffffffff);
}

v1::PublishPlanRequest VersionOf(const Child& child, uint32_t version, const std::string& id) {
  v1::PublishPlanRequest request =
      PlanOf(child.subject, absl::StrCat(version), absl::StrCat("plan-", child.serial));
  request.set_request_id(id);
  return request;
}

void Raise(std::atomic<uint32_t>& to, uint32_t value) {
  uint32_t now = to;
  while (now < value && !to.compare_exchange_weak(now, value)) {
  }
}

class HubCrash : public ChaosTest {
 protected:
  void SetUp() override {
    ChaosTest::SetUp();
    std::ifstream(world_.data_folder() + "/log.vkey") >> log_key_;
    StartHub();
    world_.EnrolAgencies();
    const Clients caseworker = world_.As(kCaseworker);
    for (int i = 0; i < kWriters * kChildrenOfWriter; ++i) {
      children_.push_back(std::make_unique<Child>());
      children_.back()->serial = i + 1;
      children_.back()->subject = MakeChild(caseworker, i + 1);
      ASSERT_EQ(ReasonIn(caseworker.consents.RecordConsent(
                    ConsentOf(children_.back()->subject, "mother", {"C"}))),
                "OK");
    }
    hub_->Kill();
  }

  // The hub's end is all that may be amiss.
  static void ExpectUnanswered(const absl::Status& status) {
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  }

  // Publishes version after version of its children until the hub no longer answers.
  void Write(int writer, uint64_t seed) {
    std::mt19937_64 random(seed);
    const Clients caseworker = world_.As(kCaseworker);
    for (int i = 0;; ++i) {
      Child& child = *children_[writer * kChildrenOfWriter + i % kChildrenOfWriter];
      const uint32_t version = child.acknowledged + 1;
      child.unanswered = VersionOf(child, version, RequestId(random));
      child.sent = version;
      const auto published = caseworker.records.PublishPlan(*child.unanswered);
      if (!published.ok()) return ExpectUnanswered(published.status());
      EXPECT_EQ(published->published().version(), version);
      child.unanswered.reset();
      Raise(child.acknowledged, version);
      ++acknowledged_;
    }
  }

  // Pulls until the hub no longer answers, and keeps what it received of each.
  void Read(int reader) {
    const Clients paediatrician = world_.As(kPaediatrician);
    for (size_t i = reader;; ++i) {
      Child& child = *children_[i % children_.size()];
      const uint32_t at_least = child.acknowledged;
      const auto pulled = paediatrician.records.GetPlanSummary(SummaryForTrust(child.subject));
      if (!pulled.ok()) return ExpectUnanswered(pulled.status());
      Receive(child, at_least, *pulled);
      if (i % 8 != 0) continue;
      const auto checkpoint = paediatrician.audit.GetCheckpoint({});
      if (!checkpoint.ok()) return ExpectUnanswered(checkpoint.status());
      const std::lock_guard<std::mutex> lock(mutex_);
      seen_.push_back(Open(checkpoint->checkpoint()));
    }
  }

  void Receive(Child& child, uint32_t at_least, const v1::GetPlanSummaryResponse& pulled) {
    const uint32_t version = pulled.disclosure().version();
    EXPECT_GE(version, at_least);
    EXPECT_LE(version, child.sent);
    const std::string& text = pulled.plan_summary().health_needs().text();
    EXPECT_EQ(text, absl::StrCat("text of C ", version == 1 ? "v1" : absl::StrCat(version)));
    Raise(child.acknowledged_by_reading, version);
    const std::lock_guard<std::mutex> lock(mutex_);
    disclosed_.push_back(pulled.disclosure().receipt().leaf_hash());
  }

  Checkpoint Open(const v1::Checkpoint& checkpoint) const {
    const auto opened = OpenCheckpoint(checkpoint.note(), NoteVerifier::Parse(log_key_).value());
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.value_or(Checkpoint{});
  }

  // `end` ends the hub, and with it the writers and readers.
  template <typename End>
  void RunUntil(uint64_t seed, End end) {
    StartHub();
    std::vector<std::thread> threads;
    for (int i = 0; i < kWriters; ++i) threads.emplace_back([=, this] { Write(i, seed + i); });
    for (int i = 0; i < kReaders; ++i) threads.emplace_back([=, this] { Read(i); });
    end();
    for (std::thread& thread : threads) thread.join();
  }

  void RunUntilKilled(absl::Duration lifetime, uint64_t seed) {
    RunUntil(seed, [&] {
      absl::SleepFor(lifetime);
      hub_->Kill();
    });
  }

  void KillWhileOpening(absl::Duration lifetime) {
    auto hub = HubProcess::Spawn(HubOptions());
    ASSERT_TRUE(hub.ok()) << hub.status();
    absl::SleepFor(lifetime);
    (*hub)->Kill();
  }

  // By another process on the same data.
  void CheckAfterRestart() {
    StartHub();
    const Clients caseworker = world_.As(kCaseworker);
    const Clients paediatrician = world_.As(kPaediatrician);
    CheckLog(paediatrician.audit);
    for (const auto& child : children_) CheckChild(caseworker, paediatrician, *child);
    hub_->Kill();
  }

  void CheckChild(const Clients& caseworker, const Clients& paediatrician, Child& child) {
    Raise(child.acknowledged, child.acknowledged_by_reading);
    const auto pulled = paediatrician.records.GetPlanSummary(SummaryForTrust(child.subject));
    ASSERT_TRUE(pulled.ok()) << pulled.status();
    Receive(child, child.acknowledged, *pulled);
    if (!child.unanswered.has_value()) return;
    // Whatever became of it, repeating it makes it so, once.
    const auto repeated = caseworker.records.PublishPlan(*child.unanswered);
    ASSERT_TRUE(repeated.ok()) << repeated.status();
    EXPECT_EQ(repeated->published().version(), child.sent);
    if (pulled->disclosure().version() == child.sent) ++survived_unanswered_;
    child.acknowledged = child.sent.load();
    child.unanswered.reset();
  }

  void CheckLog(const ehchub::AuditClient& audit) {
    const auto answer = audit.GetCheckpoint({});
    ASSERT_TRUE(answer.ok()) << answer.status();
    const Checkpoint now = Open(answer->checkpoint());
    for (const Checkpoint& earlier : seen_) ExpectExtends(audit, earlier, now);
    for (; proven_ < disclosed_.size(); ++proven_) ExpectHolds(audit, disclosed_[proven_], now);
    seen_ = {now};  // which extends all others
  }

  static void ExpectExtends(const ehchub::AuditClient& audit, const Checkpoint& earlier,
                            const Checkpoint& now) {
    ASSERT_LE(earlier.size, now.size);
    v1::GetConsistencyProofRequest request;
    request.set_first_tree_size(earlier.size);
    request.set_second_tree_size(now.size);
    const auto proof = audit.GetConsistencyProof(request);
    ASSERT_TRUE(proof.ok()) << proof.status();
    EXPECT_EQ(
        VerifyConsistency(earlier.size, now.size, earlier.root, now.root, PathOf(proof->path())),
        absl::OkStatus());
  }

  static void ExpectHolds(const ehchub::AuditClient& audit, const std::string& leaf,
                          const Checkpoint& now) {
    v1::GetInclusionProofRequest request;
    request.set_leaf_hash(leaf);
    request.set_tree_size(now.size);
    const auto proof = audit.GetInclusionProof(request);
    ASSERT_TRUE(proof.ok()) << proof.status();
    EXPECT_EQ(VerifyInclusion(DigestFromBytes(leaf).value(), proof->leaf_index(), now.size,
                              PathOf(proof->path()), now.root),
              absl::OkStatus());
  }

  template <typename Hashes>
  static std::vector<Digest> PathOf(const Hashes& hashes) {
    std::vector<Digest> path;
    for (const std::string& hash : hashes) path.push_back(DigestFromBytes(hash).value());
    return path;
  }

  // Without a hub: the store opens, and the tree is what its entries say.
  void CheckStore() const {
    const std::string file = world_.data_folder() + "/hub.db";
    auto store = OpenSqliteStore({.path = file, .key_file = world_.data_folder() + "/store.key"});
    ASSERT_TRUE(store.ok()) << store.status();
    const std::unique_ptr<ReadView> view = (*store)->Read().value();
    const TreeHead head = view->Head().value();
    const std::vector<StoredEntry> entries =
        view->ListEntries({.limit = static_cast<int>(head.size) + 1}).value();
    MerkleRange tree;
    for (const StoredEntry& entry : entries) tree.Append(entry.row.leaf_hash);
    EXPECT_EQ(static_cast<int64_t>(tree.size()), static_cast<int64_t>(head.size));
    EXPECT_EQ(tree.Root(), head.root);
  }

  size_t disclosures() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return disclosed_.size();
  }

  std::string log_key_;
  std::vector<std::unique_ptr<Child>> children_;
  std::mutex mutex_;
  std::vector<std::string> disclosed_;  // leaf hashes, as receipts have them
  size_t proven_ = 0;
  std::vector<Checkpoint> seen_;
  std::atomic<int> acknowledged_{0};
  int survived_unanswered_ = 0;
};

uint64_t Seed() {
  const char* given = std::getenv("EHC_CRASH_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

TEST_F(HubCrash, NothingAcknowledgedOrDisclosedIsLostByKillsAtAnyMoment) {
  const uint64_t seed = Seed();
  std::cout << "EHC_CRASH_SEED=" << seed << std::endl;
  std::mt19937_64 random(seed);
  for (int kill = 0; kill < kKillsInService && !HasFailure(); ++kill) {
    RunUntilKilled(absl::Milliseconds(20 + random() % 600), random());
    if (kill % (kKillsInService / kKillsWhileOpening) == 0) {
      KillWhileOpening(absl::Microseconds(random() % 60'000));
    }
    CheckAfterRestart();
  }
  CheckStore();
  EXPECT_EQ(IntegrityOf(world_.data_folder() + "/hub.db"), "ok");
  EXPECT_GT(acknowledged_, 100);
  EXPECT_GT(disclosed_.size(), 100u);
  std::cout << kKillsInService << " kills in service, " << kKillsWhileOpening
            << " while opening; versions acknowledged: " << acknowledged_
            << ", disclosures received and proven: " << proven_
            << ", versions stored though never acknowledged: " << survived_unanswered_ << std::endl;
}

TEST_F(HubCrash, SigtermLetsCallsFinishAndLosesNothing) {
  constexpr absl::Duration kDrainPatience = absl::Seconds(20);
  const uint64_t seed = Seed();
  std::cout << "EHC_CRASH_SEED=" << seed << std::endl;
  std::optional<int> exit_status;
  RunUntil(seed, [&] {
    while (acknowledged_ < 20 || disclosures() < 20) absl::SleepFor(absl::Milliseconds(5));
    hub_->Signal(SIGTERM);
    exit_status = hub_->AwaitExit(kDrainPatience + absl::Seconds(5));
  });
  EXPECT_EQ(exit_status, 0);
  CheckAfterRestart();
  CheckStore();
  EXPECT_EQ(survived_unanswered_, 0) << "what is committed while draining is acknowledged";
}

}  // namespace
}  // namespace ehc
