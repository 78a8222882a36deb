#ifndef EHC_TESTS_BENCH_MATCH_CALIBRATE_H_
#define EHC_TESTS_BENCH_MATCH_CALIBRATE_H_

#include <ostream>

#include "tests/bench/match/trial.h"

namespace ehc {

// Prints, of each field and level, its share among the labelled set's true pairs (m) and among
// pairs of people at random (u).
void Calibrate(const Trial& trial, std::ostream& out);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_MATCH_CALIBRATE_H_
