// MemoryGuard: ends floods of streams that are reset before a handler runs (CVE-2023-44487). gRPC
// 1.51 holds some 17 KB for each, beside its memory quota and before anything of ours hears of the
// stream, for as long as more arrive.
//
// A thread counts, by gRPC's own accounts, the streams that connections hold beyond those that they
// may open; once there are too many, connections are cut from the largest holder down until few are
// left. A connection within its rights is never cut, whatever the memory went to. With many
// connections counting takes a while and is done less often, but at once when the process's memory
// has grown: memory alone would not do, because what an allocator kept from one flood hides the
// next.
#ifndef EHC_SERVER_TRANSPORT_MEMORY_GUARD_H_
#define EHC_SERVER_TRANSPORT_MEMORY_GUARD_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/fs.h"
#include "server/transport/connections.h"
#include "server/transport/held_streams.h"
#include "server/transport/metrics.h"
#include "server/transport/options.h"
#include "server/transport/rate_limiter.h"

namespace ehc {

class MemoryGuard {
 public:
  // Starts looking. `streams_of_connection` is how many a connection may hold; `connections` and
  // `stats` must outlive this.
  static absl::StatusOr<std::unique_ptr<MemoryGuard>> Start(const FloodLimits& limits,
                                                            int streams_of_connection,
                                                            Connections& connections,
                                                            DoorStats& stats);
  ~MemoryGuard();

 private:
  MemoryGuard(const FloodLimits& limits, int streams_of_connection, Connections& connections,
              DoorStats& stats, UniqueFd statm);
  void Run();
  void Look();
  // Streams beyond what their connections may hold, before any was cut.
  int64_t EndFloods(std::vector<HeldStreams> held);
  void Cut(const HeldStreams& flood);
  // Of the process alone: what it maps of files is not counted. 0 if the system does not tell.
  size_t ReadMemory() const;

  const FloodLimits limits_;
  const int64_t streams_of_connection_;
  Connections& connections_;
  DoorStats& stats_;
  const UniqueFd statm_;
  RateLimiter log_limiter_{absl::Seconds(1)};
  // The thread's own.
  size_t calm_;  // the least since the last look that found memory, but no flood
  absl::Time next_count_ = absl::InfinitePast();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_MEMORY_GUARD_H_
