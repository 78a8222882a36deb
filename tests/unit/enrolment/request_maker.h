// Certificate requests that are right, or wrong in exactly one way.
#ifndef EHC_TESTS_UNIT_ENROLMENT_REQUEST_MAKER_H_
#define EHC_TESTS_UNIT_ENROLMENT_REQUEST_MAKER_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/support/test_pki.h"

namespace ehc {

struct RequestSpec {
  TestKeyKind key = TestKeyKind::kP256;
  const char* digest = "SHA256";
  // By OpenSSL's short name and in its syntax.
  std::vector<std::pair<std::string, std::string>> extensions = {
      {"subjectAltName", "URI:spiffe://hub.ehc/agency/bromley"},
      {"keyUsage", "critical,digitalSignature"},
      {"extendedKeyUsage", "clientAuth"}};
  bool has_challenge_password = false;
  bool signed_by_another = false;
};

// In PEM. The key is thrown away.
std::string MakeRequest(const RequestSpec& spec = {});

// The same with this URI name.
std::string MakeRequestFor(const std::string& uri);

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_ENROLMENT_REQUEST_MAKER_H_
