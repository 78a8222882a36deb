#include "client-sdk/src/retry_loop.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "ehchub/error.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {
namespace {

bool MayPass(const HubError& error) {
  return error.code == absl::StatusCode::kUnavailable ||
         (error.code == absl::StatusCode::kResourceExhausted && error.retry_after.has_value());
}

bool NeverReachedTheHub(const HubError& error) {
  return error.code == absl::StatusCode::kUnavailable && error.reason_name.empty();
}

// So that clients that failed together do not come back together.
absl::Duration WithJitter(absl::Duration backoff) {
  thread_local absl::BitGen generator;
  return backoff * absl::Uniform(generator, 0.5, 1.0);
}

}  // namespace

absl::Time Now(const Options& options) { return options.now ? options.now() : absl::Now(); }

void Sleep(const Options& options, absl::Duration wait) {
  options.sleep ? options.sleep(wait) : absl::SleepFor(wait);
}

absl::Status RetryLoop(const Options& options, Idempotency idempotency,
                       absl::FunctionRef<absl::Status(absl::Duration)> attempt,
                       absl::FunctionRef<absl::Status()> diagnose) {
  const absl::Time end = Now(options) + options.deadline;
  absl::Duration backoff = options.first_backoff;
  bool diagnosed = false;
  for (int attempts = 1;; ++attempts) {
    absl::Status status = attempt(end - Now(options));
    if (status.ok()) return status;
    const HubError error = HubError::FromStatus(status);
    if (!MayPass(error)) return status;
    if (!diagnosed && NeverReachedTheHub(error)) {
      diagnosed = true;
      EHC_RETURN_IF_ERROR(diagnose());
    }
    if (idempotency != Idempotency::kIdempotent || attempts >= options.max_attempts) return status;
    const absl::Duration wait =
        std::max(WithJitter(backoff), error.retry_after.value_or(absl::ZeroDuration()));
    if (Now(options) + wait >= end) return status;
    Sleep(options, wait);
    backoff = std::min(2 * backoff, options.max_backoff);
  }
}

}  // namespace ehchub::internal
