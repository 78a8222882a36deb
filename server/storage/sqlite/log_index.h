#ifndef EHC_SERVER_STORAGE_SQLITE_LOG_INDEX_H_
#define EHC_SERVER_STORAGE_SQLITE_LOG_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/crypto.h"
#include "server/storage/sqlite/database.h"

namespace ehc {

// By what entries are found. Values are stored: append only.
enum class EntryKeyKind { kLeaf = 0, kSearcher = 1, kCustodian = 2, kSubject = 3 };

inline constexpr int kEntryKeyKinds = 4;
// So many consecutive entries share one run.
inline constexpr int64_t kRunEntries = 4096;
// Runs of leaves are merged sixteen at a time, and sixteen of those once more: a leaf is then
// looked for in some dozens of places among ten million, not in thousands (docs/adr/0029).
inline constexpr int kMergedRuns = 16;
inline constexpr int kTopMergedLevel = 2;

// An entry's keys, by kind. 0 is no key, and no run holds it.
struct EntryKeys {
  uint64_t by_kind[kEntryKeyKinds] = {};

  static EntryKeys Of(const Digest& leaf, int64_t searcher, int64_t custodian, int64_t subject);
};

uint64_t LeafKey(const Digest& leaf);

// A run's bytes. REQUIRES: kRunEntries keys.
std::string EncodeRun(const std::vector<EntryKeys>& keys, int kind);

// Where the newest entries are, by leaf: those that no run holds yet, and a run's worth before them
// for views that are a little older. Thread safe.
class RecentLeaves {
 public:
  void Add(uint64_t leaf_key, int64_t entry);
  void DropBelow(int64_t entry);
  std::vector<int64_t> Find(uint64_t leaf_key) const;

 private:
  mutable std::mutex mutex_;  // guards entries_
  absl::flat_hash_map<uint64_t, absl::InlinedVector<int64_t, 1>> entries_;
};

// Every 4,096 entries get four runs: their keys of one kind, sorted, in one row each. An index kept
// entry by entry would dirty a page per entry and kind, which costs more than the entry itself
// (docs/adr/0005). Entries after the last run are found by scanning them.
//
// The writing half. Belongs to whoever leads the commits.
class LogIndex {
 public:
  // What the entries since the last run need. `size` is the log's.
  absl::Status Load(Database& database, int64_t size);

  void Add(const EntryKeys& keys) { keys_.push_back(keys); }
  // In the transaction under way: writes the runs that have become full.
  absl::Status WriteFullRuns(Database& writer);
  // Keeps or forgets what was added and written since the last call.
  void Settle(bool committed);

 private:
  int64_t first_ = 0;  // the entry that keys_ begins with
  std::vector<EntryKeys> keys_;
  size_t settled_ = 0;
  bool run_written_ = false;
};

// Some of the log's runs, all of them once: one plain run (level 0), or 16 or 256 in merged rows.
struct RunSpan {
  int level = 0;
  int64_t group = 0;
};
std::vector<RunSpan> RunsNewestFirst(int64_t runs);

// As FindInRun(), of leaves.
absl::StatusOr<std::vector<int64_t>> FindLeafIn(Database& database, const RunSpan& span,
                                                uint64_t key);

// The reading half: entries of the run (entry / kRunEntries) that bear the key, ascending. For
// leaves these are candidates: only 8 bytes were compared. DATA_LOSS for a malformed or missing
// run.
absl::StatusOr<std::vector<int64_t>> FindInRun(Database& database, EntryKeyKind kind, int64_t run,
                                               uint64_t key);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_LOG_INDEX_H_
