// Issuing a final plan, and the 20-week board that it ends.
#include "absl/strings/str_cat.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

v1::CreateRelationshipRequest NamedInstitutionOf(const std::string& subject,
                                                 const std::string& school) {
  v1::CreateRelationshipRequest request = EnrolmentOf(subject, school);
  request.mutable_relationship()->set_kind(v1::RELATIONSHIP_KIND_NAMED_INSTITUTION);
  request.mutable_relationship()->clear_sen_provision();
  return request;
}

v1::IssuePlanRequest IssueOf(const std::string& subject) {
  v1::IssuePlanRequest request;
  request.set_unit("send");
  request.set_subject(subject);
  return request;
}

v1::ConfirmDeliveryRequest ConfirmationOf(const std::string& name, const std::string& unit) {
  v1::ConfirmDeliveryRequest request;
  request.set_unit(unit);
  request.set_name(name);
  return request;
}

v1::RecordServiceRequest ServiceOf(const std::string& issue) {
  v1::RecordServiceRequest request;
  request.set_unit("send");
  request.set_name(issue);
  request.mutable_service()->set_recipient(v1::PLAN_SERVICE_RECIPIENT_PARENT);
  request.mutable_service()->set_served_on("2026-11-02");
  request.mutable_service()->set_manner(v1::PLAN_SERVICE_MANNER_POST);
  return request;
}

v1::StartNeedsAssessmentRequest AssessmentOf(const std::string& subject, const std::string& day) {
  v1::StartNeedsAssessmentRequest request;
  request.set_unit("send");
  request.set_subject(subject);
  request.set_requested_on(day);
  return request;
}

class PlanIssueTest : public HubTest {
 protected:
  // With a final plan, a named institution and a commissioner.
  std::string ChildWithRecipients() {
    const std::string child = NewChild();
    EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
    EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(
                  NamedInstitutionOf(child, "oakfield-school"))),
              "OK");
    return child;
  }
  v1::PlanIssue Get(const std::string& name) {
    v1::GetPlanIssueRequest request;
    request.set_name(name);
    auto got = caseworker_.custody.GetPlanIssue(request);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? got->plan_issue() : v1::PlanIssue();
  }

  const Clients senco_ = world().As(kSenco);
  const Clients other_senco_ = world().As(kOtherSenco);
};

TEST_F(PlanIssueTest, FinalPlanReachesInstitutionAndCommissionerAndServiceIsTheAuthoritys) {
  const std::string child = ChildWithRecipients();
  auto issued = caseworker_.custody.IssuePlan(IssueOf(child));
  ASSERT_TRUE(issued.ok()) << issued.status();
  const v1::PlanIssue& issue = issued->plan_issue();
  ASSERT_EQ(issue.deliveries_size(), 2);
  EXPECT_EQ(issue.deliveries(0).to(), "agencies/oakfield-school");
  EXPECT_EQ(issue.deliveries(1).to(), "agencies/south-east-london-icb");
  EXPECT_EQ(issue.services_size(), 0) << "the hub serves nobody";
  EXPECT_EQ(issue.state(), v1::PLAN_ISSUE_STATE_OUTSTANDING);

  auto inbox = senco_.custody.ListDeliveries({});
  ASSERT_TRUE(inbox.ok()) << inbox.status();
  ASSERT_GE(inbox->deliveries_size(), 1);
  const v1::PlanDelivery& delivery = inbox->deliveries(inbox->deliveries_size() - 1);
  EXPECT_EQ(delivery.name(), issue.deliveries(0).name());
  EXPECT_EQ(delivery.from(), "agencies/bromley");
  EXPECT_NE(delivery.subject(), issue.subject()) << "names are pairwise";

  EXPECT_EQ(
      ReasonIn(other_senco_.custody.ConfirmDelivery(ConfirmationOf(delivery.name(), "school"))),
      "RESOURCE_NOT_FOUND");
  auto confirmed = senco_.custody.ConfirmDelivery(ConfirmationOf(delivery.name(), "school"));
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  auto again = senco_.custody.ConfirmDelivery(ConfirmationOf(delivery.name(), "school"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->delivery().etag(), confirmed->delivery().etag()) << "confirmed once";
  ASSERT_EQ(ReasonIn(commissioner_.custody.ConfirmDelivery(
                ConfirmationOf(issue.deliveries(1).name(), "commissioning"))),
            "OK");
  EXPECT_EQ(Get(issue.name()).state(), v1::PLAN_ISSUE_STATE_OUTSTANDING) << "not served yet";

  ASSERT_EQ(ReasonIn(caseworker_.custody.RecordService(ServiceOf(issue.name()))), "OK");
  EXPECT_EQ(ReasonIn(caseworker_.custody.RecordService(ServiceOf(issue.name()))), "STATE_CONFLICT");
  const v1::PlanIssue now = Get(issue.name());
  EXPECT_EQ(now.state(), v1::PLAN_ISSUE_STATE_COMPLETE);
  EXPECT_EQ(now.deliveries(0).state(), v1::PLAN_DELIVERY_STATE_CONFIRMED);
  EXPECT_EQ(now.deliveries(0).confirmed_by_role(), "SENCO");
  EXPECT_EQ(now.services(0).served_on(), "2026-11-02");
}

TEST_F(PlanIssueTest, IssuingAgainAddsNothing) {
  const std::string child = ChildWithRecipients();
  auto first = caseworker_.custody.IssuePlan(IssueOf(child));
  ASSERT_TRUE(first.ok()) << first.status();
  auto again = caseworker_.custody.IssuePlan(IssueOf(child));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
}

TEST_F(PlanIssueTest, DraftIsNotIssuedNorIsWhatIsNotThere) {
  const std::string child = NewChild();
  v1::PublishPlanRequest draft = PlanOf(child, "draft", "plan-draft-" + child.substr(4));
  draft.mutable_plan()->set_badge(v1::BADGE_DRAFT);
  ASSERT_EQ(ReasonIn(caseworker_.records.PublishPlan(draft)), "OK");
  EXPECT_EQ(ReasonIn(caseworker_.custody.IssuePlan(IssueOf(child))), "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(caseworker_.custody.IssuePlan(IssueOf(SubjectOf(NewSerial())))),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(paediatrician_.custody.IssuePlan([&] {
              v1::IssuePlanRequest request = IssueOf(child);
              request.set_unit("community-paediatrics");
              return request;
            }())),
            "POLICY_DENIED");
}

TEST_F(PlanIssueTest, RecipientsWhomNobodyRecordedAreNamedAsMissing) {
  auto issued = caseworker_.custody.IssuePlan(IssueOf(NewChild()));
  ASSERT_TRUE(issued.ok()) << issued.status();
  EXPECT_EQ(issued->plan_issue().deliveries_size(), 0);
  EXPECT_EQ(issued->plan_issue().not_recorded_size(), 2);
}

TEST_F(PlanIssueTest, BoardCountsSixSixteenAndTwentyWeeksAndIssuingEndsIt) {
  const std::string child = ChildWithRecipients();
  auto started = caseworker_.custody.StartNeedsAssessment(AssessmentOf(child, "2026-01-05"));
  ASSERT_TRUE(started.ok()) << started.status();
  const v1::NeedsAssessment& assessment = started->needs_assessment();
  ASSERT_EQ(assessment.steps_size(), 3);
  EXPECT_EQ(assessment.steps(0).due_on(), "2026-02-16");
  EXPECT_EQ(assessment.steps(1).due_on(), "2026-04-27");
  EXPECT_EQ(assessment.steps(2).due_on(), "2026-05-25") << "a bank holiday puts nothing off";
  auto again = caseworker_.custody.StartNeedsAssessment(AssessmentOf(child, "2026-02-01"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->needs_assessment().name(), assessment.name());

  v1::UpdateNeedsAssessmentRequest update;
  update.set_unit("send");
  update.set_name(assessment.name());
  update.set_etag(assessment.etag());
  update.set_decided_to_assess(true);
  update.add_exceptions(v1::ASSESSMENT_EXCEPTION_PERSONAL_CIRCUMSTANCES);
  auto updated = caseworker_.custody.UpdateNeedsAssessment(update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_TRUE(updated->needs_assessment().steps(0).done());
  EXPECT_EQ(updated->needs_assessment().exceptions_size(), 1);
  EXPECT_EQ(ReasonIn(caseworker_.custody.UpdateNeedsAssessment(update)), "ETAG_MISMATCH");

  ASSERT_EQ(ReasonIn(caseworker_.custody.IssuePlan(IssueOf(child))), "OK");
  update.clear_etag();
  EXPECT_EQ(ReasonIn(caseworker_.custody.UpdateNeedsAssessment(update)), "STATE_CONFLICT")
      << "the plan was issued";
  auto fresh = caseworker_.custody.StartNeedsAssessment(AssessmentOf(child, "2026-02-01"));
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_NE(fresh->needs_assessment().name(), assessment.name());
  EXPECT_EQ(ReasonIn(caseworker_.custody.StartNeedsAssessment(AssessmentOf(child, "2199-01-01"))),
            "FIELD_INVALID");
}

}  // namespace
}  // namespace ehc
