#include "server/identity/refusal.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

absl::Status WithReason(absl::Status status, absl::string_view reason) {
  status.SetPayload(kRefusalReasonPayload, absl::Cord(reason));
  return status;
}

}  // namespace

absl::Status AssertionInvalid(absl::string_view why) {
  return WithReason(absl::UnauthenticatedError(absl::StrCat("assertion refused: ", why)),
                    "ASSERTION_INVALID");
}

absl::Status CredentialRefused(absl::string_view why) {
  return WithReason(absl::UnauthenticatedError(absl::StrCat("client certificate refused: ", why)),
                    "CREDENTIAL_REVOKED");
}

absl::Status AgencySuspended() {
  return WithReason(
      absl::PermissionDeniedError("the calling agency is suspended; ask the hub's operator"),
      "AGENCY_SUSPENDED");
}

std::string RefusalReason(const absl::Status& status) {
  const auto reason = status.GetPayload(kRefusalReasonPayload);
  return reason.has_value() ? std::string(*reason) : std::string();
}

}  // namespace ehc
