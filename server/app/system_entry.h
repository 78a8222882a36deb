// What the hub itself does (founding, activating policy in development), written down like
// everything else: changes and their entry in one commit.
#ifndef EHC_SERVER_APP_SYSTEM_ENTRY_H_
#define EHC_SERVER_APP_SYSTEM_ENTRY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/model/change.h"
#include "server/storage/store.h"

namespace ehc {

struct SystemAct {
  std::string action;           // "hub.found"
  AgencyId agency;              // in whose name
  std::string policy_revision;  // where it concerns one
  std::vector<Change> changes;
  Digest content_digest{};    // of what it brought in; zeros: nothing
  std::string justification;  // free text
  SubjectId subject;          // whom it is about; 0: nobody
  ReadSet reads;              // what it rests on; ABORTED where that moved
};

// Returns when the act is durable, or why it is not. Not to be called on a thread that commits.
absl::Status CommitSystemAct(Store& store, SystemAct act, absl::Time now);

// What was erased after the copy was made that is now opened, is erased again, and each time an
// entry says so. Before anything else is done with a store.
absl::Status ReplayErasures(Store& store, Clock& clock);

struct DataFolder;

// The same for an act about the log's keys and its head, in the operator's name. It is signed for
// by nobody: no promise is made of it.
absl::Status CommitLogAct(DataFolder& data, const std::string& action, const Digest& digest,
                          const std::string& justification, absl::Time now);

}  // namespace ehc

#endif  // EHC_SERVER_APP_SYSTEM_ENTRY_H_
