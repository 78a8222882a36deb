#include "server/model/calendar.h"

#include "gtest/gtest.h"

namespace ehc {
namespace {

SchoolLeavingRule LastFridayInJune() {
  return {Date(1998, 1, 1), 16, absl::Weekday::friday, 6, 9, 1};
}

CalendarData Data2026() {
  CalendarData data;
  data.covers_from = Date(2026, 1, 1);
  data.covers_until = Date(2026, 12, 31);
  data.bank_holidays = {Date(2026, 1, 1),   Date(2026, 4, 3),  Date(2026, 4, 6),
                        Date(2026, 5, 4),   Date(2026, 5, 25), Date(2026, 8, 31),
                        Date(2026, 12, 25), Date(2026, 12, 28)};
  data.school_leaving_rules = {LastFridayInJune()};
  return data;
}

Calendar England() { return *Calendar::Create(Data2026()); }

TEST(WorkingDays, WeekendsAndBankHolidaysAreNot) {
  const Calendar calendar = England();
  EXPECT_TRUE(*calendar.IsWorkingDay(Date(2026, 1, 5)));
  EXPECT_FALSE(*calendar.IsWorkingDay(Date(2026, 1, 3)));
  EXPECT_FALSE(*calendar.IsWorkingDay(Date(2026, 1, 4)));
  EXPECT_FALSE(*calendar.IsWorkingDay(Date(2026, 5, 25)));
}

TEST(WorkingDays, CountingSkipsEaster) {
  const Calendar calendar = England();
  EXPECT_EQ(*calendar.AddWorkingDays(Date(2026, 4, 2), 1), Date(2026, 4, 7));
  EXPECT_EQ(*calendar.AddWorkingDays(Date(2026, 4, 7), -1), Date(2026, 4, 2));
  EXPECT_EQ(*calendar.AddWorkingDays(Date(2026, 4, 3), 0), Date(2026, 4, 3));
  EXPECT_EQ(*calendar.AddWorkingDays(Date(2026, 1, 5), 15), Date(2026, 1, 26));
  EXPECT_EQ(*calendar.AddWorkingDays(Date(2026, 1, 3), 1), Date(2026, 1, 5));
}

TEST(WorkingDays, DaysBeyondTheCoverAreNotGuessed) {
  const Calendar calendar = England();
  EXPECT_EQ(calendar.IsWorkingDay(Date(2027, 1, 4)).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(calendar.AddWorkingDays(Date(2026, 12, 30), 5).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(calendar.AddWorkingDays(Date(2027, 1, 4), 0).ok());
}

TEST(CalendarCreate, InconsistentDataIsRefused) {
  CalendarData weekend = Data2026();
  weekend.bank_holidays.push_back(Date(2026, 12, 26));
  EXPECT_FALSE(Calendar::Create(weekend).ok());
  CalendarData twice = Data2026();
  twice.bank_holidays.push_back(Date(2026, 12, 25));
  EXPECT_FALSE(Calendar::Create(twice).ok());
  CalendarData outside = Data2026();
  outside.bank_holidays.push_back(Date(2027, 1, 1));
  EXPECT_FALSE(Calendar::Create(outside).ok());
  CalendarData lawless = Data2026();
  lawless.school_leaving_rules.clear();
  EXPECT_FALSE(Calendar::Create(lawless).ok());
  CalendarData unordered = Data2026();
  unordered.school_leaving_rules.push_back(LastFridayInJune());
  EXPECT_FALSE(Calendar::Create(unordered).ok());
  CalendarData impossible = Data2026();
  impossible.school_leaving_rules[0].school_year_day = 31;
  EXPECT_FALSE(Calendar::Create(impossible).ok());
}

TEST(SchoolLeaving, IsTheLastFridayInJuneOfTheYearOfTheSixteenthBirthday) {
  const Calendar calendar = England();
  EXPECT_EQ(calendar.SchoolLeavingDate(Date(2010, 8, 31)), Date(2026, 6, 26));
  EXPECT_EQ(calendar.SchoolLeavingDate(Date(2010, 9, 1)), Date(2027, 6, 25));
  EXPECT_EQ(calendar.SchoolLeavingDate(Date(2009, 10, 10)), Date(2026, 6, 26));
  EXPECT_EQ(calendar.SchoolLeavingDate(Date(2008, 2, 29)), Date(2024, 6, 28));
  EXPECT_EQ(calendar.SchoolLeavingDate(Date(2001, 6, 30)), Date(2017, 6, 30));
}

TEST(SchoolLeaving, FifteenYearOldCanBeOverCompulsorySchoolAge) {
  const Calendar calendar = England();
  const Date born(2010, 8, 31);
  EXPECT_FALSE(calendar.IsOverCompulsorySchoolAge(born, Date(2026, 6, 26)));
  EXPECT_TRUE(calendar.IsOverCompulsorySchoolAge(born, Date(2026, 6, 27)));
  EXPECT_EQ(AgeOn(born, Date(2026, 6, 27)), 15);
}

TEST(SchoolLeaving, RuleInForceOnTheBirthdayApplies) {
  CalendarData data = Data2026();
  SchoolLeavingRule raised = LastFridayInJune();
  raised.effective_from = Date(2030, 9, 1);
  raised.age = 18;
  data.school_leaving_rules.push_back(raised);
  const Calendar calendar = *Calendar::Create(data);
  EXPECT_EQ(calendar.SchoolLeavingDate(Date(2014, 8, 31)), Date(2030, 6, 28));
  EXPECT_EQ(calendar.SchoolLeavingDate(Date(2014, 9, 1)), Date(2033, 6, 24));
}

TEST(SchoolLeaving, EveryBirthdayOfASchoolYearSharesOneDate) {
  const Calendar calendar = England();
  const Date leaving = calendar.SchoolLeavingDate(Date(2010, 9, 1));
  for (Date born(2010, 9, 1); born <= Date(2011, 8, 31); ++born) {
    EXPECT_EQ(calendar.SchoolLeavingDate(born), leaving) << FormatDate(born);
  }
}

TEST(AgeOn, BirthdayOnTheTwentyNinthOfFebruaryIsTheFirstOfMarch) {
  const Date born(2012, 2, 29);
  EXPECT_EQ(AgeOn(born, Date(2026, 2, 28)), 13);
  EXPECT_EQ(AgeOn(born, Date(2026, 3, 1)), 14);
  EXPECT_EQ(AgeOn(born, Date(2028, 2, 28)), 15);
  EXPECT_EQ(AgeOn(born, Date(2028, 2, 29)), 16);
}

TEST(AgeOn, CountsCompletedYears) {
  EXPECT_EQ(AgeOn(Date(2010, 8, 31), Date(2026, 8, 30)), 15);
  EXPECT_EQ(AgeOn(Date(2010, 8, 31), Date(2026, 8, 31)), 16);
  EXPECT_EQ(AgeOn(Date(2026, 1, 2), Date(2026, 1, 2)), 0);
  EXPECT_LT(AgeOn(Date(2026, 1, 2), Date(2026, 1, 1)), 0);
}

}  // namespace
}  // namespace ehc
