#include "server/enrolment/registrar.h"

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"
#include "server/base/status_macros.h"
#include "server/enrolment/certificate_request.h"
#include "server/identity/certificate.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/test_pki.h"
#include "tests/unit/enrolment/request_maker.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

const char kId[] = "0123456789abcdefghjkmnpqrs";
const char kOtherId[] = "zzzzzzzzzzzzzzzzzzzzzzzzzz";
const char kSecret[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

// Counts, and can be made to fail or to wait.
class CountingAuthority final : public CertificateAuthority {
 public:
  explicit CountingAuthority(CertificateAuthority& real) : real_(real) {}
  absl::StatusOr<std::optional<std::string>> Sign(const EnrolmentTicket& ticket,
                                                  const std::string& request_pem) override {
    ++asked;
    if (fails) return absl::UnavailableError("no");
    if (waits) return std::optional<std::string>();
    if (!answers.empty()) return std::optional<std::string>(answers);
    return real_.Sign(ticket, request_pem);
  }

  std::atomic<int> asked{0};
  bool fails = false;
  bool waits = false;
  std::string answers;

 private:
  CertificateAuthority& real_;
};

// An authority that `openssl` made: TestPki keeps its key to itself.
class RegistrarTest : public ::testing::Test {
 protected:
  RegistrarTest() {
    const std::string make = absl::StrCat(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "
        "/CN=t ",
        "-addext keyUsage=critical,keyCertSign -keyout ", folder_.path(), "/ca.key -out ",
        folder_.path(), "/ca.pem 2>/dev/null");
    EHC_CHECK(system(make.c_str()) == 0);
    chmod((folder_.path() + "/ca.key").c_str(), 0600);
    real_ = *MakeDevelopmentAuthority(folder_.path() + "/ca.pem", folder_.path() + "/ca.key", 90);
    authority_ = std::make_unique<CountingAuthority>(*real_);
    EHC_CHECK(spool_.Keep({Ticket(kId, kSecret)}).ok());
  }

  EnrolmentTicket Ticket(const std::string& id, const std::string& secret) const {
    return {id, "bromley", "", HexEncode(DigestView(Sha256(secret))),
            absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())) + absl::Hours(1)};
  }

  absl::StatusOr<std::optional<std::string>> Ask(const std::string& token,
                                                 const std::string& request,
                                                 const std::string& key = "") {
    return Registrar(spool_, *authority_, clock_).Ask(token, {request, key});
  }
  std::string Token() const { return absl::StrCat(kId, ".", kSecret); }

  ScratchFolder folder_;
  EnrolmentSpool spool_ = *EnrolmentSpool::Open(folder_.path());
  std::unique_ptr<CertificateAuthority> real_;
  std::unique_ptr<CountingAuthority> authority_;
  ManualClock clock_{absl::Now()};
};

TEST_F(RegistrarTest, GoodRequestIsSignedOnceAndAnsweredAlikeForAsLongAsTheTokenLasts) {
  const std::string request = MakeRequest();
  const auto issued = Ask(Token(), request);
  ASSERT_TRUE(issued.ok()) << issued.status();
  ASSERT_TRUE(issued->has_value());
  EXPECT_TRUE(CheckIssued(**issued, request, AgencySpiffeId("bromley"), clock_.Now()).ok());
  const auto again = Ask(Token(), request);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(**again, **issued);
  EXPECT_EQ(authority_->asked, 1);
  clock_.Advance(absl::Hours(2));
  EXPECT_TRUE(absl::IsPermissionDenied(Ask(Token(), request).status()));
}

TEST_F(RegistrarTest, EveryTokenThatDoesNotServeIsRefusedInTheSameWords) {
  const std::string request = MakeRequest();
  ASSERT_TRUE(spool_.Keep({Ticket(kId, kSecret), Ticket(kOtherId, "another")}).ok());
  const std::string wrong_tokens[] = {"",
                                      ".",
                                      kId,
                                      absl::StrCat(kId, "."),
                                      absl::StrCat(kId, ".wrong"),
                                      absl::StrCat(kId, ".", kSecret, "x"),
                                      absl::StrCat(kOtherId, ".", kSecret),
                                      absl::StrCat("aaaaaaaaaaaaaaaaaaaaaaaaaa.", kSecret),
                                      absl::StrCat("../tickets.", kSecret)};
  std::string said;
  for (const std::string& token : wrong_tokens) {
    const absl::Status status = Ask(token, request).status();
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    if (said.empty()) said = std::string(status.message());
    EXPECT_EQ(std::string(status.message()), said);
  }
  EXPECT_EQ(authority_->asked, 0);
  EXPECT_FALSE(spool_.RequestOf(kId)->has_value()) << "a wrong token spends nothing";
  ASSERT_TRUE(Ask(Token(), request).ok());
  EXPECT_EQ(std::string(Ask(Token(), MakeRequest()).status().message()), said) << "reused";
  ASSERT_TRUE(spool_.Keep({}).ok());
  EXPECT_EQ(std::string(Ask(Token(), request).status().message()), said) << "taken back";
}

TEST_F(RegistrarTest, ExpiredTokenIsRefusedAtItsVeryEnd) {
  const absl::Time end = spool_.FindTicket(kId)->expires_at;
  clock_.Set(end);
  EXPECT_TRUE(absl::IsPermissionDenied(Ask(Token(), MakeRequest()).status()));
  clock_.Set(end - absl::Seconds(1));
  EXPECT_TRUE(Ask(Token(), MakeRequest()).ok());
}

TEST_F(RegistrarTest, RequestThatTheTokenDoesNotCoverLeavesItUnused) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      Ask(Token(), MakeRequestFor("spiffe://hub.ehc/agency/oakfield-school")).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Ask(Token(), "garbage").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Ask(Token(), MakeRequest(), "garbage").status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(Ask(Token(), MakeRequest(), MintAssertionKey().private_pem).status()))
      << "a private key is not sent";
  EXPECT_EQ(authority_->asked, 0);
  EXPECT_FALSE(spool_.RequestOf(kId)->has_value());
  EXPECT_TRUE(Ask(Token(), MakeRequest(), MintAssertionKey().public_pem).ok());
}

TEST_F(RegistrarTest, OfManyRequestsAtOnceOneIsSigned) {
  std::vector<std::thread> threads;
  std::atomic<int> issued{0}, refused{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto answer = Ask(Token(), MakeRequest());
      if (answer.ok() && answer->has_value()) ++issued;
      if (absl::IsPermissionDenied(answer.status())) ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(issued, 1);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(authority_->asked, 1);
}

TEST_F(RegistrarTest, WhatWasSpentBeforeACrashIsIssuedToTheSameRequestAlone) {
  const std::string request = MakeRequest();
  ASSERT_TRUE(spool_.Spend(kId, {request, ""}).ok());  // and then the process was killed
  EXPECT_TRUE(absl::IsPermissionDenied(Ask(Token(), MakeRequest()).status()));
  const auto issued = Ask(Token(), request);
  ASSERT_TRUE(issued.ok()) << issued.status();
  EXPECT_TRUE(issued->has_value());
}

TEST_F(RegistrarTest, AuthorityThatFailsOrWaitsIsAskedAgainWithTheSame) {
  const std::string request = MakeRequest();
  authority_->fails = true;
  EXPECT_TRUE(absl::IsUnavailable(Ask(Token(), request).status()));
  authority_->fails = false;
  authority_->waits = true;
  const auto pending = Ask(Token(), request);
  ASSERT_TRUE(pending.ok()) << pending.status();
  EXPECT_FALSE(pending->has_value());
  EXPECT_TRUE(absl::IsPermissionDenied(Ask(Token(), MakeRequest()).status()));
  authority_->waits = false;
  const auto issued = Ask(Token(), request);
  ASSERT_TRUE(issued.ok());
  EXPECT_TRUE(issued->has_value());
}

TEST_F(RegistrarTest, CertificateOfAnotherKeyOrNameIsNeverHandedOut) {
  const TestPki pki;
  const std::string request = MakeRequest();
  authority_->answers = pki.MintAgency("bromley").certificate_pem;  // over another key
  EXPECT_TRUE(absl::IsUnavailable(Ask(Token(), request).status()));
  authority_->answers = pki.MintAgency("oakfield-school").certificate_pem;
  EXPECT_TRUE(absl::IsUnavailable(Ask(Token(), request).status()));
  authority_->answers = "half a fi";
  EXPECT_TRUE(absl::IsUnavailable(Ask(Token(), request).status()));
  EXPECT_FALSE(spool_.IssuedFor(kId)->has_value());
  authority_->answers.clear();
  EXPECT_TRUE(Ask(Token(), request)->has_value());
}

TEST_F(RegistrarTest, RequestAsksForAUnitOnlyWithATokenForIt) {
  EnrolmentTicket ticket = Ticket(kId, kSecret);
  ticket.unit = "send";
  ASSERT_TRUE(spool_.Keep({ticket}).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(Ask(Token(), MakeRequest()).status()));
  EXPECT_TRUE(
      Ask(Token(), MakeRequestFor("spiffe://hub.ehc/agency/bromley/unit/send"))->has_value());
}

class AuthorityTest : public ::testing::Test {
 protected:
  EnrolmentTicket ticket_{kId, "bromley", "", std::string(64, '0'), absl::InfiniteFuture()};
  ScratchFolder folder_;

  std::string Script(const std::string& body) const {
    const std::string path = folder_.path() + "/sign";
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    chmod(path.c_str(), 0700);
    return path;
  }
};

TEST_F(AuthorityTest, DropFolderHoldsTheRequestUntilSomebodyAnswers) {
  const auto authority = *MakeDropFolderAuthority(folder_.path());
  const auto pending = authority->Sign(ticket_, "the request");
  ASSERT_TRUE(pending.ok()) << pending.status();
  EXPECT_FALSE(pending->has_value());
  std::ifstream in(folder_.path() + "/" + kId + ".csr");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "the request");
  std::ofstream(folder_.path() + "/" + kId + ".pem") << "the certificate";
  EXPECT_EQ(**authority->Sign(ticket_, "the request"), "the certificate");
  EXPECT_FALSE(MakeDropFolderAuthority(folder_.path() + "/nowhere").ok());
}

TEST_F(AuthorityTest, CommandGetsTwoFilesAndNoShell) {
  const auto authority = *MakeCommandAuthority(Script("cp \"$1\" \"$2\"; test $# = 2"));
  EXPECT_EQ(**authority->Sign(ticket_, "$(touch /tmp/never); the request"),
            "$(touch /tmp/never); the request");
  EXPECT_FALSE((*MakeCommandAuthority(Script("exit 3")))->Sign(ticket_, "r").ok());
  EXPECT_FALSE((*(*MakeCommandAuthority(Script("exit 0")))->Sign(ticket_, "r")).has_value());
  const absl::Time before = absl::Now();
  EXPECT_FALSE((*MakeCommandAuthority(Script("exec sleep 60"), absl::Milliseconds(200)))
                   ->Sign(ticket_, "r")
                   .ok());
  EXPECT_LT(absl::Now() - before, absl::Seconds(20));
  EXPECT_FALSE(MakeCommandAuthority("sign").ok()) << "by its whole path";
  EXPECT_FALSE(MakeCommandAuthority("/nowhere/sign").ok());
}

TEST_F(AuthorityTest, DevelopmentAuthorityRefusesAKeyThatOthersMayRead) {
  const TestPki pki;
  const TestCertificate leaf = pki.MintAgency("bromley");
  std::ofstream(folder_.path() + "/a.pem") << leaf.certificate_pem;
  std::ofstream(folder_.path() + "/a.key") << leaf.key_pem;
  chmod((folder_.path() + "/a.key").c_str(), 0644);
  auto made = MakeDevelopmentAuthority(folder_.path() + "/a.pem", folder_.path() + "/a.key", 90);
  EXPECT_THAT(std::string(made.status().message()), HasSubstr("chmod 600"));
  chmod((folder_.path() + "/a.key").c_str(), 0600);
  made = MakeDevelopmentAuthority(folder_.path() + "/a.pem", folder_.path() + "/a.key", 90);
  EXPECT_THAT(std::string(made.status().message()), HasSubstr("no authority"));
}

}  // namespace
}  // namespace ehc
