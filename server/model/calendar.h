#ifndef EHC_SERVER_MODEL_CALENDAR_H_
#define EHC_SERVER_MODEL_CALENDAR_H_

#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "server/model/date.h"

namespace ehc {

// When compulsory school age ends (Education Act 1996 s.8): the last `weekday` of `month` in the
// school year, counted from `school_year_month`/`school_year_day`, in which a child turns `age`.
// Applies to birthdays on which that age is reached from `effective_from` until the next rule.
struct SchoolLeavingRule {
  Date effective_from;
  int age = 0;
  absl::Weekday weekday = absl::Weekday::friday;
  int month = 0;
  int school_year_month = 0;
  int school_year_day = 0;
};

// Until when a plan may be maintained: the end of the academic year, on `month`/`day`, in which the
// young person reaches `age` (C&F Act 2014 s.46; SEND Regs 2014 reg 46). Applies to birthdays on
// which that age is reached from `effective_from` until the next rule.
struct PlanAgeLimit {
  Date effective_from;
  int age = 0;
  int month = 0;
  int day = 0;
};

// One nation's days, as data. Bank holidays are known for [covers_from, covers_until] only.
struct CalendarData {
  Date covers_from;
  Date covers_until;
  std::vector<Date> bank_holidays;
  std::vector<SchoolLeavingRule> school_leaving_rules;
  std::vector<PlanAgeLimit> plan_age_limits;
};

// Immutable, hence safe to share between threads.
class Calendar {
 public:
  // INVALID_ARGUMENT where a holiday lies outside the cover, appears twice or falls on a weekend,
  // or where there is no school-leaving rule or their dates do not ascend.
  static absl::StatusOr<Calendar> Create(CalendarData data);

  // Neither a weekend nor a bank holiday. FAILED_PRECONDITION outside the years covered: a day
  // that nobody has classified is not guessed.
  absl::StatusOr<bool> IsWorkingDay(Date date) const;

  // The `days`-th working day after `start` (before it, where negative); `start` itself is day 0
  // whether or not it is a working day. FAILED_PRECONDITION where counting leaves the cover.
  absl::StatusOr<Date> AddWorkingDays(Date start, int days) const;

  // The school leaving date; from the day after it the person is over compulsory school age.
  Date SchoolLeavingDate(Date date_of_birth) const;
  bool IsOverCompulsorySchoolAge(Date date_of_birth, Date on) const;

  // The last day on which a plan may be maintained; nullopt: no rule says.
  std::optional<Date> PlanAgeLimitDate(Date date_of_birth) const;

 private:
  explicit Calendar(CalendarData data);

  const SchoolLeavingRule& RuleFor(Date birthday) const;

  CalendarData data_;
  absl::flat_hash_set<Date> holidays_;
};

// The anniversary on which `age` is reached; one born on 29 February reaches it on 1 March of a
// common year.
Date BirthdayAt(Date date_of_birth, int age);

// Completed years; negative before birth.
int AgeOn(Date date_of_birth, Date on);

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_CALENDAR_H_
