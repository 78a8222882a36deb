// ehc-bench-policy-reload: ten million decisions by four threads across a thousand swaps. Exits
// with 1 if one of them is not wholly of the revision that it names.
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/unit/policy/reload_stress.h"

int main(int argc, char** argv) {
  int64_t decisions = 10000000;
  int64_t swaps = 1000;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const auto value = [&] { return i + 1 < argc ? std::atoll(argv[++i]) : 0; };
    if (std::strcmp(argv[i], "--decisions") == 0) decisions = value();
    if (std::strcmp(argv[i], "--swaps") == 0) swaps = value();
    if (std::strcmp(argv[i], "json") == 0) json = true;
  }
  const ehc::ReloadReport report = ehc::RunReloadStress(decisions, swaps, 4);
  if (json) {
    std::cout << nlohmann::json{{"decisions", report.decisions},
                                {"swaps", report.swaps},
                                {"explained", report.explained},
                                {"mixed", report.mixed},
                                {"seconds", absl::ToDoubleSeconds(report.took)}}
                     .dump(2)
              << "\n";
  } else {
    std::cout << report.decisions << " decisions across " << report.swaps << " swaps, "
              << report.explained << " of them put into words, " << report.mixed
              << " mixed revisions; " << report.took << "\n";
  }
  return report.mixed == 0 ? 0 : 1;
}
