#ifndef EHC_SERVER_STORAGE_SQLITE_KEY_DESTROYER_H_
#define EHC_SERVER_STORAGE_SQLITE_KEY_DESTROYER_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "ehc/store/v1/access.pb.h"
#include "server/model/change.h"
#include "server/storage/sqlite/agency_directory.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/key_ring.h"

namespace ehc {

// Destroys keys in the transaction under way on the leader's connection, with the rows that only
// they could open. A destroyed key is remembered by its fingerprint, made under the key itself: it
// tells nothing of the key, and finds the same key again in an older copy of the database.
class KeyDestroyer {
 public:
  using WriteDossier = absl::FunctionRef<absl::Status(int64_t, const store::v1::Dossier&)>;

  KeyDestroyer(const KeyRing& keys, const AgencyDirectory& agencies, Database& writer)
      : keys_(keys), agencies_(agencies), writer_(writer) {}

  // The keys alone: what DestroyKeys() of the store promises.
  absl::Status DestroyKeys(const KeyScope& scope) const;

  // The keys and their rows; `note` says afterwards what there was.
  absl::Status Erase(const KeyScope& scope, WriteDossier write,
                     store::v1::DestroyedKeys* note) const;
  // What is still there of the very keys that `note` names.
  absl::Status EraseAgain(const store::v1::DestroyedKeys& note, WriteDossier write) const;

 private:
  // Fingerprints of the keys that the scope names now.
  absl::StatusOr<std::vector<std::string>> Fingerprints(const KeyScope& scope) const;
  absl::StatusOr<std::vector<std::string>> FingerprintsOfDenials(int64_t before_day) const;
  absl::StatusOr<std::vector<std::string>> FingerprintsOfMatters(SubjectId subject) const;
  absl::Status RemoveRows(const KeyScope& scope) const;
  absl::Status RemoveRecords(const RecordKeys& keys) const;
  absl::Status RemoveMatters(SubjectId subject, const std::vector<std::string>& condemned) const;
  absl::Status ForgetRegistration(const RegistrationOf& registration, int64_t last_number,
                                  WriteDossier write) const;
  absl::StatusOr<store::v1::Dossier> ReadDossier(SubjectId subject) const;

  const KeyRing& keys_;
  const AgencyDirectory& agencies_;
  Database& writer_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_KEY_DESTROYER_H_
