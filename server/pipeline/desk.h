// Desk, the only maker of Call: takes an authenticated caller and what it asks, fills in the
// caller's half of the request from the Caller alone, and pins the policy snapshot, so that no
// decision mixes revisions.
#ifndef EHC_SERVER_PIPELINE_DESK_H_
#define EHC_SERVER_PIPELINE_DESK_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/snapshot.h"
#include "server/identity/registry.h"
#include "server/model/stages.h"
#include "server/policy/snapshot.h"

namespace ehc {

// The policy in force and the store's commit position that it was read at; see ReadSet.
struct PinnedPolicy {
  std::shared_ptr<const PolicySnapshot> policy;
  uint64_t position = 0;
};

// The policy that a call was pinned to.
inline const PolicySnapshot& PolicyOf(const CaseFile& file) {
  return *static_cast<const PolicySnapshot*>(file.snapshot.get());
}

class Desk {
 public:
  Desk(const Snapshot<PinnedPolicy>& policies, const AgencyRegistry& registry, const Clock& clock)
      : policies_(policies), registry_(registry), clock_(clock) {}

  // UNAVAILABLE while no policy is loaded; INVALID_ARGUMENT for a part, an agreement without a
  // single supplier or a record type that the vocabulary lacks.
  absl::StatusOr<Call> Open(uint64_t call_id, Caller caller, Ask ask) const;

  // Several questions of one caller in one call, under one policy. Each has a decision of its own.
  // REQUIRES: at least one question.
  absl::StatusOr<std::vector<Call>> OpenAll(uint64_t call_id, const Caller& caller,
                                            std::vector<Ask> asks) const;

 private:
  absl::StatusOr<Call> OpenUnder(const std::shared_ptr<const PinnedPolicy>& pinned,
                                 uint64_t call_id, Caller caller, Ask ask) const;

  const Snapshot<PinnedPolicy>& policies_;
  const AgencyRegistry& registry_;
  const Clock& clock_;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_DESK_H_
