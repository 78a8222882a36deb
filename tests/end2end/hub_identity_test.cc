// Who is this child: numbers, two registrations of one child, one child made of two, and
// identities that nobody may join again.
#include <set>

#include "absl/strings/str_cat.h"
#include "ehchub/subscription_client.h"
#include "tests/end2end/hub_identity_suite.h"

namespace ehc {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using Stub = v1::RecordExchangeService::Stub;

TEST_F(IdentityTest, Scenario08AdoptedChildSearchedByOldUpnOrNhsNumberIsAsUnknown) {
  const int old = NewSerial(), unknown = NewSerial(), now = NewSerial();
  const std::string child = NewSharedChild(old);
  const v1::Identifier upn = IdentifierOf(v1::IDENTIFIER_TYPE_UPN, UpnOf(old));
  ASSERT_EQ(Link(caseworker_, "send", child, upn), "OK");
  auto name = caseworker_.subjects.RegisterSubject(Registration(old));
  ASSERT_TRUE(name.ok());
  ASSERT_THAT(Reads(child), HasSubstr("text of C"));
  const WireBytes of_nobody = SummaryBytes(SubjectOf(unknown));
  auto matters = [&](const Clients& clients) {
    v1::ListWorkItemsRequest request;
    request.set_page_size(200);
    auto items = clients.custody.ListWorkItems(request);
    EXPECT_TRUE(items.ok()) << items.status();
    return items.ok() ? items->ShortDebugString() : "";
  };
  v1::CreateAdviceRequestRequest advice;
  advice.set_unit("send");
  advice.set_subject(child);
  advice.mutable_advice_request()->set_to("agencies/kings-park-nhs-trust");
  advice.mutable_advice_request()->set_kind(v1::ADVICE_KIND_MEDICAL);
  advice.mutable_advice_request()->set_question("what helps");
  auto asked = caseworker_.custody.CreateAdviceRequest(advice);
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_THAT(matters(paediatrician_), HasSubstr(asked->advice_request().name()));

  Sever(child);

  for (const std::string& by : {child, "upn:" + upn.value()}) {
    EXPECT_EQ(SummaryBytes(by), of_nobody) << "pointers, content and errors are an unknown child's";
    EXPECT_EQ(AskRaw(commissioner_, &Stub::FindRecords, FindForCommissioner(by)),
              AskRaw(commissioner_, &Stub::FindRecords, FindForCommissioner(SubjectOf(unknown))));
  }
  // Names that agencies have for the child resolve no more, to the severing agency either.
  v1::ListConsentsRequest consents;
  consents.set_subject(name->subject());
  v1::ListConsentsRequest of_unknown;
  of_unknown.set_subject(SubjectOf(unknown));
  EXPECT_EQ(ReasonIn(caseworker_.consents.ListConsents(consents)),
            ReasonIn(caseworker_.consents.ListConsents(of_unknown)));
  EXPECT_THAT(matters(paediatrician_), Not(HasSubstr(asked->advice_request().name())));
  v1::GetAdviceRequestRequest get;
  get.set_name(asked->advice_request().name());
  EXPECT_EQ(ReasonIn(paediatrician_.custody.GetAdviceRequest(get)), "RESOURCE_NOT_FOUND");

  // The school makes a new record; an old number said of it joins nothing and asks nobody.
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(Registration(now))), "OK");
  EXPECT_EQ(Link(caseworker_, "send", SubjectOf(now), upn), "OK");
  v1::RegisterSubjectRequest again = Registration(old, "community-paediatrics", "2011-01-01");
  EXPECT_EQ(ReasonIn(trust_.subjects.RegisterSubject(again)), "OK");
  EXPECT_EQ(ReviewOf(officer_, old), std::nullopt);
  EXPECT_EQ(SummaryBytes("upn:" + upn.value()), of_nobody) << "nothing is found by it still";
}

TEST_F(IdentityTest, SeveredIdentityIsInNobodysHistorySaveTheAuditors) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  auto read = paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
  ASSERT_TRUE(read.ok()) << read.status();
  auto leaves = [&](const Persona& who, v1::AuditAudience audience) {
    const Clients clients = world().As(who);
    std::set<std::string> found;
    v1::ListAuditEntriesRequest request;
    request.set_audience(audience);
    request.set_page_size(200);
    do {
      auto page = clients.audit.ListAuditEntries(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::AuditEntry& entry : page->entries()) found.insert(entry.leaf_hash());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  };
  const std::string leaf = read->disclosure().receipt().leaf_hash();
  ASSERT_THAT(leaves(kGovernance, v1::AUDIT_AUDIENCE_CUSTODIAN), Contains(leaf));
  Sever(child);
  EXPECT_THAT(leaves(kGovernance, v1::AUDIT_AUDIENCE_CUSTODIAN), Not(Contains(leaf)));
  EXPECT_THAT(leaves(kTrustGovernance, v1::AUDIT_AUDIENCE_SEARCHER), Not(Contains(leaf)));
  EXPECT_THAT(leaves(kAuditor, v1::AUDIT_AUDIENCE_OFFICER), Contains(leaf)) << "the log has all";
}

TEST_F(IdentityTest, ChangeOfASeveredChildThatWasNotYetToldIsNeverTold) {
  const int serial = NewSerial(), witness = NewSerial();
  const std::string child = NewSharedChild(serial), other = NewSharedChild(witness);
  const ehchub::SubscriptionClient subscriptions(commissioner_.hub);
  v1::CreateSubscriptionRequest wanted;
  wanted.mutable_subscription()->add_record_types("EHC_PLAN");
  wanted.mutable_subscription()->mutable_context()->set_purpose("STATUTORY_COPY");
  wanted.mutable_subscription()->mutable_context()->set_lawful_basis("ART6_1_C");
  wanted.mutable_subscription()->mutable_context()->set_agreement(
      "agreements/bromley-icb-statutory-copy");
  wanted.add_subjects(child);
  wanted.add_subjects(other);
  auto made = subscriptions.CreateSubscription(wanted);
  ASSERT_TRUE(made.ok()) << made.status();
  for (const int one : {serial, witness}) {
    ASSERT_EQ(ReasonIn(caseworker_.records.PublishPlan(
                  PlanOf(SubjectOf(one), "changed", absl::StrCat("plan-", one)))),
              "OK");
  }
  Sever(child);
  v1::StreamNotificationsRequest stream;
  stream.set_subscription(made->subscription().name());
  ehchub::NotificationReader reader = subscriptions.Notifications(stream);
  auto first = reader.Next(absl::Seconds(20));
  ASSERT_TRUE(first.ok()) << first.status();
  auto witness_name =
      commissioner_.records.GetPlan(PlanForCommissioner(other, {v1::PLAN_SECTION_CODE_C}));
  ASSERT_TRUE(witness_name.ok());
  EXPECT_FALSE(reader.Next(absl::Milliseconds(1500)).ok()) << "one change was told: the other's";
  v1::DeleteSubscriptionRequest end;
  end.set_name(made->subscription().name());
  EXPECT_TRUE(subscriptions.DeleteSubscription(end).ok());
}

TEST_F(IdentityTest, OnePersonSeversNothing) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  auto asked = manager_.subjects.SeverIdentity(AdoptionOf(child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->severance().state(), v1::SEVERANCE_STATE_ASKED);
  EXPECT_THAT(Reads(child), HasSubstr("text of C")) << "nothing has changed yet";
  const v1::SeverIdentityRequest confirm = ConfirmationOf(asked->severance().name());
  EXPECT_EQ(ReasonIn(manager_.subjects.SeverIdentity(confirm)), "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(caseworker_.subjects.SeverIdentity(confirm)), "POLICY_DENIED");
  v1::SeverIdentityRequest foreign = ConfirmationOf(asked->severance().name());
  foreign.set_unit("community-paediatrics");
  EXPECT_EQ(ReasonIn(world().As(kTrustGovernance).subjects.SeverIdentity(foreign)),
            "RESOURCE_NOT_FOUND");
  v1::SeverIdentityRequest bare = AdoptionOf(child);
  bare.clear_justification();
  EXPECT_EQ(ReasonIn(manager_.subjects.SeverIdentity(bare)), "FIELD_INVALID");
  EXPECT_THAT(Reads(child), HasSubstr("text of C"));
  v1::ListWorkItemsRequest work;
  work.set_kind(v1::WORK_KIND_SEVERANCE_TO_CONFIRM);
  work.set_page_size(200);
  auto items = other_manager_.custody.ListWorkItems(work);
  ASSERT_TRUE(items.ok()) << items.status();
  EXPECT_THAT(items->ShortDebugString(), HasSubstr(asked->severance().name()));
}

TEST_F(IdentityTest, Scenario11SupersededNumberRedirectsAndTheAuditSpansBoth) {
  const int old = NewSerial(), now = NewSerial();
  const std::string child = NewSharedChild(old);
  auto before = paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_FALSE(before->disclosure().identifier_superseded());
  auto superseded = Supersede(child, old, now);
  ASSERT_TRUE(superseded.ok()) << superseded.status();

  auto by_old = paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
  auto by_new = paediatrician_.records.GetPlanSummary(SummaryForTrust(SubjectOf(now)));
  ASSERT_TRUE(by_old.ok() && by_new.ok()) << by_old.status() << by_new.status();
  EXPECT_EQ(by_old->disclosure().record(), by_new->disclosure().record()) << "one child";
  EXPECT_TRUE(by_old->disclosure().identifier_superseded()) << "replace it everywhere";
  EXPECT_FALSE(by_new->disclosure().identifier_superseded());

  const Clients governance = world().As(kGovernance);
  for (const std::string& by : {child, SubjectOf(now), superseded->subject()}) {
    v1::ListAuditEntriesRequest request;
    request.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
    request.set_subject(by);
    request.set_page_size(200);
    auto page = governance.audit.ListAuditEntries(request);
    ASSERT_TRUE(page.ok()) << page.status();
    std::vector<std::string> leaves;
    for (const v1::AuditEntry& entry : page->entries()) leaves.push_back(entry.leaf_hash());
    EXPECT_THAT(leaves, IsSupersetOf({before->disclosure().receipt().leaf_hash(),
                                      by_old->disclosure().receipt().leaf_hash(),
                                      by_new->disclosure().receipt().leaf_hash()}))
        << by;
  }
}

TEST_F(IdentityTest, Scenario11SeveredIdentityRefusesSupersessionAndNeverRedirects) {
  const int severed = NewSerial(), now = NewSerial(), unknown = NewSerial(), live = NewSerial();
  const std::string child = NewSharedChild(severed);
  Sever(child);
  auto refused = Supersede(child, severed, now);
  auto of_unknown = Supersede(SubjectOf(unknown), unknown, now);
  EXPECT_EQ(ReasonIn(refused), ReasonIn(of_unknown));
  EXPECT_EQ(refused.status().message(), of_unknown.status().message());
  // A living child's number replaced by a severed one's: answered as always, joins nothing.
  NewSharedChild(live);
  EXPECT_EQ(ReasonIn(Supersede(SubjectOf(live), live, severed)), "OK");
  EXPECT_EQ(Reads(SubjectOf(severed)), "NOT_AVAILABLE");
  EXPECT_THAT(Reads(SubjectOf(live)), HasSubstr("text of C"));
  EXPECT_EQ(ReviewOf(officer_, severed), std::nullopt);
}

TEST_F(IdentityTest, Trap06VendorsWorkedExampleOfAUpnIsWrong) {
  const std::string child = NewSharedChild(NewSerial());
  EXPECT_EQ(
      Link(caseworker_, "send", child, IdentifierOf(v1::IDENTIFIER_TYPE_UPN, "Q207000016049")),
      "FIELD_INVALID");
  EXPECT_EQ(
      Link(caseworker_, "send", child, IdentifierOf(v1::IDENTIFIER_TYPE_UPN, "P207000016049")),
      "OK");
}

TEST_F(IdentityTest, Trap07NumberIsWhatItsTypeSaysNeverWhatItLooksLike) {
  const std::string one = NewSharedChild(NewSerial()), other = NewSharedChild(NewSerial());
  ASSERT_EQ(Link(caseworker_, "send", one, IdentifierOf(v1::IDENTIFIER_TYPE_ULN, "9276308686")),
            "OK");
  ASSERT_EQ(
      Link(caseworker_, "send", other, IdentifierOf(v1::IDENTIFIER_TYPE_NHS_NUMBER, "9276308687")),
      "OK");
  EXPECT_EQ(Link(caseworker_, "send", one, IdentifierOf(v1::IDENTIFIER_TYPE_ULN, "9276308687")),
            "FIELD_INVALID");
  EXPECT_EQ(
      Link(caseworker_, "send", one, IdentifierOf(v1::IDENTIFIER_TYPE_NHS_NUMBER, "9276308686")),
      "FIELD_INVALID");
  auto by_uln = paediatrician_.records.GetPlanSummary(SummaryForTrust("uln:9276308686"));
  auto by_nhs = paediatrician_.records.GetPlanSummary(SummaryForTrust("nhs:9276308687"));
  ASSERT_TRUE(by_uln.ok() && by_nhs.ok()) << by_uln.status() << by_nhs.status();
  EXPECT_NE(by_uln->disclosure().record(), by_nhs->disclosure().record());
}

TEST(FoundingTest, HubThatWasFoundedForTestsIsNotServedLive) {
  ASSERT_TRUE(PreparePlatform().ok());
  HubWorld world;
  HouseOptions options;
  options.data_folder = world.data_folder();
  options.policy_folder = HubWorld::policy_folder();
  options.development = true;
  options.server.tls = TlsFiles::InDirectory(world.tls_folder());
  options.expected_mode = "live";
  const auto house = House::Open(options, SystemClock());
  ASSERT_FALSE(house.ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(house.status())) << house.status();
  EXPECT_THAT(std::string(house.status().message()), HasSubstr("founded for test"));
}

TEST_F(IdentityTest, Trap08RepeatedDigitsAreNobodysNumberAlthoughTheyPassTheCheck) {
  for (const char* repeat : {"0000000000", "4444444444", "9999999999"}) {
    v1::RegisterSubjectRequest request = Registration(NewSerial());
    request.mutable_identifiers(0)->set_value(repeat);
    auto refused = caseworker_.subjects.RegisterSubject(request);
    EXPECT_EQ(ReasonIn(refused), "FIELD_INVALID") << repeat;
    EXPECT_THAT(refused.status().ToString(), Not(HasSubstr(repeat)));
  }
}

TEST_F(IdentityTest, ConflictOfTwoAgenciesIsTheHubsOfficersToDecideAndNeitherAgencyIsTold) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  auto mine =
      trust_.subjects.RegisterSubject(Registration(serial, "community-paediatrics", "2016-04-05"));
  ASSERT_TRUE(mine.ok()) << mine.status();
  auto review = ReviewOf(officer_, serial);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_IDENTIFIER_CONFLICT);
  ASSERT_EQ(review->sides_size(), 2);
  EXPECT_EQ(review->sides(0).person().date_of_birth(), "2016-04-05");
  EXPECT_EQ(review->sides(1).person().date_of_birth(), "2016-05-04");
  v1::GetMatchReviewRequest get;
  get.set_name(review->name());
  EXPECT_EQ(ReasonIn(caseworker_.subjects.GetMatchReview(get)), "POLICY_DENIED");
  v1::ListWorkItemsRequest work;
  work.set_kind(v1::WORK_KIND_MATCH_REVIEW_TO_DECIDE);
  work.set_page_size(200);
  auto queue = officer_.custody.ListWorkItems(work);
  ASSERT_TRUE(queue.ok()) << queue.status();
  EXPECT_THAT(queue->ShortDebugString(), HasSubstr(review->name()));

  // Day and month were swapped: one child. What the trust does from now on, it does to that one.
  auto joined = Decide(officer_, "operations", *review, v1::MATCH_DECISION_JOIN);
  ASSERT_TRUE(joined.ok()) << joined.status();
  EXPECT_EQ(joined->match_review().state(), v1::MATCH_REVIEW_STATE_JOINED);
  auto again =
      trust_.subjects.RegisterSubject(Registration(serial, "community-paediatrics", "2016-04-05"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->subject(), mine->subject()) << "the trust's name for the child stays";
  auto read = commissioner_.records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_I}));
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->plan().sections_size(), 1);
  v1::CreateProtectionRequest protect = RestrictedAddressOf(mine->subject());
  protect.set_unit("community-paediatrics");
  ASSERT_EQ(ReasonIn(trust_.subjects.CreateProtection(protect)), "OK");
  read = commissioner_.records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_I}));
  EXPECT_TRUE(!read.ok() || read->plan().sections().empty()) << "it protects the one child";
  EXPECT_EQ(
      ReasonIn(Decide(officer_, "operations", joined->match_review(), v1::MATCH_DECISION_JOIN)),
      "STATE_CONFLICT");
}

TEST_F(IdentityTest, DecisionToKeepApartIsKept) {
  const int serial = NewSerial();
  NewSharedChild(serial);
  const v1::RegisterSubjectRequest other =
      Registration(serial, "community-paediatrics", "2013-01-01");
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(other)), "OK");
  auto review = ReviewOf(officer_, serial);
  ASSERT_TRUE(review.has_value());
  auto more = Decide(officer_, "operations", *review, v1::MATCH_DECISION_NEED_MORE);
  ASSERT_TRUE(more.ok()) << more.status();
  EXPECT_EQ(ReasonIn(Decide(officer_, "operations", *review, v1::MATCH_DECISION_KEEP_APART)),
            "ETAG_MISMATCH");
  auto apart = Decide(officer_, "operations", more->match_review(), v1::MATCH_DECISION_KEEP_APART);
  ASSERT_TRUE(apart.ok()) << apart.status();
  EXPECT_EQ(apart->match_review().steps_size(), 2);
  EXPECT_EQ(Link(trust_, "community-paediatrics", SubjectOf(serial), Verified(serial)), "OK");
  EXPECT_EQ(ReviewOf(officer_, serial), std::nullopt) << "nobody is asked again";
}

TEST_F(IdentityTest, NumberThatWasNotVerifiedLinksNoTwoAgencies) {
  for (const v1::VerificationStatus status :
       {v1::VERIFICATION_STATUS_UNSPECIFIED, v1::VERIFICATION_STATUS_NOT_TRACED,
        v1::VERIFICATION_STATUS_TRACE_REQUIRED, v1::VERIFICATION_STATUS_NO_OR_MULTIPLE_MATCH,
        v1::VERIFICATION_STATUS_CONFLICT, v1::VERIFICATION_STATUS_IN_PROGRESS,
        v1::VERIFICATION_STATUS_NOT_REQUIRED, v1::VERIFICATION_STATUS_POSTPONED}) {
    const int serial = NewSerial();
    const std::string child = NewSharedChild(serial);
    v1::RegisterSubjectRequest request = Registration(serial, "community-paediatrics");
    request.mutable_identifiers(0)->set_verification_status(status);
    ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(request)), "OK");
    v1::CreateProtectionRequest protect = RestrictedAddressOf(child);
    protect.set_unit("community-paediatrics");
    ASSERT_EQ(ReasonIn(trust_.subjects.CreateProtection(protect)), "OK");
    auto read =
        commissioner_.records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_I}));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->plan().sections_size(), 1) << "bromley's child is untouched";
    auto review = ReviewOf(officer_, serial);
    ASSERT_TRUE(review.has_value());
    EXPECT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_UNVERIFIED_NUMBER);
    EXPECT_EQ(review->identifiers(0).verification_status(), status) << "kept as data";
  }
}

TEST_F(IdentityTest, TwoPeopleJoinChildrenOfWhomSomethingWasDisclosedAndTwoSplitThemAgain) {
  const int first = NewSerial(), second = NewSerial();
  const std::string one = NewSharedChild(first), other = NewSharedChild(second);
  auto first_read = paediatrician_.records.GetPlanSummary(SummaryForTrust(one));
  auto second_read = paediatrician_.records.GetPlanSummary(SummaryForTrust(other));
  ASSERT_TRUE(first_read.ok() && second_read.ok());
  const std::string first_plan = first_read->disclosure().record();
  const std::string second_plan = second_read->disclosure().record();
  ASSERT_NE(first_plan, second_plan);

  v1::JoinSubjectsRequest join;
  join.set_unit("send");
  join.set_subject(one);
  join.set_other_subject(other);
  join.set_reason("entered twice");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.JoinSubjects(join)), "OK");
  auto review = ReviewOf(officer_, first);
  ASSERT_TRUE(review.has_value());
  EXPECT_TRUE(review->needs_second_person());
  auto half = Decide(officer_, "operations", *review, v1::MATCH_DECISION_JOIN);
  ASSERT_TRUE(half.ok()) << half.status();
  EXPECT_EQ(half->match_review().state(), v1::MATCH_REVIEW_STATE_AWAITING_SECOND_PERSON);
  EXPECT_EQ(ReasonIn(Decide(officer_, "operations", half->match_review(), v1::MATCH_DECISION_JOIN)),
            "STATE_CONFLICT");
  auto joined = Decide(other_officer_, "operations", half->match_review(), v1::MATCH_DECISION_JOIN);
  ASSERT_TRUE(joined.ok()) << joined.status();

  // One child: both numbers lead to the newest plan; both names of the caller's go on resolving.
  auto wrong = paediatrician_.records.GetPlanSummary(SummaryForTrust(one));
  ASSERT_TRUE(wrong.ok()) << wrong.status();
  EXPECT_EQ(wrong->disclosure().record(), second_plan);

  v1::SplitSubjectRequest split;
  split.set_unit("send");
  split.set_subject(other);
  split.set_reason("they are cousins");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.SplitSubject(split)), "OK");
  review = ReviewOf(officer_, first);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_SPLIT_ASKED);
  half = Decide(officer_, "operations", *review, v1::MATCH_DECISION_SPLIT);
  ASSERT_TRUE(half.ok()) << half.status();
  auto done = Decide(other_officer_, "operations", half->match_review(), v1::MATCH_DECISION_SPLIT);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->match_review().state(), v1::MATCH_REVIEW_STATE_SPLIT);

  first_read = paediatrician_.records.GetPlanSummary(SummaryForTrust(one));
  second_read = paediatrician_.records.GetPlanSummary(SummaryForTrust(other));
  ASSERT_TRUE(first_read.ok() && second_read.ok());
  EXPECT_EQ(first_read->disclosure().record(), first_plan);
  EXPECT_EQ(second_read->disclosure().record(), second_plan);

  // The trust received the cousin's plan under this child's number: it is told, that one alone.
  v1::ListNoticesRequest notices;
  notices.set_only_open(true);
  notices.set_page_size(200);
  auto told = paediatrician_.custody.ListNotices(notices);
  ASSERT_TRUE(told.ok()) << told.status();
  std::vector<std::string> leaves;
  for (const v1::RecallNotice& notice : told->notices()) {
    if (notice.record() != second_plan) continue;
    EXPECT_EQ(notice.reason(), v1::RECALL_REASON_WRONG_CHILD);
    for (const auto& one_disclosure : notice.disclosures()) {
      leaves.push_back(one_disclosure.leaf_hash());
    }
  }
  EXPECT_EQ(leaves, std::vector<std::string>{wrong->disclosure().receipt().leaf_hash()});
}

// A refusal that vanished from the searcher's own list would tell that it had asked about a child
// whom the hub knew, and whose identity was severed since.
TEST_F(IdentityTest, SearcherFindsItsRefusalsAlikeWhetherTheChildWasSeveredSinceOrNeverKnown) {
  const int known = NewSerial(), unknown = NewSerial();
  const std::string child = MakeChild(caseworker_, known);  // without consent
  const auto ask = [&](const std::string& subject, const std::string& case_reference) {
    v1::GetPlanSummaryRequest request = SummaryForTrust(subject);
    request.mutable_context()->set_case_reference(case_reference);
    EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(request)), "NOT_AVAILABLE");
  };
  const std::string of_known = absl::StrCat("case-", known),
                    of_unknown = absl::StrCat("case-", unknown);
  ask(child, of_known);
  ask(SubjectOf(unknown), of_unknown);
  const auto listed = [&](const std::string& case_reference) {
    int found = 0;
    v1::ListAuditEntriesRequest list;
    list.set_audience(v1::AUDIT_AUDIENCE_SEARCHER);
    list.set_page_size(200);
    do {
      const auto page = world().As(kTrustGovernance).audit.ListAuditEntries(list);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return found;
      for (const v1::AuditEntry& entry : page->entries()) {
        for (const v1::AuditField& field : entry.fields()) {
          found += field.name() == "case_reference" && field.value() == case_reference;
        }
      }
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    return found;
  };
  EXPECT_EQ(listed(of_known), 1);
  EXPECT_EQ(listed(of_unknown), 1);
  Sever(child);
  EXPECT_EQ(listed(of_known), 1);
  EXPECT_EQ(listed(of_unknown), 1);
}

TEST_F(IdentityTest, UseIsCountedWholeAfterAStartThoughTheNewestEntriesAreOfASeveredChild) {
  Sever(NewSharedChild(NewSerial()));
  world().Restart();
  const Clients auditor = world().As(kAuditor);
  bool complete = false;
  for (int i = 0; i < 50 && !complete; ++i) {
    const auto report = auditor.audit.GetAccessReport({});
    ASSERT_TRUE(report.ok()) << report.status();
    complete = report->report().complete();
    absl::SleepFor(absl::Milliseconds(50));
  }
  EXPECT_TRUE(complete);
}

TEST_F(IdentityTest, WhatOneAgencySaysOfTwoChildrenIsAnsweredAlikeWhateverThereIsToDecide) {
  const int serial = NewSerial(), others = NewSerial();
  const std::string own = NewSharedChild(serial);
  ASSERT_EQ(
      ReasonIn(trust_.subjects.RegisterSubject(Registration(others, "community-paediatrics"))),
      "OK");
  v1::JoinSubjectsRequest join;
  join.set_unit("send");
  join.set_subject(own);
  join.set_reason("the same family");
  join.set_other_subject(SubjectOf(others));
  auto of_another = caseworker_.subjects.JoinSubjects(join);
  join.set_other_subject(SubjectOf(NewSerial()));
  auto of_nobody = caseworker_.subjects.JoinSubjects(join);
  EXPECT_EQ(ReasonIn(of_another), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(of_another.status().message(), of_nobody.status().message());
  v1::SplitSubjectRequest split;
  split.set_unit("send");
  split.set_subject(own);
  split.set_reason("two mothers ring");
  EXPECT_EQ(ReasonIn(caseworker_.subjects.SplitSubject(split)), "OK") << "nothing to split: alike";
}

TEST_F(IdentityTest, NewbornWithoutANumberIsFoundByTheMotherAndTakesItsNumberLater) {
  const int mother = NewSerial(), born = NewSerial();
  ASSERT_EQ(
      ReasonIn(caseworker_.subjects.RegisterSubject(Registration(mother, "send", "1996-02-03"))),
      "OK");
  v1::RegisterSubjectRequest unborn = Registration(born);
  unborn.clear_identifiers();
  unborn.mutable_person()->clear_given_names();
  unborn.mutable_person()->set_expected_date_of_birth("2026-11-20");
  unborn.mutable_person()->set_mother_subject(SubjectOf(mother));
  auto expected = caseworker_.subjects.RegisterSubject(unborn);
  ASSERT_TRUE(expected.ok()) << expected.status();

  // The trust registers the birth: the same mother, another agency, a number under six weeks old.
  v1::RegisterSubjectRequest newborn = Registration(born, "community-paediatrics", "2026-11-18");
  newborn.mutable_identifiers(0)->set_verification_status(v1::VERIFICATION_STATUS_POSTPONED);
  newborn.mutable_person()->set_mother_subject(SubjectOf(mother));
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(newborn)), "OK");
  auto review = ReviewOf(officer_, born);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_SAME_MOTHER);
  EXPECT_EQ(review->sides(1).person().expected_date_of_birth(), "2026-11-20");
  ASSERT_TRUE(Decide(officer_, "operations", *review, v1::MATCH_DECISION_JOIN).ok());

  // Bromley's own name goes on; the number that the trust brought leads to the same child.
  EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(expected->subject()))),
            "OK");
  ASSERT_EQ(ReasonIn(caseworker_.records.PublishPlan(
                PlanOf(expected->subject(), "early", absl::StrCat("plan-", born)))),
            "OK");
  auto read = commissioner_.records.GetPlan(
      PlanForCommissioner(SubjectOf(born), {v1::PLAN_SECTION_CODE_C}));
  EXPECT_TRUE(read.ok()) << read.status();
}

TEST_F(IdentityTest, ProtectedIdentityIsInNoReview) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  v1::CreateProtectionRequest protect = RestrictedAddressOf(child);
  protect.mutable_protection()->set_label(v1::PROTECTION_LABEL_ADOPTED);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(protect)), "OK");
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(
                Registration(serial, "community-paediatrics", "2012-12-12"))),
            "OK");
  EXPECT_EQ(ReviewOf(officer_, serial), std::nullopt);
}

TEST_F(IdentityTest, EvidenceLeavesAProtectedPostcodeOut) {
  const int serial = NewSerial();
  v1::RegisterSubjectRequest registration = Registration(serial);
  registration.mutable_person()->set_postcode("BR1 3UH");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(registration)), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(SubjectOf(serial)))),
            "OK");
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(
                Registration(serial, "community-paediatrics", "2012-12-12"))),
            "OK");
  auto review = ReviewOf(officer_, serial);
  ASSERT_TRUE(review.has_value());
  EXPECT_THAT(review->ShortDebugString(), Not(HasSubstr("BR1")));
}

// A question of its own that it did not find in a queue would tell an agency that somebody else
// knows one of both children.
TEST_F(IdentityTest, NoAgencySeesWhatBecomesOfADoubt) {
  const int first = NewSerial(), second = NewSerial();
  const std::string one = NewSharedChild(first), other = NewSharedChild(second);
  v1::JoinSubjectsRequest join;
  join.set_unit("send");
  join.set_subject(one);
  join.set_other_subject(other);
  join.set_reason("entered twice");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.JoinSubjects(join)), "OK");
  const auto review = ReviewOf(officer_, first);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_JOIN_ASKED);
  for (const Clients* clients : {&caseworker_, &manager_, &trust_}) {
    EXPECT_EQ(ReasonIn(clients->subjects.ListMatchReviews({})), "POLICY_DENIED");
    v1::GetMatchReviewRequest get;
    get.set_name(review->name());
    EXPECT_EQ(ReasonIn(clients->subjects.GetMatchReview(get)), "POLICY_DENIED");
  }
  EXPECT_EQ(ReasonIn(Decide(caseworker_, "send", *review, v1::MATCH_DECISION_JOIN)),
            "POLICY_DENIED");
  v1::ListWorkItemsRequest work;
  work.set_page_size(200);
  auto queue = caseworker_.custody.ListWorkItems(work);
  ASSERT_TRUE(queue.ok()) << queue.status();
  EXPECT_THAT(queue->ShortDebugString(), Not(HasSubstr(review->name())));
}

}  // namespace
}  // namespace ehc
