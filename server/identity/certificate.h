// A peer's certificate, read and held to the hub's own rules. The chain is the TLS stack's
// business: only a certificate whose chain was verified may be believed.
#ifndef EHC_SERVER_IDENTITY_CERTIFICATE_H_
#define EHC_SERVER_IDENTITY_CERTIFICATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehc {

// An agency's certificate carries exactly one URI SAN, one of
//   spiffe://hub.ehc/agency/<agency>
//   spiffe://hub.ehc/agency/<agency>/unit/<unit>
inline constexpr absl::string_view kTrustDomain = "hub.ehc";

struct PeerCertificate {
  std::string fingerprint;  // lower-case hex SHA-256 of the DER: the key of the registry's entry
  std::string thumbprint;   // the same digest in base64url, as a cnf claim carries it (RFC 8705)
  std::vector<std::string> uris;         // every URI SAN, as it stands in the certificate
  std::optional<std::string> agency_id;  // when `uris` is exactly one agency's SPIFFE id
  std::string unit;                      // empty: speaks for the whole agency
  absl::Time not_before;
  absl::Time not_after;  // inclusive
  std::string key_type;  // "EC", "RSA"
  int key_bits = 0;
  std::string curve;  // OpenSSL's name of a named curve; empty for other keys
  bool is_ca = false;
  bool has_digital_signature = false;  // key usage allows it, or is absent
  bool has_client_auth = false;        // extended key usage; "any" and none at all are not enough
  std::string signature_digest;        // "SHA256"; empty when the algorithm has none (Ed25519)
  bool is_well_formed = false;         // no repeated or unreadable extension
};

// Reads the first certificate of `pem` without judging it. INVALID_ARGUMENT when there is none.
absl::StatusOr<PeerCertificate> ReadCertificate(absl::string_view pem);

// The rules that do not depend on the moment. INVALID_ARGUMENT names the one that was broken.
absl::Status CheckCertificateRules(const PeerCertificate& certificate);

// FAILED_PRECONDITION before not_before and after not_after.
absl::Status CheckCertificateDates(const PeerCertificate& certificate, absl::Time now);

// ReadCertificate and both checks.
absl::StatusOr<PeerCertificate> ParsePeerCertificate(absl::string_view pem, absl::Time now);

// The SPIFFE id that an agency's certificate carries; `unit` may be empty.
std::string AgencySpiffeId(absl::string_view agency, absl::string_view unit = "");

}  // namespace ehc

#endif  // EHC_SERVER_IDENTITY_CERTIFICATE_H_
