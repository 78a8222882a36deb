#ifndef EHC_TESTS_BENCH_MATCH_STARTUP_H_
#define EHC_TESTS_BENCH_MATCH_STARTUP_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/match/trial.h"

namespace ehc {

// Fills a store in a folder of its own with so many sealed dossiers, then times how long a hub that
// starts over it would take to build the index. The folder is removed.
absl::Status TimeStart(const TrialOptions& options, const std::string& policies, std::ostream& out);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_MATCH_STARTUP_H_
