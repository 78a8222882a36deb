// Makes the signed assertion that names the acting person (docs/formats/assertion.md).
#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_ASSERTION_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_ASSERTION_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace ehchub {

struct AssertedPerson {
  std::string agency;  // "bromley"
  std::string user;    // the agency's own user id; neither a name nor an e-mail address
  std::string role;    // a role code: "SENCO"
  std::string unit;    // "send"
  std::optional<std::string> training_until;  // the last good day, YYYY-MM-DD
  bool strong_authentication = false;         // a second factor was used
};

struct AssertionTerms {
  std::string audience;               // the hub's
  absl::string_view certificate_pem;  // the client certificate of the connection
  absl::Time now;
  absl::Duration life = absl::Minutes(10);  // at most 15 minutes
  // The bytes of the one request that this assertion approves; empty: no approval.
  std::optional<absl::string_view> approved_request;
  std::string id;  // jti; empty: a random one
};

// An agency's assertion key. Immutable, copyable (copies share the key), thread safe.
class AssertionSigner {
 public:
  // An unencrypted private key on P-256. Errors never contain key material.
  static absl::StatusOr<AssertionSigner> FromPem(absl::string_view private_key_pem);

  // INVALID_ARGUMENT if the certificate does not parse or life is not within (0, 15 minutes]. The
  // rest is the hub's to judge.
  absl::StatusOr<std::string> Mint(const AssertedPerson& person, const AssertionTerms& terms) const;

  // The compact JWS of two JSON texts, whatever they say.
  absl::StatusOr<std::string> SignCompact(absl::string_view header_json,
                                          absl::string_view claims_json) const;

  // The first 16 hex digits of the SHA-256 of the public key's DER: the header's kid.
  const std::string& key_id() const { return key_id_; }

 private:
  AssertionSigner(std::shared_ptr<evp_pkey_st> key, std::string key_id);

  std::shared_ptr<evp_pkey_st> key_;
  std::string key_id_;
};

// base64url, without padding, of the SHA-256 of the first certificate's DER (RFC 8705 section 3.1).
absl::StatusOr<std::string> CertificateThumbprint(absl::string_view certificate_pem);

// A name for an assertion that no other has.
absl::StatusOr<std::string> NewAssertionId();

// base64url, without padding, of the SHA-256 of `bytes`: what ehc_approval carries.
std::string ApprovalDigest(absl::string_view bytes);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_ASSERTION_H_
