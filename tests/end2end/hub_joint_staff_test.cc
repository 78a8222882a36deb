// Somebody whom two bodies employ has two identities, and uses one in each call: none of what one
// may do, has asked or was told flows to the other.
#include <fstream>
#include <set>

#include "client-sdk/src/internal/assertion.h"
#include "client-sdk/src/internal/wire.h"
#include "ehc/hub/v1/record_exchange_service.grpc.pb.h"
#include "server/base/status_macros.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

// One person, by the same user id at both.
const Persona kAtTheAuthority{"bromley", "joint-7", "SOCIAL_WORKER", "social-care"};
const Persona kAtTheTrust{"kings-park-nhs-trust", "joint-7", "COMMUNITY_PAEDIATRICIAN",
                          "community-paediatrics"};

class JointStaffTest : public HubTest {
 protected:
  static std::string Read(const std::string& path) {
    std::ifstream in(path);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

  // As `persona`'s agency signs, bound to the certificate of `bound_to`.
  static std::string Token(const Persona& persona, const Persona& bound_to) {
    const auto signer =
        ehchub::AssertionSigner::FromPem(Read(world().ProfileOf(persona).assertion_key_path));
    EHC_CHECK(signer.ok());
    const ehchub::AssertedPerson person{persona.agency, persona.user, persona.role,
                                        persona.unit,   "2099-12-31", true};
    return signer
        ->Mint(person, {HubWorld::audience(), Read(world().ProfileOf(bound_to).certificate_path),
                        absl::Now()})
        .value();
  }

  // Over `connection`'s certificate, with exactly these assertions.
  static grpc::Status Ask(const Persona& connection, const std::vector<std::string>& tokens) {
    const Clients clients = world().As(connection);
    auto stub = v1::RecordExchangeService::NewStub(clients.hub.wire()->channel());
    grpc::ClientContext context;
    for (const std::string& token : tokens) context.AddMetadata("ehc-assertion", token);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    v1::GetPlanSummaryResponse response;
    return stub->GetPlanSummary(&context, SummaryForTrust(SubjectOf(9999)), &response);
  }
};

TEST_F(JointStaffTest, AssertionWorksWithItsOwnAgencysCertificateAlone) {
  const std::string trust = Token(kAtTheTrust, kAtTheTrust);
  EXPECT_NE(Ask(kAtTheTrust, {trust}).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  const grpc::Status elsewhere = Ask(kAtTheAuthority, {trust});
  EXPECT_EQ(elsewhere.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  // Bound to the other certificate: still signed by the wrong agency.
  EXPECT_EQ(Ask(kAtTheAuthority, {Token(kAtTheTrust, kAtTheAuthority)}).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  // Signed by the right agency, bound to the other's certificate.
  EXPECT_EQ(Ask(kAtTheAuthority, {Token(kAtTheAuthority, kAtTheTrust)}).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  // Both at once.
  const grpc::Status both = Ask(kAtTheAuthority, {Token(kAtTheAuthority, kAtTheAuthority), trust});
  EXPECT_EQ(both.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_THAT(both.error_message(), HasSubstr("one"));
  // A refused one spoils nothing.
  EXPECT_NE(Ask(kAtTheTrust, {trust}).error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(JointStaffTest, NothingOfOneIdentityIsTheOthers) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"C"}))), "OK");
  const Clients at_trust = world().As(kAtTheTrust), at_authority = world().As(kAtTheAuthority);
  v1::GetPlanSummaryRequest request = SummaryForTrust(child);
  ASSERT_EQ(ReasonIn(at_trust.records.GetPlanSummary(request)), "OK");
  EXPECT_NE(ReasonIn(at_authority.records.GetPlanSummary(request)), "OK")
      << "consent to the trust is no consent to the authority's social care";

  // Names of children are the agency's: the other's is nobody.
  const auto registered =
      world()
          .As(kTrustRecords)
          .subjects.RegisterSubject(Registration(NewSerial(), "community-paediatrics"));
  ASSERT_TRUE(registered.ok()) << registered.status();
  request.set_subject(registered->subject());
  EXPECT_EQ(ReasonIn(at_authority.records.GetPlanSummary(request)),
            ReasonIn(at_authority.records.GetPlanSummary(SummaryForTrust(SubjectOf(9998)))));

  // What was asked in one capacity is in that agency's log alone.
  const auto searchers = [](const Clients& clients) {
    v1::ListAuditEntriesRequest list;
    list.set_audience(v1::AUDIT_AUDIENCE_SEARCHER);
    list.set_page_size(200);
    std::set<std::string> agencies;
    do {
      const auto page = clients.audit.ListAuditEntries(list);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::AuditEntry& entry : page->entries()) {
        for (const v1::AuditField& field : entry.fields()) {
          if (field.name() == "searcher_agency") agencies.insert(field.value());
        }
      }
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    return agencies;
  };
  EXPECT_EQ(searchers(world().As(kTrustGovernance)), std::set<std::string>{"kings-park-nhs-trust"});
  EXPECT_EQ(searchers(world().As(kGovernance)), std::set<std::string>{"bromley"});
}

TEST_F(JointStaffTest, RequestIdsOfOneAreNotTheOthers) {
  v1::RegisterSubjectRequest request = Registration(NewSerial(), "community-paediatrics");
  request.set_request_id("00000000-0000-4000-8000-0000000000a7");
  Persona records_at_trust = kAtTheTrust, records_at_authority = kAtTheAuthority;
  records_at_trust.role = records_at_authority.role = "RECORDS_OFFICER";
  records_at_authority.unit = "send";
  ASSERT_EQ(ReasonIn(world().As(records_at_trust).subjects.RegisterSubject(request)), "OK");
  v1::RegisterSubjectRequest other = Registration(NewSerial());
  other.set_request_id(request.request_id());
  EXPECT_EQ(ReasonIn(world().As(records_at_authority).subjects.RegisterSubject(other)), "OK")
      << "REQUEST_ID_REUSED would tell of the trust's call";
}

}  // namespace
}  // namespace ehc
