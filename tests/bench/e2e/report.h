#ifndef EHC_TESTS_BENCH_E2E_REPORT_H_
#define EHC_TESTS_BENCH_E2E_REPORT_H_

#include <string>
#include <utility>
#include <vector>

namespace ehc {

// Medians over the rounds at one number of calls in flight. Times are microseconds; cpu is what
// every thread of the server used, per call.
struct BenchRow {
  int in_flight = 0;
  double hub_per_s = 0;
  double echo_per_s = 0;
  double ratio = 0;
  double hub_p50_us = 0;
  double hub_p99_us = 0;
  double echo_p50_us = 0;
  double echo_p99_us = 0;
  double hub_cpu_us = 0;
  double echo_cpu_us = 0;
  double fdatasync_per_s = 0;
  double fdatasync_p99_us = 0;
  // Mean time by stage of the hub's path, as its metrics name them.
  std::vector<std::pair<std::string, double>> stages_us;
};

std::string AsJson(const std::vector<BenchRow>& rows);
std::string AsText(const std::vector<BenchRow>& rows);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_REPORT_H_
