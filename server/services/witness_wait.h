// For how long the log has waited for its witnesses, and whether that is too long.
#ifndef EHC_SERVER_SERVICES_WITNESS_WAIT_H_
#define EHC_SERVER_SERVICES_WITNESS_WAIT_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/audit/checkpointer.h"
#include "server/model/calendar.h"
#include "server/policy/snapshot.h"

namespace ehc {

struct WitnessWait {
  std::optional<absl::Time> since;   // none: nothing waits
  std::optional<absl::Time> due_at;  // by the clock LOG_WITNESS; none where the policy has none
  bool overdue = false;
};

// Pure. `policy` may be null: then nothing is overdue.
WitnessWait WaitForWitnesses(const SignedHeads& heads, const PolicySnapshot* policy,
                             const Calendar& calendar, absl::Time now);

// Prometheus text.
std::string WitnessMetrics(const SignedHeads& heads, const WitnessWait& wait, absl::Time now);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_WITNESS_WAIT_H_
