#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_GRPC_STATUS_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_GRPC_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "client-sdk/src/local_error.h"
#include "grpcpp/support/status.h"

namespace ehchub::internal {

// With the details that the hub sent, as HubError opens them.
inline absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status converted(static_cast<absl::StatusCode>(status.error_code()),
                         status.error_message());
  if (!status.error_details().empty()) {
    converted.SetPayload(kDetailsPayload, absl::Cord(status.error_details()));
  }
  return converted;
}

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_GRPC_STATUS_H_
