#include "server/transport/pace.h"

#include <utility>

namespace ehc {
namespace {

constexpr std::chrono::microseconds kFirst = std::chrono::milliseconds(1);
constexpr std::chrono::microseconds kWidest = std::chrono::milliseconds(64);

}  // namespace

Pace::Pace() : thread_([this] { Run(); }) {}

Pace::~Pace() { Stop(); }

Pace::Instant Pace::MomentFor(Instant arrived, Instant now) {
  std::chrono::microseconds step = kFirst;
  while (step < kWidest && arrived + step < now) step *= 2;
  Instant moment = arrived + step;
  if (moment < now) moment += ((now - moment + kWidest - Instant::duration(1)) / kWidest) * kWidest;
  return moment;
}

void Pace::Hold(Instant moment, Leave leave) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!stop_) {
      const auto at = waiting_.emplace(moment, std::move(leave));
      if (at == waiting_.begin()) changed_.notify_one();
      return;
    }
  }
  leave();
}

void Pace::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

Pace::Waiting Pace::TakeDue() {
  const auto later =
      stop_ ? waiting_.end() : waiting_.upper_bound(std::chrono::steady_clock::now());
  Waiting due;
  while (waiting_.begin() != later) due.insert(due.end(), waiting_.extract(waiting_.begin()));
  return due;
}

void Pace::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    Waiting due = TakeDue();
    if (!due.empty()) {
      lock.unlock();
      for (auto& [moment, leave] : due) leave();
      due.clear();  // what an answer holds may be the last of its call
      lock.lock();
    } else if (stop_) {
      return;
    } else if (waiting_.empty()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, waiting_.begin()->first);
    }
  }
}

}  // namespace ehc
