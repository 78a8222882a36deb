#ifndef EHC_SERVER_STORAGE_SQLITE_CHANGE_WRITER_H_
#define EHC_SERVER_STORAGE_SQLITE_CHANGE_WRITER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/model/change.h"
#include "server/storage/sealing.h"
#include "server/storage/sqlite/agency_directory.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/key_ring.h"

namespace ehc {

// Writes changes in the transaction under way on the leader's connection.
class ChangeWriter {
 public:
  ChangeWriter(const StoreKeys& root, KeyRing& keys, AgencyDirectory& agencies, Database& writer)
      : root_(root), keys_(keys), agencies_(agencies), writer_(writer) {}

  // Makes the agency numbers and key-encryption keys that the changes need. Done before the
  // commit's savepoint: they stay when the commit itself is refused, and mean nothing by
  // themselves.
  absl::Status Prepare(absl::Span<const Change> changes);

  // ABORTED for a record version that is not the next, ALREADY_EXISTS for a local id or request
  // that is taken, INVALID_ARGUMENT for what no store can hold.
  absl::Status Apply(absl::Span<const Change> changes);

  // Also for the decoy, which no change may touch.
  absl::Status WriteDossier(int64_t subject, const store::v1::Dossier& dossier);

  absl::Status operator()(const PutSubject& put);
  absl::Status operator()(const BindIdentifier& bind);
  absl::Status operator()(const PutRecord& put);
  absl::Status operator()(const PutAgency& put);
  absl::Status operator()(const PutCredential& put);
  absl::Status operator()(const PutJoin& put);
  absl::Status operator()(const PutRequest& put);
  absl::Status operator()(const PutPolicy& put);
  absl::Status operator()(const PutPolicyPaper& put);
  absl::Status operator()(const PutMatter& put);
  absl::Status operator()(const TellOfMatter& tell);
  absl::Status operator()(const AddToTally& add);
  absl::Status operator()(const PutCosignature& put);
  absl::Status operator()(const EraseKeys& erase);
  absl::Status operator()(const ReplayErasure& replay);

 private:
  absl::Status CheckNextVersion(const RecordHead& head);
  absl::Status PutHead(const RecordHead& head, int64_t custodian, int64_t data_key,
                       absl::string_view sealed);
  absl::Status OpenMatter(const Matter& matter);
  absl::Status MoveMatter(const Matter& matter);
  absl::Status RememberErasure(const store::v1::ErasureRecord& record);
  absl::Status PutParts(const Record& record, const SealingKey& key);

  const StoreKeys& root_;
  KeyRing& keys_;
  AgencyDirectory& agencies_;
  Database& writer_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_CHANGE_WRITER_H_
