#include "server/model/calendar.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

bool IsWeekend(Date date) {
  const absl::Weekday weekday = absl::GetWeekday(date);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

Date LastWeekdayOfMonth(absl::CivilMonth month, absl::Weekday weekday) {
  return absl::PrevWeekday(Date(month + 1), weekday);
}

absl::Status CheckHolidays(const CalendarData& data) {
  absl::flat_hash_set<Date> seen;
  for (Date holiday : data.bank_holidays) {
    const std::string name = FormatDate(holiday);
    if (holiday < data.covers_from || holiday > data.covers_until) {
      return absl::InvalidArgumentError(absl::StrCat("bank holiday ", name, ": not covered"));
    }
    if (IsWeekend(holiday)) {
      return absl::InvalidArgumentError(
          absl::StrCat("bank holiday ", name, ": on a weekend; state the substitute day"));
    }
    if (!seen.insert(holiday).second) {
      return absl::InvalidArgumentError(absl::StrCat("bank holiday ", name, ": stated twice"));
    }
  }
  return absl::OkStatus();
}

bool IsPlausible(const SchoolLeavingRule& rule) {
  const Date year_start(2000, rule.school_year_month, rule.school_year_day);
  return rule.age >= 5 && rule.age <= 25 && rule.month >= 1 && rule.month <= 12 &&
         year_start.month() == rule.school_year_month && year_start.day() == rule.school_year_day;
}

absl::Status CheckRules(const std::vector<SchoolLeavingRule>& rules) {
  if (rules.empty()) return absl::InvalidArgumentError("calendar: no school-leaving rule");
  for (size_t i = 0; i < rules.size(); ++i) {
    if (!IsPlausible(rules[i])) {
      return absl::InvalidArgumentError("school-leaving rule: age, month or day out of range");
    }
    if (i > 0 && rules[i].effective_from <= rules[i - 1].effective_from) {
      return absl::InvalidArgumentError("school-leaving rules: effective dates must ascend");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLimits(const std::vector<PlanAgeLimit>& limits) {
  for (size_t i = 0; i < limits.size(); ++i) {
    const Date end(2001, limits[i].month, limits[i].day);
    if (limits[i].age < 16 || limits[i].age > 30 || end.month() != limits[i].month ||
        end.day() != limits[i].day) {
      return absl::InvalidArgumentError("plan age limit: age, month or day out of range");
    }
    if (i > 0 && limits[i].effective_from <= limits[i - 1].effective_from) {
      return absl::InvalidArgumentError("plan age limits: effective dates must ascend");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Calendar> Calendar::Create(CalendarData data) {
  if (data.covers_until < data.covers_from) {
    return absl::InvalidArgumentError("calendar: covers_until is before covers_from");
  }
  if (absl::Status status = CheckHolidays(data); !status.ok()) return status;
  if (absl::Status status = CheckRules(data.school_leaving_rules); !status.ok()) return status;
  if (absl::Status status = CheckLimits(data.plan_age_limits); !status.ok()) return status;
  return Calendar(std::move(data));
}

Calendar::Calendar(CalendarData data)
    : data_(std::move(data)), holidays_(data_.bank_holidays.begin(), data_.bank_holidays.end()) {}

absl::StatusOr<bool> Calendar::IsWorkingDay(Date date) const {
  if (date < data_.covers_from || date > data_.covers_until) {
    return absl::FailedPreconditionError(
        absl::StrCat("calendar: bank holidays are known from ", FormatDate(data_.covers_from),
                     " to ", FormatDate(data_.covers_until), " only; extend the calendar file"));
  }
  return !IsWeekend(date) && !holidays_.contains(date);
}

absl::StatusOr<Date> Calendar::AddWorkingDays(Date start, int days) const {
  const int step = days < 0 ? -1 : 1;
  Date date = start;
  while (days != 0) {
    date += step;
    absl::StatusOr<bool> working = IsWorkingDay(date);
    if (!working.ok()) return working.status();
    if (*working) days -= step;
  }
  return date;
}

const SchoolLeavingRule& Calendar::RuleFor(Date birthday) const {
  const std::vector<SchoolLeavingRule>& rules = data_.school_leaving_rules;
  size_t chosen = 0;
  while (chosen + 1 < rules.size() && rules[chosen + 1].effective_from <= birthday) ++chosen;
  return rules[chosen];
}

Date Calendar::SchoolLeavingDate(Date date_of_birth) const {
  const int age = data_.school_leaving_rules.front().age;
  const SchoolLeavingRule& rule = RuleFor(BirthdayAt(date_of_birth, age));
  const Date birthday = BirthdayAt(date_of_birth, rule.age);
  Date year_start(birthday.year(), rule.school_year_month, rule.school_year_day);
  if (birthday < year_start) {
    year_start = Date(year_start.year() - 1, year_start.month(), year_start.day());
  }
  const Date leaving =
      LastWeekdayOfMonth(absl::CivilMonth(year_start.year(), rule.month), rule.weekday);
  if (leaving >= year_start) return leaving;
  return LastWeekdayOfMonth(absl::CivilMonth(year_start.year() + 1, rule.month), rule.weekday);
}

bool Calendar::IsOverCompulsorySchoolAge(Date date_of_birth, Date on) const {
  return on > SchoolLeavingDate(date_of_birth);
}

std::optional<Date> Calendar::PlanAgeLimitDate(Date date_of_birth) const {
  const PlanAgeLimit* chosen = nullptr;
  for (const PlanAgeLimit& rule : data_.plan_age_limits) {
    if (rule.effective_from <= BirthdayAt(date_of_birth, rule.age)) chosen = &rule;
  }
  if (chosen == nullptr) return std::nullopt;
  const Date birthday = BirthdayAt(date_of_birth, chosen->age);
  const Date end(birthday.year(), chosen->month, chosen->day);
  return birthday <= end ? end : Date(birthday.year() + 1, chosen->month, chosen->day);
}

Date BirthdayAt(Date date_of_birth, int age) {
  // The constructor turns 29 February of a common year into 1 March.
  return Date(date_of_birth.year() + age, date_of_birth.month(), date_of_birth.day());
}

int AgeOn(Date date_of_birth, Date on) {
  const int years = static_cast<int>(on.year() - date_of_birth.year());
  return BirthdayAt(date_of_birth, years) <= on ? years : years - 1;
}

}  // namespace ehc
