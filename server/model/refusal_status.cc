#include "server/model/refusal_status.h"

#include "absl/strings/cord.h"

namespace ehc {
namespace {

constexpr char kReasonPayload[] = "hub.ehc/reason";

}  // namespace

absl::Status RefusalError(absl::StatusCode code, absl::string_view reason,
                          absl::string_view message) {
  absl::Status status(code, message);
  status.SetPayload(kReasonPayload, absl::Cord(reason));
  return status;
}

std::optional<std::string> ReasonOfRefusal(const absl::Status& status) {
  const auto reason = status.GetPayload(kReasonPayload);
  if (!reason.has_value()) return std::nullopt;
  return std::string(*reason);
}

}  // namespace ehc
