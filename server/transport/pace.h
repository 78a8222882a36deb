// Pace: when answers leave that could tell by their time what they do not say.
//
// How long the hub works on a no depends, by microseconds, on what it found before it said no; so
// does a yes that is the same for every child, as to a registration. Such an answer leaves at a
// moment that follows from its request alone: so long after the call arrived, and for a roll so
// much longer for each further child. One that is not ready by then leaves at the next of moments
// that lie far apart. What is content for the caller leaves at once: it tells by what it says.
#ifndef EHC_SERVER_TRANSPORT_PACE_H_
#define EHC_SERVER_TRANSPORT_PACE_H_

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "server/transport/options.h"

namespace ehc {

// Thread safe.
class Pace {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  using Leave = absl::AnyInvocable<void()>;

  explicit Pace(const PaceOptions& options);
  ~Pace();  // Stops.
  Pace(const Pace&) = delete;
  Pace& operator=(const Pace&) = delete;

  // When the answer to a call leaves that arrived then, asked about so many children (none counts
  // as one), and is ready `now`.
  Instant MomentFor(Instant arrived, int questions, Instant now) const;

  // When a call is told that it is turned away, which costs the hub nearly half of what an answer
  // does: whoever waits for that does not ask meanwhile. Before half of the time is over that the
  // call has `left`. Where its connection is `crowded`, after kCrowded at most.
  Instant MomentToTurnAway(Instant arrived, std::chrono::nanoseconds left, bool crowded) const;
  static constexpr std::chrono::milliseconds kCrowded{10};

  // Calls `leave` once, at `moment` or a little later, on a thread of its own: it must be quick.
  // What it throws is lost.
  void Hold(Instant moment, Leave leave);

  // Lets everything go at once that waits, and from then on whatever comes, on the thread that
  // brings it. Returns when the thread of this has ended: what leaves later may then be the last to
  // hold this. Idempotent. Never from what leaves, nor by two at a time.
  void Stop();

 private:
  using Waiting = std::multimap<Instant, Leave>;

  void Run();
  // REQUIRES: the lock held. What may leave by now.
  Waiting TakeDue();

  const PaceOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Waiting waiting_;    // guarded by mutex_
  bool stop_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_PACE_H_
