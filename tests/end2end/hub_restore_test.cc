// A severance made in error is taken back by two people; until then nothing of the child is to be
// seen.
#include "tests/end2end/hub_identity_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Stub = v1::RecordExchangeService::Stub;

class RestoreTest : public IdentityTest {
 protected:
  std::string ReasonOfRestoring(const Clients& who, const std::string& severance, bool confirm,
                                const std::string& unit = "send") {
    v1::RestoreIdentityRequest request = RestorationOf(severance, confirm);
    request.set_unit(unit);
    return ReasonIn(who.subjects.RestoreIdentity(request));
  }
};

TEST_F(RestoreTest, TwoPeopleTakeItBackAndEverythingIsAsItWas) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  auto name = caseworker_.subjects.RegisterSubject(Registration(serial));
  ASSERT_TRUE(name.ok());
  auto before = paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
  ASSERT_TRUE(before.ok()) << before.status();
  const WireBytes of_nobody = SummaryBytes(SubjectOf(NewSerial()));
  const std::string severance = Sever(child);
  ASSERT_EQ(SummaryBytes(child), of_nobody);

  auto asked = manager_.subjects.RestoreIdentity(RestorationOf(severance));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->severance().state(), v1::SEVERANCE_STATE_RESTORE_ASKED);
  EXPECT_EQ(SummaryBytes(child), of_nobody) << "one person restores nothing";
  auto restored = other_manager_.subjects.RestoreIdentity(RestorationOf(severance, true));
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->severance().state(), v1::SEVERANCE_STATE_RESTORED);

  auto after = paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->disclosure().record(), before->disclosure().record());
  EXPECT_THAT(Reads(child), HasSubstr("text of C"));
  auto again = caseworker_.subjects.RegisterSubject(Registration(serial));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->subject(), name->subject()) << "names of it mean it again";
  // Matters and history come back with it.
  v1::ListAuditEntriesRequest audit;
  audit.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
  audit.set_subject(child);
  audit.set_page_size(200);
  auto entries = world().As(kGovernance).audit.ListAuditEntries(audit);
  ASSERT_TRUE(entries.ok()) << entries.status();
  std::vector<std::string> leaves;
  for (const v1::AuditEntry& entry : entries->entries()) leaves.push_back(entry.leaf_hash());
  EXPECT_THAT(leaves, ::testing::Contains(before->disclosure().receipt().leaf_hash()));
  EXPECT_EQ(ReasonOfRestoring(manager_, severance, false), "STATE_CONFLICT") << "once";
}

TEST_F(RestoreTest, WhoAskedDoesNotConfirmAndNobodyElseMay) {
  const std::string child = NewSharedChild(NewSerial());
  const WireBytes of_nobody = SummaryBytes(SubjectOf(NewSerial()));
  const std::string severance = Sever(child);
  EXPECT_EQ(ReasonOfRestoring(manager_, severance, true), "STATE_CONFLICT") << "nobody asked";
  ASSERT_EQ(ReasonOfRestoring(manager_, severance, false), "OK");
  EXPECT_EQ(ReasonOfRestoring(manager_, severance, true), "STATE_CONFLICT");
  EXPECT_EQ(ReasonOfRestoring(caseworker_, severance, true), "POLICY_DENIED");
  EXPECT_EQ(
      ReasonOfRestoring(world().As(kTrustGovernance), severance, true, "community-paediatrics"),
      "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOfRestoring(world().As(kAuditor), severance, true, "operations"),
            "POLICY_DENIED");
  v1::RestoreIdentityRequest bare = RestorationOf(severance, true);
  bare.clear_justification();
  EXPECT_EQ(ReasonIn(other_manager_.subjects.RestoreIdentity(bare)), "FIELD_INVALID");
  v1::RestoreIdentityRequest trial = RestorationOf(severance, true);
  trial.set_validate_only(true);
  EXPECT_EQ(ReasonIn(other_manager_.subjects.RestoreIdentity(trial)), "OK");
  EXPECT_EQ(SummaryBytes(child), of_nobody) << "still severed";
}

TEST_F(RestoreTest, ThereIsNothingToTakeBackOfWhatWasOnlyAskedFor) {
  const std::string child = NewSharedChild(NewSerial());
  auto asked = manager_.subjects.SeverIdentity(AdoptionOf(child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(ReasonOfRestoring(other_manager_, asked->severance().name(), false), "STATE_CONFLICT");
  EXPECT_EQ(ReasonOfRestoring(other_manager_, "severances/nothing", false), "RESOURCE_NOT_FOUND");
}

TEST_F(RestoreTest, RestoringIsRepeatableByItsRequestId) {
  const std::string child = NewSharedChild(NewSerial());
  const std::string severance = Sever(child);
  ASSERT_EQ(ReasonOfRestoring(manager_, severance, false), "OK");
  v1::RestoreIdentityRequest confirm = RestorationOf(severance, true);
  confirm.set_request_id("5c9a3a0e-6f64-4f0a-9a5e-0d7d8b6c2f11");
  ASSERT_EQ(ReasonIn(other_manager_.subjects.RestoreIdentity(confirm)), "OK");
  auto again = other_manager_.subjects.RestoreIdentity(confirm);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->severance().state(), v1::SEVERANCE_STATE_RESTORED);
}

// Another agency that registered the child has severed it: whoever lost it asks the hub.
TEST_F(RestoreTest, HubsOfficersTakeBackWhatAnAgencySeveredThatIsNotToBeAsked) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  ASSERT_EQ(
      ReasonIn(trust_.subjects.RegisterSubject(Registration(serial, "community-paediatrics"))),
      "OK");
  v1::SeverIdentityRequest ask = AdoptionOf(child);
  ask.set_unit("community-paediatrics");
  auto asked = world().As(kTrustGovernance).subjects.SeverIdentity(ask);
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::SeverIdentityRequest confirm = ConfirmationOf(asked->severance().name());
  confirm.set_unit("community-paediatrics");
  Persona colleague = kTrustGovernance;
  colleague.user = "ig-2";
  ASSERT_EQ(ReasonIn(world().As(colleague).subjects.SeverIdentity(confirm)), "OK");
  ASSERT_EQ(Reads(child), "NOT_AVAILABLE");
  const std::string severance = asked->severance().name();
  EXPECT_EQ(ReasonOfRestoring(officer_, severance, false, "operations"), "OK");
  EXPECT_EQ(ReasonOfRestoring(officer_, severance, true, "operations"), "STATE_CONFLICT");
  EXPECT_EQ(ReasonOfRestoring(other_officer_, severance, true, "operations"), "OK");
  EXPECT_THAT(Reads(child), HasSubstr("text of C"));
}

// What came about meanwhile is not undone: the birth family's agency keeps its own child, and an
// officer is asked about the two.
TEST_F(RestoreTest, WhoWasRegisteredUnderTheOldNumberMeanwhileStaysAChildOfItsOwn) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  const std::string severance = Sever(child);
  auto mine = trust_.subjects.RegisterSubject(Registration(serial, "community-paediatrics"));
  ASSERT_TRUE(mine.ok());
  ASSERT_EQ(ReasonOfRestoring(manager_, severance, false), "OK");
  ASSERT_EQ(ReasonOfRestoring(other_manager_, severance, true), "OK");
  EXPECT_THAT(Reads(child), HasSubstr("text of C"));
  auto again = trust_.subjects.RegisterSubject(Registration(serial, "community-paediatrics"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->subject(), mine->subject());
  const auto review = DuplicateOf(officer_, serial);
  ASSERT_TRUE(review.has_value());
  EXPECT_THAT(review->kind(), ::testing::AnyOf(v1::MATCH_REVIEW_KIND_POSSIBLE_DUPLICATE,
                                               v1::MATCH_REVIEW_KIND_IDENTIFIER_CONFLICT))
      << "whichever comes first: by their likeness, or by the number said again";
}

TEST_F(RestoreTest, WhatWasSealedStaysSealedUntilThen) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  v1::CreateAdviceRequestRequest advice;
  advice.set_unit("send");
  advice.set_subject(child);
  advice.mutable_advice_request()->set_to("agencies/kings-park-nhs-trust");
  advice.mutable_advice_request()->set_kind(v1::ADVICE_KIND_MEDICAL);
  advice.mutable_advice_request()->set_question("what helps");
  auto asked = caseworker_.custody.CreateAdviceRequest(advice);
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::GetAdviceRequestRequest get;
  get.set_name(asked->advice_request().name());
  const std::string severance = Sever(child);
  ASSERT_EQ(ReasonOfRestoring(manager_, severance, false), "OK");
  EXPECT_EQ(ReasonIn(paediatrician_.custody.GetAdviceRequest(get)), "RESOURCE_NOT_FOUND");
  v1::ListWorkItemsRequest work;
  work.set_kind(v1::WORK_KIND_SEVERANCE_TO_CONFIRM);
  work.set_page_size(200);
  auto items = other_manager_.custody.ListWorkItems(work);
  ASSERT_TRUE(items.ok()) << items.status();
  bool listed = false;
  for (const v1::WorkItem& item : items->work_items()) {
    if (item.ShortDebugString().find(severance) == std::string::npos) continue;
    listed = true;
    EXPECT_EQ(item.subject(), "") << "it names nobody while there is nobody";
  }
  EXPECT_TRUE(listed);
  ASSERT_EQ(ReasonOfRestoring(other_manager_, severance, true), "OK");
  EXPECT_EQ(ReasonIn(paediatrician_.custody.GetAdviceRequest(get)), "OK");
}

}  // namespace
}  // namespace ehc
