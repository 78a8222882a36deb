// Checks a stopped store and its log, row by row, and changes nothing: what `ehc-fsck` stands on.
//
// Found are: a database that SQLite itself calls damaged, keys that do not unwrap, sealed values
// that do not open under their keys and in their places, entries that are missing, out of order or
// whose leaf is not of their opening, hashes of the tree, its tiles and indexes that do not follow
// from the leaves, versions, idempotency rows and references that contradict each other, erasures
// that the journal knows otherwise or whose keys are there again, numbers joined or severed of
// which the dossiers say something else, tallies and policy papers that cannot be this store's.
// What was erased is counted, not found.
#ifndef EHC_SERVER_STORAGE_SQLITE_STORE_CHECK_H_
#define EHC_SERVER_STORAGE_SQLITE_STORE_CHECK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/crypto.h"
#include "server/storage/store.h"

namespace ehc {

struct StoreFinding {
  std::string where;  // "entry 17", "record 4 version 2": numbers and table names only
  std::string what;
};

struct StoreCheckReport {
  std::string log_id;
  TreeHead head;
  std::map<int64_t, Digest> roots;      // at the sizes asked for, as far as the log reaches
  std::map<std::string, int64_t> rows;  // checked, by table
  int64_t erased = 0;                   // entries and records whose keys were destroyed
  bool has_journal = false;             // of erasures
  int64_t to_replay = 0;                // erasures that it has and this copy is too old for
  std::optional<int64_t> first_bad_entry;
  std::vector<StoreFinding> findings;  // the first kMostFindings
  int64_t more_findings = 0;

  static constexpr size_t kMostFindings = 100;
  bool sound() const { return findings.empty(); }
  void Find(std::string where, absl::string_view what);
  void FindEntry(int64_t entry, absl::string_view what);
};

struct StoreCheckOptions {
  std::string path;
  std::string key_file;
  std::string erasure_journal;  // empty: beside the store
  std::vector<int64_t> roots_at;
  // Whether an opening is that of the leaf; audit/ knows.
  std::function<absl::Status(const Digest& leaf, absl::string_view opening)> check_opening;
  // Called now and then: a table, and how many of its rows are done.
  std::function<void(const char* table, int64_t done)> progress;
};

// FAILED_PRECONDITION if a hub has the store open, if it is of another version or the key file is
// another store's; NOT_FOUND if there is none. Whatever else is wrong is in the report.
absl::StatusOr<StoreCheckReport> CheckSqliteStore(const StoreCheckOptions& options);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_STORE_CHECK_H_
