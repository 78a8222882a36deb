// docs/formats/assertion.md promises that its shell block makes a token that the hub accepts. Run
// as written, on certificates made by certs-dev/make.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "tests/unit/identity/identity_fixture.h"

namespace ehc {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string ShellBlockOf(const std::string& page) {
  const size_t start = page.find("```sh\n") + 6;
  return page.substr(start, page.find("```", start) - start);
}

std::string Shell(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  char buffer[4096];
  while (const size_t size = fread(buffer, 1, sizeof(buffer), pipe)) output.append(buffer, size);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

TEST(OpensslExampleTest, TokenMadeByTheDocumentedCommandsIsAccepted) {
  const std::string root = absl::StrCat(::testing::TempDir(), "/openssl_example");
  const std::string pki = root + "/build/certs";
  std::filesystem::create_directories(pki);
  Shell(absl::StrCat("'", EHC_SOURCE_DIR, "/certs-dev/make' '", pki, "'"));
  std::ofstream(root + "/example.sh")
      << ShellBlockOf(ReadAll(absl::StrCat(EHC_SOURCE_DIR, "/docs/formats/assertion.md")));
  std::string token = Shell(absl::StrCat("cd '", root, "' && bash -euo pipefail example.sh"));
  ASSERT_TRUE(token.ends_with("\n"));
  token.pop_back();

  const std::string pem = ReadAll(pki + "/bromley.pem");
  AgencyRegistry registry;
  registry.Publish(RegistryData::Create(
      {AgencyRow("bromley", hub::v1::AGENCY_TYPE_LOCAL_AUTHORITY)},
      {CertificateRow("bromley", pem),
       AssertionKeyRow("bromley", ReadAll(pki + "/bromley.assertion.pub.pem"))},
      1));
  MemoryApprovalLedger approvals;
  Authenticator authenticator(registry, approvals, AuthenticatorOptions{kAudience});
  const auto caller = authenticator.Authenticate(pem, token, absl::Now());
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->person()->user, "u-1042");
  EXPECT_TRUE(caller->person()->strong_authentication);
}

// The development PKI's faults, as the hub sees them.
TEST(OpensslExampleTest, FaultsOfTheDevelopmentPkiAreRefused) {
  const std::string pki = absl::StrCat(::testing::TempDir(), "/dev_pki");
  std::filesystem::create_directories(pki);
  Shell(absl::StrCat("'", EHC_SOURCE_DIR, "/certs-dev/make' '", pki, "'"));
  for (const char* agency : {"bromley", "operator", "kings-park-nhs-trust", "bridge-care"}) {
    const auto parsed =
        ParsePeerCertificate(ReadAll(absl::StrCat(pki, "/", agency, ".pem")), absl::Now());
    ASSERT_TRUE(parsed.ok()) << agency << parsed.status();
    EXPECT_EQ(parsed->agency_id, agency);
  }
  for (const char* fault :
       {"no-san", "two-spiffe-ids", "wildcard", "other-trust-domain", "not-spiffe", "no-eku",
        "server-eku", "ca-as-leaf", "rsa-1024", "sha1", "expired", "not-yet-valid"}) {
    const std::string pem = ReadAll(absl::StrCat(pki, "/faults/", fault, ".pem"));
    ASSERT_FALSE(pem.empty()) << fault;
    EXPECT_FALSE(ParsePeerCertificate(pem, absl::Now()).ok()) << fault;
  }
}

}  // namespace
}  // namespace ehc
