#ifndef EHC_SERVER_MODEL_REFUSAL_STATUS_H_
#define EHC_SERVER_MODEL_REFUSAL_STATUS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace ehc {

// A refusal as a status, for whatever returns statuses: code, reason (error_reason.proto) and what
// the caller is told. RefusalOf() (pipeline/deny.h) makes it one again.
absl::Status RefusalError(absl::StatusCode code, absl::string_view reason,
                          absl::string_view message);

// The reason of a status that RefusalError() made; nullopt for any other.
std::optional<std::string> ReasonOfRefusal(const absl::Status& status);

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_REFUSAL_STATUS_H_
