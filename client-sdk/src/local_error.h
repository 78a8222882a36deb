// Statuses with the same details that a hub would send: errors that this library raises itself, and
// the payloads by which HubError and AsLogFork know them again.
#ifndef EHC_CLIENT_SDK_SRC_LOCAL_ERROR_H_
#define EHC_CLIENT_SDK_SRC_LOCAL_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ehc/hub/v1/error_reason.pb.h"
#include "ehchub/error.h"

namespace ehchub::internal {

// A serialized google.rpc.Status.
inline constexpr char kDetailsPayload[] = "type.googleapis.com/google.rpc.Status";
inline constexpr char kHandshakePayload[] = "hub.ehc/handshake-refused";
inline constexpr char kForkPayload[] = "hub.ehc/log-fork";

// `reason` UNSPECIFIED: no details.
absl::Status LocalError(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message);

absl::Status ReceiptUnhonoured(absl::string_view message);

absl::Status LogUnwitnessed(absl::string_view message);

absl::Status HandshakeRefused(absl::string_view why);

absl::Status LogForked(const LogForkError& fork, absl::string_view how);

// "NOT_AVAILABLE"
std::string ReasonName(v1::ErrorReason reason);

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_LOCAL_ERROR_H_
