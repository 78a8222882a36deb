// How long somebody has, and until when: the periods are policy data (policies/vocabulary), the
// counting is here.
#ifndef EHC_SERVER_MODEL_DEADLINE_H_
#define EHC_SERVER_MODEL_DEADLINE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/model/calendar.h"
#include "server/model/date.h"

namespace ehc {

enum class PeriodKind { kHours, kNextWorkingDayAt, kDays, kWeeks, kWorkingDays, kMonths };

// One period that law, guidance or an agreement gives.
struct DeadlineRule {
  std::string code;    // "RECORD_REQUEST_URGENT"
  std::string title;   // "urgent record request: reply"
  std::string source;  // "SEND Regs 2014 reg 8"
  PeriodKind kind = PeriodKind::kHours;
  int count = 0;                  // of hours, days, weeks, working days or months
  int minute_of_day = 0;          // by London's clocks; for kNextWorkingDayAt
  bool counts_first_day = false;  // "beginning with the day of service": that day is day 1
};

// The instant from which it is late. Days are London's: a period of days, weeks, months or working
// days lasts until the end of its last day, which no weekend and no bank holiday puts off. Pure.
// FAILED_PRECONDITION where working days are counted outside the years that the calendar covers.
absl::StatusOr<absl::Time> DueAt(const DeadlineRule& rule, absl::Time from,
                                 const Calendar& calendar);

// The first instant of the day from which the period leads up to `day`, counted backwards: six
// months before 31 August begin on 28 or 29 February. INVALID_ARGUMENT for a time of day.
absl::StatusOr<absl::Time> LeadStart(const DeadlineRule& rule, Date day, const Calendar& calendar);

// The last day on which it is not late yet.
inline Date LastDayBefore(absl::Time due) { return LondonDate(due - absl::Nanoseconds(1)); }

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_DEADLINE_H_
