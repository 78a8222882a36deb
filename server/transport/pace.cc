#include "server/transport/pace.h"

#include <algorithm>
#include <utility>

namespace ehc {
namespace {

std::chrono::nanoseconds Chrono(absl::Duration duration) {
  return absl::ToChronoNanoseconds(duration);
}

void LetGo(Pace::Leave& leave) {
  try {
    leave();
  } catch (...) {
    // What it holds goes with it, and answers for the call.
  }
}

}  // namespace

Pace::Pace(const PaceOptions& options) : options_(options), thread_([this] { Run(); }) {}

Pace::~Pace() { Stop(); }

Pace::Instant Pace::MomentFor(Instant arrived, int questions, Instant now) const {
  const Instant moment =
      arrived + Chrono(options_.first) + std::max(0, questions - 1) * Chrono(options_.per_question);
  if (now <= moment) return moment;
  const std::chrono::nanoseconds step = Chrono(options_.step);
  return moment + ((now - moment + step - std::chrono::nanoseconds(1)) / step) * step;
}

Pace::Instant Pace::MomentToTurnAway(Instant arrived, std::chrono::nanoseconds left,
                                     bool crowded) const {
  std::chrono::nanoseconds wait = std::min(Chrono(options_.turned_away), left / 2);
  if (crowded) wait = std::min<std::chrono::nanoseconds>(wait, kCrowded);
  return arrived + wait;
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
  LetGo(leave);
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
      for (auto& [moment, leave] : due) LetGo(leave);
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
