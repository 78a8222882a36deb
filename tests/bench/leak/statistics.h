// Whether two samples of times could come from the same distribution.
#ifndef EHC_TESTS_BENCH_LEAK_STATISTICS_H_
#define EHC_TESTS_BENCH_LEAK_STATISTICS_H_

#include <vector>

namespace ehc {

// The value below which `share` of the sample lies. REQUIRES: not empty.
double Quantile(std::vector<double> sample, double share);

// Two-sided p of the Mann-Whitney test (normal approximation, corrected for ties): that one sample
// tends to be larger than the other. Of ranks, because times have long tails that no mean survives.
double MannWhitneyP(const std::vector<double>& a, const std::vector<double>& b);

// Each p as Holm corrects it for there being several, in the order given.
std::vector<double> HolmCorrected(const std::vector<double>& p);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_LEAK_STATISTICS_H_
