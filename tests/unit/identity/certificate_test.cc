#include "server/identity/certificate.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/test_pki.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

const TestPki& Pki() {
  static const auto* const pki = new TestPki();
  return *pki;
}

absl::StatusOr<PeerCertificate> Parse(const TestLeaf& leaf) {
  return ParsePeerCertificate(Pki().Mint(leaf).certificate_pem, absl::Now());
}

std::string WhyRefused(const TestLeaf& leaf) { return std::string(Parse(leaf).status().message()); }

TEST(CertificateTest, GoodCertificateIsRead) {
  const auto parsed = Parse(AgencyLeaf("kings-park-nhs-trust"));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->agency_id, "kings-park-nhs-trust");
  EXPECT_EQ(parsed->unit, "");
  EXPECT_EQ(parsed->fingerprint.size(), 64u);
  EXPECT_EQ(parsed->thumbprint.size(), 43u);
  EXPECT_EQ(parsed->key_type, "EC");
  EXPECT_EQ(parsed->key_bits, 256);
  EXPECT_EQ(parsed->curve, "prime256v1");
  EXPECT_EQ(parsed->signature_digest, "SHA256");
  EXPECT_TRUE(parsed->has_client_auth);
  EXPECT_FALSE(parsed->is_ca);
  EXPECT_LT(parsed->not_before, absl::Now());
  EXPECT_GT(parsed->not_after, absl::Now() + absl::Hours(23));
}

TEST(CertificateTest, UnitOfTheAgencyIsRead) {
  const auto parsed = Parse(AgencyLeaf("bromley", "youth-justice"));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->agency_id, "bromley");
  EXPECT_EQ(parsed->unit, "youth-justice");
}

TEST(CertificateTest, StrongKeysOfBothTypesAreAccepted) {
  for (const TestKeyKind kind : {TestKeyKind::kRsa2048, TestKeyKind::kP384}) {
    TestLeaf leaf = AgencyLeaf("bromley");
    leaf.key = kind;
    EXPECT_TRUE(Parse(leaf).ok()) << Parse(leaf).status();
  }
}

TEST(CertificateTest, TextAroundTheCertificateAndTheRestOfTheChainAreIgnored) {
  const std::string pem = Pki().MintAgency("bromley").certificate_pem;
  const auto alone = ParsePeerCertificate(pem, absl::Now());
  const auto chain =
      ParsePeerCertificate(absl::StrCat("a note\n", pem, Pki().ca_pem()), absl::Now());
  ASSERT_TRUE(alone.ok());
  ASSERT_TRUE(chain.ok()) << chain.status();
  EXPECT_EQ(alone->fingerprint, chain->fingerprint);
}

TEST(CertificateTest, WhatIsNoCertificateIsRefused) {
  for (const std::string& pem :
       {std::string(),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        Pki().MintAgency("bromley").key_pem, std::string(1 << 20, 'A'), std::string(100, '\0')}) {
    EXPECT_EQ(ParsePeerCertificate(pem, absl::Now()).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(CertificateTest, MissingSubjectAltNameIsRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.uris.clear();
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("no URI subject alternative name"));
}

TEST(CertificateTest, NamesOtherThanUrisAreNoIdentity) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.uris.clear();
  leaf.dns = {"bromley.gov.uk"};
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("no URI subject alternative name"));
}

TEST(CertificateTest, TwoUrisAreRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.uris.push_back(AgencySpiffeId("oakfield-school"));
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("more than one URI"));
  leaf.uris[1] = "https://bromley.gov.uk/";
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("more than one URI"));
}

TEST(CertificateTest, RepeatedSubjectAltNameExtensionIsRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.repeat_subject_alt_name = true;
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("repeated or unreadable"));
}

TEST(CertificateTest, WildcardIsRefused) {
  EXPECT_THAT(WhyRefused(AgencyLeaf("*")), HasSubstr("wildcard"));
}

TEST(CertificateTest, WhatIsNotAnAgencysSpiffeIdIsRefused) {
  for (const char* uri :
       {"https://hub.ehc/agency/bromley", "spiffe://elsewhere.example/agency/bromley",
        "spiffe://hub.ehc/agency/", "spiffe://hub.ehc/agency/Bromley",
        "spiffe://hub.ehc/agency/bromley/", "spiffe://hub.ehc/agency/bromley/unit/",
        "spiffe://hub.ehc/agency/bromley/unit/send/x", "spiffe://hub.ehc/agency/bromley/send",
        "spiffe://hub.ehc/agency/-bromley", "spiffe://hub.ehc/agency/brom--ley",
        "spiffe://hub.ehc/agency/bromley-", "spiffe://hub.ehc/agency/brom%6cey",
        "spiffe://hub.ehc/agency/..", "SPIFFE://hub.ehc/agency/bromley",
        "spiffe://hub.ehc:443/agency/bromley", "spiffe://hub.ehc/agency/bromley?x=1"}) {
    TestLeaf leaf = AgencyLeaf("bromley");
    leaf.uris = {uri};
    EXPECT_THAT(WhyRefused(leaf), HasSubstr("not an agency's SPIFFE id")) << uri;
  }
}

TEST(CertificateTest, AuthorityAsLeafIsRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.basic_constraints = "critical,CA:TRUE";
  leaf.key_usage = "critical,digitalSignature,keyCertSign";
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("certificate authority's"));
}

TEST(CertificateTest, KeyUsageForSigningCertificatesIsRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.key_usage = "critical,digitalSignature,keyCertSign";
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("certificate authority's"));
}

TEST(CertificateTest, MissingOrForeignExtendedKeyUsageIsRefused) {
  for (const char* usage : {"", "serverAuth", "anyExtendedKeyUsage"}) {
    TestLeaf leaf = AgencyLeaf("bromley");
    leaf.extended_key_usage = usage;
    EXPECT_THAT(WhyRefused(leaf), HasSubstr("clientAuth")) << usage;
  }
}

TEST(CertificateTest, KeyUsageWithoutSignaturesIsRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.key_usage = "critical,keyAgreement";
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("does not allow digital signatures"));
}

TEST(CertificateTest, WeakKeysAreRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.key = TestKeyKind::kRsa1024;
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("shorter than 2048 bits"));
  leaf.key = TestKeyKind::kP224;
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("shorter than 256 bits"));
}

TEST(CertificateTest, OtherKeyTypesAreRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.key = TestKeyKind::kEd25519;
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("neither EC nor RSA"));
}

TEST(CertificateTest, Sha1SignatureIsRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.digest = "SHA1";
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("SHA-1"));
}

TEST(CertificateTest, ExpiredCertificateIsRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.not_before = absl::Now() - absl::Hours(48);
  leaf.not_after = absl::Now() - absl::Hours(24);
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("expired"));
}

TEST(CertificateTest, FutureCertificateIsRefused) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.not_before = absl::Now() + absl::Hours(1);
  EXPECT_THAT(WhyRefused(leaf), HasSubstr("not valid yet"));
}

TEST(CertificateTest, BothDatesAreInclusive) {
  const auto parsed = Parse(AgencyLeaf("bromley"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(CheckCertificateDates(*parsed, parsed->not_before).ok());
  EXPECT_TRUE(CheckCertificateDates(*parsed, parsed->not_after).ok());
  EXPECT_FALSE(CheckCertificateDates(*parsed, parsed->not_before - absl::Seconds(1)).ok());
  EXPECT_FALSE(CheckCertificateDates(*parsed, parsed->not_after + absl::Seconds(1)).ok());
}

TEST(CertificateTest, RefusalsNeverRepeatTheCertificatesContents) {
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.uris = {"spiffe://elsewhere.example/agency/someones-name"};
  EXPECT_THAT(WhyRefused(leaf), ::testing::Not(HasSubstr("someones-name")));
}

}  // namespace
}  // namespace ehc
