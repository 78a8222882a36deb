// Matters about a child that was two: they are named as their agency knows the child, whatever it
// was joined with, and stay with the child that was meant when the two part.
#include <utility>

#include "tests/end2end/hub_identity_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kPaediatrics[] = "community-paediatrics";

class JoinedMattersTest : public IdentityTest {
 protected:
  // A child that the trust registered first and Bromley, with a plan, afterwards: two, until
  // officers have joined them. Bromley's name for it.
  std::string NewDoubtfulChild(int serial) {
    EXPECT_EQ(
        ReasonIn(trust_.subjects.RegisterSubject(Registration(serial, kPaediatrics, "2016-04-05"))),
        "OK");
    NewSharedChild(serial);
    return BromleysNameOf(serial);
  }

  std::string BromleysNameOf(int serial) {
    const auto again = caseworker_.subjects.RegisterSubject(Registration(serial));
    EXPECT_TRUE(again.ok()) << again.status();
    return again.ok() ? again->subject() : "";
  }

  // As many people as it takes.
  void DecideReviewOf(int serial, v1::MatchDecision decision, v1::MatchReviewState end) {
    auto review = ReviewOf(officer_, serial);
    ASSERT_TRUE(review.has_value());
    auto decided = Decide(officer_, "operations", *review, decision);
    ASSERT_TRUE(decided.ok()) << decided.status();
    if (decided->match_review().state() == v1::MATCH_REVIEW_STATE_AWAITING_SECOND_PERSON) {
      decided = Decide(other_officer_, "operations", decided->match_review(), decision);
      ASSERT_TRUE(decided.ok()) << decided.status();
    }
    EXPECT_EQ(decided->match_review().state(), end);
  }

  std::string NewJoinedChild(int serial) {
    const std::string child = NewDoubtfulChild(serial);
    DecideReviewOf(serial, v1::MATCH_DECISION_JOIN, v1::MATCH_REVIEW_STATE_JOINED);
    return child;
  }

  void AskJoin(const std::string& one, const std::string& other) {
    v1::JoinSubjectsRequest join;
    join.set_unit("send");
    join.set_subject(one);
    join.set_other_subject(other);
    join.set_reason("entered twice");
    ASSERT_EQ(ReasonIn(caseworker_.subjects.JoinSubjects(join)), "OK");
  }

  void AskSplit(const std::string& child) {
    v1::SplitSubjectRequest split;
    split.set_unit("send");
    split.set_subject(child);
    split.set_reason("they are cousins");
    ASSERT_EQ(ReasonIn(caseworker_.subjects.SplitSubject(split)), "OK");
  }

  void Split(const std::string& child, int serial) {
    AskSplit(child);
    DecideReviewOf(serial, v1::MATCH_DECISION_SPLIT, v1::MATCH_REVIEW_STATE_SPLIT);
  }

  static v1::RequestErasureRequest EverythingOf(const std::string& child) {
    v1::RequestErasureRequest request;
    request.set_unit("send");
    request.set_subject(child);
    request.set_scope(v1::ERASURE_SCOPE_SUBJECT);
    request.set_ground(v1::ERASURE_GROUND_UNLAWFULLY_HELD);
    request.set_reason("was never ours to keep");
    return request;
  }

  std::string Approve(const std::string& erasure) {
    v1::ApproveErasureRequest request;
    request.set_unit("send");
    request.set_name(erasure);
    return ReasonIn(governance_.retention.ApproveErasure(request));
  }

  absl::StatusOr<v1::PlaceLegalHoldResponse> HoldLegally(const std::string& child) {
    v1::PlaceLegalHoldRequest request;
    request.set_unit("send");
    request.set_subject(child);
    request.set_reference("Inquiry 7");
    request.set_reason("nothing is to be destroyed");
    return governance_.retention.PlaceLegalHold(request);
  }

  absl::StatusOr<v1::PlaceDisclosureHoldResponse> HoldBack(const std::string& child) {
    v1::PlaceDisclosureHoldRequest request;
    request.set_unit("send");
    request.set_subject(child);
    request.set_recipient("agencies/kings-park-nhs-trust");
    request.set_reason("an enquiry that the family must not learn of");
    return governance_.audit.PlaceDisclosureHold(request);
  }

  int ToldToMother(const std::string& child) {
    v1::ListSubjectDisclosuresRequest request;
    request.set_unit("send");
    request.set_subject(child);
    request.set_view(v1::DISCLOSURE_VIEW_FAMILY);
    request.mutable_requester()->set_role(v1::DECISION_MAKER_ROLE_PARENT);
    request.mutable_requester()->set_person_reference("mother");
    const auto told = caseworker_.audit.ListSubjectDisclosures(request);
    EXPECT_TRUE(told.ok()) << told.status();
    return told.ok() ? told->disclosures_size() : -1;
  }

  std::vector<v1::WorkItem> WorkOf(const Clients& who, v1::WorkKind kind,
                                   const std::string& child) {
    v1::ListWorkItemsRequest request;
    request.set_kind(kind);
    request.set_page_size(200);
    const auto page = who.custody.ListWorkItems(request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<v1::WorkItem> about;
    for (const v1::WorkItem& item : page->work_items()) {
      if (item.subject() == child) about.push_back(item);
    }
    return about;
  }

  const Clients governance_ = world().As(kGovernance);
  const Clients records_ = world().As(kRecords);
};

// A name that it never gave the child would tell an agency that somebody else registered it.
TEST_F(JoinedMattersTest, MattersNameAJoinedChildAsTheirAgencyKnowsIt) {
  const int serial = NewSerial();
  const std::string child = NewJoinedChild(serial);
  EXPECT_EQ(BromleysNameOf(serial), child);

  const auto held_back = HoldBack(child);
  ASSERT_TRUE(held_back.ok()) << held_back.status();
  EXPECT_EQ(held_back->hold().subject(), child);

  const auto severance = manager_.subjects.SeverIdentity(AdoptionOf(child));
  ASSERT_TRUE(severance.ok()) << severance.status();
  EXPECT_THAT(WorkOf(other_manager_, v1::WORK_KIND_SEVERANCE_TO_CONFIRM, child), SizeIs(1));

  const auto erasure = records_.retention.RequestErasure(EverythingOf(child));
  ASSERT_TRUE(erasure.ok()) << erasure.status();
  EXPECT_EQ(erasure->erasure().subject(), child);
  EXPECT_EQ(ReasonIn(records_.retention.RequestErasure(EverythingOf(child))), "STATE_CONFLICT")
      << "one at a time";

  const auto hold = HoldLegally(child);
  ASSERT_TRUE(hold.ok()) << hold.status();
  EXPECT_EQ(hold->hold().subject(), child);
}

TEST_F(JoinedMattersTest, TaskAboutAConsentNamesItAsItsAgencyDoesBeforeAndAfterASplit) {
  const int serial = NewSerial();
  const std::string child = NewJoinedChild(serial);
  v1::RecordConsentRequest consent = ConsentOf(child, "mother", {"G"});
  consent.mutable_consent()->mutable_expires_at()->set_seconds(absl::ToUnixSeconds(absl::Now()) +
                                                               86400 * 7);
  const auto recorded = caseworker_.consents.RecordConsent(consent);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  auto work = WorkOf(caseworker_, v1::WORK_KIND_CONSENT_EXPIRING, child);
  ASSERT_THAT(work, SizeIs(1));
  EXPECT_EQ(work[0].consent(), recorded->consent().name());
  Split(child, serial);
  work = WorkOf(caseworker_, v1::WORK_KIND_CONSENT_EXPIRING, child);
  ASSERT_THAT(work, SizeIs(1));
  v1::GetConsentRequest get;
  get.set_name(work[0].consent());
  const auto got = caseworker_.consents.GetConsent(get);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->consent().expires_at().seconds(), consent.consent().expires_at().seconds());
  // Said anew, it is asked no more: the task is still the consent's.
  consent.mutable_consent()->clear_expires_at();
  ASSERT_EQ(ReasonIn(caseworker_.consents.RecordConsent(consent)), "OK");
  EXPECT_THAT(WorkOf(caseworker_, v1::WORK_KIND_CONSENT_EXPIRING, child), IsEmpty());
}

TEST_F(JoinedMattersTest, LegalHoldPlacedWhileTwoWereOneStaysWithTheChildThatWasMeant) {
  const int serial = NewSerial();
  const std::string child = NewJoinedChild(serial);
  const auto hold = HoldLegally(child);
  ASSERT_TRUE(hold.ok()) << hold.status();
  Split(child, serial);
  EXPECT_EQ(ReasonIn(records_.retention.RequestErasure(EverythingOf(child))), "STATE_CONFLICT");
  v1::LiftLegalHoldRequest lift;
  lift.set_unit("send");
  lift.set_name(hold->hold().name());
  lift.set_reason("the inquiry has reported");
  ASSERT_EQ(ReasonIn(governance_.retention.LiftLegalHold(lift)), "OK");
  EXPECT_EQ(ReasonIn(records_.retention.RequestErasure(EverythingOf(child))), "OK");
}

TEST_F(JoinedMattersTest, WhatIsHeldBackFromAFamilyWhileTwoWereOneStaysHeldBackAfterASplit) {
  const int first = NewSerial(), second = NewSerial();
  const std::string one = NewSharedChild(first), other = NewSharedChild(second);
  const std::string name = BromleysNameOf(second);
  AskJoin(one, other);
  DecideReviewOf(first, v1::MATCH_DECISION_JOIN, v1::MATCH_REVIEW_STATE_JOINED);
  const auto hold = HoldBack(other);
  ASSERT_TRUE(hold.ok()) << hold.status();
  EXPECT_EQ(hold->hold().subject(), name);
  EXPECT_THAT(Reads(other), HasSubstr("text of C"));
  EXPECT_EQ(ToldToMother(other), 0);
  Split(other, first);
  EXPECT_EQ(ToldToMother(other), 0);
  v1::ReviewDisclosureHoldRequest lift;
  lift.set_unit("send");
  lift.set_name(hold->hold().name());
  lift.set_lift(true);
  lift.set_reason("over");
  ASSERT_EQ(ReasonIn(governance_.audit.ReviewDisclosureHold(lift)), "OK");
  EXPECT_EQ(ToldToMother(other), 0) << "an officer has not released it";
  v1::ListWithheldDisclosuresRequest queue;
  queue.set_unit("send");
  queue.set_subject(other);
  const auto withheld = governance_.audit.ListWithheldDisclosures(queue);
  ASSERT_TRUE(withheld.ok()) << withheld.status();
  ASSERT_EQ(withheld->withheld_size(), 1);
  EXPECT_EQ(withheld->withheld(0).subject(), name);
}

// A join and a split between the two people who erase.
TEST_F(JoinedMattersTest, ErasureIsNotApprovedOfOtherRegistrationsThanItWasAskedOf) {
  const int first = NewSerial(), second = NewSerial();
  const std::string one = NewSharedChild(first), other = NewSharedChild(second);
  const auto asked = records_.retention.RequestErasure(EverythingOf(one));
  ASSERT_TRUE(asked.ok()) << asked.status();
  AskJoin(one, other);
  DecideReviewOf(first, v1::MATCH_DECISION_JOIN, v1::MATCH_REVIEW_STATE_JOINED);
  EXPECT_EQ(Approve(asked->erasure().name()), "STATE_CONFLICT");
  EXPECT_THAT(Reads(other), HasSubstr("text of C")) << "nothing was erased";
  Split(other, first);
  EXPECT_EQ(Approve(asked->erasure().name()), "OK") << "it is what it was again";
  EXPECT_EQ(Reads(one), "NOT_AVAILABLE");
  EXPECT_THAT(Reads(other), HasSubstr("text of C"));
}

// Whether others registered the child is nothing that an approval may tell.
TEST_F(JoinedMattersTest, ErasureIsApprovedAlikeWhoeverElseTheChildWasJoinedWith) {
  const int serial = NewSerial();
  const std::string child = NewDoubtfulChild(serial);
  const auto asked = records_.retention.RequestErasure(EverythingOf(child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  DecideReviewOf(serial, v1::MATCH_DECISION_JOIN, v1::MATCH_REVIEW_STATE_JOINED);
  EXPECT_EQ(Approve(asked->erasure().name()), "OK");
}

TEST_F(JoinedMattersTest, RecordsOfASeveredChildAreListedWithoutAnyOfItsNames) {
  const int first = NewSerial(), second = NewSerial();
  const std::string one = NewSharedChild(first), other = NewSharedChild(second);
  const std::string names[] = {BromleysNameOf(first), BromleysNameOf(second)};
  AskJoin(one, other);
  DecideReviewOf(first, v1::MATCH_DECISION_JOIN, v1::MATCH_REVIEW_STATE_JOINED);
  Sever(one);
  v1::ListRetentionDueRequest list;
  list.set_unit("send");
  list.set_everything(true);
  list.set_page_size(200);
  do {
    const auto page = governance_.retention.ListRetentionDue(list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const std::string& name : names) {
      EXPECT_THAT(page->ShortDebugString(), Not(HasSubstr(name)));
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
}

TEST_F(JoinedMattersTest, ErasureAskedForBeforeASeveranceDoesNotNameTheChildAfterwards) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  const std::string name = BromleysNameOf(serial);
  const auto asked = records_.retention.RequestErasure(EverythingOf(child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->erasure().subject(), name);
  Sever(child);
  v1::ListErasuresRequest list;
  list.set_unit("send");
  list.set_page_size(200);
  const auto listed = governance_.retention.ListErasures(list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_THAT(listed->ShortDebugString(), HasSubstr(asked->erasure().name()));
  EXPECT_THAT(listed->ShortDebugString(), Not(HasSubstr(name)));
}

// What an agency alone held a number for goes with its registration: a later child of its own by
// that number is not the old one.
TEST_F(JoinedMattersTest, NumberHeldByOneAgencyAloneIsHeldNoMoreOnceItHasErasedItsRegistration) {
  const int shared = NewSerial(), others = NewSerial();
  NewSharedChild(shared);
  ASSERT_EQ(
      ReasonIn(caseworker_.subjects.RegisterSubject(Registration(others, "send", "2012-12-12"))),
      "OK");
  const auto mine = trust_.subjects.RegisterSubject(Registration(shared, kPaediatrics));
  ASSERT_TRUE(mine.ok()) << mine.status();
  ASSERT_EQ(Link(trust_, kPaediatrics, mine->subject(), Verified(others)), "OK");
  v1::RequestErasureRequest everything = EverythingOf(mine->subject());
  everything.set_unit(kPaediatrics);
  const auto asked = trust_.retention.RequestErasure(everything);
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::ApproveErasureRequest approve;
  approve.set_unit(kPaediatrics);
  approve.set_name(asked->erasure().name());
  const auto done = world().As(kTrustGovernance).retention.ApproveErasure(approve);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_FALSE(done->erasure().subject_forgotten()) << "bromley registered the child too";
  v1::RegisterSubjectRequest another = Registration(NewSerial(), kPaediatrics);
  *another.mutable_identifiers(0) = Verified(others);
  const auto again = trust_.subjects.RegisterSubject(another);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_NE(again->subject(), mine->subject());
}

TEST_F(JoinedMattersTest, NobodyIsAskedWhetherAChildIsItsErasedSibling) {
  const int mother = NewSerial(), erased = NewSerial(), born = NewSerial();
  ASSERT_EQ(
      ReasonIn(caseworker_.subjects.RegisterSubject(Registration(mother, "send", "1996-02-03"))),
      "OK");
  v1::RegisterSubjectRequest child = Registration(erased);
  child.mutable_person()->set_mother_subject(SubjectOf(mother));
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(child)), "OK");
  const auto asked = records_.retention.RequestErasure(EverythingOf(SubjectOf(erased)));
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_EQ(Approve(asked->erasure().name()), "OK");
  child = Registration(born, "send", "2020-07-08");
  child.mutable_person()->set_mother_subject(SubjectOf(mother));
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(child)), "OK");
  EXPECT_EQ(ReviewOf(officer_, born), std::nullopt);
}

TEST_F(JoinedMattersTest, SplitThatWasAskedForIsRefusedByDecidingThatTheyAreOne) {
  const int serial = NewSerial();
  const std::string child = NewJoinedChild(serial);
  AskSplit(child);
  const auto review = ReviewOf(officer_, serial);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_SPLIT_ASKED);
  EXPECT_EQ(ReasonIn(Decide(officer_, "operations", *review, v1::MATCH_DECISION_KEEP_APART)),
            "STATE_CONFLICT");
  DecideReviewOf(serial, v1::MATCH_DECISION_JOIN, v1::MATCH_REVIEW_STATE_JOINED);
  EXPECT_EQ(ReviewOf(officer_, serial), std::nullopt) << "nobody waits for it";
  EXPECT_EQ(BromleysNameOf(serial), child);
  AskSplit(child);
  EXPECT_TRUE(ReviewOf(officer_, serial).has_value()) << "and it may be asked for again";
}

TEST_F(JoinedMattersTest, ChildIsNeverJoinedWithItsMother) {
  const int mother = NewSerial(), born = NewSerial();
  ASSERT_EQ(
      ReasonIn(caseworker_.subjects.RegisterSubject(Registration(mother, "send", "1996-02-03"))),
      "OK");
  v1::RegisterSubjectRequest child = Registration(born);
  child.mutable_person()->set_mother_subject(SubjectOf(mother));
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(child)), "OK");
  AskJoin(SubjectOf(born), SubjectOf(mother));
  const auto review = ReviewOf(officer_, born);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(ReasonIn(Decide(officer_, "operations", *review, v1::MATCH_DECISION_JOIN)),
            "STATE_CONFLICT");
  DecideReviewOf(born, v1::MATCH_DECISION_KEEP_APART, v1::MATCH_REVIEW_STATE_KEPT_APART);
}

}  // namespace
}  // namespace ehc
