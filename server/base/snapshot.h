#ifndef EHC_SERVER_BASE_SNAPSHOT_H_
#define EHC_SERVER_BASE_SNAPSHOT_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace ehc {

// Generations are unique in the process, not only within one Snapshot: that is what makes a cached
// pointer safe to recognise by its generation alone, even after the Snapshot it came from is gone.
inline uint64_t NextSnapshotGeneration() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

// A value replaced rarely and read by every call (the policy in force, the agency registry).
// Reading costs one atomic load and a thread-local look-up; only the first read on a thread after a
// Set() takes the mutex. After Set() returns, every later read sees the new value. Thread safe.
//
// Each reading thread keeps the last value it read alive until it reads again or ends: do not keep
// in a Snapshot anything whose destruction must happen at once.
template <class T>
class Snapshot {
 public:
  explicit Snapshot(std::shared_ptr<const T> value = nullptr)
      : value_(std::move(value)), generation_(NextSnapshotGeneration()) {}
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // A copy to keep for a whole call, so that one decision never mixes two revisions.
  std::shared_ptr<const T> Get() const { return GetCached(); }

  // Valid until this thread next reads any Snapshot<T>. Saves the reference count.
  const std::shared_ptr<const T>& GetCached() const {
    CacheSlot& slot = ThreadCache()[slot_];
    if (slot.generation != generation_.load(std::memory_order_acquire)) Refresh(slot);
    return slot.value;
  }

  void Set(std::shared_ptr<const T> value) {
    std::lock_guard<std::mutex> lock(mutex_);
    value_.swap(value);
    generation_.store(NextSnapshotGeneration(), std::memory_order_release);
    // The old value dies with the parameter, after the mutex is released.
  }

  // Grows with every Set().
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

 private:
  struct CacheSlot {
    uint64_t generation = 0;
    std::shared_ptr<const T> value;
  };
  static constexpr size_t kCacheSlots = 8;

  static std::array<CacheSlot, kCacheSlots>& ThreadCache() {
    static thread_local std::array<CacheSlot, kCacheSlots> cache;
    return cache;
  }

  void Refresh(CacheSlot& slot) const {
    std::shared_ptr<const T> old = std::move(slot.value);  // Destroyed after the mutex is released.
    std::lock_guard<std::mutex> lock(mutex_);
    slot.value = value_;
    slot.generation = generation_.load(std::memory_order_relaxed);
  }

  // Instances that share a slot are correct, only slower when a thread alternates between them.
  static size_t NextSlot() {
    static std::atomic<size_t> next{0};
    return next.fetch_add(1, std::memory_order_relaxed) % kCacheSlots;
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
  std::atomic<uint64_t> generation_;
  const size_t slot_ = NextSlot();
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_SNAPSHOT_H_
