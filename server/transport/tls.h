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

namespace ehc {

// Whether a handshake can succeed with these files: the key is its owner's alone and fits the
// certificate, which is not out of date; the roots are certificate authorities. Errors name the
// file and the remedy.
absl::Status CheckTlsFiles(const TlsFiles& files, absl::Time now);

// Asks the registry about every peer, those of resumed sessions included. `registry`, `clock` and
// `stats` must outlive the credentials.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const TlsFiles& files, absl::Duration refresh, const AgencyRegistry& registry,
    const Clock& clock, DoorStats& stats);

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_TLS_H_
