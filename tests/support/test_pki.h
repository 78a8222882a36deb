// A public key infrastructure made in the test's own process, for certificates that are right or
// wrong in exactly one way. Keys never touch a disk.
#ifndef EHC_TESTS_SUPPORT_TEST_PKI_H_
#define EHC_TESTS_SUPPORT_TEST_PKI_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace ehc {

enum class TestKeyKind { kP256, kP224, kP384, kRsa2048, kRsa1024, kEd25519 };

struct TestCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

struct TestLeaf {
  std::vector<std::string> uris;  // URI subject alternative names
  std::vector<std::string> dns;
  std::vector<std::string> ips;
  absl::Time not_before = absl::Now() - absl::Hours(1);
  absl::Time not_after = absl::Now() + absl::Hours(24);
  TestKeyKind key = TestKeyKind::kP256;
  const char* digest = "SHA256";
  // In the syntax of OpenSSL's configuration files; empty: the extension is left out.
  std::string basic_constraints = "critical,CA:FALSE";
  std::string key_usage = "critical,digitalSignature";
  std::string extended_key_usage = "clientAuth";
  bool repeat_subject_alt_name = false;
};

// One certificate authority. Thread compatible.
class TestPki {
 public:
  // `name_constraints` of the root, in the syntax of OpenSSL's configuration files; empty: none.
  explicit TestPki(const std::string& name_constraints = "");
  ~TestPki();
  TestPki(const TestPki&) = delete;
  TestPki& operator=(const TestPki&) = delete;

  const std::string& ca_pem() const { return ca_pem_; }

  TestCertificate Mint(const TestLeaf& leaf) const;

  // A good client certificate of the agency, and of one of its units if given.
  TestCertificate MintAgency(absl::string_view agency, absl::string_view unit = "") const;

  // A good server certificate for localhost, 127.0.0.1 and ::1.
  TestCertificate MintServer() const;

  // A list of this authority in PEM with these certificates on it, in force until `next_update`.
  // `extension`, if any: one of the list's, by OpenSSL's short name and in its syntax.
  std::string MakeRevocationList(const std::vector<std::string>& revoked_pems,
                                 absl::Time next_update = absl::Now() + absl::Hours(24),
                                 const std::pair<std::string, std::string>& extension = {}) const;

 private:
  struct Authority;
  std::unique_ptr<Authority> authority_;
  std::string ca_pem_;
};

// A P-256 pair in PEM for signing assertions: the private key, and what an agency enrols.
struct TestAssertionKey {
  std::string private_pem;
  std::string public_pem;
};
TestAssertionKey MintAssertionKey();

// The leaf that MintAgency signs, for a test to spoil.
TestLeaf AgencyLeaf(absl::string_view agency, absl::string_view unit = "");

}  // namespace ehc

#endif  // EHC_TESTS_SUPPORT_TEST_PKI_H_
