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
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return threads_inside_ == 0 && waiting_.empty(); });
}

void GroupCommit::Submit(Commit commit, CommitDone done) {
  {
    const std::lock_guard lock(mutex_);
    PendingCommit pending{std::move(commit), std::move(done)};
    pending.first = is_first_ && is_first_();
    if (pending.first) {
      const size_t before = first_waiting_;
      waiting_.insert(waiting_.begin() + static_cast<ptrdiff_t>(before), std::move(pending));
      first_waiting_ = before + 1;
    } else {
      waiting_.push_back(std::move(pending));
    }
    if (!EnterToLead()) return;
  }
  LeadWhileNeeded();
  Leave();
}

void GroupCommit::SubmitAll(std::vector<Appending> commits) {
  {
    const std::lock_guard lock(mutex_);
    for (Appending& one : commits) {
      waiting_.push_back({std::move(one.commit), std::move(one.done)});
    }
    if (led_ || calling_back == this) return;
    ++threads_inside_;
  }
  LeadWhileNeeded();
  Leave();
}

bool GroupCommit::EnterToLead() {
  if (led_ || calling_back == this || MayWaitForCompany()) return false;
  ++threads_inside_;
  return true;
}

bool GroupCommit::MayWaitForCompany() {
  if (!more_is_coming_ || waiting_.size() >= kCompany || !more_is_coming_()) return false;
  if (!has_waiting_) waiting_since_ = std::chrono::steady_clock::now();
  has_waiting_ = true;
  return true;
}

void GroupCommit::WaitForCompanyWhile(std::function<bool()> more_is_coming) {
  const std::lock_guard lock(mutex_);
  more_is_coming_ = std::move(more_is_coming);
}

void GroupCommit::PutFirstWhile(std::function<bool()> is_first) {
  const std::lock_guard lock(mutex_);
  is_first_ = std::move(is_first);
}

void GroupCommit::LeadIfDue(bool nothing_else) {
  if (!has_waiting_) return;
  {
    const std::lock_guard lock(mutex_);
    if (!has_waiting_ || led_) return;  // whoever leads takes them next
    const bool overdue = std::chrono::steady_clock::now() - waiting_since_ >= kPatience;
    if (!nothing_else && !overdue) return;
    ++threads_inside_;
  }
  LeadWhileNeeded();
  Leave();
}

void GroupCommit::Leave() {
  const std::lock_guard lock(mutex_);
  if (--threads_inside_ == 0) idle_.notify_all();
}

void GroupCommit::LeadWhileNeeded() {
  Batch batch;
  while (TakeLead(&batch)) {
    commit_batch_(batch);
    GiveUpLead();
    CallBack(batch, /*may_lead=*/true);
  }
}

void GroupCommit::LeadFirst() {
  Batch batch;
  if (first_waiting_ == 0 || !TakeLead(&batch)) return;
  commit_batch_(batch);
  GiveUpLead();
  CallBack(batch, /*may_lead=*/false);
}

bool GroupCommit::TakeLead(Batch* batch) {
  batch->clear();
  const std::lock_guard lock(mutex_);
  if (led_ || alone_waiting_ > 0 || waiting_.empty()) return false;
  led_ = true;
  const auto begin = waiting_.begin();
  const size_t first = first_waiting_;
  const size_t most = first > 0 ? std::min(first + kBesideFirst, kMaxBatch) : kMaxBatch;
  const auto end = begin + static_cast<ptrdiff_t>(std::min(waiting_.size(), most));
  batch->assign(std::make_move_iterator(begin), std::make_move_iterator(end));
  waiting_.erase(begin, end);
  first_waiting_ = first - std::min(first, batch->size());
  has_waiting_ = !waiting_.empty();  // since when stands: what was left is soon overdue
  return true;
}

void GroupCommit::GiveUpLead() {
  const std::lock_guard lock(mutex_);
  led_ = false;
  if (alone_waiting_ > 0) lead_free_.notify_one();
}

// Those that go first are at the front of a batch, as they were of the queue.
void GroupCommit::CallBack(Batch& batch, bool may_lead) {
  const GroupCommit* const outer = std::exchange(calling_back, this);
  for (PendingCommit& pending : batch) {
    if (may_lead && !pending.first) LeadFirst();
    pending.done(std::move(pending.outcome));
  }
  calling_back = outer;
}

void GroupCommit::RunAlone(absl::FunctionRef<void()> work) {
  {
    std::unique_lock lock(mutex_);
    ++threads_inside_;
    ++alone_waiting_;
    lead_free_.wait(lock, [this] { return !led_; });
    --alone_waiting_;
    led_ = true;
  }
  work();
  GiveUpLead();
  if (calling_back != this) LeadWhileNeeded();
  Leave();
}

}  // namespace ehc
