#ifndef EHC_SERVER_STORAGE_SQLITE_NUMBER_SOURCE_H_
#define EHC_SERVER_STORAGE_SQLITE_NUMBER_SOURCE_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

#include "absl/status/statusor.h"

namespace ehc {

// Numbers that are given out once. They are reserved on disk a thousand at a time; those that a
// restart leaves over are never used. Thread safe.
class NumberSource {
 public:
  // Durably reserves so many numbers; the first of them.
  using Reserve = std::function<absl::StatusOr<int64_t>(int64_t count)>;

  explicit NumberSource(Reserve reserve) : reserve_(std::move(reserve)) {}

  absl::StatusOr<int64_t> Next() {
    const std::lock_guard lock(mutex_);
    if (next_ == end_) {
      absl::StatusOr<int64_t> first = reserve_(kReserved);
      if (!first.ok()) return first.status();
      next_ = *first;
      end_ = *first + kReserved;
    }
    return next_++;
  }

 private:
  static constexpr int64_t kReserved = 1000;

  const Reserve reserve_;
  std::mutex mutex_;  // guards both numbers
  int64_t next_ = 0;
  int64_t end_ = 0;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_NUMBER_SOURCE_H_
