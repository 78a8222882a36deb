// The policy engine's answer. Tri-state at heart: yes (in part or whole), no, could not decide; the
// last is never a yes. Every part remembers the clause that ruled it.
#ifndef EHC_SERVER_MODEL_DECISION_H_
#define EHC_SERVER_MODEL_DECISION_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "server/model/names.h"
#include "server/model/record.h"

namespace ehc {

enum class Outcome { kPermit, kPermitRedacted, kReferToHuman, kDeny, kUnavailable };

// Stable: they stand in audit entries, tests and (some) on the wire.
enum class Reason : uint8_t {
  kNone,      // permitted
  kNoClause,  // nothing permits it
  kForbidden,
  kReferred,
  kConsentMissing,  // never asked
  kConsentRefused,
  kConsentWithdrawn,
  kConsentExpired,
  kConsentSuperseded,  // SUPERSEDED_BY_ADULTHOOD
  kConsentConflict,
  kNotDecisionMaker,
  kGuard,  // a clause matched but for a guard
  kAgreementUnknown,
  kAgreementNotInForce,
  kAgreementSuspended,
  kAgreementUnsigned,
  kPurposeNotCovered,
  kBasisMissing,
  kGatewayMissing,
  kPersonRequired,  // content needs a named person
  kRoleNotEntitled,
  kBreakGlassRefused,
  kProtected,           // suppressed by a protection of the child
  kNotAsked,            // the part was not asked for
  kLocationNotChecked,  // free text that nobody vouched for, under ADDRESS_RESTRICTED
  kInputUnavailable,
  kTransferred,   // the plan has moved to another authority: nobody reads the retention copy
  kNoDelegation,  // nothing lets the caller act for the agency that it names; depends on no child
};

// The code as agencies and auditors see it: "CONSENT_MISSING".
absl::string_view ReasonCode(Reason reason);
absl::string_view OutcomeCode(Outcome outcome);

// A reason whose answer depends on the child. Such a no is NOT_AVAILABLE on the wire for a caller
// without an EXISTENCE grant (design: no existence leak).
bool IsSubjectDependent(Reason reason);

// Owned by the policy snapshot that the decision names.
struct ClauseInfo {
  AgreementId agreement;
  std::string agreement_version;
  std::string id;
  std::string file;
  int line = 0;
};

struct ObligationInfo {
  std::string code;    // "NO_ONWARD"
  std::string detail;  // "Delete by 31 March 2027"
};

struct Obligation {
  const ObligationInfo* what = nullptr;
  const ClauseInfo* clause = nullptr;
};

struct PartRuling {
  Reason reason = Reason::kNotAsked;
  const ClauseInfo* clause = nullptr;  // what granted, forbade or referred it; null: nothing did
};

struct Decision {
  Outcome outcome = Outcome::kUnavailable;
  Reason reason = Reason::kInputUnavailable;
  const ClauseInfo* clause = nullptr;  // the first clause that decided; null: none
  PartMask granted = 0;
  PartMask referred = 0;
  std::array<PartRuling, kMaxParts> parts;  // over the schema of the request's record type
  absl::InlinedVector<Obligation, 8> obligations;
  // A class-level EXISTENCE grant: the caller may learn that such records exist, so a no may say
  // why.
  bool existence_granted = false;
  // The caller's own clauses were reached only through the child's facts; see IsSubjectDependent.
  bool subject_dependent = false;
  bool break_glass_used = false;
  // Parts granted that a person would have had to decide but for a standing decision, and the first
  // of those made for every child among them; null: the child's own alone.
  PartMask by_standing_decision = 0;
  const std::string* class_decision = nullptr;  // its id
  // Of what granted a part, the least; 0: nothing of the kind did.
  uint32_t break_glass_uses_a_day = 0;
  uint32_t break_glass_minutes = 0;
  uint32_t disclosures_a_day = 0;
  const RecordSchema* schema = nullptr;  // owned by the snapshot

  bool permits() const {
    return outcome == Outcome::kPermit || outcome == Outcome::kPermitRedacted;
  }
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_DECISION_H_
