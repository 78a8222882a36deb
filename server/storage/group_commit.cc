#include "server/storage/group_commit.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ehc {
namespace {

// Whose callbacks this thread is running: a Submit() from one of them only queues, for the loop
// that called it picks the queue up; otherwise a chain of retries would grow the stack.
thread_local const GroupCommit* calling_back = nullptr;

}  // namespace

GroupCommit::GroupCommit(CommitBatch commit_batch) : commit_batch_(std::move(commit_batch)) {}

GroupCommit::~GroupCommit() {
  absl::MutexLock lock(&mutex_);
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return threads_inside_ == 0 && waiting_.empty();
  };
  mutex_.Await(absl::Condition(&idle));
}

void GroupCommit::Submit(Commit commit, CommitDone done) {
  {
    absl::MutexLock lock(&mutex_);
    waiting_.push_back({std::move(commit), std::move(done)});
    if (led_ || calling_back == this) return;
    ++threads_inside_;
  }
  LeadWhileNeeded();
  absl::MutexLock lock(&mutex_);
  --threads_inside_;
}

void GroupCommit::LeadWhileNeeded() {
  Batch batch;
  while (TakeLead(&batch)) {
    commit_batch_(batch);
    GiveUpLead();
    CallBack(batch);
  }
}

bool GroupCommit::TakeLead(Batch* batch) {
  batch->clear();
  absl::MutexLock lock(&mutex_);
  if (led_ || alone_waiting_ > 0 || waiting_.empty()) return false;
  led_ = true;
  const auto begin = waiting_.begin();
  const auto end = begin + static_cast<ptrdiff_t>(std::min(waiting_.size(), kMaxBatch));
  batch->assign(std::make_move_iterator(begin), std::make_move_iterator(end));
  waiting_.erase(begin, end);
  return true;
}

void GroupCommit::GiveUpLead() {
  absl::MutexLock lock(&mutex_);
  led_ = false;
}

void GroupCommit::CallBack(Batch& batch) {
  const GroupCommit* const outer = std::exchange(calling_back, this);
  for (PendingCommit& pending : batch) pending.done(std::move(pending.outcome));
  calling_back = outer;
}

void GroupCommit::RunAlone(absl::FunctionRef<void()> work) {
  {
    absl::MutexLock lock(&mutex_);
    ++threads_inside_;
    ++alone_waiting_;
    const auto free = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !led_; };
    mutex_.Await(absl::Condition(&free));
    --alone_waiting_;
    led_ = true;
  }
  work();
  GiveUpLead();
  if (calling_back != this) LeadWhileNeeded();
  absl::MutexLock lock(&mutex_);
  --threads_inside_;
}

}  // namespace ehc
