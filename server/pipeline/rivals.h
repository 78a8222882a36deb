// Children that one description fits alike.
#ifndef EHC_SERVER_PIPELINE_RIVALS_H_
#define EHC_SERVER_PIPELINE_RIVALS_H_

#include "absl/status/statusor.h"
#include "server/model/calendar.h"
#include "server/pipeline/deny.h"
#include "server/storage/store.h"

namespace ehc {

// What there is instead of the child asked for: several, if the caller's description fits at least
// two whose record of the asked type it may know of, none otherwise. One that is hidden from the
// caller counts for nobody, so that ambiguity tells nothing of it. REQUIRES: the decision permits.
absl::StatusOr<Presence> AbsenceOf(const CaseFile& file, ReadView& view, const Calendar& calendar);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_RIVALS_H_
