#include "server/base/counters.h"

#include <algorithm>
#include <cmath>

namespace ehc {
namespace {

constexpr absl::Duration kLongestCounted = absl::Hours(1);

}  // namespace

size_t ThisThreadShard() {
  static std::atomic<size_t> next{0};
  static thread_local const size_t shard =
      next.fetch_add(1, std::memory_order_relaxed) % kCounterShards;
  return shard;
}

uint64_t Counter::value() const {
  uint64_t total = 0;
  for (const Shard& shard : shards_) total += shard.value.load(std::memory_order_relaxed);
  return total;
}

void LatencyHistogram::Record(absl::Duration latency) {
  const absl::Duration counted = std::clamp(latency, absl::ZeroDuration(), kLongestCounted);
  const int64_t nanos = absl::ToInt64Nanoseconds(counted);
  const auto bucket = std::lower_bound(kBoundsMicros.begin(), kBoundsMicros.end(), nanos,
                                       [](int64_t bound, int64_t n) { return bound * 1000 < n; });
  Shard& shard = shards_[ThisThreadShard()];
  shard.buckets[bucket - kBoundsMicros.begin()].fetch_add(1, std::memory_order_relaxed);
  shard.sum_nanos.fetch_add(nanos, std::memory_order_relaxed);
}

LatencyHistogram::Totals LatencyHistogram::Read() const {
  Totals totals;
  for (const Shard& shard : shards_) {
    for (size_t i = 0; i < kBuckets; ++i) {
      const uint64_t count = shard.buckets[i].load(std::memory_order_relaxed);
      totals.buckets[i] += count;
      totals.count += count;
    }
    totals.sum += absl::Nanoseconds(shard.sum_nanos.load(std::memory_order_relaxed));
  }
  return totals;
}

absl::Duration LatencyHistogram::Totals::QuantileUpperBound(double q) const {
  if (count == 0) return absl::ZeroDuration();
  const uint64_t rank =
      std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(q * static_cast<double>(count))));
  uint64_t seen = 0;
  for (size_t i = 0; i < kBoundsMicros.size(); ++i) {
    seen += buckets[i];
    if (seen >= rank) return absl::Microseconds(kBoundsMicros[i]);
  }
  return absl::InfiniteDuration();
}

}  // namespace ehc
