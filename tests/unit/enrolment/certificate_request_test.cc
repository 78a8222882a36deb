#include "server/enrolment/certificate_request.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/test_pki.h"
#include "tests/unit/enrolment/request_maker.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

const char kBromley[] = "spiffe://hub.ehc/agency/bromley";

std::string FaultOf(const std::string& pem) {
  const absl::Status status = CheckCertificateRequest(pem, kBromley);
  EXPECT_NE(status.code(), absl::StatusCode::kInternal);
  return status.ok() ? "" : std::string(status.message());
}

RequestSpec With(const std::string& name, const std::string& value) {
  RequestSpec spec;
  spec.extensions.emplace_back(name, value);
  return spec;
}

RequestSpec Instead(size_t which, const std::string& value) {
  RequestSpec spec;
  spec.extensions[which].second = value;
  return spec;
}

TEST(CertificateRequestTest, GoodRequestsAreGood) {
  EXPECT_EQ(FaultOf(MakeRequest()), "");
  RequestSpec spec;
  spec.key = TestKeyKind::kRsa2048;
  EXPECT_EQ(FaultOf(MakeRequest(spec)), "");
  spec = {};
  spec.key = TestKeyKind::kP384;
  spec.digest = "SHA384";
  EXPECT_EQ(FaultOf(MakeRequest(spec)), "");
  EXPECT_EQ(FaultOf(MakeRequest(With("basicConstraints", "critical,CA:FALSE"))), "");
}

TEST(CertificateRequestTest, NameIsTheTokensAndNoOther) {
  EXPECT_THAT(FaultOf(MakeRequestFor("spiffe://hub.ehc/agency/oakfield-school")),
              HasSubstr("another name"));
  EXPECT_THAT(FaultOf(MakeRequestFor("spiffe://hub.ehc/agency/bromley/unit/send")),
              HasSubstr("another name"));
  EXPECT_THAT(FaultOf(MakeRequestFor("spiffe://hub.ehc/agency/*")), HasSubstr("another name"));
  EXPECT_THAT(FaultOf(MakeRequest(
                  Instead(0, absl::StrCat("URI:", kBromley, ",URI:spiffe://hub.ehc/agency/x")))),
              HasSubstr("exactly one name"));
  EXPECT_THAT(FaultOf(MakeRequest(Instead(0, absl::StrCat("URI:", kBromley, ",DNS:hub.ehc")))),
              HasSubstr("exactly one name"));
  EXPECT_THAT(FaultOf(MakeRequest(Instead(0, "DNS:bromley"))), HasSubstr("no URI"));
  RequestSpec none;
  none.extensions.erase(none.extensions.begin());
  EXPECT_THAT(FaultOf(MakeRequest(none)), HasSubstr("exactly one name"));
  none.extensions.clear();
  EXPECT_THAT(FaultOf(MakeRequest(none)), HasSubstr("extensions, once"));
}

TEST(CertificateRequestTest, WeakKeysAndSignaturesAreRefused) {
  RequestSpec spec;
  spec.key = TestKeyKind::kRsa1024;
  EXPECT_THAT(FaultOf(MakeRequest(spec)), HasSubstr("2048"));
  spec.key = TestKeyKind::kP224;
  EXPECT_THAT(FaultOf(MakeRequest(spec)), HasSubstr("P-256"));
  spec.key = TestKeyKind::kEd25519;
  EXPECT_THAT(FaultOf(MakeRequest(spec)), HasSubstr("neither EC nor RSA"));
  spec = {};
  spec.digest = "SHA1";
  EXPECT_THAT(FaultOf(MakeRequest(spec)), HasSubstr("digest"));
  spec = {};
  spec.signed_by_another = true;
  EXPECT_THAT(FaultOf(MakeRequest(spec)), HasSubstr("its own key"));
}

TEST(CertificateRequestTest, NothingElseMayBeAskedFor) {
  EXPECT_THAT(FaultOf(MakeRequest(With("basicConstraints", "critical,CA:TRUE"))),
              HasSubstr("authority"));
  EXPECT_THAT(FaultOf(MakeRequest(Instead(1, "critical,digitalSignature,keyCertSign"))),
              HasSubstr("key usage"));
  EXPECT_THAT(FaultOf(MakeRequest(Instead(2, "clientAuth,serverAuth"))), HasSubstr("clientAuth"));
  EXPECT_THAT(FaultOf(MakeRequest(Instead(2, "anyExtendedKeyUsage"))), HasSubstr("clientAuth"));
  EXPECT_THAT(FaultOf(MakeRequest(With("nsComment", "hello"))), HasSubstr("extension"));
  EXPECT_THAT(FaultOf(MakeRequest(With("nameConstraints", "permitted;DNS:hub"))),
              HasSubstr("extension"));
  EXPECT_THAT(FaultOf(MakeRequest(With("subjectAltName", absl::StrCat("URI:", kBromley)))),
              HasSubstr("twice"));
  RequestSpec spec;
  spec.has_challenge_password = true;
  EXPECT_THAT(FaultOf(MakeRequest(spec)), HasSubstr("nothing else"));
}

TEST(CertificateRequestTest, MalformedAndHugeOnesAreRefusedAsTheyStand) {
  const std::string good = MakeRequest();
  EXPECT_NE(FaultOf(""), "");
  EXPECT_NE(FaultOf("no request"), "");
  EXPECT_NE(FaultOf(good + good), "");
  EXPECT_NE(FaultOf("a comment\n" + good), "");
  EXPECT_NE(FaultOf(good + "more"), "");
  EXPECT_NE(FaultOf(good.substr(0, good.size() / 2)), "");
  EXPECT_THAT(FaultOf(good + std::string(kMaxCertificateRequest, '\n')), HasSubstr("8192"));
  const TestPki pki;
  EXPECT_NE(FaultOf(pki.MintAgency("bromley").certificate_pem), "");
  EXPECT_NE(FaultOf(pki.MintAgency("bromley").key_pem), "");
  // A flipped byte anywhere is never taken and never ends the process.
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    if (bad[i] == '\n' || good[i] == '\n') continue;
    EXPECT_NE(FaultOf(bad), "") << i;
  }
}

TEST(CertificateRequestTest, RefusalsNeverRepeatWhatWasSent) {
  const std::string fault = FaultOf(MakeRequestFor("spiffe://hub.ehc/agency/a-rather-odd-name"));
  EXPECT_THAT(fault, ::testing::Not(HasSubstr("odd-name")));
}

class IssuedTest : public ::testing::Test {
 protected:
  // A certificate of this leaf over `request`'s key cannot be minted by TestPki, whose keys are its
  // own: so the wrong ones are, and the development authority's test has the right one.
  absl::Status Check(const std::string& pem) const {
    return CheckIssued(pem, request_, kBromley, absl::Now());
  }

  const TestPki pki_;
  const std::string request_ = MakeRequest();
};

TEST_F(IssuedTest, AnotherKeyNameOrKindIsNotWhatWasAskedFor) {
  EXPECT_THAT(std::string(Check(pki_.MintAgency("bromley").certificate_pem).message()),
              HasSubstr("another key"));
  EXPECT_THAT(std::string(Check(pki_.MintAgency("oakfield-school").certificate_pem).message()),
              HasSubstr("another name"));
  EXPECT_FALSE(Check(pki_.ca_pem()).ok());
  EXPECT_FALSE(Check("").ok());
  EXPECT_FALSE(Check(request_).ok());
  EXPECT_FALSE(Check(std::string(70000, 'x')).ok());
  TestLeaf expired = AgencyLeaf("bromley");
  expired.not_after = absl::Now() - absl::Minutes(1);
  EXPECT_FALSE(Check(pki_.Mint(expired).certificate_pem).ok());
}

}  // namespace
}  // namespace ehc
