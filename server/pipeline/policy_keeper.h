// PolicyKeeper: which policy this hub decides by. It is always what the store has activated, with
// what is suspended there; loaded off the serving threads, swapped whole, and confirmed against the
// store again and again. What cannot be loaded leaves the last good policy in force and shows.
#ifndef EHC_SERVER_PIPELINE_POLICY_KEEPER_H_
#define EHC_SERVER_PIPELINE_POLICY_KEEPER_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/base/snapshot.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/policy_papers.h"
#include "server/pipeline/shadow.h"
#include "server/policy/analyse.h"
#include "server/policy/snapshot.h"
#include "server/policy/source.h"
#include "server/storage/store.h"

namespace ehc {

// Files on their way to being the policy: everything that is known about them.
struct PreparedPolicy {
  PolicySource source;                             // without tests
  std::shared_ptr<const PolicySnapshot> snapshot;  // null: they do not compile
  std::vector<Finding> findings;
  int tests_passed = 0;

  bool good() const;
  // The first errors as "file:line:column: …", one a line.
  std::string Faults() const;
};

struct PolicyHealth {
  bool ok = true;       // the last attempt to load or to confirm succeeded
  std::string problem;  // "agreements/x.textproto:3:1: …"; empty where ok
  absl::Time confirmed_at = absl::InfinitePast();
};

struct KeeperOptions {
  bool require_signatures = true;  // false in development
};

// Thread safe.
class PolicyKeeper {
 public:
  PolicyKeeper(Store& store, const Clock& clock, Snapshot<PinnedPolicy>& policies,
               ShadowRunner& shadow, const KeeperOptions& options);

  // Decides by what the store has activated now. After OK, every later Snapshot::Get() sees at
  // least what was committed when this was called: call it before acknowledging a change. On
  // failure the policy stays as it was and health() says why; FAILED_PRECONDITION: nothing was ever
  // activated. The candidate in shadow follows.
  absl::Status Refresh();

  // Reads, checks, analyses, tests and compiles; changes nothing but health(). `files` are those of
  // a policy folder, tests among them. Takes its time: call it from Later().
  absl::StatusOr<PreparedPolicy> Prepare(const PolicySource& files);

  // The revision proposed, compiled; with the same suspensions. FAILED_PRECONDITION: none is.
  absl::StatusOr<std::shared_ptr<const PolicySnapshot>> Candidate(const PolicyDesktop& desktop);

  // A prepared policy that could not be used: the last good one stays, and that shows.
  void NoteRefused(const std::string& problem);
  // Proposals and activations succeed again.
  void NoteAccepted();

  // Runs the task on the one thread that loads policies. False: too many wait.
  [[nodiscard]] bool Later(Executor::Task task) { return loader_.TrySubmit(std::move(task)); }
  // Waits for what was accepted, and refuses more.
  void Stop() { loader_.Shutdown(); }

  PolicyHealth health() const;
  // Called after every change of health, possibly from several threads.
  void OnHealth(std::function<void(const PolicyHealth&)> tell);
  std::string MetricsText() const;

  const PolicyPapers& papers() const { return papers_; }
  ShadowRunner& shadow() const { return shadow_; }

 private:
  // Agencies and public keys whose signatures count.
  using Signers = std::vector<std::pair<AgencyId, std::string>>;
  using Suspended = absl::flat_hash_set<AgreementId>;

  static absl::StatusOr<Signers> ReadSigners(ReadView& view);
  absl::StatusOr<std::shared_ptr<const PolicySnapshot>> Compile(const PolicySource& source,
                                                                const Signers& signers) const;
  absl::StatusOr<std::shared_ptr<const PinnedPolicy>> Load();
  absl::StatusOr<std::shared_ptr<const PolicySnapshot>> LoadRevision(const PutPolicy& active,
                                                                     const Signers& signers);
  absl::StatusOr<std::shared_ptr<const PolicySnapshot>> CompileCandidate(
      const PolicyDesktop& desktop);
  enum class Attempt { kLoad, kProposal };
  void SetHealth(Attempt attempt, const std::string& problem, absl::Time confirmed_at);

  Store& store_;
  const Clock& clock_;
  Snapshot<PinnedPolicy>& policies_;
  ShadowRunner& shadow_;
  const KeeperOptions options_;
  const PolicyPapers papers_;

  std::mutex refreshing_;  // guards what follows
  Signers signers_;
  std::shared_ptr<const PolicySnapshot> base_;      // as compiled, nothing suspended
  std::shared_ptr<const PolicySnapshot> prepared_;  // likewise; the next one, perhaps
  Signers prepared_signers_;

  mutable std::mutex health_mutex_;  // guards what follows
  PolicyHealth health_;
  std::string problems_[2];  // by Attempt; empty: the last one succeeded
  std::function<void(const PolicyHealth&)> tell_;
  uint64_t failures_ = 0;

  Executor loader_{1, 8};
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_POLICY_KEEPER_H_
