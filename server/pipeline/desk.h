// Desk, the only maker of Call: takes an authenticated caller and what it asks, fills in the
// caller's half of the request from the Caller alone, and pins the policy snapshot, so that no
// decision mixes revisions.
#ifndef EHC_SERVER_PIPELINE_DESK_H_
#define EHC_SERVER_PIPELINE_DESK_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/snapshot.h"
#include "server/identity/registry.h"
#include "server/model/stages.h"
#include "server/policy/snapshot.h"

namespace ehc {

// The policy in force, the store's commit position that it was read at (see ReadSet), and when the
// store last said that it still is.
struct PinnedPolicy {
  std::shared_ptr<const PolicySnapshot> policy;
  uint64_t position = 0;
  absl::Time confirmed_at = absl::InfiniteFuture();
};

struct DeskOptions {
  // A policy that the store has not confirmed for longer decides nothing.
  absl::Duration max_staleness = absl::InfiniteDuration();
  // Asks the store for the policy now (PolicyKeeper::Refresh).
  std::function<void()> refresh;
};

// The policy that a call was pinned to.
inline const PolicySnapshot& PolicyOf(const CaseFile& file) {
  return *static_cast<const PolicySnapshot*>(file.snapshot.get());
}

class Desk {
 public:
  Desk(const Snapshot<PinnedPolicy>& policies, const AgencyRegistry& registry, const Clock& clock,
       DeskOptions options = {})
      : policies_(policies), registry_(registry), clock_(clock), options_(std::move(options)) {}

  // UNAVAILABLE while no policy is loaded and once it is too stale; INVALID_ARGUMENT for a part, an
  // agreement without a single supplier or a record type that the vocabulary lacks, and for a call
  // that breaks the glass and must not (Ask::may_break_glass).
  absl::StatusOr<Call> Open(uint64_t call_id, Caller caller, Ask ask) const;

  // Several questions of one caller in one call, under one policy. Each has a decision of its own.
  // REQUIRES: at least one question.
  absl::StatusOr<std::vector<Call>> OpenAll(uint64_t call_id, const Caller& caller,
                                            std::vector<Ask> asks) const;

  // The policy in force; null while none is loaded.
  std::shared_ptr<const PolicySnapshot> Policy() const {
    const std::shared_ptr<const PinnedPolicy> pinned = policies_.Get();
    return pinned == nullptr ? nullptr : pinned->policy;
  }

  // The hub's operator, as the register says.
  AgencyId OperatorAgency() const { return registry_.Current().operator_agency(); }

  // Whom to ring at an agency, as the register says: a serialised NamedContact; empty: nobody.
  std::string ContactOf(const AgencyId& agency) const;

  // A call that was STALE, pinned to the policy in force now, before it is decided again. From the
  // second renewal on (`attempt` 3) the store is asked first: another hub may have moved it.
  absl::StatusOr<Call> Renew(Call call, int attempt) const;

 private:
  absl::Status CheckFresh(const std::shared_ptr<const PinnedPolicy>& pinned) const;
  // Pins the call to the policy and finds its custodian. Where there is no policy fresh enough, a
  // call that breaks the glass goes on without one: to be refused, and the attempt put in the log.
  absl::Status Pin(const std::shared_ptr<const PinnedPolicy>& pinned, CaseFile& file) const;
  absl::StatusOr<Call> OpenUnder(const std::shared_ptr<const PinnedPolicy>& pinned,
                                 uint64_t call_id, Caller caller, Ask ask) const;

  const Snapshot<PinnedPolicy>& policies_;
  const AgencyRegistry& registry_;
  const Clock& clock_;
  const DeskOptions options_;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_DESK_H_
