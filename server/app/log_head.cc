#include "server/app/log_head.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/app/log_keys.h"
#include "server/app/system_entry.h"
#include "server/audit/audit_log.h"
#include "server/base/crypto.h"
#include "server/base/fs.h"
#include "server/base/log.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace ehc {
namespace {

constexpr size_t kMaxNote = 64 * 1024;
constexpr int64_t kEntriesBetweenHeads = 1000;
constexpr absl::Duration kBetweenHeads = absl::Seconds(1);
constexpr std::chrono::milliseconds kBetweenLooks{250};
constexpr absl::string_view kRemedy =
    "; restore the newest copy; or, if these entries are lost for good, start once with "
    "--accept-restored-log, which begins a new log (docs/operations/log.md)";

std::string HeadPath(const std::string& folder) { return InFolder(folder, "log.head"); }

std::vector<NoteVerifier> VerifiersOf(const CheckpointKeys& keys) {
  std::vector<NoteVerifier> verifiers = keys.retired;
  for (const NoteSigner& signer : keys.signers) verifiers.push_back(signer.verifier());
  return verifiers;
}

absl::StatusOr<Checkpoint> OpenByAny(const std::string& note, const CheckpointKeys& keys) {
  for (const NoteVerifier& key : VerifiersOf(keys)) {
    absl::StatusOr<Checkpoint> head = OpenCheckpoint(note, key);
    if (head.ok()) return head;
  }
  return absl::FailedPreconditionError("is not signed by this log's checkpoint key");
}

absl::Status CheckExtends(Store& store, const Checkpoint& head, absl::string_view what) {
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, store.Read());
  EHC_ASSIGN_OR_RETURN(const TreeHead now, view->Head());
  if (head.size > static_cast<uint64_t>(now.size)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the log holds ", now.size, " entries, and ", what, " says ", head.size,
                     ": entries are missing, as after the restore of an older copy", kRemedy));
  }
  EHC_ASSIGN_OR_RETURN(const Digest root, RootAt(head.size, [&](NodeId node) {
                         return view->NodeHash(node.level, node.index);
                       }));
  if (root == head.root) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the log's first ", head.size, " entries are not those that ", what,
                   " says: it was altered, or is another history", kRemedy));
}

// Distinct agencies whose enrolled witness keys have signed the note.
absl::StatusOr<int> WitnessesOf(Store& store, const std::string& note) {
  EHC_ASSIGN_OR_RETURN(const SignedNote parsed, ParseSignedNote(note));
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, store.Read());
  EHC_ASSIGN_OR_RETURN(const std::vector<PutCredential> credentials, view->ListCredentials());
  std::set<std::string> agencies;
  for (const PutCredential& one : credentials) {
    if (one.value.kind() != hub::v1::CREDENTIAL_KIND_WITNESS_KEY) continue;
    if (one.value.state() != hub::v1::CREDENTIAL_STATE_ACTIVE) continue;
    const auto key = NoteVerifier::Parse(one.value.verifier_key());
    if (key.ok() && key->Verify(parsed).ok()) agencies.insert(one.agency.value());
  }
  return static_cast<int>(agencies.size());
}

absl::Status CheckOutside(const DataFolder& data, const std::string& path, int quorum) {
  EHC_ASSIGN_OR_RETURN(const std::string note, ReadFile(path, kMaxNote));
  const absl::StatusOr<Checkpoint> head = OpenByAny(note, data.checkpoint_keys);
  if (!head.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(path, " ", head.status().message()));
  }
  EHC_ASSIGN_OR_RETURN(const int witnesses, WitnessesOf(*data.store, note));
  if (witnesses < std::max(1, quorum)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is cosigned by ", witnesses,
                                                      " of this hub's witnesses; needed are ",
                                                      std::max(1, quorum)));
  }
  return CheckExtends(*data.store, *head, path);
}

// The log continues what this hub has signed and, where one is shown, what others have seen.
absl::Status CheckContinues(const std::string& folder, const DataFolder& data,
                            const OperatorsWord& word, int quorum) {
  const absl::StatusOr<std::string> note = ReadFile(HeadPath(folder), kMaxNote);
  if (!note.ok() && !absl::IsNotFound(note.status())) return note.status();
  if (note.ok()) {
    const absl::StatusOr<Checkpoint> head = OpenByAny(*note, data.checkpoint_keys);
    if (!head.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat(HeadPath(folder), " ", head.status().message(), kRemedy));
    }
    EHC_RETURN_IF_ERROR(CheckExtends(*data.store, *head, HeadPath(folder)));
  }
  if (!word.outside_checkpoint.empty()) {
    return CheckOutside(data, word.outside_checkpoint, quorum);
  }
  if (note.ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      HeadPath(folder),
      " is missing, as after a restore, and nothing says that this is the newest copy of the log: "
      "show a checkpoint that witnesses have cosigned (--checkpoint FILE); or, if there is none, "
      "start once with --accept-restored-log, which begins a new log (docs/operations/log.md)"));
}

// Under a new id and new keys; what the log holds stays, and its first new entry says so.
absl::Status BeginNewLog(const std::string& folder, Clock& clock,
                         const std::string& erasure_journal) {
  const std::string changes = InFolder(folder, "log.changes");
  const std::string old_key = InFolder(folder, "log.key.old");
  SecretBytes seed = SecretBytes::Random(kLogSeedSize);
  EHC_RETURN_IF_ERROR(
      AtomicWriteFile(InFolder(folder, "log.key"), seed.view(SecretAccess::ForCryptoOnly()), 0600));
  for (const std::string& path : {changes, old_key}) {
    if (FileExists(path)) EHC_RETURN_IF_ERROR(RemoveFile(path));
  }
  if (!FileExists(InFolder(folder, "promise.key"))) EHC_RETURN_IF_ERROR(CreatePromiseKey(folder));
  EHC_ASSIGN_OR_RETURN(const std::string former, RenewSqliteLog(StoreOptionsIn(folder, clock)));
  EHC_ASSIGN_OR_RETURN(DataFolder data, OpenDataFolder(folder, clock, erasure_journal));
  EHC_RETURN_IF_ERROR(CommitLogAct(data, "log.renewed", Sha256(former),
                                   absl::StrCat("continues ", former), clock.Now()));
  EHC_RETURN_IF_ERROR(WritePublicFiles(folder, data));
  LogWarning("a_new_log_was_begun", {{"log_id", Public(data.store->log_id())}});
  return WriteLogHead(folder, data, clock);
}

absl::Status CheckClock(DataFolder& data, bool accepted, Clock& clock) {
  EHC_ASSIGN_OR_RETURN(const absl::Time last, LastRecorded(*data.store));
  const absl::Time now = clock.Now();
  if (now + AuditLog::kClockMaySlip >= last) {
    if (!accepted) return absl::OkStatus();
    return absl::FailedPreconditionError(
        "the clock is not behind the log: start without --accept-clock");
  }
  if (accepted) {
    return CommitLogAct(data, "log.clock_accepted", Digest{},
                        absl::StrCat("behind by ", absl::FormatDuration(last - now)), now);
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the clock says ", absl::FormatTime(now, absl::UTCTimeZone()),
                   ", and the log's last entry ", absl::FormatTime(last, absl::UTCTimeZone()),
                   ": set the clock; or, if it is right now and was wrong then, start once with "
                   "--accept-clock"));
}

}  // namespace

absl::StatusOr<absl::Time> LastRecorded(Store& store) {
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, store.Read());
  EHC_ASSIGN_OR_RETURN(const TreeHead head, view->Head());
  EntryFilter last;
  last.after = head.size - 2;
  last.limit = 1;
  EHC_ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries, view->ListEntries(last));
  return entries.empty() ? absl::InfinitePast() : entries.front().row.recorded_at;
}

absl::Status WriteLogHead(const std::string& folder, const DataFolder& data, Clock& clock) {
  Checkpointer checkpointer(*data.store, data.checkpoint_keys, clock, WitnessSettings());
  EHC_ASSIGN_OR_RETURN(const SignedCheckpoint head, checkpointer.Latest());
  return AtomicWriteFile(HeadPath(folder), head.note);
}

absl::StatusOr<DataFolder> OpenContinuedLog(const std::string& folder, const OperatorsWord& word,
                                            int quorum, Clock& clock,
                                            const std::string& erasure_journal) {
  absl::StatusOr<DataFolder> data = OpenDataFolder(folder, clock, erasure_journal);
  const bool key_is_lost =
      absl::IsNotFound(data.status()) &&
      (!FileExists(InFolder(folder, "log.key")) || !FileExists(InFolder(folder, "promise.key")));
  if (!data.ok() && !(key_is_lost && word.accept_restored_log)) return data.status();
  const absl::Status continues =
      data.ok() ? CheckContinues(folder, *data, word, quorum) : data.status();
  if (!word.accept_restored_log) {
    EHC_RETURN_IF_ERROR(continues);
  } else if (continues.ok()) {
    return absl::FailedPreconditionError(
        "the log continues what this hub has signed: start without --accept-restored-log");
  } else {
    data = absl::UnavailableError("log: reopening");  // closes the store
    EHC_RETURN_IF_ERROR(BeginNewLog(folder, clock, erasure_journal));
    data = OpenDataFolder(folder, clock, erasure_journal);
    EHC_RETURN_IF_ERROR(data.status());
  }
  if (!word.any_clock) EHC_RETURN_IF_ERROR(CheckClock(*data, word.accept_clock, clock));
  return data;
}

HeadKeeper::HeadKeeper(Checkpointer& checkpointer, std::string folder)
    : checkpointer_(checkpointer), path_(HeadPath(folder)) {}

HeadKeeper::~HeadKeeper() { Stop(); }

void HeadKeeper::Start() {
  thread_ = std::thread([this] { Run(); });
}

void HeadKeeper::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  kept_at_ = absl::InfinitePast();
  checkpointer_.CosignaturesMoved();  // the very last head, not one that is a little older
  Keep();
}

void HeadKeeper::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_.wait_for(lock, kBetweenLooks, [this] { return stopping_; })) {
    lock.unlock();
    Keep();
    lock.lock();
  }
}

void HeadKeeper::Keep() {
  const absl::StatusOr<SignedCheckpoint> head = checkpointer_.Latest();
  if (!head.ok() || head->head.size == kept_size_) return;
  const absl::Time now = absl::Now();
  const bool due = now - kept_at_ >= kBetweenHeads || now < kept_at_ ||
                   head->head.size - kept_size_ >= kEntriesBetweenHeads;
  if (!due) return;
  const absl::Status kept = AtomicWriteFile(path_, head->note);
  if (!kept.ok()) return LogWarning("log_head_not_kept", {{"code", kept.code()}});
  kept_size_ = head->head.size;
  kept_at_ = now;
}

}  // namespace ehc
