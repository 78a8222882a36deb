#ifndef EHC_SERVER_STORAGE_SQLITE_SETTINGS_H_
#define EHC_SERVER_STORAGE_SQLITE_SETTINGS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/storage/sealing.h"
#include "server/storage/sqlite/database.h"

namespace ehc {

// What a store is told once, when it is made: its log's id, and a value that only its own root key
// opens.
absl::Status WriteSettings(Database& writer, const StoreKeys& root);

// The log's id. FAILED_PRECONDITION when `root` is another store's.
absl::StatusOr<std::string> ReadSettings(Database& writer, const StoreKeys& root);

// Gives the log another id; what witnesses have signed of the former is forgotten. In the
// transaction under way.
absl::Status WriteNewLogId(Database& writer, const StoreKeys& root);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_SETTINGS_H_
