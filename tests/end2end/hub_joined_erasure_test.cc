// A child that was two numbers, erased: while it is one, after a split, and by one of two agencies.
// Proofs hold, nothing opens, and a backup that is put back forgets again, and nobody else.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "server/app/data_folder.h"
#include "server/audit/entry.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/store_check.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/hub_world.h"

namespace ehc {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kPaediatrics[] = "community-paediatrics";

class JoinedErasure : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
  }

  void SetUp() override {
    Serve();
    world_.EnrolAgencies();
    one_ = NewSharedChild(1);
    two_ = NewSharedChild(2);
  }

  void Serve() {
    world_.Serve(SystemClock(), [this](HouseOptions& options) {
      options.erasure_journal = world_.folder() + "/erasures";
    });
  }

  // A child of Bromley's whose plan the trust may read by consent.
  std::string NewSharedChild(int serial) {
    const Clients caseworker = world_.As(kCaseworker);
    const std::string child = MakeChild(caseworker, serial);
    EXPECT_EQ(ReasonIn(caseworker.consents.RecordConsent(ConsentOf(child, "mother", {"C"}))), "OK");
    return child;
  }

  absl::StatusOr<v1::GetPlanSummaryResponse> Read(const std::string& child) {
    return world_.As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(child));
  }
  std::string LeafOfRead(const std::string& child) {
    const auto read = Read(child);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? read->disclosure().receipt().leaf_hash() : "";
  }

  // Both officers say so, one after the other.
  void Decide(v1::MatchDecision decision) {
    const Clients officer = world_.As(kIdentityOfficer);
    v1::ListMatchReviewsRequest list;
    list.set_only_open(true);
    const auto reviews = officer.subjects.ListMatchReviews(list);
    ASSERT_TRUE(reviews.ok()) << reviews.status();
    ASSERT_EQ(reviews->match_reviews_size(), 1);
    v1::DecideMatchReviewRequest request;
    request.set_unit("operations");
    request.set_name(reviews->match_reviews(0).name());
    request.set_etag(reviews->match_reviews(0).etag());
    request.set_decision(decision);
    request.set_justification("as the papers show");
    const auto half = officer.subjects.DecideMatchReview(request);
    ASSERT_TRUE(half.ok()) << half.status();
    if (half->match_review().state() != v1::MATCH_REVIEW_STATE_AWAITING_SECOND_PERSON) return;
    request.clear_request_id();
    request.set_etag(half->match_review().etag());
    const auto done = world_.As(kOtherIdentityOfficer).subjects.DecideMatchReview(request);
    ASSERT_TRUE(done.ok()) << done.status();
  }

  void Join() {
    v1::JoinSubjectsRequest join;
    join.set_unit("send");
    join.set_subject(one_);
    join.set_other_subject(two_);
    join.set_reason("entered twice");
    ASSERT_EQ(ReasonIn(world_.As(kCaseworker).subjects.JoinSubjects(join)), "OK");
    Decide(v1::MATCH_DECISION_JOIN);
  }

  void Split(const Persona& by, const std::string& unit, const std::string& child) {
    v1::SplitSubjectRequest split;
    split.set_unit(unit);
    split.set_subject(child);
    split.set_reason("they are cousins");
    ASSERT_EQ(ReasonIn(world_.As(by).subjects.SplitSubject(split)), "OK");
    Decide(v1::MATCH_DECISION_SPLIT);
  }

  v1::Erasure EraseAll(const std::string& child) {
    v1::RequestErasureRequest request;
    request.set_unit("send");
    request.set_subject(child);
    request.set_scope(v1::ERASURE_SCOPE_SUBJECT);
    request.set_ground(v1::ERASURE_GROUND_UNLAWFULLY_HELD);
    request.set_reason("was never ours to keep");
    const auto asked = world_.As(kRecords).retention.RequestErasure(request);
    EXPECT_TRUE(asked.ok()) << asked.status();
    if (!asked.ok()) return {};
    v1::ApproveErasureRequest approve;
    approve.set_unit("send");
    approve.set_name(asked->erasure().name());
    const auto done = world_.As(kGovernance).retention.ApproveErasure(approve);
    EXPECT_TRUE(done.ok()) << done.status();
    return done.ok() ? done->erasure() : v1::Erasure();
  }

  std::string KnownAt(const Persona& persona, const std::string& child) {
    v1::ListRelationshipsRequest request;
    request.set_subject(child);
    return ReasonIn(world_.As(persona).subjects.ListRelationships(request));
  }

  // The whole folder goes back; the journal, elsewhere, stays.
  void Backup() {
    world_.Stop();
    fs::remove_all(copy());
    fs::copy(world_.data_folder(), copy(), fs::copy_options::recursive);
    Serve();
  }
  void Restore() {
    world_.Stop();
    fs::remove_all(world_.data_folder());
    fs::copy(copy(), world_.data_folder(), fs::copy_options::recursive);
    Serve();
  }
  std::string copy() const { return world_.folder() + "/copy"; }

  void ExpectProven(const std::string& leaf) {
    absl::SleepFor(absl::Milliseconds(300));  // a head is signed that has it
    const Clients trust = world_.As(kPaediatrician);
    const auto head = trust.audit.GetCheckpoint({});
    ASSERT_TRUE(head.ok()) << head.status();
    v1::GetInclusionProofRequest request;
    request.set_leaf_hash(leaf);
    request.set_tree_size(head->checkpoint().tree_size());
    const auto proof = trust.audit.GetInclusionProof(request);
    ASSERT_TRUE(proof.ok()) << proof.status();
    std::vector<Digest> path;
    for (const std::string& node : proof->path()) path.push_back(*DigestFromBytes(node));
    EXPECT_TRUE(VerifyInclusion(*DigestFromBytes(leaf), proof->leaf_index(),
                                head->checkpoint().tree_size(), path,
                                *DigestFromBytes(head->checkpoint().root_hash()))
                    .ok());
  }

  // By the hub's own auditor, who sees the most.
  v1::AuditEntry EntryOf(const std::string& leaf) {
    v1::ListAuditEntriesRequest list;
    list.set_audience(v1::AUDIT_AUDIENCE_OFFICER);
    list.set_page_size(200);
    do {
      const auto page = world_.As(kAuditor).audit.ListAuditEntries(list);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return {};
      for (const v1::AuditEntry& entry : page->entries()) {
        if (entry.leaf_hash() == leaf) return entry;
      }
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    ADD_FAILURE() << "the log does not show the entry";
    return {};
  }
  void ExpectErased(const std::string& leaf) {
    const v1::AuditEntry entry = EntryOf(leaf);
    EXPECT_TRUE(entry.erased());
    EXPECT_TRUE(entry.view().empty());
    EXPECT_EQ(entry.fields_size(), 0);
  }

  // As ehc-fsck does, on the stopped store.
  StoreCheckReport Fsck() {
    world_.Stop();
    StoreCheckOptions options;
    options.path = world_.data_folder() + "/hub.db";
    options.key_file = world_.data_folder() + "/store.key";
    options.erasure_journal = world_.folder() + "/erasures";
    options.check_opening = [](const Digest& leaf, absl::string_view bytes) {
      const auto opening = Opening::Parse(bytes);
      if (!opening.ok()) return opening.status();
      return opening->LeafHash() == leaf ? absl::OkStatus() : absl::DataLossError("another leaf");
    };
    const auto report = CheckSqliteStore(options);
    EXPECT_TRUE(report.ok()) << report.status();
    for (const StoreFinding& one : report->findings) ADD_FAILURE() << one.where << ": " << one.what;
    EXPECT_TRUE(report->has_journal);
    return *report;
  }

  HubWorld world_;
  std::string one_;
  std::string two_;
};

TEST_F(JoinedErasure, BothNumbersAreErasedTogetherAndAgainFromABackup) {
  const std::string leaves[] = {LeafOfRead(one_), LeafOfRead(two_)};
  Join();
  const std::string while_one = LeafOfRead(two_);
  Backup();
  const v1::Erasure done = EraseAll(two_);  // by the number that is not the root
  EXPECT_TRUE(done.subject_forgotten());
  EXPECT_EQ(done.records_erased(), 2u);
  for (int restored = 0; restored < 2; ++restored) {
    for (const std::string& leaf : {leaves[0], leaves[1], while_one}) {
      ExpectProven(leaf);
      ExpectErased(leaf);
    }
    for (const std::string& child : {one_, two_}) {
      EXPECT_EQ(KnownAt(kCaseworker, child), "NOT_AVAILABLE");
      EXPECT_EQ(ReasonIn(Read(child)), "NOT_AVAILABLE");
    }
    const StoreCheckReport report = Fsck();
    EXPECT_EQ(report.rows.at("joined"), 0);
    EXPECT_EQ(report.rows.at("erasure"), 1);
    if (restored == 0) Restore();
  }
  Serve();
  EXPECT_EQ(KnownAt(kCaseworker, NewSharedChild(2)), "OK") << "the child may come back";
}

TEST_F(JoinedErasure, OneOfTwoThatWereSplitIsErasedAndTheOtherStays) {
  const std::string of_one = LeafOfRead(one_), of_two = LeafOfRead(two_);
  Join();
  Backup();  // older than the split, and than the erasure
  Split(kCaseworker, "send", two_);
  EXPECT_TRUE(EraseAll(two_).subject_forgotten());
  for (int restored = 0; restored < 2; ++restored) {
    EXPECT_EQ(KnownAt(kCaseworker, two_), "NOT_AVAILABLE");
    EXPECT_EQ(ReasonIn(Read(two_)), "NOT_AVAILABLE");
    EXPECT_EQ(KnownAt(kCaseworker, one_), "OK");
    const auto read = Read(one_);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_THAT(read->plan_summary().ShortDebugString(), HasSubstr("text of C"));
    for (const std::string& leaf : {of_one, of_two}) ExpectProven(leaf);
    ExpectErased(of_two);
    EXPECT_FALSE(EntryOf(of_one).erased());
    EXPECT_EQ(Fsck().rows.at("joined"), 0);
    if (restored == 0) Restore();
  }
}

TEST_F(JoinedErasure, RootThatWasErasedAfterASplitLeavesTheOtherItsOwnPlan) {
  Join();
  Backup();
  Split(kCaseworker, "send", two_);
  EXPECT_TRUE(EraseAll(one_).subject_forgotten());
  Restore();
  EXPECT_EQ(KnownAt(kCaseworker, one_), "NOT_AVAILABLE");
  EXPECT_EQ(KnownAt(kCaseworker, two_), "OK");
  const auto read = Read(two_);
  EXPECT_TRUE(read.ok()) << read.status();
  Fsck();
}

// Bromley's child and the trust's were taken for one; Bromley erases what it had, and the trust
// keeps its own. When it turns out that they are two, nothing of Bromley's child is left.
TEST_F(JoinedErasure, WhatOneAgencyErasedWhileTheyWereOneIsGoneOnceTheyAreSplit) {
  const auto theirs = world_.As(kTrustRecords)
                          .subjects.RegisterSubject(Registration(1, kPaediatrics, "2012-12-12"));
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  const std::string leaf = LeafOfRead(one_);
  Decide(v1::MATCH_DECISION_JOIN);
  const v1::Erasure done = EraseAll(one_);
  EXPECT_FALSE(done.subject_forgotten()) << "the trust has registered it too";
  EXPECT_EQ(KnownAt(kCaseworker, one_), "NOT_AVAILABLE");
  EXPECT_EQ(KnownAt(kTrustRecords, theirs->subject()), "OK");
  EXPECT_FALSE(EntryOf(leaf).erased());
  const int64_t before = Fsck().rows.at("dossier");
  Serve();
  Split(kTrustRecords, kPaediatrics, theirs->subject());
  EXPECT_EQ(KnownAt(kTrustRecords, theirs->subject()), "OK");
  ExpectProven(leaf);
  ExpectErased(leaf);
  const StoreCheckReport report = Fsck();
  EXPECT_EQ(report.rows.at("dossier"), before - 1) << "the erased child's own went with the split";
  EXPECT_EQ(report.rows.at("joined"), 0);
  EXPECT_EQ(report.rows.at("erasure"), 2);
}

}  // namespace
}  // namespace ehc
