#ifndef EHC_TESTS_WORLD_OPTIONS_H_
#define EHC_TESTS_WORLD_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/model/date.h"

namespace ehc {

inline constexpr int kFewestChildren = 20;  // the fixed cases
inline constexpr int kMostChildren = 1000000;
// The fixed cases' dates hold for extracts of one autumn term only.
inline const Date kEarliestAsAt(2026, 9, 1);
inline const Date kLatestAsAt(2026, 12, 31);

struct WorldOptions {
  std::string out;
  int children = 2000;
  uint64_t seed = 1;
  Date as_at = Date(2026, 10, 2);
  // Plans in force per thousand children: Bromley's 3.6% of pupils (2013), so 36.
  int plans_per_mille = 36;
  bool table1 = false;
  bool bad_rows = false;
};

// INVALID_ARGUMENT with one line to print where the arguments (without the program's name) are
// wrong.
absl::StatusOr<WorldOptions> ParseWorldOptions(const std::vector<std::string>& arguments);

std::string WorldUsage();

}  // namespace ehc

#endif  // EHC_TESTS_WORLD_OPTIONS_H_
