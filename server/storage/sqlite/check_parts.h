// The parts of store_check.h.
#ifndef EHC_SERVER_STORAGE_SQLITE_CHECK_PARTS_H_
#define EHC_SERVER_STORAGE_SQLITE_CHECK_PARTS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "ehc/store/v1/dossier.pb.h"
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

// Row by row, counted under the table's name. A status only where the database cannot be read, as
// below.
absl::Status ForEachRow(const CheckContext& context, const char* table, const std::string& sql,
                        absl::FunctionRef<void(Query&)> check);

// Entries, tree, tiles, indexes, cosignatures.
absl::Status CheckLogRows(const CheckContext& context);
// Keys, dossiers, joined and severed numbers, records, parts, matters, idempotency rows and
// references.
absl::Status CheckRecordRows(const CheckContext& context);
// Erasures, against the journal and the keys.
absl::Status CheckErasureRows(const CheckContext& context);
// Policy papers, and tallies.
absl::Status CheckPolicyRows(const CheckContext& context);

// The numbers of children that are several: noted dossier by dossier, then held against the tables.
class IdentityCheck {
 public:
  explicit IdentityCheck(const CheckContext& context) : context_(context) {}

  void Note(int64_t subject, const store::v1::Dossier& dossier);
  absl::Status Finish();

 private:
  struct Identity {
    int64_t joined_into = 0;
    std::set<int64_t> joined;
    bool severed = false;
  };

  void CheckJoin(int64_t member, int64_t root);
  void CheckStatedJoins();
  absl::Status CheckSevered();
  bool IsSevered(int64_t subject) const;
  int64_t RootOf(int64_t subject) const;

  const CheckContext& context_;
  std::set<int64_t> seen_;                  // whose dossiers open
  std::map<int64_t, Identity> identities_;  // where there is more to say
  std::map<int64_t, int64_t> roots_;        // by member, as the table has it
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_CHECK_PARTS_H_
