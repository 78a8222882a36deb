#include "server/model/retention.h"

#include "gtest/gtest.h"

namespace ehc {
namespace {

const Date kBorn(2004, 5, 4);

TEST(RetentionEnds, BirthdayCountsFromTheDateOfBirth) {
  const RetentionRule rule{.code = "EHC_FILE", .until_birthday = 35};
  EXPECT_EQ(RetentionEnds(rule, kBorn, Date(2020, 1, 1)), Date(2039, 5, 4));
}

TEST(RetentionEnds, WithoutADateOfBirthABirthdayCannotBeTold) {
  const RetentionRule rule{.code = "EHC_FILE", .until_birthday = 35};
  EXPECT_EQ(RetentionEnds(rule, std::nullopt, Date(2020, 1, 1)), std::nullopt);
}

TEST(RetentionEnds, BornOnTheTwentyNinthOfFebruaryIsOlderOnTheFirstOfMarch) {
  const RetentionRule rule{.code = "CHILD_HEALTH", .until_birthday = 25};
  EXPECT_EQ(RetentionEnds(rule, Date(2004, 2, 29), Date(2010, 1, 1)), Date(2029, 3, 1));
  EXPECT_EQ(RetentionEnds(rule, Date(2004, 2, 28), Date(2010, 1, 1)), Date(2029, 2, 28));
}

TEST(RetentionEnds, SeventeenAtTheEndKeepsAYearLonger) {
  const RetentionRule rule{
      .code = "CHILD_HEALTH", .until_birthday = 25, .until_birthday_if_last_at_17 = 26};
  EXPECT_EQ(RetentionEnds(rule, kBorn, Date(2021, 5, 3)), Date(2029, 5, 4));  // 16
  EXPECT_EQ(RetentionEnds(rule, kBorn, Date(2021, 5, 4)), Date(2030, 5, 4));  // 17
  EXPECT_EQ(RetentionEnds(rule, kBorn, Date(2022, 5, 3)), Date(2030, 5, 4));  // 17
  EXPECT_EQ(RetentionEnds(rule, kBorn, Date(2022, 5, 4)), Date(2029, 5, 4));  // 18
}

TEST(RetentionEnds, LaterOfBirthdayAndYearsCounts) {
  const RetentionRule rule{
      .code = "CHILD_IN_NEED", .until_birthday = 18, .years_after_last_version = 3};
  EXPECT_EQ(RetentionEnds(rule, kBorn, Date(2010, 1, 1)), Date(2022, 5, 4));
  EXPECT_EQ(RetentionEnds(rule, kBorn, Date(2022, 1, 1)), Date(2025, 1, 1));
  const RetentionRule years{.code = "ADOPTION", .years_after_last_version = 100};
  EXPECT_EQ(RetentionEnds(years, std::nullopt, Date(2020, 2, 29)), Date(2120, 2, 29));
}

}  // namespace
}  // namespace ehc
