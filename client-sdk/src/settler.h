#ifndef EHC_CLIENT_SDK_SRC_SETTLER_H_
#define EHC_CLIENT_SDK_SRC_SETTLER_H_

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace ehchub::internal {

// Settles receipts on a thread of its own, soon after each Poke(). Thread safe.
class Settler {
 public:
  // `settle` may take its time; `on_failure` may be null.
  Settler(std::function<absl::Status()> settle,
          std::function<void(const absl::Status&)> on_failure);

  // Settles what was poked for last, then ends the thread.
  ~Settler();

  void Poke();

  // The failure that nobody was told of yet: a fork for ever, anything else once.
  absl::Status TakeFailure();

 private:
  void Run();
  void Record(const absl::Status& status);
  bool HasWork() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return poked_ || stopping_; }

  const std::function<absl::Status()> settle_;
  const std::function<void(const absl::Status&)> on_failure_;
  absl::Mutex mutex_;
  bool poked_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_SETTLER_H_
