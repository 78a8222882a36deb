// The two halves of store_check.h.
#ifndef EHC_SERVER_STORAGE_SQLITE_CHECK_PARTS_H_
#define EHC_SERVER_STORAGE_SQLITE_CHECK_PARTS_H_

#include <cstdint>

#include "server/storage/sealing.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/key_ring.h"
#include "server/storage/sqlite/store_check.h"

namespace ehc {

struct CheckContext {
  Database& database;
  const StoreKeys& root;
  const KeyRing& keys;
  const StoreCheckOptions& options;
  StoreCheckReport& report;

  void Progress(const char* table, int64_t done) const {
    constexpr int64_t kEvery = 1024;
    report.rows[table] = done;
    if (options.progress != nullptr && done % kEvery == 0) options.progress(table, done);
  }
};

// Entries, tree, tiles, indexes, cosignatures. A status only where the database cannot be read.
absl::Status CheckLogRows(const CheckContext& context);
// Keys, dossiers, records, parts, matters, idempotency rows and references.
absl::Status CheckRecordRows(const CheckContext& context);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_CHECK_PARTS_H_
