#include "server/pathway/exact.h"

#include <limits>

#include "gtest/gtest.h"

namespace ehc {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

Ratio Of(int64_t numerator, int64_t denominator) { return *Ratio::Of(numerator, denominator); }

TEST(ExactTest, AFractionIsReducedAndItsDenominatorPositive) {
  EXPECT_EQ(Of(6, -4).numerator(), -3);
  EXPECT_EQ(Of(6, -4).denominator(), 2);
  EXPECT_EQ(Of(0, 7), Ratio(0));
}

TEST(ExactTest, ThirdsAddUpToOne) {
  const Ratio third = Of(1, 3);
  EXPECT_EQ(*third.Plus(*third.Plus(third)), Ratio(1));
}

TEST(ExactTest, HalvesAreRoundedAwayFromZero) {
  EXPECT_EQ(Of(1, 2).Rounded(), 1);
  EXPECT_EQ(Of(-1, 2).Rounded(), -1);
  EXPECT_EQ(Of(5, 2).Rounded(), 3);
  EXPECT_EQ(Of(149, 100).Rounded(), 1);
  EXPECT_EQ(Of(-149, 100).Rounded(), -1);
}

TEST(ExactTest, CuttingOffGoesTowardsZero) {
  EXPECT_EQ(Of(79, 10).Truncated(), 7);
  EXPECT_EQ(Of(-79, 10).Truncated(), -7);
}

TEST(ExactTest, DecimalsAreRoundedLikeWholeNumbers) {
  EXPECT_EQ(Of(1, 3).ToDecimal(2), "0.33");
  EXPECT_EQ(Of(-297767, 100).ToDecimal(2), "-2977.67");
  EXPECT_EQ(Of(1005, 1000).ToDecimal(2), "1.01");
  EXPECT_EQ(Ratio(7).ToDecimal(0), "7");
}

TEST(ExactTest, WhatDoesNotFitIsRefusedAndNotWrapped) {
  EXPECT_EQ(Ratio(kMost).Plus(1).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Ratio(kMost).Times(2).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(AddPence(kMost, 1).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Ratio(std::numeric_limits<int64_t>::min()).Rounded(),
            std::numeric_limits<int64_t>::min());
}

TEST(ExactTest, NothingIsDividedByZero) {
  EXPECT_EQ(Ratio(1).Over(0).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ExactTest, DecimalsAreReadExactly) {
  EXPECT_EQ(*ParseDecimal("409.50"), Of(819, 2));
  EXPECT_EQ(*ParseDecimal("-0.2"), Of(-1, 5));
  for (const char* bad : {"", ".", "1.", ".5", "1.2.3", "1e3", "£5", " 1", "--1"}) {
    EXPECT_FALSE(ParseDecimal(bad).ok()) << bad;
  }
}

TEST(ExactTest, PenceAreWrittenAsPounds) {
  EXPECT_EQ(FormatPounds(84200), "£842.00");
  EXPECT_EQ(FormatPounds(-5), "-£0.05");
}

}  // namespace
}  // namespace ehc
