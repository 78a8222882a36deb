#include "ehchub/receipts.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "client-sdk/src/local_error.h"
#include "client-sdk/src/log_follower.h"
#include "client-sdk/src/receipt_file.h"
#include "client-sdk/src/retry_loop.h"
#include "client-sdk/src/witness_check.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehchub {

using internal::CheckpointLine;
using internal::FileLock;
using internal::KeyLine;
using internal::LogFollower;
using internal::ProofLine;
using internal::ReceiptFile;
using internal::ReceiptLine;
using internal::Seen;
using internal::ToDigests;
using internal::WitnessCheck;

namespace {

constexpr absl::Duration kBetweenLooks = absl::Milliseconds(100);
constexpr size_t kRemembered = 65536;

}  // namespace

struct ReceiptKeeper::Impl {
  std::unique_ptr<LogFollower> log;
  WitnessCheck witnesses;
  ReceiptFile file;
  Options options;
  mutable absl::Mutex mutex;
  std::vector<ehc::Digest> pending ABSL_GUARDED_BY(mutex);
  absl::Status witnessed ABSL_GUARDED_BY(mutex);  // as the last checkpoint was found
  internal::UncoveredProofs uncovered ABSL_GUARDED_BY(mutex);
  // The decisions that the newest receipts came with, and those in the order of their coming.
  std::map<ehc::Digest, std::string> decisions ABSL_GUARDED_BY(mutex);
  std::deque<ehc::Digest> order ABSL_GUARDED_BY(mutex);
  absl::Mutex advancing;

  Impl(std::unique_ptr<LogFollower> follower, WitnessCheck check, const std::string& path,
       const Options& how)
      : log(std::move(follower)),
        witnesses(std::move(check)),
        file(path, how.sync_receipts),
        options(how),
        uncovered(witnesses.asks() && log->on_disk() ? log->BesideIt("uncovered") : "") {}

  absl::Status Remember(const Seen& seen, std::vector<ehc::Digest> consistency);
  absl::StatusOr<Seen> Advance(AuditConnection& audit);
  absl::StatusOr<Seen> AdvanceLocked(AuditConnection& audit);
  absl::StatusOr<Seen> Extend(AuditConnection& audit, Seen seen);
  absl::Status Witnessed() const;
  absl::Status ProveAt(AuditConnection& audit, const Seen& seen, const ehc::Digest& leaf);
  bool CameWithAnother(const ehc::Digest& leaf, absl::string_view decision_id);
  absl::Status SettleOnce(AuditConnection& audit);
  void Settled(const ehc::Digest& leaf);
};

absl::Status ReceiptKeeper::Impl::Remember(const Seen& seen, std::vector<ehc::Digest> consistency) {
  EHC_RETURN_IF_ERROR(
      file.Append(CheckpointLine{internal::Now(options), seen.note, std::move(consistency)}));
  return log->Save(seen.note);
}

// The newer of what was saved and what is seen, once the one is shown to extend the other.
absl::StatusOr<Seen> ReceiptKeeper::Impl::Extend(AuditConnection& audit, Seen seen) {
  EHC_ASSIGN_OR_RETURN(std::optional<Seen> saved, log->LoadSaved());
  if (!saved.has_value()) {
    EHC_RETURN_IF_ERROR(Remember(seen, {}));
    return seen;
  }
  if (seen.head.size < saved->head.size) {  // a hub that lags; or one that lost entries
    if (seen.head.size == 0) return log->Forked(*saved, seen, "it is empty and was not");
    EHC_RETURN_IF_ERROR(log->CheckExtends(audit, seen, *saved).status());
    return *std::move(saved);
  }
  EHC_ASSIGN_OR_RETURN(std::vector<ehc::Digest> consistency,
                       log->CheckExtends(audit, *saved, seen));
  if (seen.head.size == saved->head.size) return *std::move(saved);
  EHC_RETURN_IF_ERROR(Remember(seen, std::move(consistency)));
  return seen;
}

absl::StatusOr<Seen> ReceiptKeeper::Impl::AdvanceLocked(AuditConnection& audit) {
  EHC_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse heads,
                       log->Ask(audit, [this](const std::string& change) {
                         return file.Append(KeyLine{internal::Now(options), change});
                       }));
  EHC_ASSIGN_OR_RETURN(Seen seen, log->Open(heads.checkpoint().note()));
  EHC_ASSIGN_OR_RETURN(seen, Extend(audit, std::move(seen)));
  const absl::Time now = internal::Now(options);
  const absl::StatusOr<uint64_t> covered =
      witnesses.Check(audit, *log, heads.witnessed().note(), seen, now);
  if (AsLogFork(covered.status()).has_value()) return covered.status();
  absl::MutexLock lock(&mutex);
  witnessed = covered.status();
  if (!covered.ok() || !witnesses.asks()) return seen;
  EHC_RETURN_IF_ERROR(uncovered.Covered(*covered));
  witnessed = uncovered.Check(witnesses.within(), now);
  return seen;
}

absl::StatusOr<Seen> ReceiptKeeper::Impl::Advance(AuditConnection& audit) {
  absl::MutexLock lock(&advancing);
  if (!log->on_disk()) return AdvanceLocked(audit);
  EHC_ASSIGN_OR_RETURN(const FileLock held, FileLock::Take(log->BesideIt("lock")));
  return AdvanceLocked(audit);
}

absl::Status ReceiptKeeper::Impl::Witnessed() const {
  absl::MutexLock lock(&mutex);
  return witnessed;
}

absl::Status ReceiptKeeper::Impl::ProveAt(AuditConnection& audit, const Seen& seen,
                                          const ehc::Digest& leaf) {
  if (seen.head.size == 0) return absl::NotFoundError("the log is empty");
  v1::GetInclusionProofRequest request;
  request.set_leaf_hash(std::string(ehc::DigestView(leaf)));
  request.set_tree_size(seen.head.size);
  EHC_ASSIGN_OR_RETURN(const v1::GetInclusionProofResponse response,
                       audit.GetInclusionProof(request));
  EHC_ASSIGN_OR_RETURN(std::vector<ehc::Digest> path, ToDigests(response.path()));
  EHC_RETURN_IF_ERROR(
      ehc::VerifyInclusion(leaf, response.leaf_index(), seen.head.size, path, seen.head.root));
  EHC_RETURN_IF_ERROR(
      file.Append(ProofLine{leaf, response.leaf_index(), seen.head.size, std::move(path)}));
  if (!witnesses.asks()) return absl::OkStatus();
  absl::MutexLock lock(&mutex);
  return uncovered.Proven(response.leaf_index(), internal::Now(options));
}

// Of receipts that this object has kept lately; of all others the file tells
// (VerifyReceiptsFile()).
bool ReceiptKeeper::Impl::CameWithAnother(const ehc::Digest& leaf, absl::string_view decision_id) {
  absl::MutexLock lock(&mutex);
  const auto [known, is_new] = decisions.emplace(leaf, decision_id);
  if (!is_new) return known->second != decision_id;
  order.push_back(leaf);
  if (order.size() <= kRemembered) return false;
  decisions.erase(order.front());
  order.pop_front();
  return false;
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
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<LogFollower> log, LogFollower::Create(keys, path));
  EHC_ASSIGN_OR_RETURN(WitnessCheck witnesses, WitnessCheck::Create(keys));
  return std::unique_ptr<ReceiptKeeper>(new ReceiptKeeper(
      std::make_unique<Impl>(std::move(log), std::move(witnesses), path, options)));
}

absl::Status ReceiptKeeper::Keep(const v1::Receipt& receipt, absl::string_view call,
                                 absl::string_view decision_id) {
  const auto parsed = internal::ReceiptFromWire(receipt);
  const absl::Status held =
      parsed.ok() ? impl_->log->keys()->CheckPromise(*parsed) : parsed.status();
  if (!held.ok()) {
    return internal::ReceiptUnhonoured(
        absl::StrCat(call, " came with a receipt that does not hold: ", held.message()));
  }
  if (impl_->CameWithAnother(parsed->leaf_hash, decision_id)) {
    return internal::ReceiptUnhonoured(absl::StrCat(
        call, " came with the receipt of another decision: one entry stands for two disclosures"));
  }
  EHC_RETURN_IF_ERROR(
      impl_->file.Append(ReceiptLine{internal::Now(impl_->options), std::string(call),
                                     std::string(decision_id), parsed->Encode()}));
  absl::MutexLock lock(&impl_->mutex);
  impl_->pending.push_back(parsed->leaf_hash);
  return absl::OkStatus();
}

bool ReceiptKeeper::KnowsKeyOf(const v1::Receipt& receipt) const {
  return impl_->log->keys()->KnowsPromiseKey(receipt.promise().key_id());
}

absl::Status ReceiptKeeper::Settle(AuditConnection& audit) {
  const absl::Time end = internal::Now(impl_->options) + impl_->options.settle_within;
  for (;;) {
    absl::Status status = impl_->SettleOnce(audit);
    if (status.ok()) return impl_->Witnessed();
    if (AsLogFork(status).has_value()) return status;
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
  EHC_RETURN_IF_ERROR(impl_->Witnessed());
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
