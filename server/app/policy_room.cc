#include "server/app/policy_room.h"

#include <memory>
#include <optional>
#include <utility>

#include "server/app/system_entry.h"
#include "server/base/status_macros.h"
#include "server/policy/snapshot.h"
#include "server/policy/source.h"

namespace ehc {

absl::StatusOr<PutPolicy> FirstPolicy(const std::string& folder) {
  EHC_ASSIGN_OR_RETURN(const PolicySource source, ReadPolicyFolder(folder));
  EHC_ASSIGN_OR_RETURN(const std::shared_ptr<const PolicySnapshot> policy,
                       PolicySnapshot::Compile(source, {false, nullptr}));
  return PutPolicy{std::string(policy->revision()), SerializePolicySource(source)};
}

absl::Status ActivateFolder(Store& store, const std::string& folder, absl::Time now) {
  EHC_ASSIGN_OR_RETURN(PutPolicy policy, FirstPolicy(folder));
  {
    EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, store.Read());
    EHC_ASSIGN_OR_RETURN(const std::optional<PutPolicy> active, view->ActivePolicy());
    if (active.has_value() && active->revision == policy.revision) return absl::OkStatus();
  }
  SystemAct act{"policy.activate", AgencyId("operator"), policy.revision, {}};
  act.changes.push_back(std::move(policy));
  return CommitSystemAct(store, std::move(act), now);
}

}  // namespace ehc
