#ifndef EHC_SERVER_STORAGE_SQLITE_SCHEMA_H_
#define EHC_SERVER_STORAGE_SQLITE_SCHEMA_H_

#include <cstdint>

#include "absl/status/status.h"
#include "server/storage/sqlite/database.h"

namespace ehc {

inline constexpr int kSchemaVersion = 7;

// Where rows with composite names stand, so that each is one integer key away:
// record (37 bits) | version (20 bits) | part's ordinal (6 bits).
inline constexpr int kVersionBits = 20;
inline constexpr int kOrdinalBits = 6;
inline constexpr int64_t kMaxRecord = (int64_t{1} << 37) - 1;
inline constexpr int64_t kMaxVersion = (int64_t{1} << kVersionBits) - 1;

inline int64_t VersionPlace(int64_t record, int64_t version) {
  return record << kVersionBits | version;
}
inline int64_t FirstPartPlace(int64_t record, int64_t version) {
  return VersionPlace(record, version) << kOrdinalBits;
}

// Complete subtrees are stored at every eighth level above the leaves: 8, 16, … REQUIRES: such a
// level.
inline constexpr int kStoredLevels = 8;
inline int64_t NodePlace(int level, int64_t index) {
  return int64_t{level} / kStoredLevels << 56 | index;
}

// Where a run of the log's index stands (log_index.h), and a row of a merged one.
inline int64_t RunPlace(int kind, int64_t run) { return int64_t{kind} << 56 | run; }
inline int64_t MergedRunPlace(int level, int64_t group, int64_t bucket) {
  return int64_t{level} << 56 | group << (4 * level) | bucket;
}

// Begins a new store in an empty file, in a transaction that stays open for what else a new store
// needs; until FinishSchema() has committed it, CheckSchema() refuses the file. Also turns on WAL,
// which stays on.
absl::Status CreateSchema(Database& writer, int page_size);
absl::Status FinishSchema(Database& writer);

// FAILED_PRECONDITION, saying what to do, if the file holds no store or one of another version.
absl::Status CheckSchema(Database& writer);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_SCHEMA_H_
