// Looks, in the hub's own name and behind every answer, whether a child that was registered or
// described anew nearly is another one, and opens the review (services/near_matches.h). Its entry
// is the operator's: no agency's audit shows it.
#ifndef EHC_SERVER_APP_NEAR_MATCH_WATCH_H_
#define EHC_SERVER_APP_NEAR_MATCH_WATCH_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "server/services/near_matches.h"

namespace ehc {

class NearMatchWatch {
 public:
  // All outlive this.
  NearMatchWatch(const Desks& desks, const MatchIndex& matches)
      : desks_(desks), matches_(matches), near_(desks, matches) {}
  ~NearMatchWatch() { Stop(); }

  // To be looked at soon. Quick; thread safe.
  void Notice(SubjectId subject);

  // From now on looks; at everybody who is in the index too, the newest first and a little at a
  // time, for what an earlier process did not come to and what new thresholds let through.
  void Start();
  void Stop();

 private:
  void Run();
  // Whom to look at next; 0: to stop. Blocks.
  SubjectId Next();
  void Look(SubjectId subject) const;
  absl::Status Open(SubjectId subject, const PolicySnapshot& policy) const;

  const Desks& desks_;
  const MatchIndex& matches_;
  const NearMatches near_;
  std::thread thread_;
  std::vector<SubjectId> backlog_;  // of the thread; the newest last
  std::mutex mutex_;                // guards what follows
  std::condition_variable changed_;
  std::deque<SubjectId> noticed_;
  absl::flat_hash_set<int64_t> waiting_;  // the same
  bool stopping_ = false;
};

}  // namespace ehc

#endif  // EHC_SERVER_APP_NEAR_MATCH_WATCH_H_
