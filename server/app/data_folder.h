// The folder in which a hub keeps everything: its store, and the keys that sign for its log.
//
//   hub.db (and -wal, -shm)  the store                       sealed
//   hub.db.erasures          the journal of erasures         says which keys were destroyed, not
//   whose store.key                the store's root key            secret: back it up apart from
//   hub.db log.key                  the checkpoint key's seed       secret promise.key the promise
//   key (PEM)           secret log.vkey                 the checkpoint verifier key     public:
//   goes into agencies' profiles promise.pub.pem          the promise key                 public:
//   goes into agencies' profiles log.id                   the log's id                    public:
//   goes into agencies' profiles
#ifndef EHC_SERVER_APP_DATA_FOLDER_H_
#define EHC_SERVER_APP_DATA_FOLDER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/signature.h"
#include "server/base/signed_note.h"
#include "server/storage/store.h"

namespace ehc {

// Makes the store, the keys and the public files, once. ALREADY_EXISTS if the folder holds a hub.
absl::Status CreateDataFolder(const std::string& folder, Clock& clock);

struct DataFolder {
  std::unique_ptr<Store> store;
  NoteSigner checkpoint_signer;
  SigningKey promise_key;
};

// Errors say which file and what to do (docs/operations): a key that others can read is refused.
// `erasure_journal`: where the store keeps the journal of erasures; empty: in the folder.
absl::StatusOr<DataFolder> OpenDataFolder(const std::string& folder, Clock& clock,
                                          const std::string& erasure_journal = {});

}  // namespace ehc

#endif  // EHC_SERVER_APP_DATA_FOLDER_H_
