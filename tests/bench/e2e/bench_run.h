#ifndef EHC_TESTS_BENCH_E2E_BENCH_RUN_H_
#define EHC_TESTS_BENCH_E2E_BENCH_RUN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/bench/e2e/report.h"

namespace ehc {

struct BenchOptions {
  std::string folder;  // empty: a new one below the build folder, removed afterwards
  absl::Duration time = absl::Seconds(45);  // of measuring; founding the world comes on top
  int rounds = 3;
  int children = 200;
  int connections = 64;            // that the calls in flight are spread over, at most one each
  std::string load = "summaries";  // or "mix", "registrations"; see BenchWorld
  bool unpaced = false;            // the hub answers as soon as it can, whatever that may tell
  std::string echo = "messages";   // or "bytes"; see RunEchoServer()
  std::vector<int> in_flight = {1, 8, 64};
};

// Founds a hub, starts it and the echo, and measures hub, echo and disk in turn. An error, not a
// number, if any call is answered with anything but what it asked for, or if the log has not one
// entry more for each.
absl::StatusOr<std::vector<BenchRow>> RunBench(const BenchOptions& options);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_BENCH_RUN_H_
