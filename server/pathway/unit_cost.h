// What an assessment costs, what a change of process saves, and what a pilot costs at another size.
// Exact fractions throughout; whoever prints says how it rounds (Ratio::ToDecimal).
#ifndef EHC_SERVER_PATHWAY_UNIT_COST_H_
#define EHC_SERVER_PATHWAY_UNIT_COST_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/pathway/exact.h"

namespace ehc {

// One activity of a case: its time, and what that costs.
struct Activity {
  int64_t minutes = 0;
  Pence cost = 0;
};

// Of one case: the sums.
absl::StatusOr<Activity> CostPerCase(absl::Span<const Activity> activities);

// A share of the staff's time at an hourly rate, in pounds.
struct StaffShare {
  Ratio share;
  Ratio hourly_rate;
};

// INVALID_ARGUMENT unless the shares add up to one.
absl::StatusOr<Ratio> BlendedRate(absl::Span<const StaffShare> staff);

// What a year saves: (old - new) × cases.
absl::StatusOr<Pence> YearlySaving(Pence old_cost, Pence new_cost, int64_t cases);
// Years until what was spent once is saved. FAILED_PRECONDITION where nothing is saved.
absl::StatusOr<Ratio> YearsToBreakEven(Pence spent_once, Pence yearly_saving);

// fixed + factor × variable: what depends on the number of families grows with it, the rest does
// not.
absl::StatusOr<Ratio> Scaled(const Ratio& fixed, const Ratio& variable, const Ratio& factor);

// part / whole in per cent. INVALID_ARGUMENT for a whole of nothing.
absl::StatusOr<Ratio> PerCentOf(const Ratio& part, const Ratio& whole);

}  // namespace ehc

#endif  // EHC_SERVER_PATHWAY_UNIT_COST_H_
