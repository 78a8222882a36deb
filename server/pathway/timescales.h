// The published timescales of a referral: started, stopped and passed by the states that it comes
// into. Due times count London's working days (model/deadline.h).
#ifndef EHC_SERVER_PATHWAY_TIMESCALES_H_
#define EHC_SERVER_PATHWAY_TIMESCALES_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ehc/policy/v1/pathway.pb.h"
#include "ehc/store/v1/pathway.pb.h"

namespace ehc {

using Timescales = google::protobuf::RepeatedPtrField<store::v1::RunningClock>;

// The referral comes into `state` at `now`: stops what runs until there, starts what runs from
// there and does not run yet. `due` says when a clock of the vocabulary runs out; its errors are
// passed on and leave `clocks` as it was.
absl::Status EnterState(const policy::v1::Pathway& pathway, const std::string& state,
                        absl::Time now,
                        absl::FunctionRef<absl::StatusOr<absl::Time>(const std::string& clock)> due,
                        Timescales& clocks);

// When the first of those that run is due; infinite future: none runs.
absl::Time EarliestDue(const Timescales& clocks);

// Whether it ran out before it stopped, or runs and has run out by `now`.
bool IsBreached(const store::v1::RunningClock& clock, absl::Time now);

}  // namespace ehc

#endif  // EHC_SERVER_PATHWAY_TIMESCALES_H_
