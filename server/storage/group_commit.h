#ifndef EHC_SERVER_STORAGE_GROUP_COMMIT_H_
#define EHC_SERVER_STORAGE_GROUP_COMMIT_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "absl/functional/function_ref.h"
#include "server/storage/store.h"

namespace ehc {

// One waiting commit and, once its batch is done, what came of it.
struct PendingCommit {
  Commit commit;
  CommitDone done;
  absl::StatusOr<Committed> outcome = absl::UnknownError("");
  bool first = false;  // goes before others, and is called back before them
};

// Lets one of the threads that want to commit do it for all of them. A thread that finds nobody
// leading leads: it commits everything that is waiting as one batch, itself, without a hand-over.
// It gives up the lead before it calls back, so that the next batch syncs while these callbacks
// run.
//
// Where more commits are known to be on their way (WaitForCompanyWhile), a thread may leave its own
// to whoever comes after it, so that one sync serves them all: until kCompany are waiting, nothing
// more is on its way, or the oldest has waited for kPatience. It does so only if LeadIfDue() is
// certain to be called then.
//
// A commit that goes first (PutFirstWhile) is in the next batch whatever waits, with few others
// beside it, is called back before them, and does not wait until those of an earlier batch were: a
// leader that finds one commits it between two callbacks.
//
// Thread safe. Callbacks may call Submit() and RunAlone(); they run outside every lock.
class GroupCommit {
 public:
  using Batch = std::vector<PendingCommit>;
  // Sets every outcome. Never runs twice at a time, nor together with RunAlone()'s work.
  using CommitBatch = std::function<void(Batch&)>;

  static constexpr size_t kMaxBatch = 128;
  static constexpr size_t kBesideFirst = 8;  // others in a batch where some go first
  static constexpr size_t kCompany = 32;
  static constexpr std::chrono::microseconds kPatience{2000};

  explicit GroupCommit(CommitBatch commit_batch);

  // Waits until no commit is waiting or under way. REQUIRES: no further calls.
  ~GroupCommit();

  void Submit(Commit commit, CommitDone done);

  // As one Submit() for each, but all are waiting before the first batch is taken. Leads at once
  // unless somebody does: the caller may be about to wait for the outcomes.
  void SubmitAll(std::vector<Appending> commits);

  // `more_is_coming` must take no time and no lock. Before the first Submit().
  void WaitForCompanyWhile(std::function<bool()> more_is_coming);
  // `is_first` is asked by Submit(), of its own commit; it must take no time and no lock. Before
  // the first Submit().
  void PutFirstWhile(std::function<bool()> is_first);
  // Commits what waits for company if nothing else is on its way, or if it has waited long enough.
  void LeadIfDue(bool nothing_else);

  // Runs `work` on this thread while nobody commits. Not from within CommitBatch.
  void RunAlone(absl::FunctionRef<void()> work);

 private:
  // REQUIRES: mutex_ held. Whether the caller is to lead; if so it is counted as inside.
  bool EnterToLead();
  bool MayWaitForCompany();  // REQUIRES: mutex_ held, nobody leading
  // Commits batches until nothing waits or somebody else leads.
  void LeadWhileNeeded();
  bool TakeLead(Batch* batch);
  void GiveUpLead();
  void Leave();
  void CallBack(Batch& batch, bool may_lead);
  // Commits and calls back what goes first, where some waits and nobody leads.
  void LeadFirst();

  const CommitBatch commit_batch_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable lead_free_;
  std::condition_variable idle_;
  std::deque<PendingCommit> waiting_;
  std::function<bool()> more_is_coming_;
  std::function<bool()> is_first_;
  std::chrono::steady_clock::time_point waiting_since_;  // of the oldest that waits for company
  bool led_ = false;
  int alone_waiting_ = 0;
  int threads_inside_ = 0;
  std::atomic<bool> has_waiting_{false};  // written under mutex_; read without it to be quick
  std::atomic<size_t> first_waiting_{0};  // the same; they are at the front of waiting_
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_GROUP_COMMIT_H_
