// Policies are compiled and swapped while threads decide by them: the short form is a test, the
// long one `./dev bench policy-reload`.
#ifndef EHC_TESTS_UNIT_POLICY_RELOAD_STRESS_H_
#define EHC_TESTS_UNIT_POLICY_RELOAD_STRESS_H_

#include <cstdint>

#include "absl/time/time.h"

namespace ehc {

struct ReloadReport {
  int64_t decisions = 0;
  int64_t swaps = 0;
  int64_t explained = 0;  // of the decisions, those also put into words
  int64_t mixed = 0;      // decisions that are not wholly of the revision that they name
  absl::Duration took;
};

// `threads` threads make at least `decisions` decisions in all while a policy compiled anew is
// swapped in `swaps` times; both ends are reached before this returns.
ReloadReport RunReloadStress(int64_t decisions, int64_t swaps, int threads);

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_POLICY_RELOAD_STRESS_H_
