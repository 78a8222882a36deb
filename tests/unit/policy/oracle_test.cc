// The engine against an evaluator that has no index: short here, ten million triples behind
// `./dev bench policy-oracle`.
#include <gtest/gtest.h>

#include "tests/support/policy_oracle/random_world.h"

namespace ehc {
namespace {

TEST(OracleTest, EngineAndOracleAgreeInEveryOrderOfClauses) {
  uint64_t compared = 0;
  EXPECT_EQ(CompareWithOracle(/*first_seed=*/4711, /*worlds=*/100, /*requests=*/200, &compared),
            "");
  EXPECT_EQ(compared, 40000u);
}

}  // namespace
}  // namespace ehc
