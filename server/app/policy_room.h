// Which policy a hub decides by, and how it came to be in force.
#ifndef EHC_SERVER_APP_POLICY_ROOM_H_
#define EHC_SERVER_APP_POLICY_ROOM_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/pipeline/desk.h"
#include "server/storage/store.h"

namespace ehc {

// Development: what the folder says is activated, audited, and in force at once; unsigned agreements
// count. The revision stays as it was when the folder is unchanged.
absl::StatusOr<std::shared_ptr<const PinnedPolicy>> ActivateFolder(Store& store,
                                                                   const std::string& folder,
                                                                   absl::Time now);

// Production: what was last activated, and only agreements that their custodians have signed with
// enrolled keys. FAILED_PRECONDITION when nothing was ever activated.
absl::StatusOr<std::shared_ptr<const PinnedPolicy>> LoadActivePolicy(Store& store);

}  // namespace ehc

#endif  // EHC_SERVER_APP_POLICY_ROOM_H_
