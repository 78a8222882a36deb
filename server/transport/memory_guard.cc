#include "server/transport/memory_guard.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/identity/certificate.h"

namespace ehc {
namespace {

// Counting takes one part in fifty of a core at most, as long as memory stays calm.
constexpr int kRest = 50;

// There may have been no call by which the hub would know it, but there was a handshake.
std::string AgencyAt(const HeldStreams& connection) {
  const auto certificate = ReadCertificate(PeerCertificateAt(connection));
  return certificate.ok() ? certificate->agency_id.value_or("") : "";
}

}  // namespace

absl::StatusOr<std::unique_ptr<MemoryGuard>> MemoryGuard::Start(const FloodLimits& limits,
                                                                int streams_of_connection,
                                                                Connections& connections,
                                                                DoorStats& stats) {
  UniqueFd statm(open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  if (!statm.valid()) return ErrnoStatus(errno, "opening", "/proc/self/statm");
  std::unique_ptr<MemoryGuard> guard(
      new MemoryGuard(limits, streams_of_connection, connections, stats, std::move(statm)));
  guard->thread_ = std::thread([raw = guard.get()] { raw->Run(); });
  return guard;
}

MemoryGuard::MemoryGuard(const FloodLimits& limits, int streams_of_connection,
                         Connections& connections, DoorStats& stats, UniqueFd statm)
    : limits_(limits),
      streams_of_connection_(streams_of_connection),
      connections_(connections),
      stats_(stats),
      statm_(std::move(statm)),
      calm_(ReadMemory()) {}

MemoryGuard::~MemoryGuard() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void MemoryGuard::Run() {
  const std::chrono::nanoseconds interval = absl::ToChronoNanoseconds(limits_.interval);
  std::unique_lock<std::mutex> lock(mutex_);
  while (!changed_.wait_for(lock, interval, [this] { return stop_; })) {
    lock.unlock();
    Look();
    lock.lock();
  }
}

void MemoryGuard::Look() {
  const size_t memory = ReadMemory();
  calm_ = std::min(calm_, memory);
  const bool has_grown = memory - calm_ > limits_.memory_growth_bytes;
  const absl::Time began = absl::Now();
  if (!has_grown && began < next_count_) return;
  const int64_t beyond = EndFloods(ListHeldStreams());
  const absl::Time now = absl::Now();
  next_count_ = now + kRest * (now - began);
  // Memory that went elsewhere is none of this guard's business.
  if (has_grown && beyond <= limits_.streams_beyond) calm_ = memory;
}

int64_t MemoryGuard::EndFloods(std::vector<HeldStreams> held) {
  std::sort(held.begin(), held.end(),
            [](const HeldStreams& a, const HeldStreams& b) { return a.count > b.count; });
  const auto beyond_of = [&](const HeldStreams& connection) {
    return std::max<int64_t>(0, connection.count - streams_of_connection_);
  };
  int64_t all = 0;
  for (const HeldStreams& connection : held) all += beyond_of(connection);
  int64_t left = all;
  for (const HeldStreams& connection : held) {
    if (left <= limits_.streams_beyond) break;
    Cut(connection);
    left -= beyond_of(connection);
  }
  return all;
}

// One that was cut before may still be seen here while gRPC lets go of its streams.
void MemoryGuard::Cut(const HeldStreams& flood) {
  if (!connections_.Abort(flood.peer)) return;
  if (const int connections = log_limiter_.Admit(); connections > 0) {
    LogWarning("stream_flood_cut", {{"agency", Public(AgencyAt(flood))},
                                    {"streams", flood.count},
                                    {"connections", connections}});
  }
  stats_.cut_floods.Add();
}

// "size resident shared ...", in pages.
size_t MemoryGuard::ReadMemory() const {
  static const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  char text[128];
  const ssize_t got = pread(statm_.get(), text, sizeof(text) - 1, 0);
  if (got <= 0) return 0;
  text[got] = '\0';
  uint64_t resident = 0;
  uint64_t shared = 0;
  if (std::sscanf(text, "%*u %" SCNu64 " %" SCNu64, &resident, &shared) != 2) return 0;
  return (resident - std::min(resident, shared)) * page;
}

}  // namespace ehc
