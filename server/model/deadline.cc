#include "server/model/deadline.h"

#include <algorithm>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

absl::Time LondonClock(Date date, int minute_of_day) {
  return absl::FromCivil(absl::CivilMinute(date) + minute_of_day, London());
}

// The day of the same number so many months later or earlier, or the last one of a shorter month.
Date AddMonths(Date day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  return std::min(Date(month) + (day.day() - 1), Date(month + 1) - 1);
}

// `sign` 1: so much later; -1: so much earlier.
absl::StatusOr<Date> Moved(const DeadlineRule& rule, Date day, int sign, const Calendar& calendar) {
  switch (rule.kind) {
    case PeriodKind::kHours:
    case PeriodKind::kNextWorkingDayAt: break;
    case PeriodKind::kDays: return day + sign * rule.count;
    case PeriodKind::kWeeks: return day + sign * 7 * rule.count;
    case PeriodKind::kMonths: return AddMonths(day, sign * rule.count);
    case PeriodKind::kWorkingDays: return calendar.AddWorkingDays(day, sign * rule.count);
  }
  return absl::InvalidArgumentError("a period of hours or a time of day counts no days");
}

}  // namespace

absl::StatusOr<absl::Time> DueAt(const DeadlineRule& rule, absl::Time from,
                                 const Calendar& calendar) {
  if (rule.kind == PeriodKind::kHours) return from + absl::Hours(rule.count);
  Date day = LondonDate(from);
  if (rule.counts_first_day) day -= 1;
  if (rule.kind == PeriodKind::kNextWorkingDayAt) {
    EHC_ASSIGN_OR_RETURN(const Date next, calendar.AddWorkingDays(day, 1));
    return LondonClock(next, rule.minute_of_day);
  }
  EHC_ASSIGN_OR_RETURN(day, Moved(rule, day, 1, calendar));
  return LondonMidnight(day + 1);
}

absl::StatusOr<absl::Time> LeadStart(const DeadlineRule& rule, Date day, const Calendar& calendar) {
  EHC_ASSIGN_OR_RETURN(const Date first, Moved(rule, day, -1, calendar));
  return LondonMidnight(first);
}

}  // namespace ehc
