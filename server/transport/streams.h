// Streams: the calls that are answered message by message and still go on. One thread looks at them
// every few milliseconds: it wakes those that wait for news, cancels those whose reader is too
// slow, has those that are sending ask again when what is known of a child has changed, and ends
// the idle ones when the hub drains.
#ifndef EHC_SERVER_TRANSPORT_STREAMS_H_
#define EHC_SERVER_TRANSPORT_STREAMS_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "server/model/names.h"
#include "server/transport/options.h"

namespace ehc {

struct StreamTick {
  std::chrono::steady_clock::time_point now;
  bool draining = false;
  bool news = false;         // records have changed since the tick before
  bool facts_moved = false;  // what is known of some child has changed since the tick before
};

class LiveStream {
 public:
  // On the thread of Streams. Waits for nothing and calls nothing of Streams.
  virtual void Tick(const StreamTick& tick) = 0;

 protected:
  ~LiveStream() = default;
};

// Thread safe.
class Streams {
 public:
  // `changes` counts what streams wait for; null: nothing ever comes but by looking again.
  // `fact_changes` counts what may take back what is being sent; null: nothing does.
  Streams(const StreamLimits& limits, std::function<uint64_t()> changes,
          std::function<uint64_t()> fact_changes, const std::atomic<bool>& draining);
  ~Streams();  // REQUIRES: none is left, or none is entered any more and no tick can matter.

  // False, and nothing is kept, where the hub, the agency or the connection has too many already.
  // From now on until Leave() the stream is ticked.
  [[nodiscard]] bool Enter(LiveStream& stream, const AgencyId& agency, const void* connection);
  // Afterwards no tick is under way or comes. Harmless for a stream that is not there.
  void Leave(LiveStream& stream);

  const StreamLimits& limits() const { return limits_; }
  size_t size() const;

 private:
  struct Whose {
    AgencyId agency;
    const void* connection = nullptr;
  };

  void Run();
  StreamTick NextTick() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const StreamLimits limits_;
  const std::function<uint64_t()> changes_;
  const std::function<uint64_t()> fact_changes_;
  const std::atomic<bool>& draining_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<LiveStream*, Whose> streams_ ABSL_GUARDED_BY(mutex_);
  uint64_t seen_changes_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t seen_fact_changes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_STREAMS_H_
