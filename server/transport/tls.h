// The TLS of the front door: mutual, and only for peers that the registry admits.
#ifndef EHC_SERVER_TRANSPORT_TLS_H_
#define EHC_SERVER_TRANSPORT_TLS_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/security/server_credentials.h"
#include "server/base/clock.h"
#include "server/identity/registry.h"
#include "server/transport/metrics.h"
#include "server/transport/options.h"
#include "server/transport/tls_keeper.h"

namespace ehc {

// Whether a handshake can succeed with these files: the key is its owner's alone and fits the
// certificate, which is not out of date; the roots are certificate authorities. Errors name the
// file and the remedy.
absl::Status CheckTlsFiles(const TlsFiles& files, absl::Time now);
// The same of bytes that were read together; `files` says what the errors call them, and whether
// the key is its owner's alone.
absl::Status CheckTlsBytes(const TlsFiles& files, const std::string& key_pem,
                           const std::string& certificate_pem, const std::string& roots_pem,
                           absl::Time now);

// Asks the registry and the revocation lists about every peer, those of resumed sessions included.
// Everything must outlive the credentials.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    TlsKeeper& keeper, absl::Duration refresh, const AgencyRegistry& registry, const Clock& clock,
    DoorStats& stats);

// Only this side shows a certificate. For the enrolment listener alone, which believes nobody.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentialsForStrangers(
    TlsKeeper& keeper, absl::Duration refresh);

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_TLS_H_
