// StageTimes: how long the steps of a path take, in all. Written by every thread without
// contention. Thread safe.
#ifndef EHC_SERVER_BASE_STAGE_TIMES_H_
#define EHC_SERVER_BASE_STAGE_TIMES_H_

#include <array>
#include <chrono>
#include <string>

#include "server/base/counters.h"

namespace ehc {

// In the order of the path. kEntry makes the log's entry; kCommit lasts until it is synced,
// waiting for the group included; kAnswer shapes the response.
enum class CallStage { kFacts, kPolicy, kLoad, kRedaction, kEntry, kCommit, kAnswer };

class StageTimes {
 public:
  void Add(CallStage stage, std::chrono::steady_clock::duration time) {
    Total& total = totals_[static_cast<size_t>(stage)];
    total.nanos.Add(static_cast<uint64_t>(std::chrono::nanoseconds(time).count()));
    total.passages.Add();
  }

  // Prometheus text exposition: ehc_stage_seconds, a summary by stage.
  std::string Text() const;

 private:
  struct Total {
    Counter nanos;
    Counter passages;
  };
  std::array<Total, 7> totals_;
};

// Times one stage after the other on one thread. Without StageTimes it does nothing.
class StageClock {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  explicit StageClock(StageTimes* times) : times_(times), begun_(Now()) {}

  // Ends `stage` and begins the next.
  void End(CallStage stage) {
    if (times_ == nullptr) return;
    const Moment now = Now();
    times_->Add(stage, now - begun_);
    begun_ = now;
  }

 private:
  Moment Now() const { return times_ == nullptr ? Moment() : std::chrono::steady_clock::now(); }

  StageTimes* times_;
  Moment begun_;
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_STAGE_TIMES_H_
