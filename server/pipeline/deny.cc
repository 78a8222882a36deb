#include "server/pipeline/deny.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace ehc {
namespace {

Refusal NotAvailable() {
  return {absl::StatusCode::kPermissionDenied, "NOT_AVAILABLE",
          "nothing is available to you for this request", ""};
}

Refusal NotFound() {
  return {absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", "there is no such thing", ""};
}

Refusal PolicyDenied() {
  return {absl::StatusCode::kPermissionDenied, "POLICY_DENIED",
          "no agreement permits this caller, purpose and basis", ""};
}

// A no that is the same for every child.
Refusal SubjectIndependent(Reason reason) {
  switch (reason) {
    case Reason::kAgreementNotInForce:
    case Reason::kAgreementSuspended:
    case Reason::kAgreementUnsigned:
      return {absl::StatusCode::kFailedPrecondition, "AGREEMENT_NOT_IN_FORCE",
              "the agreement that you state is not in force", std::string(ReasonCode(reason))};
    case Reason::kNoDelegation:
      return {absl::StatusCode::kPermissionDenied, "DELEGATION_REQUIRED",
              "context.on_behalf_of: no delegation in force lets this person act for that agency, "
              "for this purpose and type of record",
              ""};
    default: {
      Refusal refusal = PolicyDenied();
      refusal.explanation = std::string(ReasonCode(reason));
      return refusal;
    }
  }
}

// A no that depends on the child, to a caller that may know that such records exist.
Refusal Explained(Reason reason) {
  switch (reason) {
    case Reason::kConsentMissing:
    case Reason::kConsentRefused:
    case Reason::kConsentWithdrawn:
    case Reason::kConsentExpired:
    case Reason::kConsentSuperseded:
    case Reason::kConsentConflict:
      return {absl::StatusCode::kFailedPrecondition, "CONSENT_REQUIRED",
              "the decision-maker's consent to this disclosure is not in force", ""};
    case Reason::kNotDecisionMaker:
      return {absl::StatusCode::kFailedPrecondition, "NOT_DECISION_MAKER",
              "the person who consented does not decide for this child", ""};
    case Reason::kTransferred:
    case Reason::kProtected: return NotFound();  // hidden is as absent
    default: return NotAvailable();
  }
}

}  // namespace

bool DependsOnSubject(const Decision& decision) {
  return decision.permits() || decision.subject_dependent ||
         decision.outcome == Outcome::kReferToHuman || IsSubjectDependent(decision.reason);
}

Refusal WireOutcome(const Decision& decision, Presence presence) {
  if (decision.outcome == Outcome::kUnavailable) {
    return {absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
            "the hub could not decide; nothing was disclosed", ""};
  }
  if (!DependsOnSubject(decision)) return SubjectIndependent(decision.reason);
  if (!decision.existence_granted) return NotAvailable();
  if (presence == Presence::kAbsent) return NotFound();
  return Explained(decision.reason);
}

bool IsRefusal(const absl::Status& status) { return ReasonOfRefusal(status).has_value(); }

Refusal RefusalOf(const absl::Status& status) {
  if (std::optional<std::string> reason = ReasonOfRefusal(status); reason.has_value()) {
    return {status.code(), *std::move(reason), std::string(status.message()), ""};
  }
  if (status.code() == absl::StatusCode::kDataLoss) {
    return {status.code(), "LOG_CORRUPT", "the store or the log is damaged; ask the operator", ""};
  }
  return {absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE",
          "the store could not be used; nothing was disclosed or changed", ""};
}

}  // namespace ehc
