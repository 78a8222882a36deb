#include "client-sdk/src/settler.h"

#include <utility>

#include "ehchub/error.h"

namespace ehchub::internal {

Settler::Settler(std::function<absl::Status()> settle,
                 std::function<void(const absl::Status&)> on_failure)
    : settle_(std::move(settle)), on_failure_(std::move(on_failure)), thread_([this] { Run(); }) {}

Settler::~Settler() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Settler::Poke() {
  absl::MutexLock lock(&mutex_);
  poked_ = true;
}

absl::Status Settler::TakeFailure() {
  absl::MutexLock lock(&mutex_);
  absl::Status failure = failure_;
  if (!AsLogFork(failure).has_value()) failure_ = absl::OkStatus();
  return failure;
}

void Settler::Run() {
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &Settler::HasWork));
      if (!poked_) return;
      poked_ = false;
    }
    Record(settle_());
  }
}

void Settler::Record(const absl::Status& status) {
  if (status.ok()) return;
  {
    absl::MutexLock lock(&mutex_);
    failure_ = status;
  }
  if (on_failure_) on_failure_(status);
}

}  // namespace ehchub::internal
