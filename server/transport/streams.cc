#include "server/transport/streams.h"

#include <algorithm>
#include <utility>

namespace ehc {

Streams::Streams(const StreamLimits& limits, std::function<uint64_t()> changes,
                 const std::atomic<bool>& draining)
    : limits_(limits), changes_(std::move(changes)), draining_(draining) {
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

bool Streams::TakeNews() {
  const uint64_t changes = changes_ == nullptr ? 0 : changes_();
  return std::exchange(seen_changes_, changes) != changes;
}

void Streams::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    if (streams_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const StreamTick tick{std::chrono::steady_clock::now(), draining_.load(), TakeNews()};
    for (auto& [stream, whose] : streams_) stream->Tick(tick);
    changed_.wait_for(lock, absl::ToChronoNanoseconds(limits_.tick));
  }
}

}  // namespace ehc
