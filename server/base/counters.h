// Counter, LatencyHistogram: written by every thread without contention, summed when read. A read
// concurrent with writes is a value between the one before and the one after. Thread safe.
#ifndef EHC_SERVER_BASE_COUNTERS_H_
#define EHC_SERVER_BASE_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace ehc {

inline constexpr size_t kCounterShards = 16;

// This thread's shard; threads are dealt out evenly.
size_t ThisThreadShard();

// Only ever grows.
class Counter {
 public:
  Counter() = default;
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;

  void Add(uint64_t amount = 1) {
    shards_[ThisThreadShard()].value.fetch_add(amount, std::memory_order_relaxed);
  }
  uint64_t value() const;

 private:
  struct alignas(64) Shard {
    std::atomic<uint64_t> value{0};
  };
  std::array<Shard, kCounterShards> shards_;
};

// Latencies by bucket. Bucket i counts those above bound i-1 and up to bound i; the last bucket
// counts everything above the last bound.
class LatencyHistogram {
 public:
  static constexpr std::array<int64_t, 20> kBoundsMicros = {
      10,    20,    50,     100,    200,    500,     1000,    2000,    5000,     10000,
      20000, 50000, 100000, 200000, 500000, 1000000, 2000000, 5000000, 10000000, 30000000};
  static constexpr size_t kBuckets = kBoundsMicros.size() + 1;

  struct Totals {
    std::array<uint64_t, kBuckets> buckets{};
    uint64_t count = 0;
    absl::Duration sum;

    // The upper bound of the bucket that holds the q-quantile (0 < q <= 1); zero without samples,
    // infinite if it lies above the last bound.
    absl::Duration QuantileUpperBound(double q) const;
  };

  LatencyHistogram() = default;
  LatencyHistogram(const LatencyHistogram&) = delete;
  LatencyHistogram& operator=(const LatencyHistogram&) = delete;

  // Adds at most one hour to the sum; below zero counts as zero.
  void Record(absl::Duration latency);
  Totals Read() const;

 private:
  struct alignas(64) Shard {
    std::array<std::atomic<uint64_t>, kBuckets> buckets{};
    std::atomic<int64_t> sum_nanos{0};
  };
  std::array<Shard, kCounterShards> shards_;
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_COUNTERS_H_
