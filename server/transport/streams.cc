#include "server/transport/streams.h"

#include <algorithm>
#include <utility>

namespace ehc {

Streams::Streams(const StreamLimits& limits, std::function<uint64_t()> changes,
                 std::function<uint64_t()> fact_changes, const std::atomic<bool>& draining)
    : limits_(limits),
      changes_(std::move(changes)),
      fact_changes_(std::move(fact_changes)),
      draining_(draining) {
  thread_ = std::thread([this] { Run(); });
}

Streams::~Streams() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Streams::Enter(LiveStream& stream, const AgencyId& agency, const void* connection) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto count = [&](auto is_of) {
      return static_cast<size_t>(std::count_if(streams_.begin(), streams_.end(), is_of));
    };
    if (streams_.size() >= limits_.total ||
        count([&](const auto& one) { return one.second.agency == agency; }) >= limits_.per_agency ||
        count([&](const auto& one) { return one.second.connection == connection; }) >=
            limits_.per_connection) {
      return false;
    }
    streams_[&stream] = {agency, connection};
  }
  changed_.notify_all();
  return true;
}

void Streams::Leave(LiveStream& stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  streams_.erase(&stream);
}

size_t Streams::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return streams_.size();
}

StreamTick Streams::NextTick() {
  const auto moved = [](const std::function<uint64_t()>& count, uint64_t& seen) {
    const uint64_t now = count == nullptr ? 0 : count();
    return std::exchange(seen, now) != now;
  };
  return {std::chrono::steady_clock::now(), draining_.load(), moved(changes_, seen_changes_),
          moved(fact_changes_, seen_fact_changes_)};
}

void Streams::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    if (streams_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const StreamTick tick = NextTick();
    for (auto& [stream, whose] : streams_) stream->Tick(tick);
    changed_.wait_for(lock, absl::ToChronoNanoseconds(limits_.tick));
  }
}

}  // namespace ehc
