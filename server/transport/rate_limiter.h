#ifndef EHC_SERVER_TRANSPORT_RATE_LIMITER_H_
#define EHC_SERVER_TRANSPORT_RATE_LIMITER_H_

#include <mutex>

#include "absl/base/thread_annotations.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace ehc {

// Lets one event per interval through and counts the others. Thread safe.
class RateLimiter {
 public:
  explicit RateLimiter(absl::Duration interval) : interval_(interval) {}

  // 0: stay silent. Otherwise how many events there were since the last one that was let through,
  // this one included.
  int Admit() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++events_;
    const absl::Time now = absl::Now();
    if (now < next_) return 0;
    next_ = now + interval_;
    const int events = events_;
    events_ = 0;
    return events;
  }

 private:
  const absl::Duration interval_;
  std::mutex mutex_;
  int events_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time next_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_RATE_LIMITER_H_
