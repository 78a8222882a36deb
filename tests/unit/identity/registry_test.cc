#include "server/identity/registry.h"

#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/identity/refusal.h"
#include "tests/unit/identity/identity_fixture.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

class RegistryTest : public IdentityTest {
 protected:
  absl::Status Admit(absl::string_view pem) const { return registry_.AdmitPeer(pem, now_); }

  void ExpectRefused(absl::string_view pem, const std::string& why) const {
    const absl::Status status = Admit(pem);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
    EXPECT_EQ(RefusalReason(status), "CREDENTIAL_REVOKED");
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }
};

TEST_F(RegistryTest, EnrolledPeerIsAdmitted) {
  EXPECT_TRUE(Admit(bromley_.pem()).ok()) << Admit(bromley_.pem());
  EXPECT_TRUE(Admit(bromley_.pem() + Pki().ca_pem()).ok());
}

TEST_F(RegistryTest, NobodyIsAdmittedBeforeTheFirstLoad) {
  const AgencyRegistry empty;
  EXPECT_EQ(RefusalReason(empty.AdmitPeer(bromley_.pem(), now_)), "CREDENTIAL_REVOKED");
}

TEST_F(RegistryTest, UnenrolledAgencyIsRefused) {
  ExpectRefused(Pki().MintAgency("unenrolled").certificate_pem, "not enrolled");
}

TEST_F(RegistryTest, UnenrolledKeyOfAnEnrolledAgencyIsRefused) {
  ExpectRefused(Pki().MintAgency("bromley").certificate_pem, "not enrolled");
}

TEST_F(RegistryTest, CertificateThatBreaksARuleIsRefusedEvenIfEnrolled) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.extended_key_usage = "";
  const std::string pem = Pki().Mint(leaf).certificate_pem;
  credentials_.push_back(CertificateRow("bromley", pem));
  Publish();
  ExpectRefused(pem, "clientAuth");
}

TEST_F(RegistryTest, RevokedCertificateIsRefused) {
  BromleysCertificate().value.set_state(hub::v1::CREDENTIAL_STATE_REVOKED);
  Publish();
  ExpectRefused(bromley_.pem(), "revoked");
}

TEST_F(RegistryTest, CertificateOfUnknownStateIsRefused) {
  BromleysCertificate().value.clear_state();
  Publish();
  ExpectRefused(bromley_.pem(), "revoked");
}

TEST_F(RegistryTest, EnrolmentOutsideItsDatesIsRefused) {
  SetTime(now_ - absl::Seconds(1), BromleysCertificate().value.mutable_not_after());
  Publish();
  ExpectRefused(bromley_.pem(), "not in force");
  BromleysCertificate().value.clear_not_after();
  SetTime(now_ + absl::Seconds(1), BromleysCertificate().value.mutable_not_before());
  Publish();
  ExpectRefused(bromley_.pem(), "not in force");
}

TEST_F(RegistryTest, CertificateEnrolledForAnotherAgencyIsRefused) {
  BromleysCertificate().agency = AgencyId("kings-park-nhs-trust");
  Publish();
  ExpectRefused(bromley_.pem(), "another agency");
}

TEST_F(RegistryTest, SuspendedAgencyIsRefusedAsSuch) {
  BromleysAgency().set_state(hub::v1::AGENCY_STATE_SUSPENDED);
  Publish();
  const absl::Status status = Admit(bromley_.pem());
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(RefusalReason(status), "AGENCY_SUSPENDED");
  EXPECT_TRUE(Admit(trust_.pem()).ok());
}

TEST_F(RegistryTest, AgencyOfUnknownStateIsRefused) {
  BromleysAgency().clear_state();
  Publish();
  EXPECT_EQ(RefusalReason(Admit(bromley_.pem())), "AGENCY_SUSPENDED");
}

TEST_F(RegistryTest, UnitOfACertificateMustExistAndBeTheOneEnrolled) {
  const std::string unknown = Pki().MintAgency("bromley", "housing").certificate_pem;
  const std::string send = Pki().MintAgency("bromley", "send").certificate_pem;
  credentials_.push_back(CertificateRow("bromley", unknown));
  credentials_.push_back(CertificateRow("bromley", send));
  Publish();
  ExpectRefused(unknown, "a unit that its agency does not have");
  EXPECT_TRUE(Admit(send).ok());
  credentials_.back().value.set_unit("social-care");
  Publish();
  ExpectRefused(send, "another unit");
}

TEST_F(RegistryTest, EntriesThatCannotBeUnderstoodAreLeftOutAndCounted) {
  const int credentials = static_cast<int>(credentials_.size());
  credentials_.push_back(CertificateRow("nowhere", Pki().MintAgency("nowhere").certificate_pem));
  credentials_.push_back(AssertionKeyRow("bromley", bromley_.assertion_key.public_pem));
  credentials_.back().value.set_public_key_pem("not a key");
  agencies_.emplace_back().set_name("bromley");
  const auto data = RegistryData::Create(agencies_, credentials_, 9);
  EXPECT_EQ(data->left_out(), 3);
  EXPECT_EQ(data->position(), 9u);
  EXPECT_EQ(credentials, 4);
  EXPECT_NE(data->FindAgency("bromley"), nullptr);
  EXPECT_EQ(data->FindAgency("nowhere"), nullptr);
}

TEST_F(RegistryTest, AgencyIsDescribedAsPolicyNamesIt) {
  const RegisteredAgency* agency = registry_.Current().FindAgency("bromley");
  ASSERT_NE(agency, nullptr);
  EXPECT_EQ(agency->type, "LOCAL_AUTHORITY");
  EXPECT_EQ(agency->region, "305");
  EXPECT_TRUE(agency->units.contains("send"));
  EXPECT_EQ(agency->assertion_keys.size(), 1u);
}

TEST_F(RegistryTest, OlderDataNeverReplacesNewer) {
  const auto older = RegistryData::Create(agencies_, credentials_, position_);
  BromleysCertificate().value.set_state(hub::v1::CREDENTIAL_STATE_REVOKED);
  Publish();
  registry_.Publish(older);
  ExpectRefused(bromley_.pem(), "revoked");
}

TEST_F(RegistryTest, RevocationIsSeenByEveryThreadAtOnce) {
  EXPECT_TRUE(Admit(bromley_.pem()).ok());
  BromleysCertificate().value.set_state(hub::v1::CREDENTIAL_STATE_REVOKED);
  std::thread([this] { Publish(); }).join();
  ExpectRefused(bromley_.pem(), "revoked");
}

}  // namespace
}  // namespace ehc
