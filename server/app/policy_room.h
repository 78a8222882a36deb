// How a policy comes into the store without anybody's approval: in development, and when a hub is
// founded.
#ifndef EHC_SERVER_APP_POLICY_ROOM_H_
#define EHC_SERVER_APP_POLICY_ROOM_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/model/change.h"
#include "server/storage/store.h"

namespace ehc {

// Development: what the folder says is activated and audited. Nothing is written when it is in
// force already. INVALID_ARGUMENT lists what is wrong with it.
absl::Status ActivateFolder(Store& store, const std::string& folder, absl::Time now);

// The first policy of a hub that is founded. Its agreements count once their custodians' keys are
// enrolled and have signed them.
absl::StatusOr<PutPolicy> FirstPolicy(const std::string& folder);

}  // namespace ehc

#endif  // EHC_SERVER_APP_POLICY_ROOM_H_
