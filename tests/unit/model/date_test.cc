#include "server/model/date.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ParseIsoDate, ReadsAndWritesTheSameDay) {
  for (const std::string text : {"1900-01-01", "2024-02-29", "2026-11-30", "2199-12-31"}) {
    auto date = ParseIsoDate(text);
    ASSERT_TRUE(date.ok()) << text;
    EXPECT_EQ(FormatDate(*date), text);
    EXPECT_EQ(DateFromDays(DaysSinceEpoch(*date)), *date);
  }
}

TEST(ParseIsoDate, ImpossibleDaysAreRefused) {
  for (const char* text : {"2026-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-10",
                           "2026-01-00", "2026-01-32", "1899-12-31", "2200-01-01"}) {
    EXPECT_EQ(ParseIsoDate(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(ParseIsoDate, AnyOtherSpellingIsRefused) {
  for (const char* text :
       {"", "2026-1-05", "26-01-05", "2026/01/05", "20260105", " 2026-01-05", "2026-01-05 ",
        "2026-01-05T00:00:00", "05/01/2026", "+026-01-05", "２０２６-01-05", "2026‑01‑05"}) {
    EXPECT_FALSE(ParseIsoDate(text).ok()) << text;
  }
}

TEST(ParseIsoDate, MessageNeverHoldsTheValue) {
  EXPECT_THAT(std::string(ParseIsoDate("2026-02-30").status().message()), Not(HasSubstr("02-30")));
}

TEST(ParseExtractDate, EverySpellingOfExtractsIsOneDay) {
  for (const char* text :
       {"2026-01-05", "05/01/2026", "2026-01-05T00:00:00", "2026-01-05 13:45:59",
        "2026-01-05 00:00:00.000", "2026-01-05T09:30", "05/01/2026 00:00", "05/01/2026 23:59:59"}) {
    auto date = ParseExtractDate(text);
    ASSERT_TRUE(date.ok()) << text;
    EXPECT_EQ(*date, Date(2026, 1, 5)) << text;
  }
}

TEST(ParseExtractDate, MalformedOrAmbiguousTextIsRefused) {
  for (const char* text :
       {"", "2026-01", "29/02/2026", "31/04/2026", "00/01/2026", "01/13/2026", "5/1/2026",
        "2026-01-05T", "2026-01-05  00:00", "2026-01-05T24:00:00", "2026-01-05T00:60:00",
        "2026-01-05T00:00:60", "2026-01-05T00:00:00Z", "2026-01-05T00:00:00+01:00",
        "2026-01-05T00:00:00.", "2026-01-05X00:00:00", "2026-01-05 0:00", "05-01-2026"}) {
    EXPECT_FALSE(ParseExtractDate(text).ok()) << text;
  }
}

TEST(AddMonths, EndsOnTheLastDayOfAShorterMonth) {
  EXPECT_EQ(AddMonths(Date(2026, 1, 31), 1), Date(2026, 2, 28));
  EXPECT_EQ(AddMonths(Date(2024, 2, 29), 12), Date(2025, 2, 28));
  EXPECT_EQ(AddMonths(Date(2026, 3, 31), -1), Date(2026, 2, 28));
  EXPECT_EQ(AddMonths(Date(2026, 11, 30), 3), Date(2027, 2, 28));
  EXPECT_EQ(AddMonths(Date(2025, 11, 22), 12), Date(2026, 11, 22));
}

TEST(LondonDate, SummerDayBeginsAnHourBeforeUtc) {
  const absl::Time one_second_past =
      absl::FromCivil(absl::CivilSecond(2026, 3, 31, 23, 0, 1), absl::UTCTimeZone());
  EXPECT_EQ(LondonDate(one_second_past), Date(2026, 4, 1));
  EXPECT_EQ(LondonDate(one_second_past - absl::Seconds(2)), Date(2026, 3, 31));
  EXPECT_EQ(LondonMidnight(Date(2026, 4, 1)), one_second_past - absl::Seconds(1));
}

TEST(LondonDate, WinterDayIsUtc) {
  EXPECT_EQ(LondonMidnight(Date(2026, 12, 25)),
            absl::FromCivil(absl::CivilDay(2026, 12, 25), absl::UTCTimeZone()));
}

}  // namespace
}  // namespace ehc
