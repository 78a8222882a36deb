#include "ehchub/notification_reader.h"

#include <algorithm>
#include <optional>

#include "absl/time/clock.h"

namespace ehchub {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
constexpr absl::Duration kLongestPause = absl::Seconds(5);

// Another stream may go on where this one ended.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status) || absl::IsAborted(status);
}

}  // namespace

absl::StatusOr<v1::StreamNotificationsResponse> NotificationReader::Next(absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  absl::Status last = absl::DeadlineExceededError("no notification came in time; ask again");
  do {
    if (stream_ == nullptr) {
      const absl::Duration pause = std::min(pause_, until - absl::Now());
      if (pause > absl::ZeroDuration()) absl::SleepFor(pause);
      stream_ = connection_->StreamNotifications(request_);
    }
    auto next = stream_->Next(std::max(until - absl::Now(), absl::ZeroDuration()));
    if (next.ok() && next->has_value()) {
      request_.set_cursor((*next)->notification().cursor());
      pause_ = absl::ZeroDuration();
      return **std::move(next);
    }
    if (absl::IsDeadlineExceeded(next.status())) return last;
    stream_.reset();
    if (next.ok()) continue;  // the hub asks for another one
    if (!MayPass(next.status())) return next.status();
    last = next.status();
    pause_ = std::clamp(2 * pause_, kFirstPause, kLongestPause);
  } while (absl::Now() < until);
  return last;
}

}  // namespace ehchub
