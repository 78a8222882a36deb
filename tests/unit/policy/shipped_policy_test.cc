#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/model/date.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

std::shared_ptr<const PolicySnapshot> Shipped() {
  static const auto* const policy = [] {
    auto loaded = LoadPolicyFolder(EHC_SOURCE_DIR "/policies", {false, nullptr});
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return new std::shared_ptr<const PolicySnapshot>(loaded.ok() ? *loaded : nullptr);
  }();
  return *policy;
}

PolicyRequest TrustPull(const std::vector<std::string>& parts) {
  PolicyRequest request = TrustRequest(*Shipped());
  request.agreement = AgreementId("bromley-kings-park-direct-care");
  request.special_category_basis = "ART9_2_H";
  request.parts = Parts(*Shipped(), parts);
  return request;
}

absl::Time Today() { return LondonMidnight(Date(2026, 11, 20)) + absl::Hours(12); }

TEST(ShippedPolicyTest, LoadsAndNamesItsRevision) {
  ASSERT_NE(Shipped(), nullptr);
  EXPECT_EQ(Shipped()->revision().size(), 64u);
}

TEST(ShippedPolicyTest, PlanPartsStandInTheOrderOfTheirNumbers) {
  std::vector<std::string> codes;
  for (const PartSchema& part : Shipped()->FindSchema("EHC_PLAN")->parts)
    codes.push_back(part.code);
  EXPECT_THAT(codes, testing::ElementsAre("B_HEADLINE", "DATES", "PLACEMENT_TYPE", "A", "B", "C",
                                          "D", "E", "F", "G", "H1", "H2", "I", "J", "K"));
}

TEST(ShippedPolicyTest, RetentionRuleIsTheNarrowestThatFits) {
  const auto code = [](const char* type, const char* agency_type, const char* custodian) {
    const RetentionRule* rule =
        Shipped()->FindRetentionRule(type, agency_type, AgencyId(custodian), Today());
    return rule == nullptr ? std::string() : rule->code;
  };
  EXPECT_EQ(code("EHC_PLAN", "LOCAL_AUTHORITY", "bromley"), "EHC_FILE");
  EXPECT_EQ(code("EHC_PLAN", "SCHOOL", "oakfield-school"), "SCHOOL_SEN_FILE");
  EXPECT_EQ(code("HEALTH_RECORD", "NHS_TRUST", "kings-park-nhs-trust"), "CHILD_HEALTH");
  EXPECT_EQ(code("EHC_PLAN", "NHS_TRUST", "kings-park-nhs-trust"), "");
  EXPECT_FALSE(Shipped()->UseLimits(Today()).empty());
}

TEST(ShippedPolicyTest, ClocksAreThoseOfLawAndGuidance) {
  const auto weeks = [](const char* code) {
    const DeadlineRule* rule = Shipped()->FindClock(code, Today());
    return rule != nullptr && rule->kind == PeriodKind::kWeeks ? rule->count : 0;
  };
  EXPECT_EQ(weeks("EHC_DECISION_TO_ASSESS"), 6);
  EXPECT_EQ(weeks("ADVICE_REQUEST"), 6);
  EXPECT_EQ(weeks("EHC_DECISION_NOT_TO_ISSUE"), 16);
  EXPECT_EQ(weeks("EHC_FINAL_PLAN"), 20);
  const DeadlineRule* consultation = Shipped()->FindClock("CONSULTATION_REPLY", Today());
  ASSERT_NE(consultation, nullptr);
  EXPECT_EQ(consultation->kind, PeriodKind::kDays);
  EXPECT_EQ(consultation->count, 15);
  const DeadlineRule* routine = Shipped()->FindClock("RECORD_REQUEST_ROUTINE", Today());
  ASSERT_NE(routine, nullptr);
  EXPECT_EQ(routine->kind, PeriodKind::kNextWorkingDayAt);
  EXPECT_EQ(routine->minute_of_day, 12 * 60);
  EXPECT_EQ(Shipped()->FindClock("RECORD_REQUEST_URGENT", Today())->count, 1);
  EXPECT_EQ(Shipped()->FindClock("NO_SUCH_CLOCK", Today()), nullptr);
}

TEST(ShippedPolicyTest, UnnamedTrustNeedsConsent) {
  const Decision decision = Decide(TrustPull({"C", "G"}), Facts(), Today(), *Shipped());
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_EQ(decision.reason, Reason::kConsentMissing);
  EXPECT_TRUE(decision.subject_dependent);
  EXPECT_FALSE(decision.existence_granted);
}

TEST(ShippedPolicyTest, ConsentToTwoPartsReleasesOnlyThose) {
  const PartMask consented = Parts(*Shipped(), {"C", "G"});
  const Decision decision =
      Decide(TrustPull({"C", "G", "E", "F"}), ConsentGiven(consented), Today(), *Shipped());
  EXPECT_EQ(decision.outcome, Outcome::kPermitRedacted);
  EXPECT_EQ(decision.granted, consented);
  const RecordSchema& schema = *decision.schema;
  EXPECT_EQ(decision.parts[schema.IndexOf("E")].reason, Reason::kConsentMissing);
  EXPECT_EQ(decision.parts[schema.IndexOf("F")].reason, Reason::kNoClause);
  ASSERT_EQ(decision.obligations.size(), 2u);
  EXPECT_EQ(decision.clause->id, "plan-summary-by-consent");
  EXPECT_GT(decision.clause->line, 1);
}

TEST(ShippedPolicyTest, ResponsibleCommissionerNeedsNoConsentAndAStrangerGetsNothing) {
  PolicyRequest request = TrustPull({"A", "I", "K"});
  request.agency = AgencyId("south-east-london-icb");
  request.agency_type = "INTEGRATED_CARE_BOARD";
  request.role = "COMMISSIONING_OFFICER";
  request.agreement = AgreementId("bromley-icb-statutory-copy");
  request.purpose = "STATUTORY_COPY";
  request.lawful_basis = "ART6_1_C";
  request.gateway = "R17_RESPONSIBLE_COMMISSIONER";
  Facts facts;
  facts.consent.refused = request.parts;
  const Decision stranger = Decide(request, facts, Today(), *Shipped());
  EXPECT_EQ(stranger.outcome, Outcome::kDeny);
  EXPECT_EQ(stranger.reason, Reason::kGuard);
  EXPECT_TRUE(stranger.existence_granted);
  facts.caller_relationships = kResponsibleCommissioner;
  EXPECT_EQ(Decide(request, facts, Today(), *Shipped()).outcome, Outcome::kPermit);
}

TEST(ShippedPolicyTest, SchoolLiaisonInterestIsReferredToAHuman) {
  PolicyRequest request = TrustPull({"B"});
  request.agency = AgencyId("northshire-police");
  request.agency_type = "POLICE_FORCE";
  request.role = "POLICE_LIAISON_OFFICER";
  request.agreement = AgreementId("bromley-northshire-police");
  request.purpose = "POLICE_LIAISON";
  request.lawful_basis = "DPA_PART3";
  request.gateway = "";
  const Decision decision = Decide(request, Facts(), Today(), *Shipped());
  EXPECT_EQ(decision.outcome, Outcome::kReferToHuman);
  EXPECT_FALSE(decision.subject_dependent);
}

TEST(ShippedPolicyTest, ActionsFollowAgencyUnitAndRole) {
  const ActionRequest publish{"LOCAL_AUTHORITY", "SEND", "SEND_CASEWORKER", true, "plan.publish"};
  EXPECT_TRUE(DecideAction(publish, Today(), *Shipped()).allowed);
  ActionRequest manager = publish;
  manager.role = "SEND_MANAGER";
  EXPECT_TRUE(DecideAction(manager, Today(), *Shipped()).allowed) << "a narrower role";
  ActionRequest wrong_role = publish;
  wrong_role.role = "SENCO";
  EXPECT_EQ(DecideAction(wrong_role, Today(), *Shipped()).reason, Reason::kRoleNotEntitled);
  ActionRequest wrong_unit = publish;
  wrong_unit.unit_kind = "SOCIAL_CARE";
  EXPECT_FALSE(DecideAction(wrong_unit, Today(), *Shipped()).allowed);
  EXPECT_FALSE(
      DecideAction({"OPERATOR", "OPERATIONS", "", false, "agency.create"}, Today(), *Shipped())
          .allowed);
}

}  // namespace
}  // namespace ehc
