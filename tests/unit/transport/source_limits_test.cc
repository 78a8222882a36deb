#include "server/transport/source_limits.h"

#include "gtest/gtest.h"

namespace ehc {
namespace {

using Verdict = SourceLimits::Verdict;

const absl::Time kStart = absl::UnixEpoch() + absl::Hours(1);

ConnectionLimits Limits() {
  ConnectionLimits limits;
  limits.per_source = 2;
  limits.new_per_second_per_source = 10;
  limits.burst_per_source = 5;
  return limits;
}

TEST(SourceLimitsTest, SourceIsFullUntilOneLeaves) {
  SourceLimits sources(Limits());
  EXPECT_EQ(sources.Enter("a", kStart), Verdict::kAdmit);
  EXPECT_EQ(sources.Enter("a", kStart), Verdict::kAdmit);
  EXPECT_EQ(sources.Enter("a", kStart), Verdict::kFull);
  EXPECT_EQ(sources.Enter("b", kStart), Verdict::kAdmit);
  sources.Leave("a");
  EXPECT_EQ(sources.Enter("a", kStart), Verdict::kAdmit);
}

TEST(SourceLimitsTest, BurstIsSpentAndComesBackWithTime) {
  SourceLimits sources(Limits());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(sources.Enter("a", kStart), Verdict::kAdmit);
    sources.Leave("a");
  }
  EXPECT_EQ(sources.Enter("a", kStart), Verdict::kTooFast);
  EXPECT_EQ(sources.Enter("a", kStart + absl::Milliseconds(99)), Verdict::kTooFast);
  EXPECT_EQ(sources.Enter("a", kStart + absl::Milliseconds(110)), Verdict::kAdmit);
  EXPECT_EQ(sources.Enter("a", kStart + absl::Milliseconds(110)), Verdict::kTooFast);
}

TEST(SourceLimitsTest, ClockThatStepsBackGivesNothing) {
  SourceLimits sources(Limits());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(sources.Enter("a", kStart), Verdict::kAdmit);
    sources.Leave("a");
  }
  EXPECT_EQ(sources.Enter("a", kStart - absl::Hours(1)), Verdict::kTooFast);
}

TEST(SourceLimitsTest, OnlyIdleSourcesWithTheirWholeBurstAreForgotten) {
  SourceLimits sources(Limits());
  EXPECT_EQ(sources.Enter("stays", kStart), Verdict::kAdmit);
  EXPECT_EQ(sources.Enter("leaves", kStart), Verdict::kAdmit);
  sources.Leave("leaves");
  sources.Forget(kStart);
  EXPECT_EQ(sources.sources(), 2u);
  sources.Forget(kStart + absl::Seconds(1));
  EXPECT_EQ(sources.sources(), 1u);
}

}  // namespace
}  // namespace ehc
