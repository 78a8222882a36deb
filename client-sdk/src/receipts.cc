#include "ehchub/receipts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "client-sdk/src/local_error.h"
#include "client-sdk/src/log_checker.h"
#include "client-sdk/src/receipt_file.h"
#include "client-sdk/src/retry_loop.h"
#include "server/base/encoding.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehchub {

using internal::CheckpointLine;
using internal::FileLock;
using internal::LogChecker;
using internal::ProofLine;
using internal::ReceiptFile;
using internal::ReceiptLine;

namespace {

constexpr size_t kMaxNoteFile = 256 * 1024;
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(100);

absl::StatusOr<std::vector<ehc::Digest>> ToDigests(
    const google::protobuf::RepeatedPtrField<std::string>& hashes) {
  std::vector<ehc::Digest> digests;
  for (const std::string& hash : hashes) {
    EHC_ASSIGN_OR_RETURN(digests.emplace_back(), ehc::DigestFromBytes(hash));
  }
  return digests;
}

absl::StatusOr<std::vector<ehc::Digest>> FetchConsistency(AuditConnection& audit, uint64_t from,
                                                          uint64_t to) {
  v1::GetConsistencyProofRequest request;
  request.set_first_tree_size(from);
  request.set_second_tree_size(to);
  EHC_ASSIGN_OR_RETURN(const v1::GetConsistencyProofResponse response,
                       audit.GetConsistencyProof(request));
  return ToDigests(response.path());
}

// Errors that say nothing of the log: it could not be asked.
bool CouldNotAsk(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kDataLoss: return false;
    default: return true;
  }
}

// A checkpoint whose signature was found good.
struct Seen {
  std::string note;
  ehc::Checkpoint head;
};

}  // namespace

struct ReceiptKeeper::Impl {
  LogChecker log;
  ReceiptFile file;
  Options options;
  mutable absl::Mutex mutex;
  std::vector<ehc::Digest> pending ABSL_GUARDED_BY(mutex);
  std::string saved_note ABSL_GUARDED_BY(mutex);  // where there is no file
  absl::Mutex advancing;

  Impl(LogChecker checker, const std::string& path, const Options& how)
      : log(std::move(checker)), file(path, how.sync_receipts), options(how) {}

  bool on_disk() const { return !file.path().empty(); }
  std::string checkpoint_path() const { return absl::StrCat(file.path(), ".checkpoint"); }

  absl::StatusOr<std::optional<Seen>> LoadSaved() const;
  absl::Status Save(const std::string& note);
  absl::Status Remember(const Seen& seen, std::vector<ehc::Digest> consistency);
  absl::StatusOr<Seen> Fetch(AuditConnection& audit) const;
  absl::StatusOr<Seen> Advance(AuditConnection& audit);
  absl::StatusOr<Seen> AdvanceLocked(AuditConnection& audit);
  absl::StatusOr<std::vector<ehc::Digest>> CheckExtends(AuditConnection& audit, const Seen& older,
                                                        const Seen& newer);
  absl::Status Forked(const Seen& saved, const Seen& seen, absl::string_view how) const;
  absl::Status ProveAt(AuditConnection& audit, const Seen& seen, const ehc::Digest& leaf) const;
  absl::Status SettleOnce(AuditConnection& audit);
  void Settled(const ehc::Digest& leaf);
};

absl::StatusOr<std::optional<Seen>> ReceiptKeeper::Impl::LoadSaved() const {
  std::string note;
  if (on_disk()) {
    auto text = ehc::ReadFile(checkpoint_path(), kMaxNoteFile);
    if (text.status().code() == absl::StatusCode::kNotFound) return std::nullopt;
    EHC_ASSIGN_OR_RETURN(note, std::move(text));
  } else {
    absl::MutexLock lock(&mutex);
    note = saved_note;
  }
  if (note.empty()) return std::nullopt;
  auto head = log.Open(note);
  if (!head.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        checkpoint_path(), " is not a checkpoint of this log (", head.status().message(),
        "): where the hub's operator announced a new log, move it and the receipts away"));
  }
  return Seen{std::move(note), *std::move(head)};
}

absl::Status ReceiptKeeper::Impl::Save(const std::string& note) {
  if (on_disk()) return ehc::AtomicWriteFile(checkpoint_path(), note);
  absl::MutexLock lock(&mutex);
  saved_note = note;
  return absl::OkStatus();
}

absl::StatusOr<Seen> ReceiptKeeper::Impl::Fetch(AuditConnection& audit) const {
  EHC_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse response, audit.GetCheckpoint({}));
  auto head = log.Open(response.checkpoint().note());
  if (!head.ok()) {
    return absl::DataLossError(
        absl::StrCat("the hub's checkpoint is not signed by this log: ", head.status().message()));
  }
  return Seen{response.checkpoint().note(), *std::move(head)};
}

absl::Status ReceiptKeeper::Impl::Forked(const Seen& saved, const Seen& seen,
                                         absl::string_view how) const {
  LogForkError fork{saved.note, seen.note, ""};
  if (on_disk()) {
    fork.evidence_path = absl::StrCat(file.path(), ".fork");
    const std::string evidence = absl::StrCat(saved.note, "\n", seen.note);
    if (!ehc::AtomicWriteFile(fork.evidence_path, evidence).ok()) fork.evidence_path.clear();
  }
  return internal::LogForked(fork, how);
}

absl::StatusOr<std::vector<ehc::Digest>> ReceiptKeeper::Impl::CheckExtends(AuditConnection& audit,
                                                                           const Seen& older,
                                                                           const Seen& newer) {
  if (older.head.size == newer.head.size) {
    if (older.head.root == newer.head.root) return std::vector<ehc::Digest>();
    return Forked(older, newer, "two roots for one size");
  }
  if (older.head.size == 0) return std::vector<ehc::Digest>();
  auto path = FetchConsistency(audit, older.head.size, newer.head.size);
  if (!path.ok()) {
    if (CouldNotAsk(path.status())) return path.status();
    return Forked(older, newer, "it cannot show that one checkpoint extends the other");
  }
  const absl::Status proven = ehc::VerifyConsistency(older.head.size, newer.head.size,
                                                     older.head.root, newer.head.root, *path);
  if (!proven.ok()) return Forked(older, newer, "one checkpoint does not extend the other");
  return path;
}

absl::Status ReceiptKeeper::Impl::Remember(const Seen& seen, std::vector<ehc::Digest> consistency) {
  EHC_RETURN_IF_ERROR(
      file.Append(CheckpointLine{internal::Now(options), seen.note, std::move(consistency)}));
  return Save(seen.note);
}

absl::StatusOr<Seen> ReceiptKeeper::Impl::AdvanceLocked(AuditConnection& audit) {
  EHC_ASSIGN_OR_RETURN(std::optional<Seen> saved, LoadSaved());
  EHC_ASSIGN_OR_RETURN(Seen seen, Fetch(audit));
  if (!saved.has_value()) {
    EHC_RETURN_IF_ERROR(Remember(seen, {}));
    return seen;
  }
  if (seen.head.size < saved->head.size) {  // a hub that lags; or one that lost entries
    if (seen.head.size == 0) return Forked(*saved, seen, "it is empty and was not");
    EHC_RETURN_IF_ERROR(CheckExtends(audit, seen, *saved).status());
    return *std::move(saved);
  }
  EHC_ASSIGN_OR_RETURN(std::vector<ehc::Digest> consistency, CheckExtends(audit, *saved, seen));
  if (seen.head.size == saved->head.size) return *std::move(saved);
  EHC_RETURN_IF_ERROR(Remember(seen, std::move(consistency)));
  return seen;
}

absl::StatusOr<Seen> ReceiptKeeper::Impl::Advance(AuditConnection& audit) {
  absl::MutexLock lock(&advancing);
  if (!on_disk()) return AdvanceLocked(audit);
  EHC_ASSIGN_OR_RETURN(const FileLock held, FileLock::Take(absl::StrCat(file.path(), ".lock")));
  return AdvanceLocked(audit);
}

absl::Status ReceiptKeeper::Impl::ProveAt(AuditConnection& audit, const Seen& seen,
                                          const ehc::Digest& leaf) const {
  if (seen.head.size == 0) return absl::NotFoundError("the log is empty");
  v1::GetInclusionProofRequest request;
  request.set_leaf_hash(std::string(ehc::DigestView(leaf)));
  request.set_tree_size(seen.head.size);
  EHC_ASSIGN_OR_RETURN(const v1::GetInclusionProofResponse response,
                       audit.GetInclusionProof(request));
  EHC_ASSIGN_OR_RETURN(std::vector<ehc::Digest> path, ToDigests(response.path()));
  EHC_RETURN_IF_ERROR(
      ehc::VerifyInclusion(leaf, response.leaf_index(), seen.head.size, path, seen.head.root));
  return file.Append(ProofLine{leaf, response.leaf_index(), seen.head.size, std::move(path)});
}

void ReceiptKeeper::Impl::Settled(const ehc::Digest& leaf) {
  absl::MutexLock lock(&mutex);
  const auto found = std::find(pending.begin(), pending.end(), leaf);
  if (found != pending.end()) pending.erase(found);
}

// The last error stands for all: each receipt that failed stays pending.
absl::Status ReceiptKeeper::Impl::SettleOnce(AuditConnection& audit) {
  std::vector<ehc::Digest> leaves;
  {
    absl::MutexLock lock(&mutex);
    leaves = pending;
  }
  if (leaves.empty()) return absl::OkStatus();
  EHC_ASSIGN_OR_RETURN(const Seen seen, Advance(audit));
  absl::Status result;
  for (const ehc::Digest& leaf : leaves) {
    const absl::Status proven = ProveAt(audit, seen, leaf);
    if (proven.ok()) {
      Settled(leaf);
    } else {
      result = proven;
    }
  }
  return result;
}

ReceiptKeeper::ReceiptKeeper(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ReceiptKeeper::~ReceiptKeeper() = default;

absl::StatusOr<std::unique_ptr<ReceiptKeeper>> ReceiptKeeper::Create(const LogKeys& keys,
                                                                     const std::string& path,
                                                                     const Options& options) {
  EHC_ASSIGN_OR_RETURN(LogChecker checker, LogChecker::Create(keys));
  return std::unique_ptr<ReceiptKeeper>(
      new ReceiptKeeper(std::make_unique<Impl>(std::move(checker), path, options)));
}

absl::Status ReceiptKeeper::Keep(const v1::Receipt& receipt, absl::string_view call,
                                 absl::string_view decision_id) {
  const auto parsed = internal::ReceiptFromWire(receipt);
  const absl::Status held = parsed.ok() ? impl_->log.CheckPromise(*parsed) : parsed.status();
  if (!held.ok()) {
    return internal::ReceiptUnhonoured(
        absl::StrCat(call, " came with a receipt that does not hold: ", held.message()));
  }
  EHC_RETURN_IF_ERROR(
      impl_->file.Append(ReceiptLine{internal::Now(impl_->options), std::string(call),
                                     std::string(decision_id), parsed->Encode()}));
  absl::MutexLock lock(&impl_->mutex);
  impl_->pending.push_back(parsed->leaf_hash);
  return absl::OkStatus();
}

absl::Status ReceiptKeeper::Settle(AuditConnection& audit) {
  const absl::Time end = internal::Now(impl_->options) + impl_->options.settle_within;
  for (;;) {
    absl::Status status = impl_->SettleOnce(audit);
    if (status.ok() || AsLogFork(status).has_value()) return status;
    if (internal::Now(impl_->options) + kBetweenLooks >= end) {
      return internal::ReceiptUnhonoured(absl::StrCat(
          pending(), " disclosure(s) not shown to be in the log in time (", status.message(),
          "); the receipts are kept: `ehcctl audit verify --settle` looks again"));
    }
    internal::Sleep(impl_->options, kBetweenLooks);
  }
}

absl::StatusOr<CheckpointInfo> ReceiptKeeper::Advance(AuditConnection& audit) {
  EHC_ASSIGN_OR_RETURN(const Seen seen, impl_->Advance(audit));
  return CheckpointInfo{seen.head.origin, seen.head.size,
                        std::string(ehc::DigestView(seen.head.root)), seen.note};
}

absl::Status ReceiptKeeper::Prove(AuditConnection& audit, absl::string_view leaf_hash) {
  EHC_ASSIGN_OR_RETURN(const ehc::Digest leaf, ehc::DigestFromBytes(leaf_hash));
  EHC_ASSIGN_OR_RETURN(const Seen seen, impl_->Advance(audit));
  EHC_RETURN_IF_ERROR(impl_->ProveAt(audit, seen, leaf));
  impl_->Settled(leaf);
  return absl::OkStatus();
}

size_t ReceiptKeeper::pending() const {
  absl::MutexLock lock(&impl_->mutex);
  return impl_->pending.size();
}

}  // namespace ehchub
