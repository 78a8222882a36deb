// A small world for identity's tests: two agencies with real certificates and real assertion keys.
#ifndef EHC_TESTS_UNIT_IDENTITY_IDENTITY_FIXTURE_H_
#define EHC_TESTS_UNIT_IDENTITY_IDENTITY_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client-sdk/src/internal/assertion.h"
#include "gtest/gtest.h"
#include "server/base/signature.h"
#include "server/identity/authenticator.h"
#include "server/identity/certificate.h"
#include "server/identity/registry.h"
#include "tests/support/test_pki.h"

namespace ehc {

inline constexpr char kAudience[] = "hub.ehc";

inline const TestPki& Pki() {
  static const auto* const pki = new TestPki();
  return *pki;
}

// An agency with one certificate, one assertion key and the units "send" and "social-care".
struct TestAgency {
  explicit TestAgency(std::string name)
      : id(std::move(name)), certificate(Pki().MintAgency(id)), assertion_key(MintAssertionKey()) {}

  std::string id;
  TestCertificate certificate;
  TestAssertionKey assertion_key;

  const std::string& pem() const { return certificate.certificate_pem; }
  ehchub::AssertionSigner signer() const {
    return ehchub::AssertionSigner::FromPem(assertion_key.private_pem).value();
  }
};

inline void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  out->set_seconds(absl::ToUnixSeconds(time));
}

inline PutCredential CertificateRow(const std::string& agency, const std::string& pem) {
  PutCredential row;
  row.fingerprint = ReadCertificate(pem).value().fingerprint;
  row.agency = AgencyId(agency);
  row.value.set_kind(hub::v1::CREDENTIAL_KIND_TLS_CERTIFICATE);
  row.value.set_certificate_pem(pem);
  row.value.set_state(hub::v1::CREDENTIAL_STATE_ACTIVE);
  return row;
}

inline PutCredential AssertionKeyRow(const std::string& agency, const std::string& public_pem) {
  PutCredential row;
  row.fingerprint = absl::StrCat("key-", VerifyKey::FromPem(public_pem).value().key_id());
  row.agency = AgencyId(agency);
  row.value.set_kind(hub::v1::CREDENTIAL_KIND_ASSERTION_KEY);
  row.value.set_public_key_pem(public_pem);
  row.value.set_state(hub::v1::CREDENTIAL_STATE_ACTIVE);
  SetTime(absl::Now() - absl::Hours(1), row.value.mutable_not_before());
  SetTime(absl::Now() + absl::Hours(24), row.value.mutable_not_after());
  return row;
}

inline hub::v1::Agency AgencyRow(const std::string& name, hub::v1::AgencyType type) {
  hub::v1::Agency agency;
  agency.set_name("agencies/" + name);
  agency.set_type(type);
  agency.set_state(hub::v1::AGENCY_STATE_ACTIVE);
  for (const auto& [id, kind] :
       {std::pair("send", "SEND"), std::pair("social-care", "SOCIAL_CARE")}) {
    hub::v1::Unit* unit = agency.add_units();
    unit->set_unit_id(id);
    unit->set_kind(kind);
  }
  return agency;
}

class IdentityTest : public ::testing::Test {
 protected:
  IdentityTest() {
    agencies_.push_back(AgencyRow("bromley", hub::v1::AGENCY_TYPE_LOCAL_AUTHORITY));
    agencies_.back().set_region("305");
    agencies_.push_back(AgencyRow("kings-park-nhs-trust", hub::v1::AGENCY_TYPE_NHS_TRUST));
    for (const TestAgency* agency : {&bromley_, &trust_}) {
      credentials_.push_back(CertificateRow(agency->id, agency->pem()));
      credentials_.push_back(AssertionKeyRow(agency->id, agency->assertion_key.public_pem));
    }
    Publish();
  }

  void Publish() { registry_.Publish(RegistryData::Create(agencies_, credentials_, ++position_)); }

  // Rows, to be changed and published.
  PutCredential& BromleysCertificate() { return credentials_[0]; }
  PutCredential& BromleysKey() { return credentials_[1]; }
  hub::v1::Agency& BromleysAgency() { return agencies_[0]; }

  static ehchub::AssertedPerson Caseworker() {
    ehchub::AssertedPerson person;
    person.agency = "bromley";
    person.user = "u-1042";
    person.role = "SEND_CASEWORKER";
    person.unit = "send";
    return person;
  }

  ehchub::AssertionTerms Terms() const {
    ehchub::AssertionTerms terms;
    terms.audience = kAudience;
    terms.certificate_pem = bromley_.pem();
    terms.now = now_;
    return terms;
  }

  std::string Token() const { return bromley_.signer().Mint(Caseworker(), Terms()).value(); }

  absl::StatusOr<Caller> Authenticate(absl::string_view token) {
    return authenticator_.Authenticate(bromley_.pem(), token, now_);
  }

  TestAgency bromley_{"bromley"};
  TestAgency trust_{"kings-park-nhs-trust"};
  absl::Time now_ = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  std::vector<hub::v1::Agency> agencies_;
  std::vector<PutCredential> credentials_;
  uint64_t position_ = 0;
  AgencyRegistry registry_;
  MemoryApprovalLedger approvals_;
  Authenticator authenticator_{registry_, approvals_, AuthenticatorOptions{kAudience}};
};

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_IDENTITY_IDENTITY_FIXTURE_H_
