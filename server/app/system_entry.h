// What the hub itself does (founding, activating policy in development), written down like
// everything else: changes and their entry in one commit.
#ifndef EHC_SERVER_APP_SYSTEM_ENTRY_H_
#define EHC_SERVER_APP_SYSTEM_ENTRY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/model/change.h"
#include "server/storage/store.h"

namespace ehc {

struct SystemAct {
  std::string action;           // "hub.found"
  AgencyId agency;              // in whose name
  std::string policy_revision;  // where it concerns one
  std::vector<Change> changes;
};

// Returns when the act is durable, or why it is not. Not to be called while the store is serving.
absl::Status CommitSystemAct(Store& store, SystemAct act, absl::Time now);

}  // namespace ehc

#endif  // EHC_SERVER_APP_SYSTEM_ENTRY_H_
