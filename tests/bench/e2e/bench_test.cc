#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace ehc {
namespace {

using nlohmann::json;

// Standard output, and the exit status of the program.
std::pair<std::string, int> RunBench(const std::string& arguments) {
  const std::string command = std::string(EHC_BINARY_DIR) + "/bin/ehc-bench-e2e " + arguments;
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::string out;
  char buffer[4096];
  for (size_t n; (n = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) out.append(buffer, n);
  return {out, ::pclose(pipe)};
}

TEST(BenchE2eTest, ShortRunReportsEveryNumberOfEveryLevel) {
  const auto [out, status] = RunBench("--format json --seconds 2 --children 5");
  ASSERT_EQ(status, 0) << out;
  const json rows = json::parse(out, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(rows.is_array()) << out;
  const std::set<std::string> names = {"in_flight",   "hub_per_s",       "echo_per_s",
                                       "ratio",       "hub_p50_us",      "hub_p99_us",
                                       "echo_p50_us", "echo_p99_us",     "hub_cpu_us",
                                       "echo_cpu_us", "fdatasync_per_s", "fdatasync_p99_us"};
  std::vector<int> levels;
  for (const json& row : rows) {
    std::set<std::string> found;
    for (const auto& [name, value] : row.items()) {
      found.insert(name);
      EXPECT_GT(value.get<double>(), 0) << name;
    }
    EXPECT_EQ(found, names);
    EXPECT_LE(row["hub_p50_us"], row["hub_p99_us"]);
    levels.push_back(row["in_flight"]);
  }
  EXPECT_EQ(levels, (std::vector<int>{1, 8, 64}));
}

TEST(BenchE2eTest, MixedLoadIsAnsweredCallByCall) {
  const auto [out, status] =
      RunBench("--load mix --format json --seconds 2 --children 5 --in-flight 8");
  ASSERT_EQ(status, 0) << out;
  const json rows = json::parse(out, nullptr, /*allow_exceptions=*/false);
  ASSERT_EQ(rows.size(), 1u) << out;
  EXPECT_GT(rows[0]["hub_per_s"], 0);
}

TEST(BenchE2eTest, RegistrationsAreAnsweredCallByCall) {
  const auto [out, status] = RunBench(
      "--load registrations --unpaced --format json --seconds 2 --children 5 --in-flight 1,64");
  ASSERT_EQ(status, 0) << out;
  const json rows = json::parse(out, nullptr, /*allow_exceptions=*/false);
  ASSERT_EQ(rows.size(), 2u) << out;
  for (const json& row : rows) {
    EXPECT_GT(row["hub_per_s"], 0);
    EXPECT_GT(row["ratio"], 0);
  }
}

TEST(BenchE2eTest, FolderInMemoryIsRefused) {
  if (::access("/dev/shm", W_OK) != 0) GTEST_SKIP() << "no folder in memory here";
  const auto [out, status] = RunBench("--seconds 1 --data /dev/shm 2>&1");
  EXPECT_NE(status, 0);
  EXPECT_NE(out.find("lies in memory"), std::string::npos) << out;
}

}  // namespace
}  // namespace ehc
