// One plan through the whole house, over real TLS: who sees what, and who can prove it.
#include <fstream>

#include "absl/strings/str_cat.h"
#include "ehchub/receipts.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using PlanTest = HubTest;

std::vector<std::string> WithheldIn(const v1::Disclosure& disclosure) {
  std::vector<std::string> withheld;
  for (const v1::Withheld& part : disclosure.withheld()) {
    withheld.push_back(
        absl::StrCat(part.part(), ":", v1::WithheldReason_Name(part.reason()).substr(16)));
  }
  return withheld;
}

std::vector<std::string> SectionsIn(const v1::Plan& plan) {
  std::vector<std::string> sections;
  for (const v1::PlanSection& section : plan.sections()) sections.push_back(section.text());
  return sections;
}

v1::WithdrawConsentRequest WithdrawalOf(const v1::Consent& consent) {
  v1::WithdrawConsentRequest request;
  request.set_name(consent.name());
  request.set_etag(consent.etag());
  *request.mutable_withdrawn_by() = consent.decision_maker();
  return request;
}

TEST_F(PlanTest, ConsentOpensItsPartsAloneAndWithdrawalClosesThem) {
  const std::string child = NewChild();
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child))),
            "NOT_AVAILABLE");

  auto consent = caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"C", "G"}));
  ASSERT_TRUE(consent.ok()) << consent.status();
  auto pulled = paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  EXPECT_EQ(pulled->plan_summary().health_needs().text(), "text of C v1");
  EXPECT_EQ(pulled->plan_summary().health_provision().text(), "text of G v1");
  EXPECT_FALSE(pulled->plan_summary().has_outcomes());
  EXPECT_FALSE(pulled->plan_summary().has_headline());
  EXPECT_THAT(WithheldIn(pulled->disclosure()),
              UnorderedElementsAre("B_HEADLINE:CONSENT_REQUIRED", "DATES:CONSENT_REQUIRED",
                                   "PLACEMENT_TYPE:CONSENT_REQUIRED", "E:CONSENT_REQUIRED"));
  EXPECT_THAT(pulled->SerializeAsString(), Not(HasSubstr("text of E")));

  ASSERT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(WithdrawalOf(consent->consent()))), "OK");
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child))),
            "NOT_AVAILABLE");
}

TEST_F(PlanTest, WithdrawalInPartLeavesTheRest) {
  const std::string child = NewChild();
  auto consent = caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"C", "G"}));
  ASSERT_TRUE(consent.ok());
  v1::WithdrawConsentRequest withdrawal = WithdrawalOf(consent->consent());
  withdrawal.add_scopes()->set_record_type("EHC_PLAN");
  withdrawal.mutable_scopes(0)->add_parts("C");
  ASSERT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(withdrawal)), "OK");
  auto pulled = paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  EXPECT_FALSE(pulled->plan_summary().has_health_needs());
  EXPECT_EQ(pulled->plan_summary().health_provision().text(), "text of G v1");
}

TEST_F(PlanTest, OnlyTheOneWhoDecidesOpensAnything) {
  const std::string child = NewChild();
  EXPECT_EQ(ReasonIn(caseworker_.consents.RecordConsent(ConsentOf(child, "neighbour", {"C"}))),
            "NOT_DECISION_MAKER");
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child))),
            "NOT_AVAILABLE");
}

TEST_F(PlanTest, CommissionerReadsByRightWhateverIsSaid) {
  const std::string child = NewChild();
  const auto asked = PlanForCommissioner(
      child, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_F, v1::PLAN_SECTION_CODE_I});
  EXPECT_NE(ReasonIn(commissioner_.records.GetPlan(asked)), "OK") << "not yet its commissioner";
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  auto read = commissioner_.records.GetPlan(asked);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(SectionsIn(read->plan()),
              UnorderedElementsAre("text of C v1", "text of F v1", "text of I v1"));
  EXPECT_EQ(read->disclosure().custodian(), "agencies/bromley");
  EXPECT_EQ(read->disclosure().unit(), "send");
  EXPECT_EQ(read->disclosure().badge(), v1::BADGE_FINAL);
  EXPECT_EQ(read->disclosure().contact().display_name(), "A Caseworker");
  EXPECT_TRUE(read->disclosure().withheld().empty());

  ASSERT_EQ(ReasonIn(caseworker_.consents.RecordConsent(
                ConsentOf(child, "mother", {"C", "F", "I"}, v1::CONSENT_STATE_REFUSED))),
            "OK");
  EXPECT_EQ(ReasonIn(commissioner_.records.GetPlan(asked)), "OK") << "a refusal changes nothing";
}

TEST_F(PlanTest, RestrictedAddressNeverLeaves) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(child))), "OK");
  auto read = commissioner_.records.GetPlan(PlanForCommissioner(
      child, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_F, v1::PLAN_SECTION_CODE_I}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(SectionsIn(read->plan()), ElementsAre("text of C v1"));
  EXPECT_THAT(WithheldIn(read->disclosure()),
              UnorderedElementsAre("B_HEADLINE:LOCATION_NOT_CHECKED", "F:LOCATION_NOT_CHECKED",
                                   "I:PROTECTED"));
  EXPECT_EQ(read->disclosure().custodian(), "agencies/hub-relay");
  EXPECT_EQ(read->disclosure().unit(), "");
  EXPECT_FALSE(read->disclosure().has_contact());
  for (const char* telling : {"text of I", "text of F", "headline", "Bromley", "bromley"}) {
    EXPECT_THAT(read->SerializeAsString(), Not(HasSubstr(telling)));
  }

  const std::string cleared = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(cleared))), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(
                RestrictedAddressOf(cleared, {"agencies/south-east-london-icb"}))),
            "OK");
  read = commissioner_.records.GetPlan(PlanForCommissioner(cleared, {v1::PLAN_SECTION_CODE_I}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(SectionsIn(read->plan()), ElementsAre("text of I v1"));
}

TEST_F(PlanTest, NewestVersionIsRead) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  auto published =
      caseworker_.records.PublishPlan(PlanOf(child, "v2", absl::StrCat("plan-", serial)));
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->published().version(), 2u);
  auto read = commissioner_.records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_F}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(SectionsIn(read->plan()), ElementsAre("text of F v2"));
  EXPECT_EQ(read->disclosure().version(), 2u);
}

TEST_F(PlanTest, ReceiptIsHeldToAndVerifiesOffline) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  const Persona reader{"south-east-london-icb", "com-9", "COMMISSIONING_OFFICER", "commissioning"};
  const Clients clients = world().As(reader);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(
        ReasonIn(clients.records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_F}))),
        "OK");
  }
  ASSERT_TRUE(clients.hub.SettleReceipts().ok()) << clients.hub.SettleReceipts();
  const auto keys = ehchub::LoadLogKeys(world().ProfileOf(reader));
  ASSERT_TRUE(keys.ok()) << keys.status();
  auto report = ehchub::VerifyReceiptsFile(world().ReceiptsPath(reader), *keys);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->receipts, 3);
  EXPECT_EQ(report->proven, 3);
  EXPECT_THAT(report->problems, ::testing::IsEmpty());
}

TEST_F(PlanTest, AuditedEntriesAreTheLeavesOfTheLog) {
  const std::string child = NewChild();
  EXPECT_NE(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child))), "OK");
  v1::ListAuditEntriesRequest list;
  list.set_audience(v1::AUDIT_AUDIENCE_OFFICER);
  const Clients auditor = world().As(kAuditor);
  auto entries = auditor.audit.ListAuditEntries(list);
  ASSERT_TRUE(entries.ok()) << entries.status();
  auto checkpoint = auditor.audit.GetCheckpoint({});
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  ASSERT_GT(entries->entries_size(), 10);
  for (const v1::AuditEntry& entry : entries->entries()) {
    if (entry.index() >= checkpoint->checkpoint().tree_size()) continue;
    EXPECT_TRUE(ehchub::VerifyAuditEntry(entry).ok()) << entry.index();
    v1::GetInclusionProofRequest proof;
    proof.set_leaf_hash(entry.leaf_hash());
    proof.set_tree_size(checkpoint->checkpoint().tree_size());
    auto proven = auditor.audit.GetInclusionProof(proof);
    ASSERT_TRUE(proven.ok()) << proven.status();
    EXPECT_EQ(proven->leaf_index(), entry.index());
  }
}

}  // namespace
}  // namespace ehc
