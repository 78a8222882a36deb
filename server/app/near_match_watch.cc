#include "server/app/near_match_watch.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "server/app/system_entry.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/policy/snapshot.h"

namespace ehc {
namespace {

constexpr char kAction[] = "subject.find_alike";
constexpr int kAttempts = 10;
// A look that meets more leaves the rest to the next one: its commit must not hold up others.
// Halved by every attempt that failed, so that the last one writes the entry alone.
constexpr size_t kMostInALook = 256;
// Between two of the backlog: nobody waits for them, and calls come first.
constexpr std::chrono::microseconds kPause(1000);
// Before another attempt, times the attempts so far.
constexpr std::chrono::milliseconds kAgain(5);
// A look is due and worked out, then written this much later: not sooner for having found nobody.
constexpr std::chrono::seconds kTimeToWorkOut(1);
// A hub that is started anew every hour looks all the same.
constexpr absl::Duration kFirst = absl::Minutes(5);

void WarnOf(const absl::Status& why) {
  LogWarning("near_match_not_recorded", {{"code", static_cast<int>(why.code())}});
}

bool IsAmong(const VersionKey& key, const std::vector<VersionKey>& keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

bool NearMatchWatch::Queue::Push(SubjectId subject) {
  if (!members.insert(subject.value).second) return false;
  order.push_back(subject);
  return true;
}

void NearMatchWatch::Queue::Remove(const std::vector<SubjectId>& subjects) {
  for (const SubjectId subject : subjects) members.erase(subject.value);
  const auto gone = [this](SubjectId subject) { return !members.contains(subject.value); };
  order.erase(std::remove_if(order.begin(), order.end(), gone), order.end());
}

void NearMatchWatch::Notice(SubjectId subject) {
  const std::lock_guard lock(mutex_);
  if (noticed_.Push(subject)) changed_.notify_all();
}

void NearMatchWatch::Start() {
  backlog_ = matches_.Subjects();
  thread_ = std::thread([this] { Run(); });
}

void NearMatchWatch::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void NearMatchWatch::Run() {
  const auto interval = absl::ToChronoNanoseconds(interval_);
  Moment due =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(std::min(interval_, kFirst));
  for (; CompareUntil(is_at_once() ? Moment::max() : due); due += interval) {
    Write(is_at_once() ? Moment() : due + kTimeToWorkOut);
    const std::lock_guard lock(mutex_);
    if (!is_at_once()) TakeNoticed();
  }
}

bool NearMatchWatch::CompareUntil(Moment due) {
  while (!is_at_once() || alike_.order.empty()) {
    const std::optional<SubjectId> next = Next(due);
    if (!next.has_value()) break;
    if (near_.HasAny(*next, desks_.rooms.clock.Now())) alike_.Push(*next);
  }
  const std::lock_guard lock(mutex_);
  return !stopping_;
}

std::optional<SubjectId> NearMatchWatch::Next(Moment due) {
  std::unique_lock lock(mutex_);
  const auto stop = [this] { return stopping_; };
  if (!backlog_.empty()) {
    changed_.wait_for(lock, kPause, stop);
  } else if (is_at_once()) {
    changed_.wait(lock, [this] { return stopping_ || !noticed_.order.empty(); });
  } else {
    changed_.wait_until(lock, due, stop);
  }
  if (is_at_once()) TakeNoticed();
  if (stopping_ || backlog_.empty() || std::chrono::steady_clock::now() >= due) return std::nullopt;
  const SubjectId next = backlog_.back();
  backlog_.pop_back();
  return next;
}

void NearMatchWatch::TakeNoticed() {
  // Before whoever waits already, in the order in which they came.
  backlog_.insert(backlog_.end(), noticed_.order.rbegin(), noticed_.order.rend());
  noticed_ = {};
}

bool NearMatchWatch::WaitUntil(Moment moment) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, moment, [this] { return stopping_; });
  return !stopping_;
}

void NearMatchWatch::Write(Moment moment) {
  absl::Status written = absl::UnavailableError("no policy is loaded");
  size_t most = kMostInALook;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::shared_ptr<const PolicySnapshot> policy = desks_.rooms.desk.Policy();
    if (policy == nullptr) break;
    absl::StatusOr<Look> look = LookAtAlike(most, *policy);
    if (!WaitUntil(moment)) return;
    written = look.ok() ? Commit(*std::move(look), *policy) : look.status();
    if (!absl::IsAborted(written)) break;
    most /= 2;
    if (!WaitUntil(std::chrono::steady_clock::now() + kAgain * (attempt + 1))) return;
  }
  if (written.ok()) return;
  WarnOf(written);
  if (is_at_once()) alike_ = {};  // the next start looks again
}

absl::StatusOr<NearMatchWatch::Look> NearMatchWatch::LookAtAlike(size_t most,
                                                                 const PolicySnapshot& policy) {
  Look look;
  const absl::Time now = desks_.rooms.clock.Now();
  std::vector<VersionKey> reviewed;
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, desks_.rooms.store.Read());
  look.reads.position = view->position();
  for (size_t i = 0; i < std::min(most, alike_.order.size()); ++i) {
    const SubjectId subject = alike_.order[i];
    absl::StatusOr<Plan> planned = near_.PlanFor(subject, policy, now, *view);
    if (!planned.ok()) {  // one that cannot be read does not keep the others from being seen
      WarnOf(planned.status());
      look.settled.push_back(subject);
      continue;
    }
    Plan plan = *std::move(planned);
    // The index hears of a commit before readers see it.
    if (plan.reads.empty()) continue;
    // The view does not show what this look opens: whoever is in it already waits for the next.
    const auto again = [&](const VersionKey& key) { return IsAmong(key, reviewed); };
    if (std::any_of(plan.reads.begin(), plan.reads.end(), again)) continue;
    look.settled.push_back(subject);
    if (plan.changes.empty()) continue;
    reviewed.insert(reviewed.end(), plan.reads.begin(), plan.reads.end());
    look.reads.keys.insert(look.reads.keys.end(), plan.reads.begin(), plan.reads.end());
    std::move(plan.changes.begin(), plan.changes.end(), std::back_inserter(look.changes));
  }
  if (is_at_once() && look.settled.empty()) return absl::AbortedError("nobody is readable yet");
  return look;
}

absl::Status NearMatchWatch::Commit(Look look, const PolicySnapshot& policy) {
  if (!is_at_once() || !look.changes.empty()) {
    SystemAct act;
    act.action = kAction;
    act.agency = desks_.rooms.desk.OperatorAgency();
    act.policy_revision = std::string(policy.revision());
    act.changes = std::move(look.changes);
    act.reads = std::move(look.reads);
    EHC_RETURN_IF_ERROR(
        CommitSystemAct(desks_.rooms.store, std::move(act), desks_.rooms.clock.Now()));
  }
  alike_.Remove(look.settled);
  return absl::OkStatus();
}

}  // namespace ehc
