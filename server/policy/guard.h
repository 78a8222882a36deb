// The closed list of guards, compiled. Evaluating one reads nothing but the request, the facts and
// the time, and allocates nothing.
#ifndef EHC_SERVER_POLICY_GUARD_H_
#define EHC_SERVER_POLICY_GUARD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/model/facts.h"
#include "server/model/record.h"
#include "server/model/request.h"
#include "server/policy/document.h"
#include "server/policy/vocabulary.h"

namespace ehc {

enum class GuardKind : uint8_t {
  kDateWindow,
  kHours,
  kStatement,
  kSecondPerson,
  kTraining,
  kRegion,
  kStrongAuthentication,
  kRate,
  // From here on the answer depends on the child.
  kConsentState,
  kDecisionMaker,
  kSubjectFlag,
  kAge,
  kSchoolLeaving,
  kRelationship,
  kArea,
};

// kRequest: known before anything is read. kCaller: from the facts, but not about the child.
enum class GuardStage : uint8_t { kRequest, kCaller, kSubject };

struct Guard {
  GuardKind kind = GuardKind::kDateWindow;
  policy_proto::Quantifier quantifier = policy_proto::QUANTIFIER_ALL;
  bool of_caller = true;  // kRelationship: the caller's, else the custodian's
  uint32_t bits = 0;      // flags, relationships, states, weekdays, statements, kinds or sides
  int64_t low = 0;        // inclusive: seconds, minutes of the day or years
  int64_t high = 0;       // exclusive for times and minutes, inclusive for years and rates
  std::vector<std::string> codes;  // kRegion, kArea; sorted
  Place place;

  GuardStage stage() const {
    if (kind < GuardKind::kRate) return GuardStage::kRequest;
    return kind == GuardKind::kRate ? GuardStage::kCaller : GuardStage::kSubject;
  }
};

// What a guard says: for which parts it holds, or that its input is not known.
struct GuardAnswer {
  bool applicable = true;
  PartMask parts = 0;  // where applicable: 0 is no, all ones is yes

  static GuardAnswer Of(bool holds) { return {true, holds ? ~PartMask{0} : PartMask{0}}; }
  static GuardAnswer NotApplicable() { return {false, 0}; }
};

// REQUIRES: guard.stage() is kRequest.
GuardAnswer EvaluateRequestGuard(const Guard& guard, const PolicyRequest& request, absl::Time now);

// REQUIRES: guard.stage() is not kRequest.
GuardAnswer EvaluateFactGuard(const Guard& guard, const Facts& facts);

// Protections in force of which the custodian has not cleared this caller.
inline uint32_t UnclearedProtections(const Facts& facts) {
  return facts.protections & ~facts.cleared_protections;
}

// Reads one guard. What is wrong goes to `problems` and gives nullopt.
std::optional<Guard> CompileGuard(const policy_proto::Guard& guard, const Located& at,
                                  const Vocabulary& vocabulary, Problems* problems);
void CompileCohort(const policy_proto::Cohort& cohort, const Located& at,
                   const Vocabulary& vocabulary, Problems* problems, std::vector<Guard>* guards);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_GUARD_H_
