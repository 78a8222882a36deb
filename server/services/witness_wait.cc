#include "server/services/witness_wait.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/model/deadline.h"

namespace ehc {
namespace {

constexpr char kClock[] = "LOG_WITNESS";

std::string Gauge(absl::string_view name, absl::string_view help, const absl::AlphaNum& value) {
  return absl::StrCat("# HELP ", name, " ", help, "\n# TYPE ", name, " gauge\n", name, " ", value,
                      "\n");
}

}  // namespace

WitnessWait WaitForWitnesses(const SignedHeads& heads, const PolicySnapshot* policy,
                             const Calendar& calendar, absl::Time now) {
  WitnessWait wait;
  wait.since = heads.unwitnessed_since;
  if (!wait.since.has_value() || policy == nullptr) return wait;
  const DeadlineRule* rule = policy->FindClock(kClock, now);
  if (rule == nullptr) return wait;
  const absl::StatusOr<absl::Time> due = DueAt(*rule, *wait.since, calendar);
  // A period that the calendar cannot count is one that is not known to last.
  wait.due_at = due.ok() ? *due : *wait.since;
  wait.overdue = now >= *wait.due_at;
  return wait;
}

std::string WitnessMetrics(const SignedHeads& heads, const WitnessWait& wait, absl::Time now) {
  const absl::Duration waited = wait.since.has_value()
                                    ? std::max(now - *wait.since, absl::ZeroDuration())
                                    : absl::ZeroDuration();
  const int64_t witnessed = heads.witnessed.has_value() ? heads.witnessed->head.size : 0;
  return absl::StrCat(
      Gauge("ehc_log_entries", "Entries of the newest head.", heads.newest.head.size),
      Gauge("ehc_log_entries_witnessed", "Entries of the newest head that enough witnesses signed.",
            witnessed),
      Gauge("ehc_log_unwitnessed_seconds",
            "Age of the oldest entry that no witnessed head covers; 0: none.",
            absl::ToInt64Seconds(waited)),
      Gauge("ehc_log_witness_overdue", "1: that is longer than the policy's clock LOG_WITNESS.",
            wait.overdue ? 1 : 0));
}

}  // namespace ehc
