#include "server/pathway/timescales.h"

#include <algorithm>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

template <typename List>
bool Holds(const List& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool Runs(const Timescales& clocks, const std::string& code) {
  return std::any_of(clocks.begin(), clocks.end(), [&](const store::v1::RunningClock& one) {
    return one.code() == code && one.stopped_ms() == 0;
  });
}

}  // namespace

absl::Status EnterState(const policy::v1::Pathway& pathway, const std::string& state,
                        absl::Time now,
                        absl::FunctionRef<absl::StatusOr<absl::Time>(const std::string& clock)> due,
                        Timescales& clocks) {
  Timescales after = clocks;
  for (const policy::v1::PathwayClock& rule : pathway.clock()) {
    if (Holds(rule.until(), state)) {
      for (store::v1::RunningClock& one : after) {
        if (one.code() == rule.code() && one.stopped_ms() == 0) {
          one.set_stopped_ms(absl::ToUnixMillis(now));
        }
      }
    }
    if (!Holds(rule.from(), state) || Runs(after, rule.code())) continue;
    EHC_ASSIGN_OR_RETURN(const absl::Time due_at, due(rule.clock()));
    store::v1::RunningClock& started = *after.Add();
    started.set_code(rule.code());
    started.set_started_ms(absl::ToUnixMillis(now));
    started.set_due_ms(absl::ToUnixMillis(due_at));
  }
  clocks = std::move(after);
  return absl::OkStatus();
}

absl::Time EarliestDue(const Timescales& clocks) {
  absl::Time earliest = absl::InfiniteFuture();
  for (const store::v1::RunningClock& one : clocks) {
    if (one.stopped_ms() == 0) {
      earliest = std::min(earliest, absl::FromUnixMillis(one.due_ms()));
    }
  }
  return earliest;
}

bool IsBreached(const store::v1::RunningClock& clock, absl::Time now) {
  const int64_t until = clock.stopped_ms() == 0 ? absl::ToUnixMillis(now) : clock.stopped_ms();
  return clock.due_ms() <= until;
}

}  // namespace ehc
