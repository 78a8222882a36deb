#include "server/pathway/unit_cost.h"

#include "absl/status/status.h"
#include "server/base/status_macros.h"

namespace ehc {

absl::StatusOr<Activity> CostPerCase(absl::Span<const Activity> activities) {
  Activity sum;
  for (const Activity& activity : activities) {
    EHC_ASSIGN_OR_RETURN(sum.minutes, AddPence(sum.minutes, activity.minutes));
    EHC_ASSIGN_OR_RETURN(sum.cost, AddPence(sum.cost, activity.cost));
  }
  return sum;
}

absl::StatusOr<Ratio> BlendedRate(absl::Span<const StaffShare> staff) {
  Ratio shares;
  Ratio rate;
  for (const StaffShare& member : staff) {
    EHC_ASSIGN_OR_RETURN(shares, shares.Plus(member.share));
    EHC_ASSIGN_OR_RETURN(const Ratio part, member.share.Times(member.hourly_rate));
    EHC_ASSIGN_OR_RETURN(rate, rate.Plus(part));
  }
  if (!(shares == Ratio(1))) return absl::InvalidArgumentError("the shares do not add up to one");
  return rate;
}

absl::StatusOr<Pence> YearlySaving(Pence old_cost, Pence new_cost, int64_t cases) {
  EHC_ASSIGN_OR_RETURN(const Ratio saved, Ratio(old_cost).Minus(new_cost));
  EHC_ASSIGN_OR_RETURN(const Ratio yearly, saved.Times(cases));
  return yearly.Rounded();
}

absl::StatusOr<Ratio> YearsToBreakEven(Pence spent_once, Pence yearly_saving) {
  if (yearly_saving <= 0) return absl::FailedPreconditionError("nothing is saved");
  return Ratio::Of(spent_once, yearly_saving);
}

absl::StatusOr<Ratio> Scaled(const Ratio& fixed, const Ratio& variable, const Ratio& factor) {
  EHC_ASSIGN_OR_RETURN(const Ratio grown, variable.Times(factor));
  return fixed.Plus(grown);
}

absl::StatusOr<Ratio> PerCentOf(const Ratio& part, const Ratio& whole) {
  EHC_ASSIGN_OR_RETURN(const Ratio share, part.Over(whole));
  return share.Times(100);
}

}  // namespace ehc
