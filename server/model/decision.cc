#include "server/model/decision.h"

namespace ehc {

absl::string_view ReasonCode(Reason reason) {
  switch (reason) {
    case Reason::kNone: return "PERMITTED";
    case Reason::kNoClause: return "NO_CLAUSE";
    case Reason::kForbidden: return "FORBIDDEN";
    case Reason::kReferred: return "REFERRED";
    case Reason::kConsentMissing: return "CONSENT_REQUIRED";
    case Reason::kConsentRefused: return "CONSENT_REFUSED";
    case Reason::kConsentWithdrawn: return "CONSENT_WITHDRAWN";
    case Reason::kConsentExpired: return "CONSENT_EXPIRED";
    case Reason::kConsentSuperseded: return "SUPERSEDED_BY_ADULTHOOD";
    case Reason::kConsentConflict: return "CONSENT_CONFLICT";
    case Reason::kNotDecisionMaker: return "NOT_DECISION_MAKER";
    case Reason::kGuard: return "GUARD_NOT_MET";
    case Reason::kAgreementUnknown: return "AGREEMENT_UNKNOWN";
    case Reason::kAgreementNotInForce: return "AGREEMENT_NOT_IN_FORCE";
    case Reason::kAgreementSuspended: return "AGREEMENT_SUSPENDED";
    case Reason::kAgreementUnsigned: return "AGREEMENT_UNSIGNED";
    case Reason::kPurposeNotCovered: return "PURPOSE_NOT_COVERED";
    case Reason::kBasisMissing: return "LAWFUL_BASIS_MISSING";
    case Reason::kGatewayMissing: return "GATEWAY_MISSING";
    case Reason::kPersonRequired: return "PERSON_REQUIRED";
    case Reason::kRoleNotEntitled: return "ROLE_NOT_ENTITLED";
    case Reason::kBreakGlassRefused: return "BREAK_GLASS_REFUSED";
    case Reason::kProtected: return "PROTECTED";
    case Reason::kNotAsked: return "NOT_ASKED";
    case Reason::kLocationNotChecked: return "LOCATION_NOT_CHECKED";
    case Reason::kInputUnavailable: return "INPUT_UNAVAILABLE";
    case Reason::kTransferred: return "PLAN_TRANSFERRED";
    case Reason::kNoDelegation: return "DELEGATION_REQUIRED";
  }
  return "UNKNOWN";
}

absl::string_view OutcomeCode(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPermit: return "PERMIT";
    case Outcome::kPermitRedacted: return "PERMIT_REDACTED";
    case Outcome::kReferToHuman: return "REFER_TO_HUMAN";
    case Outcome::kDeny: return "DENY";
    case Outcome::kUnavailable: return "UNAVAILABLE";
  }
  return "UNKNOWN";
}

bool IsSubjectDependent(Reason reason) {
  switch (reason) {
    case Reason::kForbidden:
    case Reason::kReferred:
    case Reason::kConsentMissing:
    case Reason::kConsentRefused:
    case Reason::kConsentWithdrawn:
    case Reason::kConsentExpired:
    case Reason::kConsentSuperseded:
    case Reason::kConsentConflict:
    case Reason::kNotDecisionMaker:
    case Reason::kGuard:
    case Reason::kTransferred:
    case Reason::kProtected: return true;
    default: return false;
  }
}

}  // namespace ehc
