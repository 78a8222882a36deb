// Outcomes of assessments: pushed once, read part by part, by whom an agreement lets.
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/end2end/hub_suite.h"
#include "tests/end2end/hub_wire.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::RegisterSubjectRequest RegistrationAt(int serial, const std::string& unit) {
  return Registration(serial, unit);
}

v1::CreateAssessmentOutcomeRequest OutcomeOf(const std::string& subject, const std::string& id,
                                             const std::string& unit = "care") {
  v1::CreateAssessmentOutcomeRequest request;
  request.set_unit(unit);
  request.set_subject(subject);
  v1::AssessmentOutcome& outcome = *request.mutable_assessment_outcome();
  outcome.set_outcome_id(id);
  outcome.set_case_id("case-of-" + subject.substr(4));
  outcome.set_assessment_type("CHILD_AND_FAMILY");
  outcome.set_outcome("SHORT_BREAKS");
  outcome.set_completed_on("2026-10-30");
  outcome.set_summary("summary by " + unit);
  outcome.set_next_steps("next steps by " + unit);
  outcome.set_risk("risk by " + unit);
  outcome.mutable_contact()->set_display_name("A Key Worker");
  return request;
}

v1::ListAssessmentOutcomesRequest Own(const std::string& subject) {
  v1::ListAssessmentOutcomesRequest request;
  request.set_subject(subject);
  return request;
}

v1::ListAssessmentOutcomesRequest ForSocialWork(const std::string& subject,
                                                const std::string& purpose = "OUTCOME_RECORDING") {
  v1::ListAssessmentOutcomesRequest request = Own(subject);
  v1::DisclosureContext& context = *request.mutable_context();
  context.set_purpose(purpose);
  context.set_lawful_basis("ART6_1_E");
  context.set_special_category_basis(purpose == "SAFEGUARDING" ? "SCH1_PARA18" : "ART9_2_H");
  context.set_gateway("CONFIDENCE_LAW");
  context.set_agreement("agreements/bromley-bridge-care");
  return request;
}

class OutcomeTest : public HubTest {
 protected:
  std::string ChildOfBoth() {
    const int serial = NewSerial();
    EXPECT_EQ(ReasonIn(key_worker_.subjects.RegisterSubject(RegistrationAt(serial, "care"))), "OK");
    EXPECT_EQ(
        ReasonIn(social_worker_.subjects.RegisterSubject(RegistrationAt(serial, "social-care"))),
        "OK");
    return SubjectOf(serial);
  }
  int CountOf(const Clients& who, const v1::ListAssessmentOutcomesRequest& request) {
    auto listed = who.records.ListAssessmentOutcomes(request);
    return listed.ok() ? listed->assessment_outcomes_size() : 0;
  }

  const Clients key_worker_ = world().As(kKeyWorker);
  const Clients social_worker_ = world().As(kSocialWorker);
};

TEST_F(OutcomeTest, SocialWorkerReadsWhatTheProviderPushedButTheRisk) {
  const std::string child = ChildOfBoth();
  ASSERT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(OutcomeOf(child, "o-1"))), "OK");
  auto listed = social_worker_.records.ListAssessmentOutcomes(ForSocialWork(child));
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->assessment_outcomes_size(), 1);
  const v1::AssessmentOutcome& outcome = listed->assessment_outcomes(0);
  EXPECT_EQ(outcome.outcome(), "SHORT_BREAKS");
  EXPECT_EQ(outcome.summary(), "summary by care");
  EXPECT_EQ(outcome.contact().display_name(), "A Key Worker");
  EXPECT_THAT(listed->SerializeAsString(), Not(HasSubstr("risk by care")));
  EXPECT_THAT(listed->SerializeAsString(), Not(HasSubstr("case-of"))) << "the provider's own id";
  ASSERT_EQ(listed->disclosure().withheld_size(), 1);
  EXPECT_EQ(listed->disclosure().withheld(0).part(), "RISK");
  EXPECT_EQ(listed->disclosure().custodian(), "agencies/bridge-care");
  EXPECT_TRUE(social_worker_.hub.SettleReceipts().ok());
}

TEST_F(OutcomeTest, RiskIsReadToSafeguardInACaseThatIsNamed) {
  const std::string child = ChildOfBoth();
  ASSERT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(OutcomeOf(child, "o-1"))), "OK");
  v1::ListAssessmentOutcomesRequest request = ForSocialWork(child, "SAFEGUARDING");
  EXPECT_NE(ReasonIn(social_worker_.records.ListAssessmentOutcomes(request)), "OK");
  request.mutable_context()->set_case_reference("C-17");
  auto listed = social_worker_.records.ListAssessmentOutcomes(request);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->assessment_outcomes(0).risk(), "risk by care");
}

TEST_F(OutcomeTest, RepetitionAddsNothing) {
  const std::string child = ChildOfBoth();
  v1::CreateAssessmentOutcomeRequest request = OutcomeOf(child, "o-1");
  request.set_request_id("0b1c2d3e-4f50-4a61-8b72-9c83ad94be07");
  auto first = key_worker_.records.CreateAssessmentOutcome(request);
  ASSERT_TRUE(first.ok()) << first.status();
  auto again = key_worker_.records.CreateAssessmentOutcome(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  auto anew = key_worker_.records.CreateAssessmentOutcome(OutcomeOf(child, "o-1"));
  ASSERT_TRUE(anew.ok()) << "another request_id, the same outcome: " << anew.status();
  EXPECT_EQ(anew->published().name(), first->published().name());
  EXPECT_EQ(CountOf(key_worker_, Own(child)), 1);
  v1::CreateAssessmentOutcomeRequest other = OutcomeOf(child, "o-1");
  other.mutable_assessment_outcome()->set_summary("something else");
  EXPECT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(other)), "STATE_CONFLICT");
}

TEST_F(OutcomeTest, TwoAgenciesPushTheSameOutcomeAndNeitherLearnsOfTheOther) {
  const std::string child = ChildOfBoth();
  ASSERT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(OutcomeOf(child, "o-1"))), "OK");
  ASSERT_EQ(ReasonIn(social_worker_.records.CreateAssessmentOutcome(
                OutcomeOf(child, "o-1", "social-care"))),
            "OK");
  auto own = social_worker_.records.ListAssessmentOutcomes(Own(child));
  ASSERT_TRUE(own.ok()) << own.status();
  ASSERT_EQ(own->assessment_outcomes_size(), 1);
  EXPECT_EQ(own->assessment_outcomes(0).risk(), "risk by social-care");
  EXPECT_EQ(CountOf(key_worker_, Own(child)), 1);
}

TEST_F(OutcomeTest, ClosedCaseTakesNoMore) {
  const std::string child = ChildOfBoth();
  v1::CreateAssessmentOutcomeRequest closing = OutcomeOf(child, "o-1");
  closing.mutable_assessment_outcome()->set_closes_case(true);
  ASSERT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(closing)), "OK");
  EXPECT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(OutcomeOf(child, "o-2"))),
            "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(closing)), "OK") << "repeated";
  v1::CreateAssessmentOutcomeRequest elsewhere = OutcomeOf(child, "o-3");
  elsewhere.mutable_assessment_outcome()->set_case_id("another-case");
  EXPECT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(elsewhere)), "OK");
  EXPECT_EQ(ReasonIn(social_worker_.records.CreateAssessmentOutcome(
                OutcomeOf(child, "o-2", "social-care"))),
            "OK")
      << "another agency's case of the same name is open";
  EXPECT_EQ(CountOf(key_worker_, Own(child)), 2);
}

TEST_F(OutcomeTest, ListGoesOnPageByPage) {
  const std::string child = ChildOfBoth();
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(
                  OutcomeOf(child, absl::StrCat("o-", i)))),
              "OK");
  }
  v1::ListAssessmentOutcomesRequest request = ForSocialWork(child);
  request.set_page_size(2);
  std::vector<std::string> names;
  for (int pages = 0; pages < 3; ++pages) {
    auto page = social_worker_.records.ListAssessmentOutcomes(request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& outcome : page->assessment_outcomes()) names.push_back(outcome.name());
    request.set_page_token(page->next_page_token());
  }
  EXPECT_EQ(names.size(), 5u);
  EXPECT_TRUE(request.page_token().empty());
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 5u);
}

TEST_F(OutcomeTest, UnknownChildAndChildWithoutOutcomeAreOneAnswer) {
  const std::string bare = ChildOfBoth(), unknown = SubjectOf(NewSerial());
  const auto ask = [&](const std::string& subject) {
    return AskRaw(social_worker_, &v1::RecordExchangeService::Stub::ListAssessmentOutcomes,
                  ForSocialWork(subject));
  };
  const WireBytes one = ask(unknown);
  EXPECT_THAT(one.details, HasSubstr("NOT_AVAILABLE"));
  EXPECT_EQ(ask(bare), one);
  const WireBytes paediatrician =
      AskRaw(paediatrician_, &v1::RecordExchangeService::Stub::ListAssessmentOutcomes,
             ForSocialWork(unknown));
  ASSERT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(OutcomeOf(bare, "o-1"))), "OK");
  EXPECT_EQ(AskRaw(paediatrician_, &v1::RecordExchangeService::Stub::ListAssessmentOutcomes,
                   ForSocialWork(bare)),
            paediatrician);
}

TEST_F(OutcomeTest, WhatIsLeftOutIsNamed) {
  const std::string child = ChildOfBoth();
  v1::CreateAssessmentOutcomeRequest request = OutcomeOf(child, "o-1");
  request.mutable_assessment_outcome()->clear_case_id();
  auto refused = key_worker_.records.CreateAssessmentOutcome(request);
  EXPECT_EQ(ehchub::HubError::FromStatus(refused.status()).violations.at(0).field,
            "assessment_outcome.case_id");
  EXPECT_EQ(ReasonIn(key_worker_.records.CreateAssessmentOutcome(
                OutcomeOf(SubjectOf(NewSerial()), "o-1"))),
            "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace ehc
