// Authenticator, the only maker of Caller: who is calling, proven by the certificate of the
// connection and, for a person, by an assertion that the agency signed.
#ifndef EHC_SERVER_IDENTITY_AUTHENTICATOR_H_
#define EHC_SERVER_IDENTITY_AUTHENTICATOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/crypto.h"
#include "server/identity/approval_ledger.h"
#include "server/identity/assertion.h"
#include "server/identity/certificate.h"
#include "server/identity/recent_cache.h"
#include "server/identity/registry.h"
#include "server/model/caller.h"

namespace ehc {

struct AuthenticatorOptions {
  std::string audience;  // what assertions must name as aud
  size_t max_certificates = 4096;
  size_t max_assertions = 32768;
};

// Certificates and assertions are verified once and remembered; whether they are still honoured is
// asked of the registry in every call, so that a revocation or suspension holds for every call that
// begins after the registry was reloaded. Thread safe.
class Authenticator {
 public:
  // SHA-256 of the request's bytes. Asked for only when the assertion carries an approval.
  using RequestDigest = absl::FunctionRef<Digest()>;

  // Both must outlive this.
  Authenticator(const AgencyRegistry& registry, ApprovalLedger& approvals,
                AuthenticatorOptions options);

  // `peer_pem` is the peer's leaf certificate, as a TLS handshake that verified its chain left it.
  // An empty assertion is an unattended system: a Caller without a person. An approval is used up
  // by this call, whatever becomes of the request.
  // Errors are refusals (refusal.h); UNAVAILABLE when it cannot be known whether an approval was
  // used before.
  absl::StatusOr<Caller> Authenticate(absl::string_view peer_pem, absl::string_view assertion_jwt,
                                      absl::Time now, RequestDigest request_digest);

  // Whose the connection is, by its certificate alone: for the accounts of the front door, before
  // anything is worked on. Errors are refusals (refusal.h). Looks into caches but for the first
  // time that a certificate is seen.
  struct Peer {
    AgencyId agency;
    std::string agency_type;
    std::string credential;  // the certificate's fingerprint
  };
  absl::StatusOr<Peer> IdentifyPeer(absl::string_view peer_pem, absl::Time now);

  // For methods that take no approvals: an assertion that carries one is refused.
  absl::StatusOr<Caller> Authenticate(absl::string_view peer_pem, absl::string_view assertion_jwt,
                                      absl::Time now);

 private:
  // An assertion whose signature and claims were found good, and for how long that needs no proof.
  struct Verified {
    ActingPerson person;
    std::string fingerprint;  // of the certificate that it is bound to
    std::string id;
    absl::Time from;
    absl::Time until;
    uint64_t registry_generation = 0;
  };
  using VerifiedPointer = std::shared_ptr<const Verified>;
  using CertificatePointer = std::shared_ptr<const PeerCertificate>;

  absl::StatusOr<Caller> AuthenticateCall(absl::string_view peer_pem,
                                          absl::string_view assertion_jwt, absl::Time now,
                                          const RequestDigest* request_digest);
  absl::StatusOr<CertificatePointer> FindCertificate(absl::string_view peer_pem);
  absl::StatusOr<VerifiedPointer> FindAssertion(absl::string_view token,
                                                const PeerCertificate& certificate,
                                                const RegisteredCertificate& entry,
                                                uint64_t generation, absl::Time now);
  absl::StatusOr<Verified> Verify(absl::string_view token, const PeerCertificate& certificate,
                                  const RegisteredCertificate& entry, absl::Time now) const;
  absl::Status UseApproval(const Verified& assertion, const AgencyId& agency,
                           const RequestDigest* request_digest, absl::Time now);

  const AgencyRegistry& registry_;
  ApprovalLedger& approvals_;
  const AuthenticatorOptions options_;
  RecentCache<PeerCertificate> certificates_;  // by PEM
  RecentCache<Verified> assertions_;           // by SHA-256 of the token
};

}  // namespace ehc

#endif  // EHC_SERVER_IDENTITY_AUTHENTICATOR_H_
