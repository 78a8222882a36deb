// AssembleFacts() and ReadConsents(): what a dossier means for one request on one day.
#include "server/pipeline/facts.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "server/pipeline/own_view.h"
#include "server/policy/reference_data.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;

constexpr PartMask kC = 1, kE = 2, kG = 4;

const RecordSchema& PlanSchema() {
  static const auto* const schema = new RecordSchema{
      "EHC_PLAN",
      "plan",
      {{"C", "", "HEALTH_NEED"}, {"E", "", "OUTCOME"}, {"G", "", "HEALTH_PROVISION"}},
      "SEND"};
  return *schema;
}

const Calendar& England() {
  static const auto* const calendar = new Calendar(
      LoadCalendar(std::string(EHC_SOURCE_DIR) + "/policies/calendar/england.textproto").value());
  return *calendar;
}

absl::Time Noon(int year, int month, int day) {
  return absl::FromCivil(absl::CivilHour(year, month, day, 12), London());
}

// The mother of a child born on the last day of the school year; the child is 15.
constexpr char kChild[] = R"(
  person { date_of_birth: "2010-08-31" }
  registered_by: "bromley"
  relationships {
    value { kind: RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY person_reference: "mother"
            valid_from: "2010-08-31" }
  }
  relationships {
    value { kind: RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY person_reference: "father"
            valid_from: "2010-08-31" }
  })";

// What does not say who recorded it was recorded by bromley.
template <typename Items>
void RecordedByBromley(Items* items) {
  for (auto& item : *items) {
    if (item.origin().agency().empty()) item.mutable_origin()->set_agency("bromley");
  }
}

store::v1::Dossier Dossier(const std::string& text) {
  store::v1::Dossier dossier;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &dossier)) << text;
  RecordedByBromley(dossier.mutable_relationships());
  RecordedByBromley(dossier.mutable_consents());
  RecordedByBromley(dossier.mutable_capacities());
  RecordedByBromley(dossier.mutable_protections());
  return dossier;
}

// A consents item: who says what of which parts to the trust for direct care.
std::string Says(int number, const std::string& role, const std::string& person,
                 const std::string& state, const std::string& parts, const std::string& more = "") {
  return absl::StrCat("consents { origin { number: ", number, " } value { state: CONSENT_STATE_",
                      state, " decision_maker { role: DECISION_MAKER_ROLE_", role,
                      " person_reference: \"", person,
                      "\" } recipients: \"agencies/kings-park-nhs-trust\" "
                      "purposes: \"DIRECT_CARE\" scopes { record_type: \"EHC_PLAN\" parts: [",
                      parts, "] } ", more, "} }\n");
}

std::string Found(const std::string& finding, const std::string& more = "") {
  return absl::StrCat("capacities { value { finding: CAPACITY_FINDING_", finding, " ", more,
                      "} }\n");
}

PolicyRequest TrustAsks() {
  PolicyRequest request;
  request.agency = AgencyId("kings-park-nhs-trust");
  request.custodian = AgencyId("bromley");
  request.record_type = "EHC_PLAN";
  request.purpose = "DIRECT_CARE";
  request.parts = kC | kE | kG;
  return request;
}

Facts FactsOf(const std::string& more, absl::Time now = Noon(2026, 3, 2),
              const PolicyRequest& request = TrustAsks()) {
  return AssembleFacts(Dossier(absl::StrCat(kChild, more)), request, &PlanSchema(), now, England());
}

void ExpectConsent(const ConsentFacts& facts, const ConsentFacts& wanted) {
  EXPECT_EQ(facts.given, wanted.given);
  EXPECT_EQ(facts.refused, wanted.refused);
  EXPECT_EQ(facts.withdrawn, wanted.withdrawn);
  EXPECT_EQ(facts.expired, wanted.expired);
  EXPECT_EQ(facts.superseded, wanted.superseded);
  EXPECT_EQ(facts.not_decision_maker, wanted.not_decision_maker);
  EXPECT_EQ(facts.conflict, wanted.conflict);
}

TEST(FactsTest, UnknownChildHasDefaultsAndNothingMissing) {
  const Facts facts = AssembleFacts({}, TrustAsks(), &PlanSchema(), Noon(2026, 3, 2), England());
  EXPECT_TRUE(facts.complete);
  EXPECT_FALSE(facts.subject_known);
  EXPECT_FALSE(facts.date_of_birth.has_value());
  EXPECT_EQ(facts.caller_relationships, 0u);
  EXPECT_EQ(facts.protections, 0u);
  ExpectConsent(facts.consent, {});
}

TEST(FactsTest, TodayIsLondonsDay) {
  // 23:30 UTC on 30 June is half past midnight of 1 July in London.
  const absl::Time now =
      absl::FromCivil(absl::CivilMinute(2026, 6, 30, 23, 30), absl::UTCTimeZone());
  EXPECT_EQ(FactsOf("", now).today, Date(2026, 7, 1));
}

TEST(FactsTest, RelationshipsCountFromTheirFirstToTheirLastDay) {
  const std::string enrolment = R"(relationships { value {
      kind: RELATIONSHIP_KIND_ENROLMENT agency: "agencies/kings-park-nhs-trust"
      valid_from: "2026-03-02" valid_to: "2026-03-04" } })";
  EXPECT_EQ(FactsOf(enrolment, Noon(2026, 3, 1)).caller_relationships, 0u);
  EXPECT_EQ(FactsOf(enrolment, Noon(2026, 3, 2)).caller_relationships, kEnrolled);
  EXPECT_EQ(FactsOf(enrolment, Noon(2026, 3, 4)).caller_relationships, kEnrolled);
  EXPECT_EQ(FactsOf(enrolment, Noon(2026, 3, 5)).caller_relationships, 0u);
}

TEST(FactsTest, RelationshipsOfOtherAgenciesAreNotTheCallers) {
  const Facts facts = FactsOf(R"(
      relationships { value { kind: RELATIONSHIP_KIND_KEY_WORKER
                              agency: "agencies/kings-park" valid_from: "2020-01-01" } }
      relationships { value { kind: RELATIONSHIP_KIND_MAINTAINING_AUTHORITY
                              agency: "agencies/bromley" valid_from: "2020-01-01" } })");
  EXPECT_EQ(facts.caller_relationships, 0u);
  EXPECT_EQ(facts.custodian_relationships, kMaintainingAuthority);
}

TEST(FactsTest, WhatOthersRecordedOpensNothing) {
  const Facts facts = FactsOf(R"(
      relationships { origin { agency: "kings-park-nhs-trust" } value {
          kind: RELATIONSHIP_KIND_RESPONSIBLE_COMMISSIONER
          agency: "agencies/kings-park-nhs-trust" valid_from: "2020-01-01" } }
      relationships { origin { agency: "kings-park-nhs-trust" } value {
          kind: RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY person_reference: "invented"
          valid_from: "2020-01-01" } }
      consents { origin { agency: "kings-park-nhs-trust" } value {
          state: CONSENT_STATE_GIVEN purposes: "DIRECT_CARE"
          recipients: "agencies/kings-park-nhs-trust"
          decision_maker { role: DECISION_MAKER_ROLE_PARENT person_reference: "mother" }
          scopes { record_type: "EHC_PLAN" parts: "C" } } }
      capacities { origin { agency: "kings-park-nhs-trust" } value {
          finding: CAPACITY_FINDING_GILLICK_COMPETENT } }
      protections { origin { agency: "northshire-police" } value {
          label: PROTECTION_LABEL_ADDRESS_RESTRICTED valid_from: "2020-01-01" } })");
  EXPECT_EQ(facts.caller_relationships, 0u);
  EXPECT_EQ(facts.decision_maker, DecisionMaker::kParent);
  ExpectConsent(facts.consent, {});
  EXPECT_EQ(facts.protections, kAddressRestricted) << "anybody may protect";
}

std::string Restricted(const std::string& cleared, const std::string& days = "") {
  return absl::StrCat("protections { value { label: PROTECTION_LABEL_ADDRESS_RESTRICTED ",
                      cleared.empty() ? "" : absl::StrCat("cleared_recipients: \"", cleared, "\""),
                      days.empty() ? "valid_from: '2026-01-01'" : days, "} }\n");
}

TEST(FactsTest, ProtectionIsClearedOnlyIfEveryOneInForceListsTheCaller) {
  const std::string trust = "agencies/kings-park-nhs-trust";
  Facts facts = FactsOf(Restricted(trust));
  EXPECT_EQ(facts.protections, kAddressRestricted);
  EXPECT_EQ(facts.cleared_protections, kAddressRestricted);

  facts = FactsOf(Restricted(trust) + Restricted("agencies/northshire-police"));
  EXPECT_EQ(facts.protections, kAddressRestricted);
  EXPECT_EQ(facts.cleared_protections, 0u);

  facts = FactsOf(Restricted(trust) + Restricted(trust));
  EXPECT_EQ(facts.cleared_protections, kAddressRestricted);
}

TEST(FactsTest, EndedAndFutureProtectionsNeitherHoldNorHinder) {
  const Facts facts = FactsOf(Restricted("agencies/kings-park-nhs-trust") +
                              Restricted("", "valid_from: '2025-01-01' valid_to: '2026-03-01'") +
                              Restricted("", "valid_from: '2026-03-03'"));
  EXPECT_EQ(facts.protections, kAddressRestricted);
  EXPECT_EQ(facts.cleared_protections, kAddressRestricted);
}

TEST(FactsTest, ClearingOneLabelDoesNotClearAnother) {
  const Facts facts = FactsOf(Restricted("agencies/kings-park-nhs-trust") +
                              "protections { value { label: PROTECTION_LABEL_YOUTH_JUSTICE "
                              "valid_from: '2026-01-01' } }");
  EXPECT_EQ(facts.protections, kAddressRestricted | kYouthJustice);
  EXPECT_EQ(facts.cleared_protections, kAddressRestricted);
}

TEST(FactsTest, EveryProtectionLabelHolds) {
  const auto* labels = hub::v1::ProtectionLabel_descriptor();
  for (int i = 0; i < labels->value_count(); ++i) {
    if (labels->value(i)->number() == 0) continue;
    const Facts facts =
        FactsOf(absl::StrCat("protections { value { label: ", labels->value(i)->name(),
                             " valid_from: '2026-01-01' } }"));
    EXPECT_NE(facts.protections, 0u) << labels->value(i)->name();
  }
}

TEST(FactsTest, IdentifierFindsAChildForTheWritesOfWhoeverLinkedItAlone) {
  const store::v1::Dossier dossier = Dossier(R"(
    registered_by: "bromley" registered_by: "trust"
    identifiers { origin { agency: "bromley" }
                  value { type: IDENTIFIER_TYPE_NHS_NUMBER value: "9434765870" } })");
  const Identifier number{IdentifierKind::kNhsNumber, "9434765870"};
  EXPECT_TRUE(IsIdentifiedBy(dossier, AgencyId("bromley"), number));
  EXPECT_FALSE(IsIdentifiedBy(dossier, AgencyId("trust"), number)) << "it never said so";
  EXPECT_FALSE(IsIdentifiedBy(dossier, AgencyId("bromley"), {IdentifierKind::kUln, number.value}));
  EXPECT_FALSE(
      IsIdentifiedBy(dossier, AgencyId("bromley"), {IdentifierKind::kNhsNumber, "9000000009"}));
}

TEST(ConsentTest, NobodyAsked) { ExpectConsent(FactsOf("").consent, {}); }

TEST(ConsentTest, GivenCountsForTheNamedPartsOnly) {
  const Facts facts = FactsOf(Says(1, "PARENT", "mother", "GIVEN", "'C', 'G'"));
  ExpectConsent(facts.consent, {.given = kC | kG});
  EXPECT_THAT(facts.consent.ids, ElementsAre("consent/1"));
}

TEST(ConsentTest, PartsThatAreNotAskedForDoNotCount) {
  PolicyRequest request = TrustAsks();
  request.parts = kG;
  ExpectConsent(
      FactsOf(Says(1, "PARENT", "mother", "GIVEN", "'C', 'G'"), Noon(2026, 3, 2), request).consent,
      {.given = kG});
}

TEST(ConsentTest, ConsentToAnotherRecipientPurposeOrRecordTypeIsNone) {
  const std::string given = Says(1, "PARENT", "mother", "GIVEN", "'C', 'G'");
  PolicyRequest request = TrustAsks();
  request.agency = AgencyId("northshire-police");
  ExpectConsent(FactsOf(given, Noon(2026, 3, 2), request).consent, {});
  request = TrustAsks();
  request.purpose = "SAFEGUARDING";
  ExpectConsent(FactsOf(given, Noon(2026, 3, 2), request).consent, {});
  RecordSchema other = PlanSchema();
  other.record_type = "HEALTH_RECORD";
  ExpectConsent(
      AssembleFacts(Dossier(kChild + given), TrustAsks(), &other, Noon(2026, 3, 2), England())
          .consent,
      {});
}

TEST(ConsentTest, StrangerToTheChildDecidesNothing) {
  ExpectConsent(FactsOf(Says(1, "PARENT", "neighbour", "GIVEN", "'C'")).consent,
                {.not_decision_maker = kC});
  ExpectConsent(FactsOf(Says(1, "PARENT", "neighbour", "REFUSED", "'C'") +
                        Says(2, "PARENT", "mother", "GIVEN", "'C'"))
                    .consent,
                {.given = kC});
}

TEST(ConsentTest, ParentalResponsibilityThatEndedDecidesNothing) {
  const std::string guardian = R"(relationships { value {
      kind: RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY person_reference: "guardian"
      valid_from: "2015-01-01" valid_to: "2026-03-02" } })";
  const std::string given = guardian + Says(1, "PARENT", "guardian", "GIVEN", "'C'");
  ExpectConsent(FactsOf(given, Noon(2026, 3, 2)).consent, {.given = kC});
  ExpectConsent(FactsOf(given, Noon(2026, 3, 3)).consent, {.not_decision_maker = kC});
}

TEST(ConsentTest, LaterWordOfTheSamePersonReplacesTheEarlierPartByPart) {
  ExpectConsent(FactsOf(Says(1, "PARENT", "mother", "GIVEN", "'C', 'E', 'G'") +
                        Says(2, "PARENT", "mother", "REFUSED", "'E'"))
                    .consent,
                {.given = kC | kG, .refused = kE});
  ExpectConsent(FactsOf(Says(1, "PARENT", "mother", "REFUSED", "'C'") +
                        Says(2, "PARENT", "mother", "GIVEN", "'C'"))
                    .consent,
                {.given = kC});
}

TEST(ConsentTest, WithdrawnInPartLeavesTheRest) {
  ExpectConsent(FactsOf(Says(1, "PARENT", "mother", "GIVEN", "'G'") +
                        Says(2, "PARENT", "mother", "WITHDRAWN", "'C'"))
                    .consent,
                {.given = kG, .withdrawn = kC});
}

TEST(ConsentTest, ExpiresAtItsInstant) {
  const absl::Time end = absl::FromUnixSeconds(1772460000);  // 2 March 2026, 14:00
  const std::string given =
      Says(1, "PARENT", "mother", "GIVEN", "'C'", "expires_at { seconds: 1772460000 }");
  ExpectConsent(FactsOf(given, end - absl::Seconds(1)).consent, {.given = kC});
  ExpectConsent(FactsOf(given, end).consent, {.expired = kC});
}

TEST(ConsentTest, HoldersOfParentalResponsibilityWhoDisagreeNeedAHuman) {
  ExpectConsent(FactsOf(Says(1, "PARENT", "mother", "GIVEN", "'C', 'G'") +
                        Says(2, "PARENT", "father", "REFUSED", "'C'"))
                    .consent,
                {.given = kG, .conflict = kC});
  ExpectConsent(FactsOf(Says(1, "PARENT", "father", "WITHDRAWN", "'G'") +
                        Says(2, "PARENT", "mother", "GIVEN", "'C', 'G'"))
                    .consent,
                {.given = kC, .conflict = kG});
}

TEST(ConsentTest, HoldersOfParentalResponsibilityWhoAgreeAreEnough) {
  ExpectConsent(FactsOf(Says(1, "PARENT", "mother", "GIVEN", "'C'") +
                        Says(2, "PARENT", "father", "GIVEN", "'C'"))
                    .consent,
                {.given = kC});
  ExpectConsent(FactsOf(Says(1, "PARENT", "mother", "REFUSED", "'C'") +
                        Says(2, "PARENT", "father", "REFUSED", "'C'"))
                    .consent,
                {.refused = kC});
}

TEST(ConsentTest, CompetentChildsRefusalBeatsTheParentsGrant) {
  const Facts facts = FactsOf(
      Found("GILLICK_COMPETENT") + Says(1, "PARENT", "mother", "GIVEN", "'C', 'G'") +
      Says(2, "CHILD", "self", "REFUSED", "'C'") + Says(3, "CHILD", "self", "GIVEN", "'E'"));
  EXPECT_EQ(facts.decision_maker, DecisionMaker::kCompetentChild);
  ExpectConsent(facts.consent, {.given = kE, .refused = kC, .not_decision_maker = kG});
}

TEST(ConsentTest, ChildWhoIsNotCompetentDecidesNothing) {
  const Facts facts = FactsOf(Found("GILLICK_COMPETENT") + Found("NOT_GILLICK_COMPETENT") +
                              Says(1, "CHILD", "self", "GIVEN", "'C'") +
                              Says(2, "PARENT", "mother", "REFUSED", "'G'"));
  EXPECT_EQ(facts.decision_maker, DecisionMaker::kParent);
  ExpectConsent(facts.consent, {.refused = kG, .not_decision_maker = kC});
}

// Born on 31 August 2010: leaves school on the last Friday of June 2026, the 26th (Education Act
// 1996 s.8; C&F Act 2014 s.80).
TEST(ConsentTest, AdulthoodSupersedesTheParentsWordTheDayAfterSchoolEnds) {
  const std::string given = Says(1, "PARENT", "mother", "GIVEN", "'C', 'G'");
  Facts facts = FactsOf(given, Noon(2026, 6, 26));
  EXPECT_EQ(facts.school_leaving_date, Date(2026, 6, 26));
  EXPECT_EQ(facts.decision_maker, DecisionMaker::kParent);
  ExpectConsent(facts.consent, {.given = kC | kG});

  facts = FactsOf(given, Noon(2026, 6, 27));
  EXPECT_EQ(facts.decision_maker, DecisionMaker::kYoungPerson);
  ExpectConsent(facts.consent, {.superseded = kC | kG});
}

TEST(ConsentTest, YoungPersonsOwnWordReplacesWhatAdulthoodSuperseded) {
  ExpectConsent(FactsOf(Says(1, "PARENT", "mother", "GIVEN", "'C', 'E', 'G'") +
                            Says(2, "YOUNG_PERSON", "self", "GIVEN", "'C'") +
                            Says(3, "YOUNG_PERSON", "self", "REFUSED", "'E'"),
                        Noon(2026, 6, 27))
                    .consent,
                {.given = kC, .refused = kE, .superseded = kG});
}

TEST(ConsentTest, YoungPersonWhoLacksCapacityIsRepresentedOrElseTheParentActs) {
  const std::string said = Says(1, "REPRESENTATIVE", "deputy", "GIVEN", "'C'") +
                           Says(2, "PARENT", "mother", "GIVEN", "'G'");
  Facts facts = FactsOf(said + Found("LACKS_CAPACITY", "representative_reference: 'deputy'"),
                        Noon(2026, 6, 27));
  EXPECT_EQ(facts.decision_maker, DecisionMaker::kRepresentative);
  ExpectConsent(facts.consent, {.given = kC, .not_decision_maker = kG});

  facts = FactsOf(said + Found("LACKS_CAPACITY"), Noon(2026, 6, 27));
  EXPECT_EQ(facts.decision_maker, DecisionMaker::kParent);
  ExpectConsent(facts.consent, {.given = kG, .not_decision_maker = kC});
}

TEST(ConsentTest, OnlyTheRepresentativeNamedRepresents) {
  ExpectConsent(FactsOf(Found("LACKS_CAPACITY", "representative_reference: 'deputy'") +
                            Says(1, "REPRESENTATIVE", "somebody", "GIVEN", "'C'"),
                        Noon(2026, 6, 27))
                    .consent,
                {.not_decision_maker = kC});
}

TEST(ConsentTest, WhomACourtForbidsTheStepDecidesNothing) {
  const std::string barred = R"(relationships { value {
      kind: RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY person_reference: "barred"
      valid_from: "2010-08-31" contact_prohibited: true } })";
  ExpectConsent(FactsOf(barred + Says(1, "PARENT", "mother", "GIVEN", "'C'") +
                        Says(2, "PARENT", "barred", "REFUSED", "'C'"))
                    .consent,
                {.given = kC});
}

TEST(ConsentTest, AuthorityUnderACareOrderSharesTheDecision) {
  const std::string order = R"(relationships { value {
      kind: RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY agency: "agencies/bromley"
      evidence: PARENTAL_RESPONSIBILITY_EVIDENCE_CARE_ORDER valid_from: "2020-01-01" } })";
  const std::string given = Says(1, "LOCAL_AUTHORITY", "", "GIVEN", "'C'");
  ExpectConsent(FactsOf(given).consent, {.not_decision_maker = kC});
  ExpectConsent(FactsOf(order + given).consent, {.given = kC});
  ExpectConsent(FactsOf(order + given + Says(2, "PARENT", "mother", "REFUSED", "'C'")).consent,
                {.conflict = kC});
}

TEST(ConsentTest, AssessmentCountsForTheDecisionThatItWasAbout) {
  const std::string said = Says(1, "CHILD", "", "REFUSED", "'C'");
  const auto found = [](const std::string& decision) {
    return Found("GILLICK_COMPETENT", "decision: '" + decision + "'");
  };
  EXPECT_EQ(FactsOf(found("SHARE_EHC_PLAN") + said).consent.refused, kC);
  EXPECT_EQ(FactsOf(found("SHARE_RECORDS") + said).consent.refused, kC);
  EXPECT_EQ(FactsOf(found("SHARE_HEALTH_RECORD") + said).consent.refused, 0u);
  EXPECT_EQ(FactsOf(found("TREATMENT") + said).consent.refused, 0u);
}

TEST(ConsentTest, WhatACompetentChildSaidStaysTheirOwnWhenTheyAreOverSchoolAge) {
  const std::string said = Found("GILLICK_COMPETENT") + Says(1, "CHILD", "", "GIVEN", "'C', 'G'") +
                           Says(2, "YOUNG_PERSON", "", "REFUSED", "'G'");
  ExpectConsent(FactsOf(said, Noon(2026, 6, 27)).consent, {.given = kC, .refused = kG});
}

TEST(ConsentTest, NobodyAskedIsNoStatement) {
  const std::string given = Says(1, "PARENT", "mother", "GIVEN", "'C'");
  ExpectConsent(FactsOf(given + Says(2, "PARENT", "mother", "NOT_ASKED", "'C'")).consent,
                {.given = kC});
}

// Twenty-five on 29 February 2029, which is 1 March: a plan may last until 31 August 2029.
TEST(ConsentTest, WhatWasGivenForAPlanEndsWithTheLongestThatAPlanMayLast) {
  EXPECT_EQ(England().PlanAgeLimitDate(Date(2004, 2, 29)), Date(2029, 8, 31));
  EXPECT_EQ(England().PlanAgeLimitDate(Date(2000, 8, 31)), Date(2025, 8, 31));
  EXPECT_EQ(England().PlanAgeLimitDate(Date(2000, 9, 1)), Date(2026, 8, 31));
  store::v1::Dossier adult = Dossier(Says(1, "YOUNG_PERSON", "", "GIVEN", "'C'"));
  adult.add_registered_by("bromley");
  adult.mutable_person()->set_date_of_birth("2000-12-01");
  const auto consent = [&](absl::Time now) {
    return AssembleFacts(adult, TrustAsks(), &PlanSchema(), now, England()).consent;
  };
  ExpectConsent(consent(Noon(2026, 8, 31)), {.given = kC});
  ExpectConsent(consent(Noon(2026, 9, 1)), {.expired = kC});
}

std::string Decided(const std::string& more) {
  return absl::StrCat(R"(standing_decisions { origin { number: 7 agency: "bromley" } value {
      gateway: "R17_INTERESTS" recipients: "agencies/kings-park-nhs-trust" roles: "CLINICIAN"
      purposes: "DIRECT_CARE" scopes { record_type: "EHC_PLAN" parts: "C" }
      decided_by_role: "SEND_MANAGER"
      valid_from { seconds: 1772000000 } valid_until { seconds: 1773000000 } )",
                      more, "} }");
}

TEST(StandingDecisionTest, CountsForItsRecipientRoleGatewayAndTimeAlone) {
  const absl::Time inside = absl::FromUnixSeconds(1772500000);
  PolicyRequest request = TrustAsks();
  request.role = "CLINICIAN";
  request.gateway = "R17_INTERESTS";
  const Facts facts = FactsOf(Decided(""), inside, request);
  EXPECT_EQ(facts.standing_decision, kC);
  EXPECT_THAT(facts.standing_ids, ElementsAre("standing/7 SEND_MANAGER"));
  EXPECT_EQ(FactsOf(Decided(""), absl::FromUnixSeconds(1773000000), request).standing_decision, 0u);
  EXPECT_EQ(FactsOf(Decided(""), absl::FromUnixSeconds(1771999999), request).standing_decision, 0u);
  EXPECT_EQ(FactsOf(Decided("ended_at { seconds: 1772400000 }"), inside, request).standing_decision,
            0u);
  for (std::string PolicyRequest::*field :
       {&PolicyRequest::role, &PolicyRequest::gateway, &PolicyRequest::purpose}) {
    PolicyRequest other = request;
    other.*field = "OTHER";
    EXPECT_EQ(FactsOf(Decided(""), inside, other).standing_decision, 0u);
  }
  PolicyRequest police = request;
  police.agency = AgencyId("northshire-police");
  EXPECT_EQ(FactsOf(Decided(""), inside, police).standing_decision, 0u);
}

TEST(StandingDecisionTest, AnothersDecidesNothingOfBromleysRecords) {
  store::v1::Dossier dossier = Dossier(kChild + Decided(""));
  dossier.mutable_standing_decisions(0)->mutable_origin()->set_agency("kings-park-nhs-trust");
  PolicyRequest request = TrustAsks();
  request.role = "CLINICIAN";
  request.gateway = "R17_INTERESTS";
  EXPECT_EQ(
      AssembleFacts(dossier, request, &PlanSchema(), absl::FromUnixSeconds(1772500000), England())
          .standing_decision,
      0u);
}

TEST(PlanTransferTest, RightsFollowThePlanAndComeBackWithIt) {
  RecordSchema plan = PlanSchema();
  plan.moves_with_plan = true;
  const auto at = [](int day) { return absl::ToUnixMillis(Noon(2026, 3, day)); };
  const store::v1::Dossier moved = Dossier(absl::StrCat(
      kChild, "plan_transfers { from: 'bromley' to: 'northshire-council' at_ms: ", at(2),
      " } plan_transfers { from: 'northshire-council' to: 'bromley' at_ms: ", at(9), " }"));
  const auto facts = [&](const char* agency, absl::Time now) {
    PolicyRequest request = TrustAsks();
    request.agency = AgencyId(agency);
    return AssembleFacts(moved, request, &plan, now, England());
  };
  EXPECT_FALSE(facts("kings-park-nhs-trust", Noon(2026, 3, 2) - absl::Milliseconds(1)).moved_away);
  EXPECT_TRUE(facts("kings-park-nhs-trust", Noon(2026, 3, 2)).moved_away);
  const Facts taken_over = facts("northshire-council", Noon(2026, 3, 2));
  EXPECT_FALSE(taken_over.moved_away);
  EXPECT_EQ(taken_over.caller_relationships, kMaintainingAuthority);
  EXPECT_EQ(facts("northshire-council", Noon(2026, 3, 1)).caller_relationships, 0u);
  EXPECT_FALSE(facts("kings-park-nhs-trust", Noon(2026, 3, 9)).moved_away) << "it has come back";
  EXPECT_EQ(facts("northshire-council", Noon(2026, 3, 9)).caller_relationships, 0u);
}

TEST(ConsentTest, CompetenceOfTheChildSaysNothingOfTheYoungPersonsCapacity) {
  EXPECT_EQ(FactsOf(Found("NOT_GILLICK_COMPETENT"), Noon(2026, 6, 27)).decision_maker,
            DecisionMaker::kYoungPerson);
  EXPECT_EQ(FactsOf(Found("LACKS_CAPACITY"), Noon(2026, 6, 26)).decision_maker,
            DecisionMaker::kParent);
}

}  // namespace
}  // namespace ehc
