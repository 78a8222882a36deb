// Why a call failed, as programs and people want to know it.
#ifndef EHCHUB_ERROR_H_
#define EHCHUB_ERROR_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ehc/hub/v1/error_reason.pb.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// A field that the hub would not accept: its path and the rule, never its value.
struct FieldViolation {
  std::string field;
  std::string description;
};

// A status of this library, opened. The status itself carries all of this as a payload, so it may
// travel through code that knows nothing of it.
struct HubError {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string message;
  // UNSPECIFIED where the hub gave none (an error raised before a handler) or one newer than this
  // library; `reason_name` has its text all the same.
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  std::string reason_name;  // "NOT_AVAILABLE"; empty: none
  std::string decision_id;  // to quote to the custodian or to the hub's operator
  std::string policy_revision;
  std::string request_id;   // the hub's name of this very call
  std::string explanation;  // only to those entitled to it
  std::vector<FieldViolation> violations;
  std::optional<absl::Duration> retry_after;
  // The connection was turned down before any call: see the message, or run `ehcctl doctor`.
  bool handshake_refused = false;
  // The log contradicts itself. Set the two checkpoints aside: together they prove it to anybody.
  bool log_forked = false;

  static HubError FromStatus(const absl::Status& status);

  // "PERMISSION_DENIED reason=NOT_AVAILABLE decision=… message": always one line.
  std::string OneLine() const;
};

// The two signed checkpoints that cannot both be true.
struct LogForkError {
  std::string saved_note;
  std::string seen_note;
  std::string evidence_path;  // where both were written; empty: nowhere
};

// Nothing unless `status` reports a fork.
std::optional<LogForkError> AsLogFork(const absl::Status& status);

}  // namespace ehchub

#endif  // EHCHUB_ERROR_H_
