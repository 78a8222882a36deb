// Invariants that the STALE check rests on (docs/adr/0007):
//
//  1. A position is the log's size; every commit appends one entry, so positions only grow, and one
//     commit has moved the keys of its changes at "its index + 1".
//  2. A position is published (published_) after its COMMIT has returned. So a view that takes
//  position
//  P
//     and then begins its read transaction sees at least everything up to P: data never older than
//     the position, whichever commits run in between.
//  3. Data newer than the position is possible: a commit may land between the two steps, or between
//     COMMIT and publishing. If the view read what that commit moved, its own commit finds a move
//     after P and is STALE without need. It decides again; nothing wrong is ever let through.
//  4. The reverse, a position newer than the data, would let a decision on old data pass. By 2 it
//     cannot happen: that is why the position is taken first and published last.
//  5. versions_ is changed only by the leader, after COMMIT; moves of the batch under way are in
//     StagedBatch::moved. A commit is checked against both, so it is ordered after every commit
//     that precedes it in the log.
//  6. A view of the data may use a transaction that began long before its position (ReaderPool), if
//     no commit since has changed anything but the log: then both show the same data. data_version,
//     published together with the position, says so; for the log itself the view begins anew.
//  7. A batch whose COMMIT fails leaves tree_, versions_, published_ and the directories as they
//  were.
#include "server/storage/sqlite/batch_writer.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "server/base/byte_codec.h"
#include "server/base/merkle_tile.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/key_destroyer.h"
#include "server/storage/sqlite/log_tree.h"
#include "server/storage/sqlite/schema.h"

namespace ehc {
namespace {

absl::Status Stale() { return absl::AbortedError("STALE: what the decision read has moved"); }

// Failures after which the transaction is certainly not on the disk. After any other (a failed sync
// above all) nobody knows until the file is read anew.
bool LeavesNothingBehind(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_CONSTRAINT: return true;
    default: return code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_NOMEM;
  }
}

bool IsErasure(const Change& change) {
  return std::holds_alternative<EraseKeys>(change) || std::holds_alternative<ReplayErasure>(change);
}

int RememberPages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

bool HasErasure(const Commit& commit) {
  return std::any_of(commit.changes.begin(), commit.changes.end(), IsErasure);
}

absl::StatusOr<std::unique_ptr<BatchWriter>> BatchWriter::Create(
    const StoreKeys& root, KeyRing& keys, AgencyDirectory& agencies, ReaderPool& readers,
    RecentLeaves& recent, std::unique_ptr<Database> writer) {
  EHC_ASSIGN_OR_RETURN(MerkleRange tree, LoadTree(*writer));
  std::unique_ptr<BatchWriter> batches(
      new BatchWriter(root, keys, agencies, readers, recent, std::move(writer), std::move(tree)));
  const int64_t size = static_cast<int64_t>(batches->tree_.size());
  EHC_RETURN_IF_ERROR(batches->index_.Load(*batches->writer_, size));
  EHC_RETURN_IF_ERROR(batches->LoadRecent());
  return batches;
}

absl::Status BatchWriter::LoadRecent() {
  const int64_t size = static_cast<int64_t>(tree_.size());
  const int64_t run = size / kRunEntries * kRunEntries;
  EHC_ASSIGN_OR_RETURN(const std::vector<Digest> leaves,
                       StoredHashes(*writer_, 0, run, size - run));
  for (size_t i = 0; i < leaves.size(); ++i) {
    recent_.Add(LeafKey(leaves[i]), run + static_cast<int64_t>(i));
  }
  open_tile_.assign(leaves.end() - size % kTileWidth, leaves.end());
  return absl::OkStatus();
}

BatchWriter::BatchWriter(const StoreKeys& root, KeyRing& keys, AgencyDirectory& agencies,
                         ReaderPool& readers, RecentLeaves& recent,
                         std::unique_ptr<Database> writer, MerkleRange tree)
    : root_(root),
      keys_(keys),
      agencies_(agencies),
      readers_(readers),
      recent_(recent),
      writer_(std::move(writer)),
      changes_(root_, keys_, agencies_, *writer_),
      tree_(std::move(tree)),
      versions_(tree_.size()) {
  sqlite3_wal_hook(writer_->handle(), &RememberPages, &wal_pages_);
  PublishHead(true);
}

Published BatchWriter::published() const {
  const std::lock_guard lock(published_mutex_);
  return published_;
}

void BatchWriter::PublishHead(bool data_moved) {
  const TreeHead head{static_cast<int64_t>(tree_.size()), tree_.Root()};
  const std::lock_guard lock(published_mutex_);
  published_.head = head;
  if (data_moved) ++published_.data_version;
}

void BatchWriter::CommitBatch(GroupCommit::Batch& batch) {
  StagedBatch staged;
  staged.tree = tree_;
  staged.open_tile = open_tile_;
  absl::Status status = CheckWritable();
  if (status.ok()) {
    status = WriteBatch(batch, &staged);
    if (!status.ok()) Abandon();
  }
  if (!status.ok()) {
    for (PendingCommit& pending : batch) pending.outcome = status;
  }
}

absl::Status BatchWriter::WriteBatch(GroupCommit::Batch& batch, StagedBatch* staged) {
  EHC_RETURN_IF_ERROR(Query(*writer_, Sql::kBeginWrite).Run());
  for (PendingCommit& pending : batch) {
    absl::Status status = Stage(pending, staged);
    if (status.ok()) continue;
    if (ConcernsWholeBatch()) return status;
    writer_->ClearFailure();
    pending.outcome = std::move(status);
  }
  if (staged->entries.empty()) {
    Abandon();
    return absl::OkStatus();
  }
  EHC_RETURN_IF_ERROR(WriteEntries(staged));
  EHC_RETURN_IF_ERROR(Sign(staged));
  EHC_RETURN_IF_ERROR(CommitTransaction());
  Publish(*staged);
  return absl::OkStatus();
}

// A violated uniqueness is the commit's own fault; any other failure of the database is not.
bool BatchWriter::ConcernsWholeBatch() const {
  const int primary = writer_->failure() & 0xff;
  return primary != SQLITE_OK && primary != SQLITE_CONSTRAINT;
}

absl::Status BatchWriter::CheckFresh(const ReadSet& reads, const StagedBatch& staged) const {
  if (versions_.IsStale(reads)) return Stale();
  for (const VersionKey& key : reads.keys) {
    if (staged.moved.contains(key)) return Stale();
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::Stage(PendingCommit& pending, StagedBatch* staged) {
  const Commit& commit = pending.commit;
  EHC_RETURN_IF_ERROR(CheckFresh(commit.reads, *staged));
  StagedEntry entry;
  entry.pending = &pending;
  EHC_ASSIGN_OR_RETURN(entry.searcher, agencies_.Ensure(*writer_, commit.entry.searcher));
  EHC_ASSIGN_OR_RETURN(entry.custodian, agencies_.Ensure(*writer_, commit.entry.custodian));
  if (commit.changes.empty()) {
    EHC_RETURN_IF_ERROR(SealOpening(commit.entry, &entry));
  } else {
    EHC_RETURN_IF_ERROR(ApplyChanges(commit, &entry));
    staged->data_moved = true;
    staged->has_erasures |= HasErasure(commit);
    VersionKeys moved;
    for (const Change& change : commit.changes) AppendMovedKeys(change, &moved);
    staged->moved.insert(moved.begin(), moved.end());
  }
  staged->entries.push_back(std::move(entry));
  return absl::OkStatus();
}

absl::Status BatchWriter::ApplyChanges(const Commit& commit, StagedEntry* entry) {
  EHC_RETURN_IF_ERROR(changes_.Prepare(commit.changes));
  EHC_RETURN_IF_ERROR(Query(*writer_, Sql::kSavepoint).Run());
  absl::Status status = changes_.Apply(commit.changes);
  if (status.ok()) status = SealOpening(commit.entry, entry);
  if (!status.ok() && ConcernsWholeBatch()) return status;
  if (!status.ok()) EHC_RETURN_IF_ERROR(Query(*writer_, Sql::kRollbackToSavepoint).Run());
  EHC_RETURN_IF_ERROR(Query(*writer_, Sql::kRelease).Run());
  return status;
}

absl::Status BatchWriter::SealOpening(const EntryRow& row, StagedEntry* entry) {
  const Binding binding = Binding(SealedUse::kOpening).Text(DigestView(row.leaf_hash));
  if (row.denial) {
    entry->denial_day = UtcDay(row.recorded_at);
    EHC_ASSIGN_OR_RETURN(const SealingKey key, keys_.EnsureDenialKey(*writer_, *entry->denial_day));
    entry->opening = key.Seal(row.opening, binding);
    return absl::OkStatus();
  }
  EHC_ASSIGN_OR_RETURN(const NumberedKey key, keys_.EnsureAuditKey(*writer_, row.subject.value));
  entry->generation = key.number;
  entry->opening = key.key.Seal(row.opening, binding);
  return absl::OkStatus();
}

absl::Status BatchWriter::WriteEntries(StagedBatch* staged) {
  absl::Status status;
  const auto store_node = [&](NodeId node, const Digest& hash) {
    if (!status.ok() || !IsStoredNode(node)) return;
    const int64_t place = NodePlace(static_cast<int>(node.level), static_cast<int64_t>(node.index));
    status = Query(*writer_, Sql::kAddNode).Bind(place).Bind(hash).Run();
  };
  for (const StagedEntry& entry : staged->entries) {
    const int64_t index = static_cast<int64_t>(staged->tree.size());
    staged->leaves.push_back(entry.pending->commit.entry.leaf_hash);
    staged->tree.Append(staged->leaves.back(), store_node);
    const bool is_last = &entry == &staged->entries.back();
    const std::optional<Digest> root =
        is_last ? std::optional<Digest>(staged->tree.Root()) : std::nullopt;
    if (status.ok()) status = FillTile(staged->leaves.back(), index, staged);
    if (status.ok()) status = WriteEntry(entry, index, root);
    if (status.ok()) status = WriteRecordChanges(entry.pending->commit, index);
    if (status.ok()) status = WriteMatterEvents(entry.pending->commit, index);
    if (!status.ok()) return status;
    index_.Add(EntryKeys::Of(staged->leaves.back(), entry.searcher, entry.custodian,
                             entry.pending->commit.entry.subject.value));
  }
  return index_.WriteFullRuns(*writer_);
}

absl::Status BatchWriter::FillTile(const Digest& leaf, int64_t index, StagedBatch* staged) {
  staged->open_tile.push_back(leaf);
  if (staged->open_tile.size() < kTileWidth) return absl::OkStatus();
  std::string bytes;
  bytes.reserve(kTileWidth * sizeof(Digest));
  for (const Digest& one : staged->open_tile) AppendRaw(DigestView(one), &bytes);
  staged->open_tile.clear();
  return Query(*writer_, Sql::kAddTile).Bind(index / kTileWidth).Bind(bytes).Run();
}

absl::Status BatchWriter::WriteRecordChanges(const Commit& commit, int64_t index) {
  for (const Change& change : commit.changes) {
    const auto* put = std::get_if<PutRecord>(&change);
    if (put == nullptr) continue;
    const RecordHead& head = put->record.head;
    Query add(*writer_, Sql::kAddRecordChange);
    add.Bind(index).Bind(head.id.value).Bind(head.version).Bind(head.subject.value);
    add.Bind(agencies_.Find(head.custodian)).BindText(head.record_type);
    EHC_RETURN_IF_ERROR(add.Run());
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::WriteMatterEvents(const Commit& commit, int64_t index) {
  int64_t place = 0;
  for (const Change& change : commit.changes) {
    const auto* tell = std::get_if<TellOfMatter>(&change);
    if (tell == nullptr) continue;
    Query add(*writer_, Sql::kAddMatterEvent);
    add.Bind(agencies_.Find(tell->party)).Bind(index).Bind(place++).Bind(tell->matter.value);
    EHC_RETURN_IF_ERROR(add.BindText(tell->event).Run());
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::WriteEntry(const StagedEntry& entry, int64_t index,
                                     const std::optional<Digest>& root) {
  const EntryRow& row = entry.pending->commit.entry;
  Query add(*writer_, Sql::kAddEntry);
  add.Bind(index).Bind(row.leaf_hash).Bind(absl::ToUnixMillis(row.recorded_at));
  add.Bind(entry.searcher).BindIdOrNull(entry.custodian).BindIdOrNull(row.subject.value);
  entry.denial_day.has_value() ? add.Bind(*entry.denial_day) : add.BindNull();
  entry.generation.has_value() ? add.Bind(*entry.generation) : add.BindNull();
  add.Bind(entry.opening);
  root.has_value() ? add.Bind(*root) : add.BindNull();
  const absl::Status status = add.Run();
  if (!absl::IsAlreadyExists(status)) return status;
  refusal_ = absl::DataLossError(
      "store: the log does not continue what this process wrote last; nothing more is written");
  return refusal_;
}

absl::Status BatchWriter::Sign(StagedBatch* staged) {
  if (!signer_) return absl::OkStatus();
  absl::StatusOr<std::shared_ptr<const BatchPromise>> promise = signer_(staged->leaves);
  if (!promise.ok()) return absl::UnavailableError("store: the batch could not be signed");
  staged->promise = *std::move(promise);
  return absl::OkStatus();
}

absl::Status BatchWriter::CommitTransaction() {
  absl::Status status = Query(*writer_, Sql::kCommit).Run();
  if (!status.ok() && !LeavesNothingBehind(writer_->failure())) {
    refusal_ = absl::UnavailableError(
        "store: the disk failed while syncing; nothing more is written until the hub is restarted");
  }
  return status;
}

void BatchWriter::Settle(bool committed) {
  agencies_.Settle(committed);
  keys_.Settle(committed);
  index_.Settle(committed);
}

void BatchWriter::TellWatcher(const StagedBatch& staged) const {
  if (!watcher_) return;
  for (const StagedEntry& entry : staged.entries) {
    for (const Change& change : entry.pending->commit.changes) {
      const auto* put = std::get_if<PutSubject>(&change);
      if (put != nullptr) watcher_(put->subject, &put->dossier);
      const auto* erase = std::get_if<EraseKeys>(&change);
      if (erase == nullptr) continue;
      for (const KeyScope& scope : erase->scopes) {
        const auto* gone = std::get_if<DossierKey>(&scope);
        if (gone != nullptr) watcher_(gone->subject, nullptr);
      }
    }
  }
}

void BatchWriter::Publish(StagedBatch& staged) {
  Settle(true);
  TellWatcher(staged);
  const int64_t first = static_cast<int64_t>(tree_.size());
  tree_ = std::move(staged.tree);
  open_tile_ = std::move(staged.open_tile);
  for (size_t i = 0; i < staged.leaves.size(); ++i) {
    recent_.Add(LeafKey(staged.leaves[i]), first + static_cast<int64_t>(i));
  }
  if (first / kRunEntries != static_cast<int64_t>(tree_.size()) / kRunEntries) {
    recent_.DropBelow((first / kRunEntries - 1) * kRunEntries);
  }
  for (const VersionKey& key : staged.moved) versions_.Move(key, tree_.size());
  PublishHead(staged.data_moved);
  if (staged.has_erasures) journal_is_behind_ = wal_holds_keys_ = true;
  for (size_t i = 0; i < staged.entries.size(); ++i) {
    staged.entries[i].pending->outcome =
        Committed{first + static_cast<int64_t>(i), static_cast<int>(i), staged.promise};
  }
}

void BatchWriter::Abandon() {
  Settle(false);
  look_again_ = true;
  if (writer_->in_transaction()) (void)Query(*writer_, Sql::kRollback).Run();
  if (!writer_->in_transaction()) return;
  refusal_ = absl::UnavailableError(
      "store: a failed transaction cannot be undone; nothing more is written until the hub is "
      "restarted");
}

absl::Status BatchWriter::CheckWritable() {
  EHC_RETURN_IF_ERROR(refusal_);
  writer_->ClearFailure();
  if (!look_again_) return absl::OkStatus();
  Query last(*writer_, Sql::kLastEntry);
  const int64_t size = last.Next() ? last.Integer(0) + 1 : 0;
  EHC_RETURN_IF_ERROR(last.status());
  if (size != static_cast<int64_t>(tree_.size())) {
    refusal_ = absl::DataLossError(
        "store: the log does not continue what this process wrote last; nothing more is written");
    return refusal_;
  }
  look_again_ = false;
  return absl::OkStatus();
}

absl::Status BatchWriter::RunInTransaction(absl::FunctionRef<absl::Status()> work) {
  EHC_RETURN_IF_ERROR(CheckWritable());
  EHC_RETURN_IF_ERROR(Query(*writer_, Sql::kBeginWrite).Run());
  absl::Status status = work();
  if (status.ok()) status = CommitTransaction();
  if (!status.ok()) Abandon();
  return status;
}

absl::StatusOr<std::vector<store::v1::ErasureRecord>> ReadErasures(Database& database,
                                                                   int64_t* last) {
  std::vector<store::v1::ErasureRecord> erasures;
  Query query(database, Sql::kListErasures);
  query.Bind(*last);
  while (query.Next()) {
    *last = query.Integer(0);
    if (!erasures.emplace_back().ParseFromString(std::string(query.Blob(1)))) {
      return absl::DataLossError("store: an erasure is damaged");
    }
  }
  EHC_RETURN_IF_ERROR(query.status());
  return erasures;
}

absl::Status BatchWriter::FinishErasures(ErasureJournal& journal) {
  if (journal_is_behind_) {
    next_purge_ = {};
    int64_t last = journaled_;
    EHC_ASSIGN_OR_RETURN(const auto done, ReadErasures(*writer_, &last));
    for (const store::v1::ErasureRecord& record : done) {
      EHC_RETURN_IF_ERROR(journal.Append(record));
    }
    journaled_ = last;
    journal_is_behind_ = false;
  }
  TryPurge();
  return absl::OkStatus();
}

// Commits wait with it: a fifth of a second for views that are open, and where one stays open, a
// look every second.
void BatchWriter::TryPurge() {
  constexpr int kPatienceMillis = 200;
  constexpr int kUsualMillis = 2000;
  const auto now = std::chrono::steady_clock::now();
  if (!wal_holds_keys_ || now < next_purge_) return;
  const bool is_first = next_purge_ == std::chrono::steady_clock::time_point();
  sqlite3_busy_timeout(writer_->handle(), is_first ? kPatienceMillis : 0);
  wal_holds_keys_ = !PurgeWal().ok();
  sqlite3_busy_timeout(writer_->handle(), kUsualMillis);
  next_purge_ = now + std::chrono::seconds(1);
}

absl::StatusOr<int64_t> BatchWriter::ReserveNumbers(absl::string_view counter, int64_t count) {
  int64_t next = 0;
  EHC_RETURN_IF_ERROR(RunInTransaction([&] {
    Query query(*writer_, Sql::kReserveNumbers);
    if (query.Bind(count).BindText(counter).Next()) next = query.Integer(0);
    return query.Run();
  }));
  return next - count;
}

absl::Status BatchWriter::DestroyKeys(const KeyScope& scope) {
  EHC_RETURN_IF_ERROR(RunInTransaction(
      [&] { return KeyDestroyer(keys_, agencies_, *writer_).DestroyKeys(scope); }));
  PublishHead(true);
  const auto* dossier = std::get_if<DossierKey>(&scope);
  if (watcher_ && dossier != nullptr) watcher_(dossier->subject, nullptr);
  return PurgeWal();
}

absl::Status BatchWriter::PurgeWal() {
  // The keys are also in older pages of the WAL: bring it into the file and empty it.
  const ReaderPool::Pause pause(readers_);
  return SqliteStatus(sqlite3_wal_checkpoint_v2(writer_->handle(), nullptr,
                                                SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr));
}

}  // namespace ehc
