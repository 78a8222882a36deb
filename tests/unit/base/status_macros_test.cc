#include "server/base/status_macros.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "server/base/clock.h"

namespace ehc {
namespace {

absl::StatusOr<std::unique_ptr<int>> Half(int number) {
  if (number % 2 != 0) return absl::InvalidArgumentError("odd");
  return std::make_unique<int>(number / 2);
}

absl::StatusOr<int> Quarter(int number) {
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<int> half, Half(number));
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<int> quarter, Half(*half));
  return *quarter;
}

absl::Status Check(int number, bool* reached_end) {
  EHC_RETURN_IF_ERROR(Quarter(number).status());
  *reached_end = true;
  return absl::OkStatus();
}

TEST(StatusMacrosTest, ValuesPassAndTheFirstErrorReturns) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(6).status().message(), "odd");
  bool reached_end = false;
  EXPECT_FALSE(Check(3, &reached_end).ok());
  EXPECT_FALSE(reached_end);
  EXPECT_TRUE(Check(4, &reached_end).ok());
  EXPECT_TRUE(reached_end);
}

TEST(StatusMacrosDeathTest, BrokenInvariantAbortsNamingTheCondition) {
  EXPECT_DEATH(EHC_CHECK(1 + 1 == 3), "check failed: 1 \\+ 1 == 3");
}

TEST(ClockTest, ManualClockMovesOnlyWhenTold) {
  const absl::Time start = absl::FromUnixSeconds(1767225600);
  ManualClock clock(start);
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(absl::Hours(24));
  EXPECT_EQ(clock.Now(), start + absl::Hours(24));
  clock.Set(start);
  EXPECT_EQ(clock.Now(), start);
}

TEST(ClockTest, SystemClockFollowsTheMachine) {
  const absl::Time before = absl::Now();
  const absl::Time now = SystemClock().Now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, absl::Now());
}

}  // namespace
}  // namespace ehc
