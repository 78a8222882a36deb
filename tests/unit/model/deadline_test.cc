#include "server/model/deadline.h"

#include "gtest/gtest.h"

namespace ehc {
namespace {

// England's, 2026 to 2028, as policies/calendar has them.
Calendar England() {
  CalendarData data;
  data.covers_from = Date(2026, 1, 1);
  data.covers_until = Date(2028, 12, 31);
  data.bank_holidays = {Date(2026, 1, 1),   Date(2026, 4, 3),   Date(2026, 4, 6),
                        Date(2026, 5, 4),   Date(2026, 5, 25),  Date(2026, 8, 31),
                        Date(2026, 12, 25), Date(2026, 12, 28), Date(2027, 1, 1),
                        Date(2027, 3, 26),  Date(2027, 3, 29),  Date(2027, 5, 3),
                        Date(2027, 5, 31),  Date(2027, 8, 30),  Date(2027, 12, 27),
                        Date(2027, 12, 28), Date(2028, 1, 3)};
  data.school_leaving_rules = {{Date(1998, 1, 1), 16, absl::Weekday::friday, 6, 9, 1}};
  return *Calendar::Create(data);
}

absl::Time At(int year, int month, int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilMinute(year, month, day, hour, minute), London());
}

DeadlineRule Of(PeriodKind kind, int count) {
  DeadlineRule rule;
  rule.kind = kind;
  rule.count = count;
  return rule;
}

DeadlineRule NextWorkingDayNoon() {
  DeadlineRule rule;
  rule.kind = PeriodKind::kNextWorkingDayAt;
  rule.minute_of_day = 12 * 60;
  return rule;
}

Date LastDay(const DeadlineRule& rule, absl::Time from) {
  return LastDayBefore(*DueAt(rule, from, England()));
}

TEST(Deadline, TwentyWeekProcessOfTheGuidance) {
  const absl::Time received = At(2026, 1, 5, 9);
  EXPECT_EQ(LastDay(Of(PeriodKind::kWeeks, 6), received), Date(2026, 2, 16));
  EXPECT_EQ(LastDay(Of(PeriodKind::kWeeks, 16), received), Date(2026, 4, 27));
  EXPECT_EQ(LastDay(Of(PeriodKind::kWeeks, 20), received), Date(2026, 5, 25))
      << "a bank holiday does not put it off";
}

TEST(Deadline, ReviewClocks) {
  const absl::Time meeting = At(2026, 10, 1, 14);
  EXPECT_EQ(LastDay(Of(PeriodKind::kWeeks, 2), meeting), Date(2026, 10, 15));
  EXPECT_EQ(LastDay(Of(PeriodKind::kWeeks, 4), meeting), Date(2026, 10, 29));
  EXPECT_EQ(LastDay(Of(PeriodKind::kWeeks, 12), meeting), Date(2026, 12, 24));
}

TEST(Deadline, DayOfServiceIsTheFirstWhereTheLawBeginsWithIt) {
  DeadlineRule representations = Of(PeriodKind::kDays, 15);
  representations.counts_first_day = true;
  EXPECT_EQ(LastDay(representations, At(2026, 3, 2, 10)), Date(2026, 3, 16));
  EXPECT_EQ(LastDay(Of(PeriodKind::kDays, 15), At(2026, 3, 2, 10)), Date(2026, 3, 17));
}

TEST(Deadline, LastsUntilTheEndOfTheLastDayInLondon) {
  const absl::Time due = *DueAt(Of(PeriodKind::kDays, 1), At(2026, 6, 1, 10), England());
  EXPECT_EQ(due, At(2026, 6, 3, 0));
  EXPECT_EQ(due, absl::FromCivil(absl::CivilHour(2026, 6, 2, 23), absl::UTCTimeZone()));
}

TEST(Deadline, UrgentIsAnHourWhateverTheClocksDo) {
  const absl::Time before = absl::FromCivil(absl::CivilMinute(2026, 10, 25, 0, 30),
                                            absl::UTCTimeZone());  // 1:30 by summer time
  EXPECT_EQ(*DueAt(Of(PeriodKind::kHours, 1), before, England()) - before, absl::Hours(1));
}

TEST(Deadline, RoutineIsNoonOfTheNextWorkingDay) {
  const DeadlineRule routine = NextWorkingDayNoon();
  EXPECT_EQ(*DueAt(routine, At(2026, 11, 17, 9), England()), At(2026, 11, 18, 12));
  EXPECT_EQ(*DueAt(routine, At(2026, 11, 20, 22), England()), At(2026, 11, 23, 12)) << "Friday";
  EXPECT_EQ(*DueAt(routine, At(2026, 11, 21, 8), England()), At(2026, 11, 23, 12)) << "Saturday";
  EXPECT_EQ(*DueAt(routine, At(2026, 8, 28, 17), England()), At(2026, 9, 1, 12))
      << "Friday before the summer bank holiday";
  EXPECT_EQ(*DueAt(routine, At(2026, 12, 24, 17), England()), At(2026, 12, 29, 12)) << "Christmas";
}

TEST(Deadline, NoonIsNoonAcrossTheChangeToSummerTime) {
  const absl::Time due = *DueAt(NextWorkingDayNoon(), At(2026, 3, 27, 15), England());
  EXPECT_EQ(due, absl::FromCivil(absl::CivilHour(2026, 3, 30, 11), absl::UTCTimeZone()));
  const absl::Time after = *DueAt(NextWorkingDayNoon(), At(2026, 10, 23, 15), England());
  EXPECT_EQ(after, absl::FromCivil(absl::CivilHour(2026, 10, 26, 12), absl::UTCTimeZone()));
}

TEST(Deadline, DayOfLondonNotOfUtc) {
  const absl::Time just_after_midnight =
      absl::FromCivil(absl::CivilMinute(2026, 6, 1, 23, 30), absl::UTCTimeZone());
  EXPECT_EQ(*DueAt(NextWorkingDayNoon(), just_after_midnight, England()), At(2026, 6, 3, 12));
}

TEST(Deadline, TwentyNinthOfFebruaryIsADay) {
  EXPECT_EQ(*DueAt(NextWorkingDayNoon(), At(2028, 2, 28, 9), England()), At(2028, 2, 29, 12));
  EXPECT_EQ(LastDay(Of(PeriodKind::kDays, 1), At(2028, 2, 28, 9)), Date(2028, 2, 29));
  EXPECT_EQ(LastDay(Of(PeriodKind::kWeeks, 1), At(2028, 2, 29, 9)), Date(2028, 3, 7));
}

TEST(Deadline, WorkingDaysSkipWeekendsAndBankHolidays) {
  EXPECT_EQ(LastDay(Of(PeriodKind::kWorkingDays, 15), At(2026, 12, 21, 9)), Date(2027, 1, 14));
}

TEST(Deadline, DayThatNobodyClassifiedIsNotGuessed) {
  EXPECT_FALSE(DueAt(NextWorkingDayNoon(), At(2028, 12, 29, 9), England()).ok());
  EXPECT_TRUE(DueAt(Of(PeriodKind::kWeeks, 20), At(2028, 12, 29, 9), England()).ok());
}

TEST(Deadline, MonthsEndOnTheDayOfTheSameNumberOrTheLastOfAShorterMonth) {
  const DeadlineRule month = Of(PeriodKind::kMonths, 1);
  EXPECT_EQ(LastDay(month, At(2026, 1, 15, 9)), Date(2026, 2, 15));
  EXPECT_EQ(LastDay(month, At(2026, 1, 31, 9)), Date(2026, 2, 28));
  EXPECT_EQ(LastDay(month, At(2028, 1, 31, 9)), Date(2028, 2, 29));
  EXPECT_EQ(LastDay(Of(PeriodKind::kMonths, 12), At(2028, 2, 29, 9)), Date(2029, 2, 28));
}

// Six months before the school leaving date of 2026.
TEST(Deadline, LeadCountsBackwardsFromTheDay) {
  const auto start = [](const DeadlineRule& rule, Date day) {
    return LeadStart(rule, day, England());
  };
  EXPECT_EQ(*start(Of(PeriodKind::kMonths, 6), Date(2026, 6, 26)), At(2025, 12, 26, 0));
  EXPECT_EQ(*start(Of(PeriodKind::kMonths, 6), Date(2026, 8, 31)), At(2026, 2, 28, 0));
  EXPECT_EQ(*start(Of(PeriodKind::kWeeks, 6), Date(2026, 9, 1)), At(2026, 7, 21, 0));
  EXPECT_EQ(*start(Of(PeriodKind::kWorkingDays, 1), Date(2026, 4, 7)), At(2026, 4, 2, 0))
      << "over Easter";
  EXPECT_FALSE(start(Of(PeriodKind::kHours, 6), Date(2026, 6, 26)).ok());
}

}  // namespace
}  // namespace ehc
