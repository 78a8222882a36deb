#include "server/model/date.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"

namespace ehc {
namespace {

constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2199;
constexpr size_t kDateLength = 10;

// -1 unless text[begin, begin+length) is all ASCII digits.
int Digits(absl::string_view text, size_t begin, size_t length) {
  if (begin + length > text.size()) return -1;
  int value = 0;
  for (char c : text.substr(begin, length)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

absl::StatusOr<Date> DateInCalendar(int year, int month, int day) {
  if (year < kFirstYear || year > kLastYear) {
    return absl::InvalidArgumentError("date: the year must be from 1900 to 2199");
  }
  const Date date(year, month, day);
  if (date.year() != year || date.month() != month || date.day() != day) {
    return absl::InvalidArgumentError("date: no such day in the calendar");
  }
  return date;
}

bool LooksIso(absl::string_view text) {
  return text.size() == kDateLength && text[4] == '-' && text[7] == '-' &&
         Digits(text, 0, 4) >= 0 && Digits(text, 5, 2) >= 0 && Digits(text, 8, 2) >= 0;
}

bool LooksBritish(absl::string_view text) {
  return text.size() == kDateLength && text[2] == '/' && text[5] == '/' &&
         Digits(text, 0, 2) >= 0 && Digits(text, 3, 2) >= 0 && Digits(text, 6, 4) >= 0;
}

bool IsFraction(absl::string_view text) {
  return text.size() >= 2 && text.size() <= 10 && text[0] == '.' &&
         std::all_of(text.begin() + 1, text.end(),
                     [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// hh:mm[:ss[.fraction]]
bool IsTimeOfDay(absl::string_view text) {
  const int hour = Digits(text, 0, 2);
  const int minute = Digits(text, 3, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || text[2] != ':') return false;
  if (text.size() == 5) return true;
  const int second = Digits(text, 6, 2);
  if (second < 0 || second > 59 || text[5] != ':') return false;
  return text.size() == 8 || IsFraction(text.substr(8));
}

}  // namespace

absl::StatusOr<Date> ParseIsoDate(absl::string_view text) {
  if (!LooksIso(text)) return absl::InvalidArgumentError("date: must be written YYYY-MM-DD");
  return DateInCalendar(Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2));
}

absl::StatusOr<Date> ParseExtractDate(absl::string_view text) {
  const absl::string_view day = text.substr(0, kDateLength);
  if (text.size() > kDateLength) {
    const char separator = text[kDateLength];
    if ((separator != 'T' && separator != ' ') || !IsTimeOfDay(text.substr(kDateLength + 1))) {
      return absl::InvalidArgumentError("date: what follows the day must be a time hh:mm[:ss]");
    }
  }
  if (LooksBritish(day)) {
    return DateInCalendar(Digits(day, 6, 4), Digits(day, 3, 2), Digits(day, 0, 2));
  }
  if (LooksIso(day)) return ParseIsoDate(day);
  return absl::InvalidArgumentError("date: must be written YYYY-MM-DD or dd/mm/yyyy");
}

std::string FormatDate(Date date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

int32_t DaysSinceEpoch(Date date) { return static_cast<int32_t>(date - Date(1970, 1, 1)); }

Date DateFromDays(int32_t days) { return Date(1970, 1, 1) + days; }

Date AddMonths(Date date, int months) {
  const absl::CivilMonth month = absl::CivilMonth(date) + months;
  const Date last = Date(month + 1) - 1;
  return Date(month.year(), month.month(), std::min(date.day(), last.day()));
}

absl::TimeZone London() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    if (!absl::LoadTimeZone("Europe/London", &loaded)) {
      std::fputs("fatal: no time zone Europe/London on this machine; install tzdata\n", stderr);
      std::abort();
    }
    return loaded;
  }();
  return zone;
}

Date LondonDate(absl::Time instant) { return absl::ToCivilDay(instant, London()); }

absl::Time LondonMidnight(Date date) { return absl::FromCivil(date, London()); }

}  // namespace ehc
