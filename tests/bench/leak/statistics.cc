#include "tests/bench/leak/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

namespace ehc {

double Quantile(std::vector<double> sample, double share) {
  const auto at = static_cast<size_t>(share * static_cast<double>(sample.size() - 1));
  std::nth_element(sample.begin(), sample.begin() + static_cast<ptrdiff_t>(at), sample.end());
  return sample[at];
}

double MannWhitneyP(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<std::pair<double, bool>> all;
  for (double value : a) all.emplace_back(value, true);
  for (double value : b) all.emplace_back(value, false);
  std::sort(all.begin(), all.end());
  const double n = static_cast<double>(all.size());
  double rank_sum = 0, ties = 0;
  for (size_t begin = 0; begin < all.size();) {
    size_t end = begin;
    while (end < all.size() && all[end].first == all[begin].first) ++end;
    const double rank = (static_cast<double>(begin + 1) + static_cast<double>(end)) / 2;
    for (size_t i = begin; i < end; ++i) rank_sum += all[i].second ? rank : 0;
    const double tied = static_cast<double>(end - begin);
    ties += tied * tied * tied - tied;
    begin = end;
  }
  const double na = static_cast<double>(a.size()), nb = static_cast<double>(b.size());
  const double u = rank_sum - na * (na + 1) / 2;
  const double variance = na * nb / 12 * (n + 1 - ties / (n * (n - 1)));
  if (variance <= 0) return 1;
  const double z = std::max(0.0, std::abs(u - na * nb / 2) - 0.5) / std::sqrt(variance);
  return std::erfc(z / std::sqrt(2.0));
}

std::vector<double> HolmCorrected(const std::vector<double>& p) {
  std::vector<size_t> order(p.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t i, size_t j) { return p[i] < p[j]; });
  std::vector<double> corrected(p.size());
  double most = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    most = std::max(most, p[order[i]] * static_cast<double>(p.size() - i));
    corrected[order[i]] = std::min(1.0, most);
  }
  return corrected;
}

}  // namespace ehc
