// Uses of the emergency override, as the pipeline and the services both need them.
#ifndef EHC_SERVER_PIPELINE_BREAK_GLASS_H_
#define EHC_SERVER_PIPELINE_BREAK_GLASS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ehc/store/v1/break_glass.pb.h"
#include "server/model/case_file.h"
#include "server/model/matter.h"
#include "server/model/tally.h"
#include "server/storage/store.h"

namespace ehc {

inline constexpr char kBreakGlassKind[] = "BREAK_GLASS_USE";
inline constexpr char kBreakGlassUses[] = "breakGlassUses";
inline constexpr char kBreakGlassClock[] = "BREAK_GLASS_REVIEW";

// What is counted of the acting person by London's day: uses, whosesoever the records; one approval
// (`day`: it may have been spent before midnight); disclosures by clauses with a rate, by custodian
// and agreement.
TallyKey UsesBy(const CaseFile& file);
TallyKey SpendingOf(const CaseFile& file, Date day);
TallyKey DisclosuresTo(const CaseFile& file);

// Whether a use keeps the person who made it from another one: unreviewed past its time, or found
// not justified and not seen to.
bool Suspends(const Matter& matter, const store::v1::BreakGlassUseBody& use, absl::Time now);

// Fills in what the decision rests on of the acting person's uses today, and whether they may make
// another. REQUIRES: the call breaks the glass.
absl::Status ReadUses(CaseFile& file, ReadView& view);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_BREAK_GLASS_H_
