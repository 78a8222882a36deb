#ifndef EHC_SERVER_STORAGE_SQLITE_BATCH_WRITER_H_
#define EHC_SERVER_STORAGE_SQLITE_BATCH_WRITER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "server/base/merkle.h"
#include "server/storage/dossier_feed.h"
#include "server/storage/erasure_journal.h"
#include "server/storage/group_commit.h"
#include "server/storage/sqlite/agency_directory.h"
#include "server/storage/sqlite/change_writer.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/key_ring.h"
#include "server/storage/sqlite/log_index.h"
#include "server/storage/sqlite/reader_pool.h"
#include "server/storage/store.h"
#include "server/storage/version_map.h"

namespace ehc {

// Whether the commit destroys keys by a change of its own.
bool HasErasure(const Commit& commit);

// Those after the one numbered *last, which moves on.
absl::StatusOr<std::vector<store::v1::ErasureRecord>> ReadErasures(Database& database,
                                                                   int64_t* last);

// Writes one batch of commits as one transaction, and keeps what follows from what was written: the
// log's tree and the versions. Everything but published() belongs to whoever leads the commits.
class BatchWriter {
 public:
  // DATA_LOSS when the stored log does not lead to its last root.
  static absl::StatusOr<std::unique_ptr<BatchWriter>> Create(const StoreKeys& root, KeyRing& keys,
                                                             AgencyDirectory& agencies,
                                                             ReaderPool& readers,
                                                             RecentLeaves& recent,
                                                             std::unique_ptr<Database> writer);

  // Sets every outcome.
  void CommitBatch(GroupCommit::Batch& batch);

  absl::Status DestroyKeys(const KeyScope& scope);

  // Brings the journal up to the database: until that has succeeded no erasure is acknowledged and
  // nothing more is committed. Then empties the WAL, whose older pages may hold the keys, or tries
  // again at the next call where a view that is open does not let it.
  absl::Status FinishErasures(ErasureJournal& journal);
  // The first of `count` numbers that were never given out before.
  absl::StatusOr<int64_t> ReserveNumbers(absl::string_view counter, int64_t count);

  void SetSigner(BatchSigner signer) { signer_ = std::move(signer); }
  void SetWatcher(DossierWatcher watcher) { watcher_ = std::move(watcher); }

  // Thread safe.
  Published published() const;
  // Pages in the WAL after the last commit.
  int wal_pages() const { return wal_pages_; }

 private:
  // What one commit adds to the log, sealed and ready to be written.
  struct StagedEntry {
    PendingCommit* pending = nullptr;
    int64_t searcher = 0;
    int64_t custodian = 0;
    std::optional<int64_t> denial_day;
    std::optional<int64_t> generation;
    std::string opening;
  };
  struct StagedBatch {
    MerkleRange tree;
    std::vector<StagedEntry> entries;
    std::vector<Digest> leaves;
    std::vector<Digest> open_tile;
    absl::flat_hash_set<VersionKey> moved;
    bool data_moved = false;
    bool has_erasures = false;
    std::shared_ptr<const BatchPromise> promise;
  };

  BatchWriter(const StoreKeys& root, KeyRing& keys, AgencyDirectory& agencies, ReaderPool& readers,
              RecentLeaves& recent, std::unique_ptr<Database> writer, MerkleRange tree);

  absl::Status LoadRecent();

  absl::Status WriteBatch(GroupCommit::Batch& batch, StagedBatch* staged);
  absl::Status Stage(PendingCommit& pending, StagedBatch* staged);
  absl::Status CheckFresh(const ReadSet& reads, const StagedBatch& staged) const;
  absl::Status ApplyChanges(const Commit& commit, StagedEntry* entry);
  absl::Status SealOpening(const EntryRow& row, StagedEntry* entry);
  absl::Status WriteEntries(StagedBatch* staged);
  // Adds the leaf to the tile that is being filled, and writes the tile when it is full.
  absl::Status FillTile(const Digest& leaf, int64_t index, StagedBatch* staged);
  absl::Status WriteRecordChanges(const Commit& commit, int64_t index);
  absl::Status WriteMatterEvents(const Commit& commit, int64_t index);
  absl::Status WriteEntry(const StagedEntry& entry, int64_t index,
                          const std::optional<Digest>& root);
  absl::Status Sign(StagedBatch* staged);
  absl::Status CommitTransaction();
  void Settle(bool committed);
  void Publish(StagedBatch& staged);
  void TellWatcher(const StagedBatch& staged) const;
  void Abandon();

  // OK unless the log must not be written to; looks again after a failure.
  absl::Status CheckWritable();
  bool ConcernsWholeBatch() const;
  absl::Status PurgeWal();
  void TryPurge();
  absl::Status RunInTransaction(absl::FunctionRef<absl::Status()> work);
  void PublishHead(bool data_moved);

  const StoreKeys& root_;
  KeyRing& keys_;
  AgencyDirectory& agencies_;
  ReaderPool& readers_;
  RecentLeaves& recent_;
  const std::unique_ptr<Database> writer_;
  ChangeWriter changes_;
  BatchSigner signer_;
  DossierWatcher watcher_;

  MerkleRange tree_;
  std::vector<Digest> open_tile_;  // the leaves after the last full tile
  LogIndex index_;
  VersionMap versions_;
  bool look_again_ = false;
  bool journal_is_behind_ = true;  // until the store has looked
  bool wal_holds_keys_ = true;
  std::chrono::steady_clock::time_point next_purge_;  // none: at once
  int64_t journaled_ = 0;  // the last erasure that the journal is known to have
  absl::Status refusal_;   // once set, nothing is written until the store is opened anew
  int wal_pages_ = 0;

  mutable std::mutex published_mutex_;  // guards published_
  Published published_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_BATCH_WRITER_H_
