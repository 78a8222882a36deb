// The acting person's assertion: a JWT in compact form, as docs/formats/assertion.md defines it.
// Parsing believes nothing; whoever parses must also verify the signature and check the claims.
#ifndef EHC_SERVER_IDENTITY_ASSERTION_H_
#define EHC_SERVER_IDENTITY_ASSERTION_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/signature.h"
#include "server/model/date.h"

namespace ehc {

inline constexpr size_t kMaxAssertionSize = 4096;
inline constexpr absl::Duration kMaxAssertionLife = absl::Minutes(15);
inline constexpr absl::Duration kClockSkew = absl::Seconds(60);

struct Assertion {
  std::string key_id;  // header kid

  std::string issuer;                    // iss: the agency's id
  std::string user;                      // sub
  std::string audience;                  // aud
  std::string id;                        // jti
  absl::Time issued_at;                  // iat
  absl::Time expires_at;                 // exp
  std::optional<absl::Time> not_before;  // nbf
  std::string certificate_thumbprint;    // cnf."x5t#S256"
  std::string role;                      // ehc_role
  std::string unit;                      // ehc_unit
  std::optional<Date> training_until;    // ehc_training_until: the last good day
  bool strong_authentication = false;    // acr and amr say so, both
  std::string approval;                  // ehc_approval; empty: none

  std::string signed_part;  // what the signature covers
  std::string signature;    // 64 bytes
};

// What this hub, on this connection, at this moment, requires of an assertion.
struct AssertionBounds {
  absl::string_view audience;
  absl::string_view agency;
  absl::string_view certificate_thumbprint;
  absl::Time now;
};

// Strict: ES256 only, no critical or key-carrying headers, no duplicate names, one spelling of
// every byte, no unknown ehc_ claim. Errors name the header or claim and the rule, never a value.
absl::StatusOr<Assertion> ParseAssertion(absl::string_view token);

bool HasValidSignature(const Assertion& assertion, const VerifyKey& key);

absl::Status CheckBounds(const Assertion& assertion, const AssertionBounds& bounds);

// The moments between which CheckBounds finds the assertion in time, clock skew included.
absl::Time FirstGoodMoment(const Assertion& assertion);
absl::Time LastGoodMoment(const Assertion& assertion);

}  // namespace ehc

#endif  // EHC_SERVER_IDENTITY_ASSERTION_H_
