// How clauses combine, rule by rule (server/policy/engine.h).
#include "server/policy/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/model/date.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

constexpr char kForbidC[] = "effect: EFFECT_FORBID part: 'C'";

Reason ReasonOf(const Decision& decision, absl::string_view part) {
  return decision.parts[decision.schema->IndexOf(part)].reason;
}

class Engine : public testing::Test {
 protected:
  void Use(const std::string& clauses, const std::string& head = "") {
    policy_ = PolicyOf(clauses, head);
    request_ = TrustRequest(*policy_);
    facts_ = Facts();
    facts_.today = Date(2026, 1, 15);
  }
  Decision Ask() const { return Decide(request_, facts_, now_, *policy_); }
  PartMask Bits(const std::vector<std::string>& codes) const { return Parts(*policy_, codes); }

  std::shared_ptr<const PolicySnapshot> policy_;
  PolicyRequest request_;
  Facts facts_;
  absl::Time now_ = MidJanuary();
};

TEST_F(Engine, WhatNoClausePermitsIsDenied) {
  Use(ClauseText("a"));
  request_.parts = Bits({"A"});
  EXPECT_EQ(Ask().outcome, Outcome::kDeny);
  EXPECT_EQ(Ask().reason, Reason::kNoClause);
}

TEST_F(Engine, ForbidBeatsReferBeatsPermitPartByPart) {
  Use(ClauseText("permit", "part: ['A', 'C', 'G']") + ClauseText("forbid", kForbidC) +
      ClauseText("refer", "effect: EFFECT_REFER part: ['C', 'G']"));
  request_.parts = Bits({"A", "C", "G"});
  const Decision decision = Ask();
  EXPECT_EQ(decision.outcome, Outcome::kPermitRedacted);
  EXPECT_EQ(decision.granted, Bits({"A"}));
  EXPECT_EQ(decision.referred, Bits({"G"}));
  EXPECT_EQ(ReasonOf(decision, "C"), Reason::kForbidden);
  EXPECT_EQ(ReasonOf(decision, "G"), Reason::kReferred);
  EXPECT_EQ(decision.parts[decision.schema->IndexOf("C")].clause->id, "forbid");
}

TEST_F(Engine, WithoutAPermitAReferralGoesToAHuman) {
  Use(ClauseText("refer", "effect: EFFECT_REFER part: 'C'"));
  EXPECT_EQ(Ask().outcome, Outcome::kReferToHuman);
  EXPECT_EQ(Ask().clause->id, "refer");
  EXPECT_EQ(Ask().granted, 0u);
}

TEST_F(Engine, PermitsUniteAndEachPartRemembersItsClause) {
  Use(ClauseText("one", "part: 'C' obligation { code: 'NO_ONWARD' }") +
      ClauseText("two", "part: 'G' obligation { code: 'READ_RECEIPT' }") +
      ClauseText("unasked", "part: 'K' obligation { code: 'NOTIFY_LA' }"));
  const Decision decision = Ask();
  EXPECT_EQ(decision.outcome, Outcome::kPermit);
  EXPECT_EQ(decision.parts[decision.schema->IndexOf("C")].clause->id, "one");
  EXPECT_EQ(decision.parts[decision.schema->IndexOf("G")].clause->id, "two");
  std::vector<std::string> codes;
  for (const Obligation& obligation : decision.obligations) codes.push_back(obligation.what->code);
  EXPECT_THAT(codes, testing::UnorderedElementsAre("NO_ONWARD", "READ_RECEIPT"));
}

TEST_F(Engine, EveryPermitThatContributesObliges) {
  Use(ClauseText("one", "obligation { code: 'NO_ONWARD' }") +
      ClauseText("two", "obligation { code: 'READ_RECEIPT' } obligation { code: 'NO_ONWARD' }"));
  EXPECT_EQ(Ask().obligations.size(), 2u);
}

TEST_F(Engine, OrderOfClausesNeverMatters) {
  std::vector<std::string> clauses = {
      ClauseText("a", "part: ['C', 'G'] obligation { code: 'NO_ONWARD' }"),
      ClauseText("b", "part: 'G' obligation { code: 'READ_RECEIPT' }"), ClauseText("c", kForbidC),
      ClauseText("d", "effect: EFFECT_REFER part: 'A'")};
  std::sort(clauses.begin(), clauses.end());
  std::string first;
  do {
    Use(absl::StrJoin(clauses, ""));
    request_.parts = Bits({"A", "C", "G"});
    const Decision decision = Ask();
    std::string seen =
        absl::StrCat(OutcomeCode(decision.outcome), decision.granted, ",", decision.referred);
    for (const Obligation& o : decision.obligations) {
      absl::StrAppend(&seen, o.what->code, o.clause->id);
    }
    for (const PartRuling& part : decision.parts) {
      absl::StrAppend(&seen, ReasonCode(part.reason), part.clause ? part.clause->id : "-");
    }
    if (first.empty()) first = seen;
    EXPECT_EQ(seen, first);
  } while (std::next_permutation(clauses.begin(), clauses.end()));
}

TEST_F(Engine, UnknownInputHoldsInAForbidAndNotInAPermit) {
  Use(ClauseText("permit", "part: 'C' guard { age { max_years: 17 } }") +
      ClauseText("permit-g", "part: 'G'") +
      ClauseText("forbid", "effect: EFFECT_FORBID part: 'G' guard { age { min_years: 18 } }"));
  EXPECT_EQ(Ask().outcome, Outcome::kDeny) << "no date of birth: 'C' not permitted, 'G' forbidden";
  facts_.date_of_birth = Date(2010, 5, 1);
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
}

TEST_F(Engine, FactsThatCouldNotBeReadDecideNothing) {
  Use(ClauseText("a"));
  facts_.complete = false;
  EXPECT_EQ(Ask().outcome, Outcome::kUnavailable);
  EXPECT_EQ(Ask().reason, Reason::kInputUnavailable);
}

TEST_F(Engine, OnlyTheStatedAgreementAndItsParentsPermitButEveryAgreementForbids) {
  const auto policy = CompileAgreements(
      {AgreementFile("child", ClauseText("c", "part: 'C'"), "parent_id: 'parent'"),
       AgreementFile("parent", ClauseText("p", "part: 'G'")),
       AgreementFile("stranger", ClauseText("s", "part: 'A'") +
                                     ClauseText("f", "effect: EFFECT_FORBID part: 'G'"))});
  ASSERT_TRUE(policy.ok()) << policy.status();
  PolicyRequest request = TrustRequest(**policy);
  request.agreement = AgreementId("child");
  request.parts = Parts(**policy, {"A", "C", "G"});
  const Decision decision = Decide(request, Facts(), MidJanuary(), **policy);
  EXPECT_EQ(decision.granted, Parts(**policy, {"C"}));
  EXPECT_EQ(ReasonOf(decision, "G"), Reason::kForbidden);
  EXPECT_EQ(ReasonOf(decision, "A"), Reason::kNoClause);
  request.agreement = AgreementId("parent");
  EXPECT_EQ(Decide(request, Facts(), MidJanuary(), **policy).granted, 0u) << "never downwards";
}

// Scenario 9: an agreement ends with 31 March 2026 in London, an hour before midnight UTC.
TEST_F(Engine, AgreementEndsAtMidnightInLondon) {
  Use(ClauseText("a"));
  now_ = absl::FromCivil(absl::CivilSecond(2026, 3, 31, 22, 59, 59), absl::UTCTimeZone());
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
  now_ = absl::FromCivil(absl::CivilSecond(2026, 3, 31, 23, 0, 1), absl::UTCTimeZone());
  EXPECT_EQ(Ask().outcome, Outcome::kDeny);
  EXPECT_EQ(Ask().reason, Reason::kAgreementNotInForce);
  EXPECT_FALSE(Ask().subject_dependent);
  EXPECT_EQ(policy_->StateOf(AgreementId("test"), now_), Reason::kAgreementNotInForce);
}

TEST_F(Engine, SuspensionRestsPermitsButNotForbids) {
  const auto policy = CompileAgreements({AgreementFile("test", ClauseText("a", "part: ['A', 'C']")),
                                         AgreementFile("other", ClauseText("f", kForbidC))});
  ASSERT_TRUE(policy.ok()) << policy.status();
  PolicyRequest request = TrustRequest(**policy);
  const auto without_test = (*policy)->WithSuspended({AgreementId("test")});
  const Decision denied = Decide(request, Facts(), MidJanuary(), *without_test);
  EXPECT_EQ(denied.reason, Reason::kAgreementSuspended);
  EXPECT_EQ(without_test->revision(), (*policy)->revision());
  request.parts = Parts(**policy, {"A", "C"});
  const auto without_other = (*policy)->WithSuspended({AgreementId("other")});
  const Decision decision = Decide(request, Facts(), MidJanuary(), *without_other);
  EXPECT_EQ(decision.granted, Parts(**policy, {"A"}));
}

TEST_F(Engine, DenialSaysHowFarTheCallerGot) {
  Use(ClauseText("a", "role: 'SENCO' special_category_basis: 'ART9_2_H'"));
  request_.agreement = AgreementId("nothing");
  EXPECT_EQ(Ask().reason, Reason::kAgreementUnknown);
  request_.agreement = AgreementId("test");
  request_.purpose = "RESEARCH";
  EXPECT_EQ(Ask().reason, Reason::kPurposeNotCovered);
  request_.purpose = "DIRECT_CARE";
  EXPECT_EQ(Ask().reason, Reason::kBasisMissing);
  request_.special_category_basis = "ART9_2_H";
  request_.gateway = "R17_APPEAL";
  EXPECT_EQ(Ask().reason, Reason::kGatewayMissing);
  request_.gateway = "R17_CONSENT";
  EXPECT_EQ(Ask().reason, Reason::kRoleNotEntitled);
  request_.user = "";
  EXPECT_EQ(Ask().reason, Reason::kPersonRequired);
  request_.user = "u";
  request_.role = "SENCO";
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
}

TEST_F(Engine, ConsentIsCountedPartByPartAndSaysWhyNot) {
  Use(ClauseText("a", "part: 'ANY' consent_rule: CONSENT_RULE_REQUIRED"));
  request_.parts = Bits({"A", "B", "C", "D", "E", "F", "G"});
  facts_.consent.given = Bits({"A"});
  facts_.consent.refused = Bits({"B"});
  facts_.consent.withdrawn = Bits({"C"});
  facts_.consent.expired = Bits({"D"});
  facts_.consent.superseded = Bits({"E"});
  facts_.consent.not_decision_maker = Bits({"F"});
  const Decision decision = Ask();
  EXPECT_EQ(decision.granted, Bits({"A"}));
  EXPECT_EQ(ReasonOf(decision, "B"), Reason::kConsentRefused);
  EXPECT_EQ(ReasonOf(decision, "C"), Reason::kConsentWithdrawn);
  EXPECT_EQ(ReasonOf(decision, "D"), Reason::kConsentExpired);
  EXPECT_EQ(ReasonOf(decision, "E"), Reason::kConsentSuperseded);
  EXPECT_EQ(ReasonOf(decision, "F"), Reason::kNotDecisionMaker);
  EXPECT_EQ(ReasonOf(decision, "G"), Reason::kConsentMissing);
}

TEST_F(Engine, RefusalBeatsAnotherParentsGrant) {
  Use(ClauseText("a", "consent_rule: CONSENT_RULE_REQUIRED"));
  facts_.consent.given = facts_.consent.refused = request_.parts;
  EXPECT_EQ(Ask().outcome, Outcome::kDeny);
}

TEST_F(Engine, ConflictOfParentsGoesToAHumanUnlessAnotherClauseGrants) {
  Use(ClauseText("a", "consent_rule: CONSENT_RULE_REQUIRED"));
  facts_.consent.conflict = request_.parts;
  EXPECT_EQ(Ask().outcome, Outcome::kReferToHuman);
  EXPECT_EQ(Ask().reason, Reason::kConsentConflict);
  EXPECT_TRUE(Ask().subject_dependent);
  Use(ClauseText("a", "consent_rule: CONSENT_RULE_REQUIRED") + ClauseText("b"));
  facts_.consent.conflict = request_.parts;
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
}

TEST_F(Engine, ObjectionWithholdsWhereTheRuleSaysSo) {
  Use(ClauseText("a", "consent_rule: CONSENT_RULE_NOT_REFUSED"));
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
  facts_.consent.refused = Bits({"C"});
  EXPECT_EQ(Ask().granted, Bits({"G"}));
}

TEST_F(Engine, StandingDecisionReleasesWhatItCoversAndTheRestGoesToAHuman) {
  Use(ClauseText("a", "gateway: 'R17_INTERESTS'"));
  request_.gateway = "R17_INTERESTS";
  EXPECT_EQ(Ask().outcome, Outcome::kReferToHuman);
  EXPECT_FALSE(Ask().subject_dependent) << "alike for unknown children";
  facts_.standing_decision = Bits({"C"});
  EXPECT_EQ(Ask().granted, Bits({"C"}));
  EXPECT_EQ(Ask().referred, Bits({"G"}));
}

TEST_F(Engine, PersonsYesTurnsAReferralIntoAPermitWithItsObligations) {
  Use(ClauseText("a", "effect: EFFECT_REFER obligation { code: 'NO_ONWARD' }"));
  EXPECT_EQ(Ask().outcome, Outcome::kReferToHuman);
  facts_.approved = Bits({"C"});
  const Decision decision = Ask();
  EXPECT_EQ(decision.outcome, Outcome::kPermitRedacted);
  EXPECT_EQ(decision.granted, Bits({"C"}));
  EXPECT_EQ(decision.referred, Bits({"G"}));
  EXPECT_EQ(decision.clause->id, "a");
  ASSERT_EQ(decision.obligations.size(), 1u);
  EXPECT_EQ(decision.obligations[0].what->code, "NO_ONWARD");
}

TEST_F(Engine, PersonsYesBeatsNoForbidAndNoProtectionAndGivesNothingThatNoClauseRefers) {
  Use(ClauseText("a", "effect: EFFECT_REFER part: ['C', 'I']") +
      ClauseText("b", "effect: EFFECT_FORBID part: 'C'"));
  facts_.approved = ~PartMask{0};
  request_.parts = Bits({"C", "G", "I"});
  EXPECT_EQ(Ask().granted, Bits({"I"}));
  facts_.protections = kAddressRestricted;
  EXPECT_EQ(Ask().granted, 0u);
  facts_.protections = kIdentitySevered;
  EXPECT_EQ(Ask().granted, 0u);
}

TEST_F(Engine, PersonsYesDecidesWhatTheGatewayOrAConflictLeavesToAPerson) {
  Use(ClauseText("a", "gateway: 'R17_INTERESTS'"));
  request_.gateway = "R17_INTERESTS";
  facts_.approved = Bits({"C"});
  EXPECT_EQ(Ask().granted, Bits({"C"}));
  EXPECT_EQ(Ask().referred, Bits({"G"}));
  Use(ClauseText("a", "consent_rule: CONSENT_RULE_REQUIRED"));
  facts_.approved = Bits({"C"});
  facts_.consent.conflict = request_.parts;
  EXPECT_EQ(Ask().granted, Bits({"C"}));
  facts_.consent.conflict = 0;
  facts_.consent.refused = request_.parts;
  EXPECT_EQ(Ask().granted, 0u) << "the decision-maker refused: nothing is left to a person";
}

TEST_F(Engine, WhatIsLeftToPeopleDoesNotDependOnTheChild) {
  Use(ClauseText("a", "effect: EFFECT_REFER cohort { age { max_years: 4 } }") +
      ClauseText("b", "part: 'E'") + ClauseText("c", "effect: EFFECT_FORBID part: 'G'"));
  request_.parts = Bits({"C", "E", "G"});
  EXPECT_EQ(Residual(request_, MidJanuary(), *policy_).LeftToPeople(), Bits({"C"}));
}

TEST_F(Engine, GatewayThatIsSwitchedOffIsNotStated) {
  Use(ClauseText("a", "gateway: ['R17_CONSENT', 'CA2004_S16LA']"));
  request_.gateway = "CA2004_S16LA";
  request_.considered_by = request_.detriment_assessment = "x";
  EXPECT_EQ(Ask().reason, Reason::kGatewayMissing);
}

TEST_F(Engine, GatewayThatNeedsACaseReferenceIsNotStatedWithoutOne) {
  Use(ClauseText("a", "gateway: 'R17_APPEAL'"));
  request_.gateway = "R17_APPEAL";
  EXPECT_EQ(Ask().reason, Reason::kGatewayMissing);
  request_.case_reference = "T/1";
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
}

TEST_F(Engine, RestrictedAddressWithholdsLocationFromAllWhomTheCustodianHasNotCleared) {
  Use(ClauseText("a", "part: ['C', 'I']"));
  request_.parts = Bits({"C", "I"});
  facts_.protections = kAddressRestricted;
  EXPECT_EQ(Ask().granted, Bits({"C"}));
  EXPECT_EQ(ReasonOf(Ask(), "I"), Reason::kProtected);
  facts_.cleared_protections = kAddressRestricted;
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
}

// Existence is granted by class: nothing about a child may change it.
TEST_F(Engine, ExistenceIsGrantedByClassOnly) {
  const std::string exists = "disclosure: DISCLOSURE_EXISTENCE part: 'ANY' ";
  const std::string consent = ClauseText("c", "consent_rule: CONSENT_RULE_REQUIRED");
  Use(consent +
      ClauseText("e", exists + "guard { relationship { holder: HOLDER_CALLER quantifier:"
                               " QUANTIFIER_ANY relationship: RELATIONSHIP_ENROLLED } }"));
  facts_.caller_relationships = kEnrolled;
  EXPECT_FALSE(Ask().existence_granted);
  Use(consent + ClauseText("e", exists));
  EXPECT_TRUE(Ask().existence_granted);
  EXPECT_EQ(Ask().reason, Reason::kConsentMissing);
  Use(consent + ClauseText("e", exists) +
      ClauseText("hide",
                 "effect: EFFECT_FORBID part: 'ANY' disclosure: DISCLOSURE_EXISTENCE guard {"
                 " subject_flag { quantifier: QUANTIFIER_ANY flag: 'POLICE_INTEL' } }"));
  facts_.consent.given = request_.parts;
  facts_.protections = kPoliceIntelligence;
  EXPECT_TRUE(Ask().existence_granted);
  EXPECT_EQ(Ask().outcome, Outcome::kDeny) << "a forbid on existence forbids content";
  EXPECT_EQ(Ask().reason, Reason::kProtected);
  EXPECT_TRUE(Ask().subject_dependent);
}

TEST_F(Engine, ReasonThatDoesNotDependOnTheChildComesFirst) {
  Use(ClauseText("a", "role: 'SENCO'") +
      ClauseText("hide",
                 "effect: EFFECT_FORBID part: 'ANY' guard { subject_flag { quantifier:"
                 " QUANTIFIER_ANY flag: 'POLICE_INTEL' } }"));
  const Decision unknown = Ask();
  facts_.protections = kPoliceIntelligence;
  const Decision hidden = Ask();
  EXPECT_EQ(unknown.reason, Reason::kRoleNotEntitled);
  EXPECT_EQ(hidden.reason, Reason::kRoleNotEntitled);
  EXPECT_FALSE(hidden.subject_dependent);
}

TEST_F(Engine, UnattendedSystemsGetStatusOnlyWhereTheClauseSaysSo) {
  Use(ClauseText("a", "record_type: 'SUPPORT_STATUS' part: 'ANY' role: 'SENCO' unattended: true"));
  request_.record_type = "SUPPORT_STATUS";
  request_.parts = Parts(*policy_, {"SEN_CODE"}, "SUPPORT_STATUS");
  request_.user = request_.role = "";
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
  request_.user = "somebody";
  EXPECT_EQ(Ask().reason, Reason::kRoleNotEntitled);
}

constexpr char kEmergency[] =
    "part: ['C', 'G'] break_glass { minutes: 60 max_uses_per_person_per_day: 2 } "
    "obligation { code: 'NOTIFY_CUSTODIAN' } obligation { code: 'REVIEW_NEXT_WORKING_DAY' }";

TEST_F(Engine, BreakingTheGlassNeedsReasonSecondFactorAndAnUnusedCap) {
  Use(ClauseText("bg", kEmergency));
  EXPECT_EQ(Ask().outcome, Outcome::kDeny);
  request_.break_glass = BreakGlass{"child unconscious", false};
  EXPECT_EQ(Ask().reason, Reason::kBreakGlassRefused);
  request_.break_glass->second_factor = true;
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
  EXPECT_TRUE(Ask().break_glass_used);
  EXPECT_EQ(Ask().obligations.size(), 2u);
  EXPECT_EQ(Ask().break_glass_uses_a_day, 2u);
  EXPECT_EQ(Ask().break_glass_minutes, 60u);
  EXPECT_EQ(Ask().disclosures_a_day, 0u);
  facts_.break_glass_uses_today = 2;
  EXPECT_EQ(Ask().reason, Reason::kBreakGlassRefused);
  facts_.break_glass_uses_today = 0;
  facts_.break_glass_suspended = true;
  EXPECT_EQ(Ask().reason, Reason::kBreakGlassRefused);
}

TEST_F(Engine, BreakingTheGlassNeverOverridesAnAbsoluteForbid) {
  Use(ClauseText("bg", kEmergency) + ClauseText("hard", kForbidC) +
      ClauseText("soft", "effect: EFFECT_FORBID part: 'G' break_glass_may_override: true"));
  request_.break_glass = BreakGlass{"child unconscious", true};
  EXPECT_EQ(Ask().granted, Bits({"G"}));
  EXPECT_EQ(ReasonOf(Ask(), "C"), Reason::kForbidden);
}

TEST_F(Engine, OrdinaryPermitIsNotAnEmergency) {
  Use(ClauseText("bg", kEmergency) + ClauseText("plain"));
  request_.break_glass = BreakGlass{"r", true};
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
  EXPECT_FALSE(Ask().break_glass_used);
  EXPECT_EQ(Ask().break_glass_uses_a_day, 0u);
  EXPECT_TRUE(Ask().obligations.empty()) << "nobody is to review it";
}

TEST_F(Engine, WhatIsToBeCountedIsTheLeastOfWhatGranted) {
  const auto rated = [](const char* id, const char* part, int most) {
    return ClauseText(id, absl::StrCat("part: '", part,
                                       "' guard { rate { max_per_person_per_day: ", most, " } }"));
  };
  Use(rated("a", "C", 20) + rated("b", "G", 5));
  EXPECT_TRUE(policy_->CountsDisclosures(AgreementId("test")));
  EXPECT_FALSE(policy_->CountsDisclosures(AgreementId("none")));
  EXPECT_EQ(Ask().outcome, Outcome::kDeny) << "not counted";
  facts_.disclosures_today = 4;
  EXPECT_EQ(Ask().disclosures_a_day, 5u);
  facts_.disclosures_today = 5;
  EXPECT_EQ(Ask().granted, Bits({"C"}));
  EXPECT_EQ(Ask().disclosures_a_day, 20u) << "G is no longer granted";
  Use(ClauseText("plain"));
  EXPECT_FALSE(policy_->CountsDisclosures(AgreementId("test")));
  EXPECT_EQ(Ask().disclosures_a_day, 0u);
}

TEST_F(Engine, WiderWordsCoverNarrowerOnes) {
  Use(ClauseText("a",
                 "role: 'CLINICIAN' record_type: 'PLAN' "
                 "recipient { agency_type: 'HEALTH_BODY' unit: 'ANY' }"));
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
  request_.agency_type = "SCHOOL";
  EXPECT_EQ(Ask().outcome, Outcome::kDeny);
}

TEST_F(Engine, GroupMembersAreToldByTypeAndArea) {
  Use(ClauseText("a", "recipient { group: 'g' unit: 'ANY' }"),
      "group { id: 'g' agency: 'kings-park-nhs-trust' agency_type: 'SCHOOL' region: '305' }");
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
  request_.agency = AgencyId("elm-grove-school");
  request_.agency_type = "SCHOOL";
  EXPECT_EQ(Ask().outcome, Outcome::kDeny);
  request_.region = "305";
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
}

TEST_F(Engine, UnitsOnBothSidesMatter) {
  Use(ClauseText("a",
                 "recipient { agency: 'kings-park-nhs-trust' unit: 'community-paediatrics' }"));
  EXPECT_EQ(Ask().outcome, Outcome::kPermit);
  request_.unit = UnitId("urgent-care");
  EXPECT_EQ(Ask().outcome, Outcome::kDeny);
  request_.unit = UnitId("community-paediatrics");
  request_.custodian_unit = UnitId("social-care");
  EXPECT_EQ(Ask().outcome, Outcome::kDeny);
}

TEST_F(Engine, ResidualDecidesAsDecideDoes) {
  Use(ClauseText("a", "consent_rule: CONSENT_RULE_REQUIRED"));
  const Residual residual(request_, now_, *policy_);
  facts_.consent.given = Bits({"G"});
  EXPECT_EQ(residual.Decide(facts_).granted, Ask().granted);
}

}  // namespace
}  // namespace ehc
