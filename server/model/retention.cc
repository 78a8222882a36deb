#include "server/model/retention.h"

#include <algorithm>

namespace ehc {
namespace {

constexpr int kMonths = 12;

// Somebody born on 29 February is a year older on 1 March of a year without one.
Date Birthday(Date born, int age) {
  const Date day(born.year() + age, born.month(), born.day());
  return day;  // normalised: 29 February becomes 1 March
}

bool WasSeventeen(Date born, Date day) {
  return Birthday(born, 17) <= day && day < Birthday(born, 18);
}

}  // namespace

std::optional<Date> RetentionEnds(const RetentionRule& rule, std::optional<Date> born,
                                  Date last_version) {
  Date ends = AddMonths(last_version, kMonths * rule.years_after_last_version);
  if (rule.until_birthday == 0) return ends;
  if (!born.has_value()) return std::nullopt;
  const bool later = rule.until_birthday_if_last_at_17 > 0 && WasSeventeen(*born, last_version);
  const int age = later ? rule.until_birthday_if_last_at_17 : rule.until_birthday;
  return std::max(ends, Birthday(*born, age));
}

}  // namespace ehc
