#ifndef EHC_SERVER_BASE_CLOCK_H_
#define EHC_SERVER_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace ehc {

// Where every decision gets its time from. Thread safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock; lives as long as the process.
Clock& SystemClock();

// A clock that stands still until told otherwise. Thread safe. Resolution 1 ns, years 1678 to 2262.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time start) : unix_nanos_(absl::ToUnixNanos(start)) {}

  absl::Time Now() const override { return absl::FromUnixNanos(unix_nanos_.load()); }
  void Set(absl::Time now) { unix_nanos_.store(absl::ToUnixNanos(now)); }
  void Advance(absl::Duration by) { unix_nanos_.fetch_add(absl::ToInt64Nanoseconds(by)); }

 private:
  std::atomic<int64_t> unix_nanos_;
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_CLOCK_H_
