#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/bench/leak/statistics.h"

namespace ehc {
namespace {

using nlohmann::json;
using ::testing::DoubleNear;
using ::testing::ElementsAre;

TEST(StatisticsTest, MannWhitneyAgreesWithWorkedExamples) {
  EXPECT_THAT(MannWhitneyP({1, 2, 3}, {1, 2, 3}), DoubleNear(1, 1e-9));
  // U = 0 of n = 5 and 5: z = (12.5 - 0.5) / sqrt(22.9167).
  EXPECT_THAT(MannWhitneyP({1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}), DoubleNear(0.01219, 1e-4));
  EXPECT_EQ(MannWhitneyP({7, 7}, {7, 7, 7}), 1) << "all the same";
}

TEST(StatisticsTest, SmallShiftOfALongTailIsFoundAndNoneIsNot) {
  std::mt19937 random(7);
  std::lognormal_distribution<double> tail(5, 1);
  std::vector<double> a, b, shifted;
  for (int i = 0; i < 5000; ++i) {
    a.push_back(tail(random));
    b.push_back(tail(random));
    shifted.push_back(tail(random) + 15);
  }
  EXPECT_GE(MannWhitneyP(a, b), 0.001);
  EXPECT_LT(MannWhitneyP(a, shifted), 0.001);
}

TEST(StatisticsTest, HolmMultipliesTheSmallestMost) {
  EXPECT_THAT(
      HolmCorrected({0.01, 0.04, 0.03}),
      ElementsAre(DoubleNear(0.03, 1e-12), DoubleNear(0.06, 1e-12), DoubleNear(0.06, 1e-12)));
}

TEST(LeakBenchTest, ShortRunTimesEveryCall) {
  const std::string command = std::string(EHC_BINARY_DIR) +
                              "/bin/ehc-bench-leak --format json --calls 10 --children 4 "
                              "--report-only";
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::string out;
  char buffer[4096];
  for (size_t n; (n = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) out.append(buffer, n);
  ASSERT_EQ(::pclose(pipe), 0) << out;
  const json rows = json::parse(out, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(rows.is_array()) << out;
  std::string names;
  for (const json& row : rows) {
    names += row["call"].get<std::string>() + "\n";
    EXPECT_EQ(row["calls"], 10);
    EXPECT_GT(row["known_us"], 0);
    EXPECT_GT(row["unknown_us"], 0);
    EXPECT_LE(row["p"], row["holm_p"]);
  }
  for (const char* call : {"GetPlanSummary", "GetSupportStatus", "FindRecords", "BatchGet",
                           "CreateRecordRequest", "CreateSubscription", "RegisterSubject"}) {
    EXPECT_THAT(names, ::testing::HasSubstr(call));
  }
}

}  // namespace
}  // namespace ehc
