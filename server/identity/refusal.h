// Refusals of a caller, as api.md's table lists them. Messages name the rule that was broken and
// what to do, never a value.
#ifndef EHC_SERVER_IDENTITY_REFUSAL_H_
#define EHC_SERVER_IDENTITY_REFUSAL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace ehc {

// The payload under which a status carries its ErrorReason without the prefix; pipeline/deny.h
// reads the same one.
inline constexpr char kRefusalReasonPayload[] = "hub.ehc/reason";

absl::Status AssertionInvalid(absl::string_view why);   // UNAUTHENTICATED ASSERTION_INVALID
absl::Status CredentialRefused(absl::string_view why);  // UNAUTHENTICATED CREDENTIAL_REVOKED
absl::Status AgencySuspended();                         // PERMISSION_DENIED AGENCY_SUSPENDED

// Empty when the status carries no reason.
std::string RefusalReason(const absl::Status& status);

}  // namespace ehc

#endif  // EHC_SERVER_IDENTITY_REFUSAL_H_
