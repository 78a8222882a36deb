#ifndef EHC_SERVER_STORAGE_SQLITE_SQLITE_STORE_H_
#define EHC_SERVER_STORAGE_SQLITE_SQLITE_STORE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/storage/store.h"

namespace ehc {

struct SqliteOptions {
  std::string path;
  std::string key_file;             // 32 bytes, mode 0600; keep its backup apart from the store's
  bool create = false;              // initialise first if neither file exists
  std::string founded_for{"test"};  // of a store that is made: Store::founded_for() for good
  size_t read_connections = 4;      // kept open; more are opened when more views are open at once
  // The journal of erasures, outside the database; empty: beside it. A copy on another machine is
  // what makes a restored backup forget again.
  std::string erasure_journal = {};
  Clock& clock = SystemClock();
};

// Creates the file and its root key, once. ALREADY_EXISTS, changing nothing, if either is there.
absl::Status InitSqliteStore(const SqliteOptions& options);

// FAILED_PRECONDITION, saying what to do, if another process owns the file, if it holds no store of
// this version, or if the key file is another store's; NOT_FOUND if there is none; DATA_LOSS if it
// is damaged; PERMISSION_DENIED if its file system is read-only.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const SqliteOptions& options);

// Gives the log of a store that nobody has open another id, and returns the former. Its entries
// stay. Errors as OpenSqliteStore().
absl::StatusOr<std::string> RenewSqliteLog(const SqliteOptions& options);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_SQLITE_STORE_H_
