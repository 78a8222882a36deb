// The folder in which a hub keeps everything: its store, and the keys that sign for its log.
//
//   hub.db (and -wal, -shm)  the store                        sealed
//   hub.db.erasures          the journal of erasures           which keys were destroyed, not whose
//   store.key                the store's root key             secret: back it up apart from hub.db
//   log.key                  the checkpoint key's seed        secret
//   log.key.old              the one before, while both sign  secret
//   promise.key              the promise key (PEM)            secret
//   log.vkey                 the checkpoint verifier key      public: goes into agencies' profiles
//   promise.pub.pem          the promise key                  public: goes into agencies' profiles
//   log.id                   the log's id                     public: goes into agencies' profiles
//   log.changes              how the keys changed             public (log_keys.h)
//   log.head                 the newest head signed           not to be restored with hub.db
#ifndef EHC_SERVER_APP_DATA_FOLDER_H_
#define EHC_SERVER_APP_DATA_FOLDER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/audit/checkpointer.h"
#include "server/base/clock.h"
#include "server/base/signature.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/storage/store.h"

namespace ehc {

// Makes the store, the keys and the public files, once. ALREADY_EXISTS if the folder holds a hub.
// `founded_for`: "test" or "live", for good.
absl::Status CreateDataFolder(const std::string& folder, const std::string& founded_for,
                              Clock& clock);

struct DataFolder {
  std::unique_ptr<Store> store;
  CheckpointKeys checkpoint_keys;
  SigningKey promise_key;
};

// Errors say which file and what to do (docs/operations): a key that others can read is refused.
// `erasure_journal`: where the store keeps the journal of erasures; empty: in the folder.
absl::StatusOr<DataFolder> OpenDataFolder(const std::string& folder, Clock& clock,
                                          const std::string& erasure_journal = {});

SqliteOptions StoreOptionsIn(const std::string& folder, Clock& clock);
std::string InFolder(const std::string& folder, absl::string_view file);
bool FileExists(const std::string& path);

// log.vkey, log.id and promise.pub.pem, as the folder's keys and `data` have them.
absl::Status WritePublicFiles(const std::string& folder, const DataFolder& data);
absl::Status CreatePromiseKey(const std::string& folder);

}  // namespace ehc

#endif  // EHC_SERVER_APP_DATA_FOLDER_H_
