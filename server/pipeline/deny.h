// Every answer that is not a disclosure.
#ifndef EHC_SERVER_PIPELINE_DENY_H_
#define EHC_SERVER_PIPELINE_DENY_H_

#include "server/model/case_file.h"
#include "server/model/refusal_status.h"
#include "server/model/release.h"

namespace ehc {

// Whether the thing asked for is there, as far as the decision lets the answer depend on it.
enum class Presence { kPresent, kAbsent };

// Pure: what the wire says of a decision that discloses nothing. For a caller without a class-level
// EXISTENCE grant, every no that depends on the child is one and the same NOT_AVAILABLE; with one,
// whatever is absent, severed or hidden is NOT_FOUND and the rest says why.
Refusal WireOutcome(const Decision& decision, Presence presence);

// Whether the decision may be another one for another child.
bool DependsOnSubject(const Decision& decision);

// What RefusalError() made a status of. Any other error becomes UNAVAILABLE or DATA_LOSS without
// its text.
bool IsRefusal(const absl::Status& status);
Refusal RefusalOf(const absl::Status& status);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_DENY_H_
