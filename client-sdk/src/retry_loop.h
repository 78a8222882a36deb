#ifndef EHC_CLIENT_SDK_SRC_RETRY_LOOP_H_
#define EHC_CLIENT_SDK_SRC_RETRY_LOOP_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ehchub/options.h"

namespace ehchub::internal {

absl::Time Now(const Options& options);
void Sleep(const Options& options, absl::Duration wait);

// Calls `attempt` with the time left until it succeeds, fails for good, or attempts or time run
// out. Retried are UNAVAILABLE, and RESOURCE_EXHAUSTED where the hub said when to come again; never
// sooner than the hub said. The first UNAVAILABLE without details (the hub was not reached, or shut
// the door) is put to `diagnose`: an error from it is final.
absl::Status RetryLoop(const Options& options, Idempotency idempotency,
                       absl::FunctionRef<absl::Status(absl::Duration left)> attempt,
                       absl::FunctionRef<absl::Status()> diagnose);

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_RETRY_LOOP_H_
