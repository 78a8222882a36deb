// Swapping policies under load: every decision is explained wholly by the revision it names.
#include <gtest/gtest.h>

#include "tests/unit/policy/reload_stress.h"

namespace ehc {
namespace {

TEST(ReloadTest, NoDecisionMixesTwoRevisions) {
  const ReloadReport report = RunReloadStress(200000, 60, 4);
  EXPECT_EQ(report.mixed, 0);
  EXPECT_EQ(report.swaps, 60);
  EXPECT_GE(report.decisions, 200000);
  EXPECT_GT(report.explained, 0);
}

}  // namespace
}  // namespace ehc
