// An agency's own keys, made where they will be used: the private ones never leave.
#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_KEY_MAKER_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_KEY_MAKER_H_

#include <string>

#include "absl/status/statusor.h"

namespace ehchub::internal {

struct NewKeys {
  std::string tls_key_pem;           // P-256, PKCS #8, without a pass phrase
  std::string request_pem;           // PKCS #10, signed by it: one URI name, for use by a client
  std::string assertion_key_pem;     // P-256: signs who is acting
  std::string assertion_public_pem;  // what the hub's operator enrols
};

// For spiffe://hub.ehc/agency/`agency`, and its unit if `unit` is not empty. INVALID_ARGUMENT for
// what cannot be an id: lower-case letters, digits and single hyphens.
absl::StatusOr<NewKeys> MakeKeys(const std::string& agency, const std::string& unit);

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_KEY_MAKER_H_
