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
  // What is still there of the very keys that `record` names. Where this copy is older than a
  // split, numbers that were no part of the child when it was erased part from it first, so that
  // each keeps, or loses, what is its own.
  absl::Status EraseAgain(const store::v1::ErasureRecord& record, WriteDossier write) const;

  // Whether one of the very keys that `note` names is there, or what a registration had recorded.
  absl::StatusOr<bool> IsThere(const store::v1::DestroyedKeys& note) const;

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
  absl::StatusOr<bool> HasKeyOf(const store::v1::DestroyedKeys& note) const;
  absl::Status EraseNoted(const store::v1::DestroyedKeys& note, WriteDossier write) const;
  absl::Status PartFromOthers(const store::v1::ErasureRecord& record, WriteDossier write) const;
  absl::Status Part(SubjectId root, SubjectId member, WriteDossier write) const;
  absl::StatusOr<std::vector<SubjectId>> Numbers(Sql sql, SubjectId of) const;

  const KeyRing& keys_;
  const AgencyDirectory& agencies_;
  Database& writer_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_KEY_DESTROYER_H_
