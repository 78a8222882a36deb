#ifndef EHC_TESTS_BENCH_E2E_DISK_H_
#define EHC_TESTS_BENCH_E2E_DISK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace ehc {

// FAILED_PRECONDITION if the folder lies in memory: a sync would cost nothing there.
absl::Status CheckIsOnDisk(const std::string& folder);

// Appends 4 KiB to a new file in the folder and syncs it, over and over: the time each took.
absl::StatusOr<std::vector<absl::Duration>> TimeSyncs(const std::string& folder,
                                                      absl::Duration for_how_long);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_DISK_H_
