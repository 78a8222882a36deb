#include "server/model/deadline.h"

#include "server/base/status_macros.h"

namespace ehc {
namespace {

absl::Time LondonClock(Date date, int minute_of_day) {
  return absl::FromCivil(absl::CivilMinute(date) + minute_of_day, London());
}

}  // namespace

absl::StatusOr<absl::Time> DueAt(const DeadlineRule& rule, absl::Time from,
                                 const Calendar& calendar) {
  if (rule.kind == PeriodKind::kHours) return from + absl::Hours(rule.count);
  Date day = LondonDate(from);
  if (rule.counts_first_day) day -= 1;
  switch (rule.kind) {
    case PeriodKind::kHours: break;
    case PeriodKind::kNextWorkingDayAt: {
      EHC_ASSIGN_OR_RETURN(const Date next, calendar.AddWorkingDays(day, 1));
      return LondonClock(next, rule.minute_of_day);
    }
    case PeriodKind::kDays: day += rule.count; break;
    case PeriodKind::kWeeks: day += 7 * rule.count; break;
    case PeriodKind::kWorkingDays: {
      EHC_ASSIGN_OR_RETURN(day, calendar.AddWorkingDays(day, rule.count));
      break;
    }
  }
  return LondonMidnight(day + 1);
}

}  // namespace ehc
