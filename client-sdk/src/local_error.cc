#include "client-sdk/src/local_error.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "nlohmann/json.hpp"

namespace ehchub::internal {

std::string ReasonName(v1::ErrorReason reason) {
  return std::string(absl::StripPrefix(v1::ErrorReason_Name(reason), "ERROR_REASON_"));
}

absl::Status LocalError(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message) {
  absl::Status status(code, message);
  if (reason == v1::ERROR_REASON_UNSPECIFIED) return status;
  google::rpc::ErrorInfo info;
  info.set_reason(ReasonName(reason));
  info.set_domain("hub.ehc");
  google::rpc::Status details;
  details.set_code(static_cast<int>(code));
  details.add_details()->PackFrom(info);
  status.SetPayload(kDetailsPayload, absl::Cord(details.SerializeAsString()));
  return status;
}

absl::Status ReceiptUnhonoured(absl::string_view message) {
  return LocalError(absl::StatusCode::kDataLoss, v1::ERROR_REASON_RECEIPT_UNHONOURED, message);
}

absl::Status LogUnwitnessed(absl::string_view message) {
  return LocalError(absl::StatusCode::kDataLoss, v1::ERROR_REASON_LOG_UNWITNESSED, message);
}

absl::Status HandshakeRefused(absl::string_view why) {
  absl::Status status = absl::UnavailableError(absl::StrCat("handshake refused: ", why));
  status.SetPayload(kHandshakePayload, absl::Cord("1"));
  return status;
}

absl::Status LogForked(const LogForkError& fork, absl::string_view how) {
  std::string message = absl::StrCat("THE HUB'S LOG CONTRADICTS ITSELF: ", how);
  if (!fork.evidence_path.empty()) {
    absl::StrAppend(&message, "; both checkpoints are in ", fork.evidence_path,
                    ": send them to the hub's auditor");
  }
  absl::Status status =
      LocalError(absl::StatusCode::kDataLoss, v1::ERROR_REASON_LOG_CORRUPT, message);
  const nlohmann::json evidence = {
      {"saved", fork.saved_note}, {"seen", fork.seen_note}, {"path", fork.evidence_path}};
  status.SetPayload(kForkPayload, absl::Cord(evidence.dump(
                                      -1, ' ', true, nlohmann::json::error_handler_t::replace)));
  return status;
}

}  // namespace ehchub::internal
