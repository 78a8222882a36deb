// Who knows whom: registering children, revoking credentials, and what each may see of the log.
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "client-sdk/src/internal/wire.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

class RegistryTest : public HubTest {
 protected:
  static v1::RegisterSubjectRequest TrustRegisters(int serial,
                                                   const std::string& born = "2016-05-04") {
    return Registration(serial, "community-paediatrics", born);
  }

  static v1::GetPlanRequest Read(const std::string& child) {
    return PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_I});
  }

  // What the trust finds out by registering a child and working with it.
  std::vector<std::string> Experience(int serial) {
    std::vector<std::string> seen;
    auto first = trust_.subjects.RegisterSubject(TrustRegisters(serial));
    auto second = trust_.subjects.RegisterSubject(TrustRegisters(serial));
    if (!first.ok() || !second.ok()) return {first.status().ToString()};
    seen.push_back(first->subject() == second->subject() ? "one name" : "two names");
    v1::CreateProtectionRequest protect = RestrictedAddressOf(SubjectOf(serial));
    protect.set_unit("community-paediatrics");
    seen.push_back(ReasonIn(trust_.subjects.CreateProtection(protect)));
    v1::ListProtectionsRequest list;
    list.set_subject(first->subject());
    auto listed = trust_.subjects.ListProtections(list);
    seen.push_back(listed.ok() ? absl::StrCat(listed->protections_size(), " protections")
                               : listed.status().ToString());
    v1::LinkIdentifierRequest link;
    link.set_unit("community-paediatrics");
    link.set_subject(first->subject());
    link.mutable_identifier()->set_type(v1::IDENTIFIER_TYPE_NHS_NUMBER);
    link.mutable_identifier()->set_value(NhsNumber(serial));
    auto linked = trust_.subjects.LinkIdentifier(link);
    seen.push_back(linked.ok() && linked->subject() == first->subject() ? "linked" : "not linked");
    return seen;
  }

  const Clients trust_ = world().As(kTrustRecords);
};

TEST_F(RegistryTest, ChildThatIsKnownElsewhereIsRegisteredLikeANewOne) {
  const int fresh = NewSerial(), known = NewSerial(), born_elsewhen = NewSerial();
  MakeChild(caseworker_, known);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(
                Registration(born_elsewhen, "send", "2011-01-01"))),
            "OK");
  const std::vector<std::string> nobody_knew = Experience(fresh);
  EXPECT_THAT(nobody_knew, ::testing::ElementsAre("one name", "OK", "1 protections", "linked"));
  EXPECT_EQ(Experience(known), nobody_knew);
  EXPECT_EQ(Experience(born_elsewhen), nobody_knew) << "a conflict is for the officer alone";
}

TEST_F(RegistryTest, ConflictingRegistrationTouchesNobodyElsesChild) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(TrustRegisters(serial, "2011-01-01"))), "OK");
  v1::CreateProtectionRequest protect = RestrictedAddressOf(child);
  protect.set_unit("community-paediatrics");
  ASSERT_EQ(ReasonIn(trust_.subjects.CreateProtection(protect)), "OK");
  auto read = commissioner_.records.GetPlan(Read(child));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->plan().sections_size(), 1) << "still bromley's child, unrestricted";
}

TEST_F(RegistryTest, ProtectionByAnotherAgencyHoldsForASharedChild) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(TrustRegisters(serial))), "OK");
  v1::CreateProtectionRequest protect = RestrictedAddressOf(child);
  protect.set_unit("community-paediatrics");
  ASSERT_EQ(ReasonIn(trust_.subjects.CreateProtection(protect)), "OK");
  auto read = commissioner_.records.GetPlan(Read(child));
  EXPECT_TRUE(!read.ok() || read->plan().sections().empty());
}

TEST_F(RegistryTest, WhatOthersRecordedIsNeitherListedNorEnded) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  auto protection = caseworker_.subjects.CreateProtection(RestrictedAddressOf(child));
  ASSERT_TRUE(protection.ok());
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(TrustRegisters(serial))), "OK");
  v1::ListProtectionsRequest list;
  list.set_subject(child);
  auto listed = trust_.subjects.ListProtections(list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->protections_size(), 0);
  v1::EndProtectionRequest end;
  end.set_name(protection->protection().name());
  EXPECT_NE(ReasonIn(world().As(kTrustGovernance).subjects.EndProtection(end)), "OK");
}

class AuditListTest : public HubTest {
 protected:
  using Fields = std::map<std::string, std::string>;

  static std::vector<Fields> List(const Clients& clients, v1::AuditAudience audience,
                                  const std::string& case_reference = "", int page_size = 200) {
    std::vector<Fields> entries;
    v1::ListAuditEntriesRequest request;
    request.set_audience(audience);
    request.set_case_reference(case_reference);
    request.set_page_size(page_size);
    do {
      auto page = clients.audit.ListAuditEntries(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::AuditEntry& entry : page->entries()) {
        Fields& fields = entries.emplace_back();
        for (const v1::AuditField& field : entry.fields()) fields[field.name()] = field.value();
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return entries;
  }

  void Pull(int serial, const std::string& case_reference) {
    v1::GetPlanSummaryRequest request = SummaryForTrust(SubjectOf(serial));
    request.mutable_context()->set_case_reference(case_reference);
    (void)paediatrician_.records.GetPlanSummary(request);
  }

  const Clients trust_governance_ = world().As(kTrustGovernance);
  const Clients governance_ = world().As(kGovernance);
};

TEST_F(AuditListTest, RefusedSearcherSeesTheSameOfAKnownAndAnUnknownChild) {
  const int known = NewSerial();
  MakeChild(caseworker_, known);
  Pull(known, "case-known");
  Pull(NewSerial(), "case-unknown");
  std::vector<Fields> views;
  for (const char* reference : {"case-known", "case-unknown"}) {
    std::vector<Fields> entries = List(trust_governance_, v1::AUDIT_AUDIENCE_SEARCHER, reference);
    ASSERT_EQ(entries.size(), 1u) << reference;
    EXPECT_EQ(entries[0]["answer"], "NOT_AVAILABLE");
    EXPECT_EQ(entries[0]["user"], "paed-9");
    for (const char* own :
         {"event_id", "recorded_at", "decision_id", "case_reference", "trace_id"}) {
      EXPECT_FALSE(entries[0][own].empty()) << own;
      entries[0][own] = "";
    }
    views.push_back(entries[0]);
  }
  EXPECT_EQ(views[0], views[1]);
}

TEST_F(AuditListTest, CustodianSeesWhyItsOwnChildrenWereRefusedAndNobodyElses) {
  const int known = NewSerial(), trusts_own = NewSerial();
  MakeChild(caseworker_, known);
  ASSERT_EQ(
      ReasonIn(world()
                   .As(kTrustRecords)
                   .subjects.RegisterSubject(Registration(trusts_own, "community-paediatrics"))),
      "OK");
  Pull(known, "custodian-known");
  Pull(NewSerial(), "custodian-unknown");
  Pull(trusts_own, "custodian-elsewhere");
  auto entries = List(governance_, v1::AUDIT_AUDIENCE_CUSTODIAN, "custodian-known");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0]["reason"], "CONSENT_REQUIRED");
  EXPECT_EQ(entries[0]["searcher_agency"], "kings-park-nhs-trust");
  EXPECT_TRUE(List(governance_, v1::AUDIT_AUDIENCE_CUSTODIAN, "custodian-unknown").empty());
  EXPECT_TRUE(List(governance_, v1::AUDIT_AUDIENCE_CUSTODIAN, "custodian-elsewhere").empty());
}

TEST_F(AuditListTest, DisclosureIsSeenByBothSidesAndTellsNoNumberOfTheHubs) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  ASSERT_EQ(ReasonIn(caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"C"}))), "OK");
  Pull(serial, "disclosed");
  for (const auto& [clients, audience] :
       {std::pair(&trust_governance_, v1::AUDIT_AUDIENCE_SEARCHER),
        std::pair(&governance_, v1::AUDIT_AUDIENCE_CUSTODIAN)}) {
    auto entries = List(*clients, audience, "disclosed");
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0]["answer"], "OK");
    EXPECT_EQ(entries[0]["released_parts"], "C");
    EXPECT_EQ(entries[0].count("subject"), 0u);
    EXPECT_EQ(entries[0].count("record"), 0u);
    EXPECT_EQ(entries[0].count("queried_identifier"), 0u);
  }
}

// The audit record that the domain asks for (IHE BALP's agents, entities and outcome, and the
// rest).
TEST_F(AuditListTest, AuditorSeesEveryFieldOfADisclosure) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  ASSERT_EQ(ReasonIn(caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"C"}))), "OK");
  v1::GetPlanSummaryRequest request = SummaryForTrust(child);
  request.mutable_context()->set_case_reference("every-field");
  request.mutable_context()->set_considered_by("paed-9");
  request.mutable_context()->set_detriment_assessment("none that we can see");
  ASSERT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(request)), "OK");
  auto entries = List(world().As(kAuditor), v1::AUDIT_AUDIENCE_OFFICER, "every-field");
  ASSERT_EQ(entries.size(), 1u);
  for (const char* field : {"event_id",
                            "trace_id",
                            "recorded_at",
                            "action",
                            "disclosure",
                            "outcome",
                            "answer",
                            "searcher_agency",
                            "searcher_unit",
                            "credential_fingerprint",
                            "user",
                            "role",
                            "custodian_agency",
                            "custodian_unit",
                            "subject",
                            "searcher_subject",
                            "custodian_subject",
                            "record",
                            "searcher_record",
                            "custodian_record",
                            "record_type",
                            "record_version",
                            "content_digest",
                            "released_parts",
                            "withheld_parts",
                            "purpose",
                            "lawful_basis",
                            "gateway",
                            "consent",
                            "agreement",
                            "agreement_version",
                            "policy_revision",
                            "clause",
                            "decision_id",
                            "case_reference",
                            "considered_by",
                            "detriment"}) {
    EXPECT_FALSE(entries[0][field].empty()) << field;
  }
  EXPECT_NE(entries[0]["searcher_record"], entries[0]["custodian_record"]) << "pairwise";
}

TEST_F(AuditListTest, PagesLeadToEveryEntry) {
  for (int i = 0; i < 5; ++i) Pull(NewSerial(), "paged");
  std::set<std::string> pulls;
  for (Fields& entry : List(trust_governance_, v1::AUDIT_AUDIENCE_SEARCHER, "paged", 2)) {
    if (entry["action"] == "GetPlanSummary") pulls.insert(entry["event_id"]);
  }
  EXPECT_EQ(pulls.size(), 5u) << "listing for a case is itself an entry of the case";
}

TEST_F(AuditListTest, NobodyReadsAsAnotherAudience) {
  v1::ListAuditEntriesRequest request;
  request.set_audience(v1::AUDIT_AUDIENCE_OFFICER);
  EXPECT_NE(ReasonIn(governance_.audit.ListAuditEntries(request)), "OK");
  EXPECT_NE(ReasonIn(world().As(kOperator).audit.ListAuditEntries(request)), "OK")
      << "an administrator is no auditor";
  EXPECT_EQ(ReasonIn(world().As(kAuditor).audit.ListAuditEntries(request)), "OK");
  request.set_audience(v1::AUDIT_AUDIENCE_SEARCHER);
  EXPECT_NE(ReasonIn(paediatrician_.audit.ListAuditEntries(request)), "OK")
      << "a clinician does not read the agency's log";
}

class RevocationTest : public HubTest {};

TEST_F(RevocationTest, RevokedCertificateIsCutAtOnceAndRefusedForEver) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"C"}))), "OK");
  ASSERT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child))), "OK");
  const auto& channel = paediatrician_.hub.wire()->channel();
  ASSERT_EQ(channel->GetState(false), GRPC_CHANNEL_READY);

  const Clients admin = world().As(kOperator);
  v1::ListCredentialsRequest list;
  list.set_parent("agencies/kings-park-nhs-trust");
  auto credentials = admin.admin.ListCredentials(list);
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  v1::RevokeCredentialRequest revoke;
  revoke.set_reason(v1::REVOCATION_REASON_KEY_COMPROMISED);
  for (const v1::Credential& credential : credentials->credentials()) {
    if (credential.kind() != v1::CREDENTIAL_KIND_TLS_CERTIFICATE) continue;
    revoke.set_name(credential.name());
    revoke.set_etag(credential.etag());
  }
  // Pulls that are under way while the revocation is acknowledged.
  std::atomic<bool> revoked = false, stop = false;
  std::atomic<int> after = 0;
  std::thread puller([&] {
    while (!stop) {
      const bool was_revoked = revoked;
      if (paediatrician_.records.GetPlanSummary(SummaryForTrust(child)).ok() && was_revoked) {
        ++after;
      }
    }
  });
  auto answer = admin.admin.RevokeCredential(revoke);
  revoked = true;
  const absl::Time acknowledged = absl::Now();
  EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(paediatrician_.records.GetPlanSummary(SummaryForTrust(child)).ok());
  while (channel->GetState(false) == GRPC_CHANNEL_READY &&
         absl::Now() < acknowledged + absl::Seconds(5)) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_NE(channel->GetState(false), GRPC_CHANNEL_READY) << "the open connection is cut";
  stop = true;
  puller.join();
  EXPECT_EQ(after, 0) << "calls begun after the acknowledgement";
  EXPECT_FALSE(world().As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(child)).ok());
  EXPECT_EQ(ReasonIn(admin.admin.RevokeCredential(revoke)), "STATE_CONFLICT");
}

}  // namespace
}  // namespace ehc
