// Looks, in the hub's own name, whether a child that was registered or described anew nearly is
// another one, and opens the reviews (services/near_matches.h). By the clock alone: whoever was
// noticed in one interval is compared in the next, away from the calls that named them, and what
// was found is written at its end, as one entry whether it was anybody or not. So neither times nor
// the number of entries tell anything. The entry is the operator's: no agency's audit shows it.
#ifndef EHC_SERVER_APP_NEAR_MATCH_WATCH_H_
#define EHC_SERVER_APP_NEAR_MATCH_WATCH_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "server/services/near_matches.h"

namespace ehc {

class NearMatchWatch {
 public:
  // All outlive this. Zero: whoever is noticed is compared and written at once, and nothing else.
  NearMatchWatch(const Desks& desks, const MatchIndex& matches, absl::Duration interval)
      : desks_(desks), matches_(matches), near_(desks, matches), interval_(interval) {}
  ~NearMatchWatch() { Stop(); }

  // To be compared in the next interval. Quick; thread safe.
  void Notice(SubjectId subject);

  // From now on looks; at everybody who is in the index too, the newest first and a little at a
  // time, for what an earlier process did not come to and what new thresholds let through.
  void Start();
  void Stop();

 private:
  using Moment = std::chrono::steady_clock::time_point;

  // Children each at most once, the oldest first.
  struct Queue {
    bool Push(SubjectId subject);
    void Remove(const std::vector<SubjectId>& subjects);
    std::deque<SubjectId> order;
    absl::flat_hash_set<int64_t> members;
  };
  // What one look writes.
  struct Look {
    std::vector<SubjectId> settled;  // who need not be looked at again
    std::vector<Change> changes;
    ReadSet reads;
  };

  bool is_at_once() const { return interval_ == absl::ZeroDuration(); }
  void Run();
  // Compares whoever comes until the look is due (at once: until somebody is alike). False: stop.
  bool CompareUntil(Moment due);
  // Whom to compare next, if there is anybody before `due`. Blocks.
  std::optional<SubjectId> Next(Moment due);
  void TakeNoticed();             // REQUIRES: mutex_ is held
  bool WaitUntil(Moment moment);  // false: stop
  void Write(Moment moment);
  absl::StatusOr<Look> LookAtAlike(size_t most, const PolicySnapshot& policy);
  absl::Status Commit(Look look, const PolicySnapshot& policy);

  const Desks& desks_;
  const MatchIndex& matches_;
  const NearMatches near_;
  const absl::Duration interval_;
  std::thread thread_;
  std::vector<SubjectId> backlog_;  // of the thread: whom to compare, the next one last
  Queue alike_;                     // of the thread: who is like somebody
  std::mutex mutex_;                // guards what follows
  std::condition_variable changed_;
  Queue noticed_;
  bool stopping_ = false;
};

}  // namespace ehc

#endif  // EHC_SERVER_APP_NEAR_MATCH_WATCH_H_
