#include "server/app/near_match_watch.h"

#include <chrono>
#include <memory>
#include <utility>

#include "server/app/system_entry.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/policy/snapshot.h"

namespace ehc {
namespace {

constexpr char kAction[] = "subject.find_alike";
constexpr int kAttempts = 8;
// Between two of the backlog: nobody waits for them, and calls come first.
constexpr std::chrono::microseconds kPause(1000);
// Before another attempt, times the attempts so far.
constexpr std::chrono::milliseconds kAgain(5);

}  // namespace

void NearMatchWatch::Notice(SubjectId subject) {
  const std::lock_guard lock(mutex_);
  if (!waiting_.insert(subject.value).second) return;
  noticed_.push_back(subject);
  changed_.notify_all();
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

SubjectId NearMatchWatch::Next() {
  std::unique_lock lock(mutex_);
  const auto woken = [this] { return stopping_ || !noticed_.empty(); };
  if (!backlog_.empty()) {
    changed_.wait_for(lock, kPause, woken);
  } else {
    changed_.wait(lock, woken);
  }
  if (stopping_) return SubjectId{};
  SubjectId next;
  if (!noticed_.empty()) {
    next = noticed_.front();
    noticed_.pop_front();
    waiting_.erase(next.value);
  } else {
    next = backlog_.back();
    backlog_.pop_back();
  }
  return next;
}

void NearMatchWatch::Run() {
  for (SubjectId subject = Next(); subject.known(); subject = Next()) Look(subject);
}

void NearMatchWatch::Look(SubjectId subject) const {
  if (!near_.HasAny(subject, desks_.rooms.clock.Now())) return;
  absl::Status opened = absl::UnavailableError("no policy is loaded");
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::shared_ptr<const PolicySnapshot> policy = desks_.rooms.desk.Policy();
    if (policy == nullptr) break;
    opened = Open(subject, *policy);
    if (!absl::IsAborted(opened)) break;
    std::this_thread::sleep_for(kAgain * (attempt + 1));
  }
  // The next start looks again.
  if (!opened.ok())
    LogWarning("near_match_not_recorded", {{"code", static_cast<int>(opened.code())}});
}

absl::Status NearMatchWatch::Open(SubjectId subject, const PolicySnapshot& policy) const {
  const absl::Time now = desks_.rooms.clock.Now();
  SystemAct act;
  {
    EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, desks_.rooms.store.Read());
    EHC_ASSIGN_OR_RETURN(Plan plan, near_.PlanFor(subject, policy, now, *view));
    // The index hears of a commit before readers see it.
    if (plan.reads.empty()) return absl::AbortedError("the child is not to be read yet");
    if (plan.changes.empty()) return absl::OkStatus();
    act.reads.position = view->position();
    act.reads.keys.assign(plan.reads.begin(), plan.reads.end());
    act.changes = std::move(plan.changes);
  }
  act.action = kAction;
  act.agency = desks_.rooms.desk.OperatorAgency();
  act.policy_revision = std::string(policy.revision());
  act.subject = subject;
  return CommitSystemAct(desks_.rooms.store, std::move(act), now);
}

}  // namespace ehc
