#ifndef EHC_SERVER_MODEL_DATE_H_
#define EHC_SERVER_MODEL_DATE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace ehc {

// A day in the Gregorian calendar: compares, hashes, and counts in days (`date + 15`, `b - a`).
// Beware that the constructor normalises (2026-02-30 becomes 2026-03-02): make dates from text
// with the parsers below, which refuse what is not in the calendar.
using Date = absl::CivilDay;

// Strict YYYY-MM-DD, ASCII, years 1900 to 2199. INVALID_ARGUMENT names the rule, never the value.
absl::StatusOr<Date> ParseIsoDate(absl::string_view text);

// What case-management extracts carry: YYYY-MM-DD or dd/mm/yyyy, optionally followed by a time of
// day ('T' or one space, hh:mm[:ss[.fraction]]), which is checked and dropped: the day is the one
// written. An offset or 'Z' is refused, because then the day would depend on the reader's zone.
absl::StatusOr<Date> ParseExtractDate(absl::string_view text);

// YYYY-MM-DD.
std::string FormatDate(Date date);

// Days since 1970-01-01, for storage; DateFromDays(DaysSinceEpoch(d)) == d.
int32_t DaysSinceEpoch(Date date);
Date DateFromDays(int32_t days);

// The same day `months` later (or earlier), or the last day of that month where it is shorter.
Date AddMonths(Date date, int months);

// Europe/London. Ends the process with a plain message where the zone database is missing: a hub
// that cannot tell the day must not count statutory days.
absl::TimeZone London();

// The day that London's clocks show at `instant`.
Date LondonDate(absl::Time instant);

// The first instant of `date` in London.
absl::Time LondonMidnight(Date date);

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_DATE_H_
