#ifndef EHC_SERVER_STORAGE_SQLITE_READ_VIEW_H_
#define EHC_SERVER_STORAGE_SQLITE_READ_VIEW_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/storage/sealing.h"
#include "server/storage/sqlite/agency_directory.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/key_ring.h"
#include "server/storage/store.h"

namespace ehc {

// Idle read connections; more are opened when all are in use, and closed when they come back to a
// full pool. Thread safe. The last one returned is lent first: its caches are the warmest.
class ReaderPool {
 public:
  ReaderPool(std::string path, size_t kept);

  absl::StatusOr<std::unique_ptr<Database>> Take();
  void Return(std::unique_ptr<Database> reader);

 private:
  const std::string path_;
  const size_t kept_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<Database>> idle_ ABSL_GUARDED_BY(mutex_);
};

// What every view of one store shares; outlives the views.
struct ReadContext {
  const StoreKeys& root;
  const KeyRing& keys;
  const AgencyDirectory& agencies;
  const Clock& clock;
  ReaderPool& pool;
};

class SqliteReadView final : public ReadView {
 public:
  // `head` was current before this call.
  static absl::StatusOr<std::unique_ptr<ReadView>> Open(const ReadContext& context,
                                                        const TreeHead& head);
  ~SqliteReadView() override;

  uint64_t position() const override { return static_cast<uint64_t>(head_.size); }
  absl::StatusOr<SubjectId> FindSubject(const Digest& identifier) override;
  absl::StatusOr<store::v1::Dossier> ReadDossier(SubjectId subject) override;
  absl::StatusOr<std::optional<RecordHead>> FindRecord(SubjectId subject, const AgencyId& custodian,
                                                       absl::string_view record_type) override;
  absl::StatusOr<std::optional<RecordHead>> FindRecordByLocalId(
      SubjectId subject, const AgencyId& custodian, absl::string_view record_type,
      absl::string_view local_id) override;
  absl::StatusOr<std::vector<RecordHead>> ListRecords(SubjectId subject,
                                                      absl::string_view record_type) override;
  absl::StatusOr<std::vector<Part>> ReadParts(const RecordHead& head,
                                              absl::Span<const absl::string_view> codes) override;
  absl::StatusOr<std::optional<RequestRow>> FindRequest(const AgencyId& agency,
                                                        absl::string_view method,
                                                        absl::string_view request_id) override;
  absl::StatusOr<std::vector<hub::v1::Agency>> ListAgencies() override;
  absl::StatusOr<std::vector<PutCredential>> ListCredentials() override;
  absl::StatusOr<std::optional<PutPolicy>> ActivePolicy() override;
  absl::StatusOr<std::vector<StoredEntry>> ListEntries(const EntryFilter& filter) override;
  absl::StatusOr<std::optional<int64_t>> FindEntry(const Digest& leaf_hash) override;
  absl::StatusOr<TreeHead> Head() override { return head_; }
  absl::StatusOr<Digest> NodeHash(int level, int64_t index) override;

 private:
  // The data key of a record version this view has met: the parts follow the header.
  struct VersionKey {
    int64_t place;
    SealingKey key;
  };

  SqliteReadView(const ReadContext& context, const TreeHead& head,
                 std::unique_ptr<Database> reader);

  absl::StatusOr<bool> OpenDossier(int64_t subject, store::v1::Dossier* dossier);
  // The header in the query's row; nothing when its key was destroyed.
  absl::StatusOr<std::optional<RecordHead>> OpenHead(Query& row, SubjectId subject,
                                                     absl::string_view record_type);
  absl::StatusOr<std::optional<RecordHead>> OpenOneHead(Query& query, SubjectId subject,
                                                        absl::string_view record_type);
  absl::StatusOr<const SealingKey*> KeyOf(const RecordHead& head);
  absl::StatusOr<StoredEntry> OpenEntry(Query& row);
  absl::Status OpenOpening(Query& row, StoredEntry* entry);

  const ReadContext context_;
  const TreeHead head_;
  std::unique_ptr<Database> reader_;
  std::vector<VersionKey> version_keys_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_READ_VIEW_H_
