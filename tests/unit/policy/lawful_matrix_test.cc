// What the law gives, row by row, against the shipped policy data: the decision matrix (lawful
// basis, gateway, whether consent is asked) and the exceptions of SEND Regs 2014 reg 17 (which of
// them a machine may decide). A row that is changed in the files without its reason fails here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "server/model/date.h"
#include "server/policy/analyse.h"
#include "server/policy/compiled.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

namespace pb = policy_proto;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::shared_ptr<const PolicySnapshot> Shipped() {
  static const auto* const policy = [] {
    auto loaded = LoadPolicyFolder(EHC_SOURCE_DIR "/policies", {false, nullptr});
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return new std::shared_ptr<const PolicySnapshot>(loaded.ok() ? *loaded : nullptr);
  }();
  return *policy;
}

const Vocabulary& Words() { return Shipped()->compiled().vocabulary; }
absl::Time Today() { return LondonMidnight(Date(2026, 11, 20)) + absl::Hours(12); }

std::vector<std::string> BasesOf(const std::string& purpose) {
  const uint64_t bits = Words().purpose_info[Words().purposes.Find(purpose)].lawful_bases;
  std::vector<std::string> codes;
  for (int i = 0; i < Words().lawful_bases.size(); ++i) {
    if ((bits >> i) & 1u) codes.push_back(Words().lawful_bases[i].code);
  }
  return codes;
}

struct PurposeRow {
  const char* row;  // of the decision matrix
  const char* purpose;
  std::vector<std::string> bases;
  bool statutory;
  bool consent_consulted;
};

class MatrixTest : public testing::TestWithParam<PurposeRow> {};

TEST_P(MatrixTest, PurposeRestsOnItsBasesAndAsksConsentOnlyWhereTheLawDoes) {
  const PurposeRow& row = GetParam();
  const int number = Words().purposes.Find(row.purpose);
  ASSERT_GE(number, 0) << row.row;
  EXPECT_THAT(BasesOf(row.purpose), testing::UnorderedElementsAreArray(row.bases)) << row.row;
  EXPECT_EQ(Words().purpose_info[number].statutory, row.statutory) << row.row;
  EXPECT_EQ(Words().purpose_info[number].terms.consent_consulted, row.consent_consulted) << row.row;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, MatrixTest,
    testing::Values(
        PurposeRow{"EHC assessment advice (regs 6, 8): statutory; inform",
                   "EHC_ASSESSMENT_ADVICE",
                   {"ART6_1_C", "ART6_1_E"},
                   true,
                   false},
        PurposeRow{"named school, commissioning body: by right",
                   "STATUTORY_COPY",
                   {"ART6_1_C"},
                   true,
                   false},
        PurposeRow{"another trust, direct care: consent or a standing decision",
                   "DIRECT_CARE",
                   {"ART6_1_E"},
                   false,
                   true},
        PurposeRow{"school not named: consultation, or consent",
                   "SCHOOL_CONSULTATION",
                   {"ART6_1_E", "ART6_1_C"},
                   true,
                   true},
        PurposeRow{"early help: agreement to the service", "EARLY_HELP", {"ART6_1_E"}, false, true},
        PurposeRow{"s.17: recorded, a refusal is not decisive",
                   "CHILD_IN_NEED",
                   {"ART6_1_E", "ART6_1_C"},
                   true,
                   false},
        PurposeRow{"s.47, strategy, emergency: never waits",
                   "SAFEGUARDING_S47",
                   {"ART6_1_C", "ART6_1_D", "ART6_1_E"},
                   true,
                   false},
        PurposeRow{"police safeguarding: Part 3; reasoned",
                   "POLICE_SAFEGUARDING",
                   {"DPA_PART3", "ART6_1_E"},
                   true,
                   false},
        PurposeRow{"police crime: Sch 2 para 2; reasoned",
                   "POLICE_CRIME",
                   {"DPA_PART3", "ART6_1_C", "ART6_1_E"},
                   true,
                   false},
        PurposeRow{"planning and research", "RESEARCH", {"ART6_1_E"}, false, true},
        PurposeRow{"court order: overrides refusal, limited to its terms",
                   "COURT_ORDER",
                   {"ART6_1_C", "DPA_PART3"},
                   true,
                   false}));

struct GatewayRow {
  const char* gateway;
  pb::HumanDecision human;
  uint32_t states;  // bits of pb::Statement that must be stated
  bool in_use = true;
};

constexpr uint32_t kCase = 1u << pb::STATEMENT_CASE_REFERENCE;

class GatewayTest : public testing::TestWithParam<GatewayRow> {};

TEST_P(GatewayTest, ExceptionIsForAMachineOrForANamedHuman) {
  const GatewayRow& row = GetParam();
  const int number = Words().gateways.Find(row.gateway);
  ASSERT_GE(number, 0) << row.gateway;
  EXPECT_EQ(Words().gateway_info[number].human_decision, row.human);
  EXPECT_EQ(Words().gateway_info[number].statements, row.states);
  EXPECT_EQ(Words().gateways[number].EffectiveAt(Today()), row.in_use);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, GatewayTest,
    testing::Values(
        GatewayRow{"R17_NAMED_INSTITUTION", pb::HUMAN_DECISION_NOT_NEEDED, 0},
        GatewayRow{"R17_RESPONSIBLE_COMMISSIONER", pb::HUMAN_DECISION_NOT_NEEDED, 0},
        GatewayRow{"R17_CONSENT", pb::HUMAN_DECISION_NOT_NEEDED, 0},
        // The authority's opinion: a named officer, who may have decided beforehand.
        GatewayRow{"R17_INTERESTS", pb::HUMAN_DECISION_UNLESS_STANDING_DECISION, 0},
        GatewayRow{"R17_APPEAL", pb::HUMAN_DECISION_NOT_NEEDED, kCase},
        GatewayRow{"R17_RESEARCH", pb::HUMAN_DECISION_UNLESS_APPROVED, kCase, false},
        GatewayRow{"R17_COURT", pb::HUMAN_DECISION_UNLESS_APPROVED, kCase},
        GatewayRow{"R17_LGO", pb::HUMAN_DECISION_NOT_NEEDED, kCase},
        GatewayRow{"R17_SOS", pb::HUMAN_DECISION_NOT_NEEDED, kCase},
        GatewayRow{"R17_DPA86", pb::HUMAN_DECISION_NOT_NEEDED, 0},
        GatewayRow{"R17_CA89", pb::HUMAN_DECISION_NOT_NEEDED, kCase},
        GatewayRow{"R17_INSPECT", pb::HUMAN_DECISION_NOT_NEEDED, kCase},
        GatewayRow{"R17_HE_DSA", pb::HUMAN_DECISION_UNLESS_APPROVED, 0},
        GatewayRow{"CONFIDENCE_PUBLIC_INTEREST", pb::HUMAN_DECISION_UNLESS_STANDING_DECISION, 0},
        GatewayRow{"CA2004_S16LA", pb::HUMAN_DECISION_NOT_NEEDED,
                   1u << pb::STATEMENT_CONSIDERED_BY | 1u << pb::STATEMENT_DETRIMENT_ASSESSMENT,
                   false}));

// The rules that no clause of the shipped agreements may break.
template <typename Function>
void ForEachGrant(const Function& function) {
  const CompiledPolicy& policy = Shipped()->compiled();
  for (const ClauseBox& box : policy.boxes) {
    if (box.effect != Effect::kPermit || (box.disclosures & 2u) == 0) continue;
    for (int purpose : box.purposes) function(box, Words().purpose_info[purpose], purpose);
  }
}

// A case reference; or what the recipient is for this child, which is the reason itself: a school
// that is told of an incident of a child on its roll (Operation Encompass).
bool AsksForAReason(const ClauseBox& box) {
  return std::any_of(box.guards.begin(), box.guards.end(), [](const Guard& guard) {
    return guard.kind == GuardKind::kRelationship ||
           (guard.kind == GuardKind::kStatement && (guard.bits & kCase) != 0);
  });
}

TEST(MatrixRulesTest, StatutoryPathsNeverWaitOnConsent) {
  int seen = 0;
  ForEachGrant([&](const ClauseBox& box, const PurposeInfo& purpose, int) {
    if (!purpose.statutory || purpose.terms.consent_consulted) return;
    ++seen;
    EXPECT_EQ(box.consent, ConsentRule::kNotConsulted)
        << box.info.agreement.value() << "/" << box.info.id;
  });
  EXPECT_GT(seen, 20);
}

// Where a refusal does not decide, the request says what it is for.
TEST(MatrixRulesTest, PathsPastARefusalAlwaysRecordWhy) {
  const std::set<std::string> past_refusal = {"CHILD_IN_NEED", "SAFEGUARDING_S47"};
  int seen = 0;
  ForEachGrant([&](const ClauseBox& box, const PurposeInfo&, int purpose) {
    if (!past_refusal.contains(Words().purposes[purpose].code)) return;
    ++seen;
    EXPECT_TRUE(AsksForAReason(box)) << box.info.agreement.value() << "/" << box.info.id;
  });
  EXPECT_GT(seen, 3);
}

TEST(MatrixRulesTest, EmergencyTellsTheCustodianAndIsReviewed) {
  int seen = 0;
  for (const ClauseBox& box : Shipped()->compiled().boxes) {
    if (!box.break_glass.has_value()) continue;
    ++seen;
    std::set<std::string> codes;
    for (const ObligationInfo& info : box.obligations) codes.insert(info.code);
    EXPECT_TRUE(codes.contains("NOTIFY_CUSTODIAN")) << box.info.id;
    EXPECT_TRUE(codes.contains("REVIEW_NEXT_WORKING_DAY")) << box.info.id;
  }
  EXPECT_GE(seen, 2);
  ASSERT_NE(Shipped()->FindClock("BREAK_GLASS_REVIEW", Today()), nullptr);
  ASSERT_NE(Shipped()->FindClock("BREAK_GLASS_RESOLUTION", Today()), nullptr);
}

PolicyRequest TrustPull(const std::vector<std::string>& parts) {
  PolicyRequest request = TrustRequest(*Shipped());
  request.agreement = AgreementId("bromley-kings-park-direct-care");
  request.special_category_basis = "ART9_2_H";
  request.parts = Parts(*Shipped(), parts);
  return request;
}

// Regulation 17 restricts disclosure; 15 is the transfer between authorities, 18 the phase transfer
// review, 47 higher education.
TEST(TrapTest, Trap01RegulationsAreCitedForWhatTheySay) {
  const auto text = [](const TermList& list, const char* code) {
    const TermInfo& term = list[list.Find(code)];
    return term.title + " " + term.description;
  };
  EXPECT_THAT(text(Words().purposes, "PLAN_TRANSFER"), HasSubstr("reg 15"));
  EXPECT_THAT(text(Words().gateways, "R15_TRANSFER"), HasSubstr("reg 15"));
  EXPECT_THAT(text(Words().gateways, "R17_HE_DSA"), HasSubstr("reg 47"));
  for (const char* code : {"R17_CONSENT", "R17_INTERESTS", "R17_COURT"}) {
    EXPECT_THAT(text(Words().gateways, code), HasSubstr("reg 17")) << code;
  }
}

// The whole plan is restricted, section K included: none of it leaves without a gateway.
TEST(TrapTest, Trap02EveryPartOfAPlanIsBehindTheGateway) {
  const RecordTypeInfo& plan = Words().record_info[Words().record_types.Find("EHC_PLAN")];
  EXPECT_TRUE(plan.needs_gateway);
  for (const PartSchema& part : plan.schema.parts) {
    PolicyRequest request = TrustPull({part.code});
    Facts facts = ConsentGiven(request.parts);
    facts.standing_decision = request.parts;
    request.gateway.clear();
    EXPECT_FALSE(Decide(request, facts, Today(), *Shipped()).permits()) << part.code;
  }
  for (const ClauseBox& box : Shipped()->compiled().boxes) {
    const bool content = (box.disclosures & 2u) != 0 && box.effect == Effect::kPermit;
    for (const CoverBox& cover : box.covers) {
      if (content && Words().record_info[cover.record_type].needs_gateway) {
        EXPECT_NE(box.gateways, 0u) << box.info.id;
      }
    }
  }
}

// s.16LA of the Children Act 2004 is not commenced: off, and an agreement that cites it grants
// nothing by it. Switched on, who considered it and the detriment are stated, or it is no gateway.
TEST(TrapTest, Trap03DutyOfSection16LAIsASwitchThatIsOff) {
  const std::string clause =
      ClauseText("a", "gateway: 'CA2004_S16LA' purpose: 'SAFEGUARDING' lawful_basis: 'ART6_1_C'");
  const auto ask = [](const PolicySnapshot& policy, bool stated) {
    PolicyRequest request = TrustRequest(policy);
    request.purpose = "SAFEGUARDING";
    request.lawful_basis = "ART6_1_C";
    request.gateway = "CA2004_S16LA";
    if (stated) {
      request.considered_by = "dsl-1";
      request.detriment_assessment = "less harm than silence";
    }
    return Decide(request, ConsentGiven(0), MidJanuary(), policy).reason;
  };
  EXPECT_EQ(ask(*PolicyOf(clause), true), Reason::kGatewayMissing) << "off";
  PolicySource on = SourceWith({AgreementFile("test", clause)});
  bool switched = false;
  for (PolicyFile& file : on.files) {
    const size_t at = file.text.find("code: \"CA2004_S16LA\"");
    if (at == std::string::npos) continue;
    const std::string off = "effective { switched_off: true }";
    file.text.replace(file.text.find(off, at), off.size(), "effective { from: \"2026-01-10\" }");
    switched = true;
  }
  ASSERT_TRUE(switched);
  const auto policy = PolicySnapshot::Compile(on, {false, nullptr});
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(ask(**policy, false), Reason::kGatewayMissing) << "nobody considered it";
  EXPECT_EQ(ask(**policy, true), Reason::kNone);
}

// Article 6(1)(ea) is not open to public authorities: no request and no agreement may name it.
TEST(TrapTest, Trap05RecognisedLegitimateInterestsAreNoBasis) {
  for (int i = 0; i < Words().lawful_bases.size(); ++i) {
    EXPECT_FALSE(absl::StrContains(Words().lawful_bases[i].code, "EA"));
  }
  PolicyRequest request = TrustPull({"C"});
  request.lawful_basis = "ART6_1_EA";
  EXPECT_EQ(Decide(request, ConsentGiven(request.parts), Today(), *Shipped()).reason,
            Reason::kBasisMissing);
  const auto named =
      CompileAgreements({AgreementFile("test", ClauseText("a", "lawful_basis: 'ART6_1_EA'"))});
  EXPECT_FALSE(named.ok());
}

// Both checks must pass: consent in force is no lawful basis, and a lawful basis is no gateway.
TEST(TrapTest, Trap04BasisAndGatewayAreTwoChecks) {
  PolicyRequest request = TrustPull({"C"});
  const Facts consented = ConsentGiven(request.parts);
  EXPECT_EQ(Decide(request, consented, Today(), *Shipped()).reason, Reason::kNone);
  request.lawful_basis = "ART6_1_A";
  EXPECT_EQ(Decide(request, consented, Today(), *Shipped()).reason, Reason::kBasisMissing);
  request = TrustPull({"C"});
  request.gateway.clear();
  EXPECT_EQ(Decide(request, consented, Today(), *Shipped()).reason, Reason::kGatewayMissing);
}

// A caller whose only basis is consent gets nothing for a purpose that the law carries.
TEST(TrapTest, ConsentAloneIsNoBasisForAStatutoryPurpose) {
  PolicyRequest request = TrustPull({"C"});
  request.purpose = "SAFEGUARDING_S47";
  request.special_category_basis = "SCH1_PARA18";
  request.gateway = "R17_INTERESTS";
  request.case_reference = "S47/1";
  Facts facts = ConsentGiven(request.parts);
  facts.standing_decision = request.parts;
  request.lawful_basis = "ART6_1_A";
  EXPECT_EQ(Decide(request, facts, Today(), *Shipped()).reason, Reason::kBasisMissing);
  request.lawful_basis = "ART6_1_E";
  EXPECT_EQ(Decide(request, facts, Today(), *Shipped()).reason, Reason::kNone);
}

TEST(ScenarioTest, Scenario09AgreementEndsAtMidnightInLondonNotInUtc) {
  PolicySource source = SourceWith({AgreementFile("test", ClauseText("a"))});
  const auto policy = PolicySnapshot::Compile(source, {false, nullptr});
  ASSERT_TRUE(policy.ok()) << policy.status();  // valid_until: "2026-03-31"
  const PolicyRequest request = TrustRequest(**policy);
  const Facts facts = ConsentGiven(request.parts);
  const absl::Time utc =
      absl::FromCivil(absl::CivilSecond(2026, 3, 31, 22, 59, 59), absl::UTCTimeZone());
  EXPECT_EQ(Decide(request, facts, utc, **policy).reason, Reason::kNone);
  EXPECT_EQ(Decide(request, facts, utc + absl::Seconds(2), **policy).reason,
            Reason::kAgreementNotInForce)
      << "already 1 April in London";
}

}  // namespace
}  // namespace ehc
