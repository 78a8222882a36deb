#ifndef EHC_SERVER_STORAGE_SQLITE_SETTINGS_H_
#define EHC_SERVER_STORAGE_SQLITE_SETTINGS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/storage/sealing.h"
#include "server/storage/sqlite/database.h"

namespace ehc {

struct Settings {
  std::string log_id;
  std::string founded_for;
};

// What a store is told once, when it is made: its log's id, what it is for, and a value that only
// its own root key opens and that binds both.
absl::Status WriteSettings(Database& writer, const StoreKeys& root, absl::string_view founded_for);

// FAILED_PRECONDITION when `root` is another store's, or a setting was altered.
absl::StatusOr<Settings> ReadSettings(Database& writer, const StoreKeys& root);

// Gives the log another id; what witnesses have signed of the former is forgotten. In the
// transaction under way.
absl::Status WriteNewLogId(Database& writer, const StoreKeys& root, absl::string_view founded_for);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_SETTINGS_H_
