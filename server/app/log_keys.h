// The keys that sign for the log, and how they change without a new log: `ehc-hub rotate-key` and
// `retire-key`, on a hub that is stopped. docs/operations/log.md has the procedure.
//
// log.changes has a line for each change: "key <verifier key>" for a checkpoint key that was
// replaced, "change <base64>" for the signed note of the change (base/key_change.h).
#ifndef EHC_SERVER_APP_LOG_KEYS_H_
#define EHC_SERVER_APP_LOG_KEYS_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/audit/checkpointer.h"
#include "server/base/clock.h"
#include "server/base/key_change.h"

namespace ehc {

inline constexpr size_t kLogSeedSize = 32;

absl::StatusOr<CheckpointKeys> LoadCheckpointKeys(const std::string& folder,
                                                  const std::string& log_id);

// Makes a new key and has the log's checkpoint key vouch for it; the change is an entry of the log.
// A checkpoint key's forerunner goes on signing beside it until RetireLogKey().
// FAILED_PRECONDITION while an earlier one still does, and where the log does not continue what was
// signed. What the journal of erasures has and the store lacks is erased first: `erasure_journal`
// as OpenDataFolder().
absl::Status RotateLogKey(const std::string& folder, LogKeyKind kind, Clock& clock,
                          const std::string& erasure_journal = {});

// Destroys the checkpoint key that was replaced. FAILED_PRECONDITION if there is none; otherwise as
// RotateLogKey().
absl::Status RetireLogKey(const std::string& folder, Clock& clock,
                          const std::string& erasure_journal = {});

}  // namespace ehc

#endif  // EHC_SERVER_APP_LOG_KEYS_H_
