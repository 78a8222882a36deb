#include "server/policy/reference_data.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

const std::string kPolicies = absl::StrCat(EHC_SOURCE_DIR, "/policies");

Calendar England() {
  auto calendar = LoadCalendar(absl::StrCat(kPolicies, "/calendar/england.textproto"));
  EXPECT_TRUE(calendar.ok()) << calendar.status();
  return *std::move(calendar);
}

IdentifierRules Rules(IdentifierMode mode) {
  auto rules = LoadIdentifierRules(mode, absl::StrCat(kPolicies, "/vocabulary"));
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *std::move(rules);
}

TEST(EnglandCalendar, EveryYearHasEightBankHolidaysOnWeekdays) {
  const Calendar england = England();
  for (int year = 2024; year <= 2028; ++year) {
    int closed_weekdays = 0;
    for (Date day(year, 1, 1); day.year() == year; ++day) {
      const absl::Weekday weekday = absl::GetWeekday(day);
      const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
      if (!weekend && !*england.IsWorkingDay(day)) ++closed_weekdays;
    }
    EXPECT_EQ(closed_weekdays, 8) << year;
  }
}

TEST(EnglandCalendar, SubstituteDaysAreBankHolidays) {
  const Calendar england = England();
  EXPECT_FALSE(*england.IsWorkingDay(Date(2026, 12, 28)));
  EXPECT_FALSE(*england.IsWorkingDay(Date(2027, 12, 28)));
  EXPECT_FALSE(*england.IsWorkingDay(Date(2028, 1, 3)));
  EXPECT_TRUE(*england.IsWorkingDay(Date(2026, 12, 29)));
}

// Known dates of the statutory clocks: weeks do not move for a bank holiday.
TEST(EnglandCalendar, TwentyWeeksMayEndOnABankHoliday) {
  const Date received(2026, 1, 5);
  EXPECT_EQ(received + 6 * 7, Date(2026, 2, 16));
  EXPECT_EQ(received + 16 * 7, Date(2026, 4, 27));
  EXPECT_EQ(received + 20 * 7, Date(2026, 5, 25));
  EXPECT_FALSE(*England().IsWorkingDay(Date(2026, 5, 25)));
}

TEST(EnglandCalendar, TransferWindowOfFifteenWorkingDaysSkipsEaster) {
  EXPECT_EQ(*England().AddWorkingDays(Date(2026, 3, 27), 15), Date(2026, 4, 21));
}

TEST(EnglandCalendar, SchoolLeavingDatesFollowTheStatute) {
  const Calendar england = England();
  EXPECT_EQ(england.SchoolLeavingDate(Date(2010, 8, 31)), Date(2026, 6, 26));
  EXPECT_EQ(england.SchoolLeavingDate(Date(2010, 9, 1)), Date(2027, 6, 25));
  EXPECT_EQ(england.SchoolLeavingDate(Date(2009, 10, 10)), Date(2026, 6, 26));
}

TEST(LaCodes, HoldsEveryCodeOfTheListAndNoOther) {
  const IdentifierRules rules = Rules(IdentifierMode::kTest);
  EXPECT_EQ(rules.la_codes.count(), 195u);
  for (int code : {1, 5, 201, 305, 320, 359, 420, 838, 839, 878, 940, 943}) {
    EXPECT_TRUE(rules.la_codes.test(code)) << code;
  }
  for (int code : {0, 6, 200, 214, 300, 321, 419, 659, 709, 939, 944, 999}) {
    EXPECT_FALSE(rules.la_codes.test(code)) << code;
  }
}

TEST(LaCodes, AuthoritiesThatAreGoneEndOnTheDayOfTheirSuccession) {
  const IdentifierRules rules = Rules(IdentifierMode::kTest);
  EXPECT_EQ(rules.la_successions.at(909), Date(2023, 4, 1));
  EXPECT_EQ(rules.la_successions.at(928), Date(2021, 4, 1));
  EXPECT_EQ(rules.la_successions.count(942), 0u);
  for (const auto& [code, from] : rules.la_successions) {
    EXPECT_TRUE(rules.la_codes.test(static_cast<size_t>(code))) << code << " stays on the list";
  }
}

TEST(IdentifierRules, UpnsOfNewAuthoritiesAreAccepted) {
  const IdentifierRules rules = Rules(IdentifierMode::kTest);
  for (const std::string la : {"838", "839", "940", "943"}) {
    const std::string rest = absl::StrCat(la, "200005001");
    const std::string upn = absl::StrCat(std::string(1, UpnCheckLetter(rest)), rest);
    EXPECT_TRUE(ParseIdentifier(IdentifierKind::kUpn, upn, rules, Date(2026, 11, 22)).ok()) << la;
  }
}

TEST(IdentifierRules, ModesNeverAcceptTheSameNhsNumber) {
  const IdentifierRules test = Rules(IdentifierMode::kTest);
  const IdentifierRules live = Rules(IdentifierMode::kLive);
  const Date on(2026, 11, 22);
  for (uint64_t nine = 0; nine < 1000000000; nine += 9999991) {
    const std::string head = std::string(9 - absl::StrCat(nine).size(), '0') + absl::StrCat(nine);
    const char check = NhsCheckDigit(head);
    if (check == 0) continue;
    const std::string text = absl::StrCat(head, std::string(1, check));
    const bool in_test = ParseIdentifier(IdentifierKind::kNhsNumber, text, test, on).ok();
    const bool in_live = ParseIdentifier(IdentifierKind::kNhsNumber, text, live, on).ok();
    EXPECT_EQ(in_test, text[0] == '9');
    EXPECT_EQ(in_live, text[0] == '4' || text[0] == '6' || text[0] == '7');
  }
}

TEST(ReferenceData, SyntaxErrorNamesFileAndLine) {
  auto calendar = ParseCalendar("nation: \"England\"\nbank_holiday {}\n", "england.textproto");
  ASSERT_FALSE(calendar.ok());
  EXPECT_THAT(std::string(calendar.status().message()), HasSubstr("england.textproto:2"));
}

TEST(ReferenceData, HolidayWithoutSourceIsRefused) {
  const std::string head = "covers_from: '2026-01-01' covers_until: '2026-12-31' ";
  const std::string rule =
      "school_leaving_rules { effective_from: '1997-09-01' age: 16 iso_weekday: 5 month: 6 "
      "school_year_month: 9 school_year_day: 1 } ";
  EXPECT_TRUE(ParseCalendar(head + rule, "f").ok());
  EXPECT_FALSE(ParseCalendar(head + rule + "bank_holidays { date: '2026-12-25' }", "f").ok());
  EXPECT_FALSE(ParseCalendar(head + rule +
                                 "bank_holidays { date: '2026-12-26' source: "
                                 "HOLIDAY_SOURCE_PUBLISHED }",
                             "f")
                   .ok());
  EXPECT_FALSE(ParseCalendar(head, "f").ok());
  EXPECT_FALSE(ParseCalendar(rule, "f").ok());
}

TEST(ReferenceData, BrokenCodeListsAreRefused) {
  EXPECT_FALSE(ParseLaCodes("ranges { first: '30' }", "f").ok());
  EXPECT_FALSE(ParseLaCodes("ranges { first: '305' last: '304' }", "f").ok());
  EXPECT_FALSE(ParseLaCodes("ranges { first: '-05' }", "f").ok());
  EXPECT_FALSE(ParseIdentifierRules(IdentifierMode::kTest, "", "ranges { first: '1' }").ok());
  EXPECT_FALSE(ParseIdentifierRules(IdentifierMode::kTest, "",
                                    "ranges { first: '9000000000' last: '9999999999' }")
                   .ok());
}

TEST(ReferenceData, MissingFileIsNotFound) {
  EXPECT_EQ(LoadCalendar("/nonexistent/england.textproto").status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace ehc
