// ShadowRunner: a candidate policy decides what was just decided live, on a thread of its own, and
// counts and keeps what it would have changed. Nothing of it reaches anybody who asks.
#ifndef EHC_SERVER_PIPELINE_SHADOW_H_
#define EHC_SERVER_PIPELINE_SHADOW_H_

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/aead.h"
#include "server/base/fs.h"
#include "server/model/case_file.h"
#include "server/policy/snapshot.h"
#include "server/storage/store.h"

namespace ehc {

struct ShadowCounts {
  int64_t decided = 0;
  int64_t dropped = 0;  // the queue was full
  int64_t gains = 0;
  int64_t losses = 0;
  int64_t other_reasons = 0;
  int64_t kept = 0;                                                  // differing decisions on file
  std::map<std::pair<std::string, std::string>, int64_t> by_reason;  // (live, candidate)
};

// Thread safe.
class ShadowRunner {
 public:
  static constexpr size_t kQueue = 1024;
  static constexpr int64_t kMaxKept = 10000;

  // Differing decisions are kept in the file at `path`, each sealed under a key of the store's and
  // bound to the candidate's revision; empty: they are only counted.
  ShadowRunner(const Store& store, std::string path);
  ~ShadowRunner();
  ShadowRunner(const ShadowRunner&) = delete;
  ShadowRunner& operator=(const ShadowRunner&) = delete;

  // Null: no candidate. Another revision than before begins anew: counts and file are emptied.
  void SetCandidate(std::shared_ptr<const PolicySnapshot> candidate);

  // One relaxed load: all that a decision costs while there is no candidate.
  bool active() const { return active_.load(std::memory_order_relaxed); }

  // What was decided at `at`. Never waits for the candidate; counts as dropped when too many wait.
  void Offer(const CaseFile& file, absl::Time at);

  ShadowCounts Counts() const;

  // The kept decisions as `case { … }` texts, from the `from`-th (counted from 0), at most `limit`.
  absl::StatusOr<std::vector<std::string>> Kept(int64_t from, int limit) const;

  // Until everything offered so far has been decided.
  void Settle();

 private:
  struct Seen {
    std::shared_ptr<const void> keeps;  // the live snapshot
    const PolicySnapshot* live;
    PolicyRequest request;
    Facts facts;
    Decision decision;
    absl::Time at;
  };

  void Work();
  void Compare(const Seen& seen, const PolicySnapshot& candidate);
  void Keep(const Seen& seen);
  void StartFile(const std::string& revision);

  const Aead256Gcm key_;
  const std::string path_;
  std::atomic<bool> active_{false};

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Seen> queue_;
  std::shared_ptr<const PolicySnapshot> candidate_;
  bool busy_ = false;
  bool stopping_ = false;
  ShadowCounts counts_;
  UniqueFd file_;
  std::thread thread_;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_SHADOW_H_
