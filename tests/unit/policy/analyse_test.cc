// Every finding, shown by a policy that has it and by the shipped one that has not.
#include "server/policy/analyse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/policy/explain.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

std::vector<std::string> CodesOf(const std::string& clauses, const AnalyseOptions& options = {},
                                 absl::Time now = MidJanuary()) {
  std::vector<std::string> codes;
  for (const Finding& finding : Analyse(*PolicyOf(clauses), now, options)) {
    if (finding.code != "AGREEMENT_UNSIGNED" && finding.code != "AGREEMENT_LAPSING") {
      codes.push_back(finding.code + " " + finding.clause);
    }
  }
  return codes;
}

using testing::ElementsAre;
using testing::IsEmpty;
const char kSound[] = "gateway: 'R17_APPEAL'";

TEST(AnalyseTest, SoundClauseHasNoFinding) {
  EXPECT_THAT(CodesOf(ClauseText("a", kSound)), IsEmpty());
}

TEST(AnalyseTest, ClauseOutsideItsAgreementsDaysIsUnreachable) {
  EXPECT_THAT(
      CodesOf(ClauseText(
          "a", "gateway: 'R17_APPEAL' validity { from: '2026-05-01' until: '2026-06-01' }")),
      testing::Contains("CLAUSE_UNREACHABLE a"));
}

TEST(AnalyseTest, ConditionsThatExcludeEachOtherMakeAClauseUnreachable) {
  EXPECT_THAT(CodesOf(ClauseText("a",
                                 "gateway: 'R17_APPEAL' guard { age { max_years: 10 } } "
                                 "guard { age { min_years: 11 } }")),
              ElementsAre("CLAUSE_UNREACHABLE a"));
}

TEST(AnalyseTest, PermitThatSeveralForbidsCoverTogetherIsFound) {
  const std::string permit = ClauseText("a", kSound);
  const std::string forbid_c = ClauseText("f", "effect: EFFECT_FORBID part: 'C'");
  EXPECT_THAT(CodesOf(permit + forbid_c), IsEmpty()) << "G is left";
  EXPECT_THAT(CodesOf(permit + forbid_c + ClauseText("g", "effect: EFFECT_FORBID part: 'G'")),
              ElementsAre("PERMIT_FORBIDDEN a"));
}

TEST(AnalyseTest, ForbidOnAConditionThatThePermitLacksDoesNotCoverIt) {
  EXPECT_THAT(CodesOf(ClauseText("a", kSound) +
                      ClauseText("f", "effect: EFFECT_FORBID guard { training {} }")),
              IsEmpty());
}

TEST(AnalyseTest, ClashingObligationsAreFoundWhereClausesOverlap) {
  const std::string first =
      ClauseText("a", "gateway: 'R17_APPEAL' obligation { code: 'INFORM_FAMILY' }");
  const std::string clash = "gateway: 'R17_APPEAL' obligation { code: 'DO_NOT_TELL_FAMILY' } ";
  EXPECT_THAT(CodesOf(first + ClauseText("b", clash)), ElementsAre("OBLIGATIONS_CLASH b"));
  EXPECT_THAT(CodesOf(first + ClauseText("b", clash + "part: 'K'")), IsEmpty());
}

TEST(AnalyseTest, GroundsThatTheLawDoesNotCarryAreFound) {
  EXPECT_THAT(CodesOf(ClauseText("a", "gateway: 'R17_APPEAL' lawful_basis: 'DPA_PART3'")),
              ElementsAre("PURPOSE_WITHOUT_BASIS a"));
  EXPECT_THAT(CodesOf(ClauseText("a",
                                 "gateway: 'R17_APPEAL' purpose: 'SAFEGUARDING_S47' "
                                 "lawful_basis: ['ART6_1_A', 'ART6_1_C']")),
              ElementsAre("CONSENT_AS_BASIS a", "PURPOSE_UNDECLARED a"));
  EXPECT_THAT(CodesOf(ClauseText("a")), ElementsAre("CONSENT_GATEWAY_UNASKED a"));
}

TEST(AnalyseTest, DutyThatWaitsOnConsentIsFound) {
  const std::string duty = "gateway: 'R17_INTERESTS' purpose: 'SAFEGUARDING_S47' ";
  for (const char* rule : {"CONSENT_RULE_REQUIRED", "CONSENT_RULE_NOT_REFUSED"}) {
    EXPECT_THAT(CodesOf(ClauseText("a", absl::StrCat(duty, "consent_rule: ", rule))),
                ElementsAre("CONSENT_FOR_DUTY a", "PURPOSE_UNDECLARED a"));
  }
  EXPECT_THAT(CodesOf(ClauseText("a", duty)), ElementsAre("PURPOSE_UNDECLARED a"));
}

TEST(AnalyseTest, PlanContentWithoutAGatewayIsFound) {
  std::string clause = ClauseText("a");
  clause.erase(clause.find("gateway: 'R17_CONSENT'"), 22);
  EXPECT_THAT(CodesOf(clause), ElementsAre("CONTENT_WITHOUT_GATEWAY a"));
}

TEST(AnalyseTest, GatewayThatIsSwitchedOffIsFound) {
  EXPECT_THAT(CodesOf(ClauseText("a", "gateway: 'CA2004_S16LA'")),
              testing::UnorderedElementsAre("CLAUSE_UNREACHABLE a", "CODE_OUT_OF_USE a"));
}

TEST(AnalyseTest, AgreementsThatEndAreOverdueOrHaveStrangersAreFound) {
  AnalyseOptions options;
  options.enrolled = absl::flat_hash_set<AgencyId>{AgencyId("bromley")};
  EXPECT_THAT(CodesOf(ClauseText("a", kSound), options, MidJanuary() + absl::Hours(24 * 200)),
              testing::UnorderedElementsAre("AGREEMENT_EXPIRED ", "REVIEW_OVERDUE ",
                                            "PARTY_NOT_ENROLLED "));
}

TEST(AnalyseTest, ExampleRequestsReachTheirClause) {
  const auto policy = PolicyOf(ClauseText("a", kSound));
  const Decision decision = Decide(ExampleRequest(*policy, 0), Facts(), MidJanuary(), *policy);
  EXPECT_EQ(decision.outcome, Outcome::kPermit);
}

TEST(ExplainTest, NearestMissNamesTheOneThingInWords) {
  const auto policy = PolicyOf(ClauseText("a", "role: 'SENCO'"));
  const PolicyRequest request = TrustRequest(*policy);
  const Explanation explanation = Explain(request, Facts(), MidJanuary(), *policy);
  ASSERT_EQ(explanation.nearest.size(), 1u);
  EXPECT_EQ(explanation.nearest[0].sentence,
            "Allowed for role \"SENCO\"; you stated community paediatrician.");
  EXPECT_EQ(explanation.nearest[0].clause->id, "a");
  EXPECT_THAT(ExplanationText(explanation), testing::HasSubstr(std::string(policy->revision())));
}

TEST(ExplainTest, RefusalIsToldEvenBesideAGrant) {
  const auto policy = PolicyOf(ClauseText("a", "consent_rule: CONSENT_RULE_REQUIRED"));
  const PolicyRequest request = TrustRequest(*policy);
  Facts facts = ConsentGiven(request.parts);
  facts.consent.refused = request.parts;
  EXPECT_EQ(Explain(request, facts, MidJanuary(), *policy).decision.reason,
            Reason::kConsentRefused);
}

}  // namespace
}  // namespace ehc
