#ifndef EHC_SERVER_STORAGE_SQLITE_READ_VIEW_H_
#define EHC_SERVER_STORAGE_SQLITE_READ_VIEW_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "server/base/clock.h"
#include "server/storage/dossier_feed.h"
#include "server/storage/sealing.h"
#include "server/storage/sqlite/agency_directory.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/key_ring.h"
#include "server/storage/sqlite/log_index.h"
#include "server/storage/sqlite/reader_pool.h"
#include "server/storage/store.h"

namespace ehc {

// What every view of one store shares; outlives the views.
struct ReadContext {
  const StoreKeys& root;
  const KeyRing& keys;
  const AgencyDirectory& agencies;
  const Clock& clock;
  ReaderPool& pool;
  const RecentLeaves& recent;
};

class SqliteReadView final : public ReadView {
 public:
  // `now` was published before this call.
  static absl::StatusOr<std::unique_ptr<ReadView>> Open(const ReadContext& context,
                                                        const Published& now);
  ~SqliteReadView() override;

  uint64_t position() const override { return static_cast<uint64_t>(now_.head.size); }
  absl::StatusOr<SubjectId> FindSubject(const Digest& identifier) override;
  absl::StatusOr<SubjectId> RootOf(SubjectId subject) override;
  absl::StatusOr<store::v1::Dossier> ReadDossier(SubjectId subject) override;
  // As DossierFeed::ListDossiers.
  absl::StatusOr<std::vector<SubjectDossier>> ListDossiers(SubjectId after, int limit);
  absl::StatusOr<std::optional<RecordHead>> FindRecord(SubjectId subject, const AgencyId& custodian,
                                                       absl::string_view record_type) override;
  absl::StatusOr<std::optional<RecordHead>> FindRecordByLocalId(
      SubjectId subject, const AgencyId& custodian, absl::string_view record_type,
      absl::string_view local_id) override;
  absl::StatusOr<std::optional<RecordHead>> FindRecordById(RecordId id) override;
  absl::StatusOr<std::vector<RecordHead>> ListRecords(SubjectId subject,
                                                      absl::string_view record_type) override;
  absl::StatusOr<std::vector<RecordHead>> ListRecordsOf(const AgencyId& custodian, RecordId after,
                                                        int limit) override;
  absl::StatusOr<std::vector<store::v1::ErasureRecord>> ListErasures() override;
  absl::StatusOr<std::vector<Part>> ReadParts(const RecordHead& head,
                                              absl::Span<const absl::string_view> codes) override;
  absl::StatusOr<std::vector<RecordChange>> ListRecordChanges(int64_t after, int limit) override;
  absl::StatusOr<std::vector<MatterEvent>> ListMatterEvents(const AgencyId& party, int64_t after,
                                                            int limit) override;
  absl::StatusOr<std::optional<RequestRow>> FindRequest(const AgencyId& agency,
                                                        absl::string_view method,
                                                        absl::string_view request_id) override;
  absl::StatusOr<std::optional<Matter>> FindMatter(absl::string_view kind, MatterId id) override;
  absl::StatusOr<std::vector<Matter>> ListMatters(const MatterFilter& filter) override;
  absl::StatusOr<int64_t> ReadTally(const TallyKey& key) override;
  absl::StatusOr<std::vector<hub::v1::Agency>> ListAgencies() override;
  absl::StatusOr<std::vector<PutCredential>> ListCredentials() override;
  absl::StatusOr<std::optional<PutPolicy>> ActivePolicy() override;
  absl::StatusOr<std::vector<PutPolicyPaper>> PolicyPapers() override;
  absl::StatusOr<std::vector<StoredEntry>> ListEntries(const EntryFilter& filter) override;
  absl::StatusOr<std::optional<int64_t>> FindEntry(const Digest& leaf_hash) override;
  absl::StatusOr<TreeHead> Head() override { return now_.head; }
  absl::StatusOr<Digest> NodeHash(int level, int64_t index) override;
  absl::StatusOr<std::vector<Digest>> NodeHashes(int level, int64_t first, int64_t count) override;
  absl::StatusOr<std::vector<PutCosignature>> ListCosignatures() override;

 private:
  // The data key of a record version this view has met: the parts follow the header.
  struct VersionKey {
    int64_t place;
    SealingKey key;
  };

  SqliteReadView(const ReadContext& context, const Published& now, Reader reader);

  Database& data() { return *reader_.database; }
  // A connection that sees the log up to this view's position.
  absl::StatusOr<Database*> Log();

  // Every number of the child: its root first.
  absl::StatusOr<std::vector<SubjectId>> NumbersOf(SubjectId subject);
  absl::StatusOr<bool> OpenDossier(int64_t subject, store::v1::Dossier* dossier);
  absl::Status UnsealDossier(int64_t subject, absl::string_view sealed, int64_t kek,
                             absl::string_view wrapped, store::v1::Dossier* dossier);
  // The header in the query's row; nothing when its key was destroyed.
  absl::StatusOr<std::optional<RecordHead>> OpenHead(Query& row, SubjectId subject,
                                                     absl::string_view record_type);
  absl::StatusOr<std::optional<RecordHead>> OpenOneHead(Query& query, SubjectId subject,
                                                        absl::string_view record_type);
  absl::StatusOr<Matter> OpenMatter(Query& row);
  absl::Status AppendRecordChanges(int64_t after, int limit, std::vector<RecordChange>* changes);
  absl::Status AppendMatterEvents(int64_t party, int64_t after, int limit,
                                  std::vector<MatterEvent>* events);
  absl::StatusOr<const SealingKey*> KeyOf(const RecordHead& head);
  // Matters that the statement finds by `key`.
  absl::Status AppendMatters(Sql sql, int64_t key, const MatterFilter& filter,
                             std::vector<Matter>* matters);
  // Entries that bear one of the keys and lie in full runs, one run at a time, while `take` wants
  // more.
  absl::Status ForEachInRuns(Database& log, EntryKeyKind kind, absl::Span<const uint64_t> keys,
                             int64_t after, absl::FunctionRef<absl::StatusOr<bool>(int64_t)> take);
  // Where the leaf is, if a merged or a plain run holds it: the newest first.
  absl::StatusOr<std::optional<int64_t>> FindInRuns(Database& log, const Digest& leaf);
  absl::StatusOr<bool> HoldsLeaf(Database& log, int64_t number, const Digest& leaf);
  absl::Status AppendRows(Query& query, std::vector<StoredEntry>* entries);
  absl::StatusOr<StoredEntry> OpenEntry(Query& row);
  absl::Status OpenOpening(Query& row, StoredEntry* entry);

  const ReadContext context_;
  const Published now_;
  Reader reader_;
  std::optional<Reader> log_reader_;
  std::vector<VersionKey> version_keys_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_READ_VIEW_H_
