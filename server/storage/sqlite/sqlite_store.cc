#include "server/storage/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"
#include "server/storage/dossier_feed.h"
#include "server/storage/erasure_journal.h"
#include "server/storage/group_commit.h"
#include "server/storage/sqlite/batch_writer.h"
#include "server/storage/sqlite/checkpointer.h"
#include "server/storage/sqlite/decoy.h"
#include "server/storage/sqlite/number_source.h"
#include "server/storage/sqlite/ownership_lock.h"
#include "server/storage/sqlite/read_view.h"
#include "server/storage/sqlite/schema.h"
#include "server/storage/sqlite/settings.h"

namespace ehc {
namespace {

// Three entries of the log fill a page; with 4096 bytes one entry would take a page for itself.
constexpr int kPageSize = 8192;
// Moving the WAL's pages into the file takes syncs of its own, so it is done in larger portions.
constexpr int kCheckpointPages = 1000;
// From here on, 32 MB, it is made to start over, which commits wait for; before, it does so by
// itself where nobody reads or writes for a moment.
constexpr int kLongWalPages = 4000;
// From here on commits slow down until it has: 48 MB.
constexpr int kTooLongWalPages = 6000;
// Between attempts to make it start over.
constexpr int kPagesBetweenAttempts = 250;
constexpr absl::Duration kBreathForCheckpoint = absl::Milliseconds(10);

WalLength LengthOf(int wal_pages) {
  if (wal_pages >= kTooLongWalPages) return WalLength::kTooLong;
  return wal_pages >= kLongWalPages ? WalLength::kLong : WalLength::kOrdinary;
}

bool Exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// Before any connection: spares every allocation a process-wide lock.
void ConfigureSqliteOnce() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

absl::Status CreateEmptyFile(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (!fd.valid()) return ErrnoStatus(errno, "creating", path);
  return absl::OkStatus();
}

absl::Status FillNewStore(const SqliteOptions& options) {
  EHC_ASSIGN_OR_RETURN(SecretBytes bytes, LoadSecretFile(options.key_file, kRootKeySize));
  EHC_ASSIGN_OR_RETURN(const StoreKeys root, StoreKeys::Create(std::move(bytes)));
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<Database> writer, Database::OpenWriter(options.path));
  EHC_RETURN_IF_ERROR(CreateSchema(*writer, kPageSize));
  EHC_RETURN_IF_ERROR(WriteSettings(*writer, root, options.founded_for));
  KeyRing keys(root);
  AgencyDirectory agencies;
  EHC_RETURN_IF_ERROR(keys.EnsureKeyEncryptionKey(*writer, kHubCustodian));
  ChangeWriter changes(root, keys, agencies, *writer);
  EHC_RETURN_IF_ERROR(changes.WriteDossier(kDecoySubject, DecoyDossier()));
  EHC_RETURN_IF_ERROR(FinishSchema(*writer));
  return SyncParentDirectory(options.path);
}

class SqliteStore final : public Store, public DossierFeed {
 public:
  static absl::StatusOr<std::unique_ptr<Store>> Open(const SqliteOptions& options);

  absl::StatusOr<std::unique_ptr<ReadView>> Read() override {
    // The position first, then the transaction: batch_writer.cc, invariants 2 to 4.
    const Published now = writer_->published();
    return SqliteReadView::Open({root_, keys_, agencies_, clock_, readers_, recent_}, now);
  }
  void Append(Commit commit, CommitDone done) override {
    commits_->Submit(std::move(commit), std::move(done));
  }
  void AppendAll(std::vector<Appending> commits) override {
    commits_->SubmitAll(std::move(commits));
  }
  void WaitForCompanyWhile(std::function<bool()> more_is_coming) override {
    commits_->WaitForCompanyWhile(std::move(more_is_coming));
  }
  void CommitIfDue(bool nothing_else) override { commits_->LeadIfDue(nothing_else); }
  void CommitFirstWhile(std::function<bool()> is_first) override {
    commits_->PutFirstWhile(std::move(is_first));
  }
  absl::Status DestroyKeys(const KeyScope& scope) override {
    absl::Status status;
    commits_->RunAlone([&] { status = writer_->DestroyKeys(scope); });
    return status;
  }
  absl::StatusOr<std::vector<store::v1::ErasureRecord>> MissingErasures() override;
  absl::StatusOr<SubjectId> NewSubjectId() override {
    EHC_ASSIGN_OR_RETURN(const int64_t number, subject_numbers_->Next());
    return SubjectId{number};
  }
  absl::StatusOr<RecordId> NewRecordId() override {
    EHC_ASSIGN_OR_RETURN(const int64_t number, record_numbers_->Next());
    return RecordId{number};
  }
  absl::StatusOr<MatterId> NewMatterId() override {
    EHC_ASSIGN_OR_RETURN(const int64_t number, matter_numbers_->Next());
    return MatterId{number};
  }
  Digest IdentifierDigest(const Identifier& identifier) const override {
    return root_.IdentifierDigest(identifier);
  }
  std::string MessageDigest(absl::string_view method, absl::string_view bytes) const override {
    return root_.MessageDigest(method, bytes);
  }
  std::string DerivedKey(absl::string_view label) const override { return root_.DerivedKey(label); }
  const std::string& log_id() const override { return settings_.log_id; }
  const std::string& founded_for() const override { return settings_.founded_for; }
  void SetBatchSigner(BatchSigner signer) override {
    commits_->RunAlone([&] { writer_->SetSigner(std::move(signer)); });
  }
  absl::StatusOr<std::vector<SubjectDossier>> ListDossiers(SubjectId after, int limit) override {
    EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, Read());
    return static_cast<SqliteReadView&>(*view).ListDossiers(after, limit);
  }
  void WatchDossiers(DossierWatcher watcher) override {
    commits_->RunAlone([&] { writer_->SetWatcher(std::move(watcher)); });
  }

 private:
  SqliteStore(const SqliteOptions& options, OwnershipLock lock, StoreKeys root)
      : lock_(std::move(lock)),
        path_(options.path),
        journal_path_(options.erasure_journal.empty() ? absl::StrCat(options.path, ".erasures")
                                                      : options.erasure_journal),
        root_(std::move(root)),
        keys_(root_),
        clock_(options.clock),
        readers_(options.path, options.read_connections) {}

  absl::Status Start(std::unique_ptr<Database> writer);
  void CommitBatch(GroupCommit::Batch& batch);
  void RequestCheckpoint(int wal_pages);
  NumberSource::Reserve Reserver(const char* counter);

  // Destroyed last, so that nobody opens the file while a connection is still closing.
  const OwnershipLock lock_;
  const std::string path_;
  const std::string journal_path_;
  const StoreKeys root_;
  KeyRing keys_;
  AgencyDirectory agencies_;
  Clock& clock_;
  ReaderPool readers_;
  RecentLeaves recent_;
  Settings settings_;
  std::unique_ptr<BatchWriter> writer_;
  std::optional<ErasureJournal> journal_;
  int pages_at_request_ = 0;  // the WAL's length when a checkpoint was last asked for
  std::unique_ptr<GroupCommit> commits_;
  std::unique_ptr<WalCheckpointer> checkpointer_;
  std::unique_ptr<NumberSource> subject_numbers_;
  std::unique_ptr<NumberSource> record_numbers_;
  std::unique_ptr<NumberSource> matter_numbers_;
};

absl::StatusOr<std::unique_ptr<Store>> SqliteStore::Open(const SqliteOptions& options) {
  EHC_ASSIGN_OR_RETURN(OwnershipLock lock, OwnershipLock::Take(options.path));
  EHC_ASSIGN_OR_RETURN(SecretBytes bytes, LoadSecretFile(options.key_file, kRootKeySize));
  EHC_ASSIGN_OR_RETURN(StoreKeys root, StoreKeys::Create(std::move(bytes)));
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<Database> writer, Database::OpenWriter(options.path));
  std::unique_ptr<SqliteStore> store(new SqliteStore(options, std::move(lock), std::move(root)));
  EHC_RETURN_IF_ERROR(store->Start(std::move(writer)));
  return store;
}

absl::Status SqliteStore::Start(std::unique_ptr<Database> writer) {
  EHC_RETURN_IF_ERROR(CheckSchema(*writer));
  EHC_ASSIGN_OR_RETURN(settings_, ReadSettings(*writer, root_));
  EHC_RETURN_IF_ERROR(keys_.Load(*writer));
  EHC_RETURN_IF_ERROR(agencies_.Load(*writer));
  EHC_ASSIGN_OR_RETURN(
      writer_, BatchWriter::Create(root_, keys_, agencies_, readers_, recent_, std::move(writer)));
  EHC_ASSIGN_OR_RETURN(journal_,
                       ErasureJournal::Open(journal_path_, root_.DerivedKey("erasure journal")));
  EHC_RETURN_IF_ERROR(writer_->FinishErasures(*journal_));
  commits_ =
      std::make_unique<GroupCommit>([this](GroupCommit::Batch& batch) { CommitBatch(batch); });
  EHC_ASSIGN_OR_RETURN(checkpointer_, WalCheckpointer::Start(
                                          path_, readers_, [this](absl::FunctionRef<void()> work) {
                                            commits_->RunAlone(work);
                                          }));
  subject_numbers_ = std::make_unique<NumberSource>(Reserver("subject"));
  record_numbers_ = std::make_unique<NumberSource>(Reserver("record"));
  matter_numbers_ = std::make_unique<NumberSource>(Reserver("matter"));
  return absl::OkStatus();
}

void SqliteStore::CommitBatch(GroupCommit::Batch& batch) {
  const auto refuse = [&batch](const absl::Status& why, bool erasures_only) {
    for (PendingCommit& pending : batch) {
      if (erasures_only && !HasErasure(pending.commit)) continue;
      pending.outcome = absl::UnavailableError(
          absl::StrCat("store: the journal of erasures cannot be written: ", why.message()));
    }
  };
  const absl::Status before = writer_->FinishErasures(*journal_);
  if (!before.ok()) return refuse(before, false);
  writer_->CommitBatch(batch);
  const absl::Status after = writer_->FinishErasures(*journal_);
  if (!after.ok()) refuse(after, true);
  RequestCheckpoint(writer_->wal_pages());
}

void SqliteStore::RequestCheckpoint(int wal_pages) {
  if (wal_pages < pages_at_request_) pages_at_request_ = 0;  // it started over
  const WalLength length = LengthOf(wal_pages);
  const int step = length == WalLength::kOrdinary ? kCheckpointPages : kPagesBetweenAttempts;
  if (wal_pages - pages_at_request_ >= step) {
    pages_at_request_ = wal_pages;
    checkpointer_->Request(length);
  }
  if (length == WalLength::kTooLong) absl::SleepFor(kBreathForCheckpoint);
}

absl::StatusOr<std::vector<store::v1::ErasureRecord>> SqliteStore::MissingErasures() {
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, Read());
  EHC_ASSIGN_OR_RETURN(const std::vector<store::v1::ErasureRecord> done, view->ListErasures());
  absl::flat_hash_set<std::string> ids;
  for (const store::v1::ErasureRecord& record : done) ids.insert(record.id());
  std::vector<store::v1::ErasureRecord> missing;
  for (const store::v1::ErasureRecord& record : journal_->records()) {
    if (!ids.contains(record.id())) missing.push_back(record);
  }
  return missing;
}

NumberSource::Reserve SqliteStore::Reserver(const char* counter) {
  return [this, counter](int64_t count) {
    absl::StatusOr<int64_t> first = absl::InternalError("");
    commits_->RunAlone([&] { first = writer_->ReserveNumbers(counter, count); });
    return first;
  };
}

}  // namespace

absl::Status InitSqliteStore(const SqliteOptions& options) {
  ConfigureSqliteOnce();
  for (const std::string& path : {options.path, options.key_file}) {
    if (!Exists(path)) continue;
    return absl::AlreadyExistsError(
        absl::StrCat("store: ", path, " exists; a store is initialised once"));
  }
  EHC_ASSIGN_OR_RETURN(const OwnershipLock lock, OwnershipLock::Take(options.path));
  EHC_RETURN_IF_ERROR(CreateSecretFile(options.key_file, kRootKeySize));
  EHC_RETURN_IF_ERROR(CreateEmptyFile(options.path));
  return FillNewStore(options);
}

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const SqliteOptions& options) {
  ConfigureSqliteOnce();
  if (!Exists(options.path)) {
    if (!options.create) {
      return absl::NotFoundError(
          absl::StrCat("store: ", options.path, " does not exist; initialise it first"));
    }
    EHC_RETURN_IF_ERROR(InitSqliteStore(options));
  }
  return SqliteStore::Open(options);
}

absl::StatusOr<std::string> RenewSqliteLog(const SqliteOptions& options) {
  ConfigureSqliteOnce();
  EHC_ASSIGN_OR_RETURN(const OwnershipLock lock, OwnershipLock::Take(options.path));
  EHC_ASSIGN_OR_RETURN(SecretBytes bytes, LoadSecretFile(options.key_file, kRootKeySize));
  EHC_ASSIGN_OR_RETURN(const StoreKeys root, StoreKeys::Create(std::move(bytes)));
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<Database> writer, Database::OpenWriter(options.path));
  EHC_RETURN_IF_ERROR(CheckSchema(*writer));
  EHC_ASSIGN_OR_RETURN(Settings former, ReadSettings(*writer, root));
  EHC_RETURN_IF_ERROR(writer->Execute("BEGIN IMMEDIATE"));
  EHC_RETURN_IF_ERROR(WriteNewLogId(*writer, root, former.founded_for));
  EHC_RETURN_IF_ERROR(writer->Execute("COMMIT"));
  return std::move(former.log_id);
}

}  // namespace ehc
