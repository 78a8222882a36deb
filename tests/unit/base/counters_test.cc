#include "server/base/counters.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace ehc {
namespace {

TEST(CounterTest, AdditionsOfAllThreadsAreSummed) {
  Counter counter;
  std::vector<std::thread> threads;
  for (int t = 0; t < 20; ++t) {  // More than there are shards.
    threads.emplace_back([&counter] {
      for (int i = 0; i < 1000; ++i) counter.Add();
      counter.Add(5);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 20u * 1005u);
}

TEST(LatencyHistogramTest, BoundBelongsToItsOwnBucket) {
  LatencyHistogram histogram;
  histogram.Record(absl::Microseconds(10));
  histogram.Record(absl::Microseconds(10) + absl::Nanoseconds(1));
  histogram.Record(absl::Microseconds(20));
  const auto totals = histogram.Read();
  EXPECT_EQ(totals.buckets[0], 1u);
  EXPECT_EQ(totals.buckets[1], 2u);
  EXPECT_EQ(totals.count, 3u);
  EXPECT_EQ(totals.sum, absl::Microseconds(40) + absl::Nanoseconds(1));
}

TEST(LatencyHistogramTest, ExtremesAreCountedAndBounded) {
  LatencyHistogram histogram;
  histogram.Record(-absl::Seconds(1));
  histogram.Record(absl::InfiniteDuration());
  const auto totals = histogram.Read();
  EXPECT_EQ(totals.buckets.front(), 1u);
  EXPECT_EQ(totals.buckets.back(), 1u);
  EXPECT_EQ(totals.sum, absl::Hours(1));
  EXPECT_EQ(totals.QuantileUpperBound(1.0), absl::InfiniteDuration());
}

TEST(LatencyHistogramTest, QuantilesNameTheirBucket) {
  LatencyHistogram histogram;
  for (int i = 0; i < 99; ++i) histogram.Record(absl::Microseconds(150));
  histogram.Record(absl::Milliseconds(3));
  const auto totals = histogram.Read();
  EXPECT_EQ(totals.QuantileUpperBound(0.5), absl::Microseconds(200));
  EXPECT_EQ(totals.QuantileUpperBound(0.99), absl::Microseconds(200));
  EXPECT_EQ(totals.QuantileUpperBound(0.999), absl::Milliseconds(5));
}

TEST(LatencyHistogramTest, EmptyHistogramHasNoQuantile) {
  EXPECT_EQ(LatencyHistogram().Read().QuantileUpperBound(0.5), absl::ZeroDuration());
}

}  // namespace
}  // namespace ehc
