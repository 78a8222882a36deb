// Finding the log's entries by time. They are recorded in order but for how long each waited for
// its commit.
#ifndef EHC_SERVER_SERVICES_ENTRY_TIMES_H_
#define EHC_SERVER_SERVICES_ENTRY_TIMES_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/storage/store.h"

namespace ehc {

// No entry waits longer for its commit than this.
inline constexpr absl::Duration kLongestWait = absl::Minutes(5);

// An entry from which on every one lies that was recorded at or after `since`; of those in
// [low, high).
absl::StatusOr<int64_t> FirstSince(ReadView& view, int64_t low, int64_t high, absl::Time since);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_ENTRY_TIMES_H_
