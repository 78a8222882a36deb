#include "server/audit/checkpointer.h"

#include <memory>
#include <set>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

// The newest head that the quorum has signed.
std::optional<TreeHead> NewestWitnessed(const std::vector<PutCosignature>& cosignatures,
                                        int quorum) {
  std::optional<TreeHead> newest;
  for (const PutCosignature& one : cosignatures) {  // by rising size
    if (newest.has_value() && newest->size == one.size) continue;
    if (AgenciesAmong(cosignatures, one.size) >= quorum) newest = TreeHead{one.size, one.root};
  }
  return newest;
}

}  // namespace

int AgenciesAmong(const std::vector<PutCosignature>& cosignatures, int64_t size) {
  std::set<std::string> agencies;
  for (const PutCosignature& one : cosignatures) {
    if (one.size == size) agencies.insert(one.agency.value());
  }
  return static_cast<int>(agencies.size());
}

absl::StatusOr<SignedCheckpoint> Checkpointer::SignWith(
    const TreeHead& head, const std::vector<PutCosignature>& cosignatures) const {
  Checkpoint checkpoint;
  checkpoint.origin = store_.log_id();
  checkpoint.size = static_cast<uint64_t>(head.size);
  checkpoint.root = head.root;
  SignedNote note;
  note.text = checkpoint.Encode();
  SignedCheckpoint out;
  out.head = head;
  out.issued_at = clock_.Now();
  for (const NoteSigner& signer : keys_.signers) {
    EHC_ASSIGN_OR_RETURN(NoteSignature signature, signer.Sign(note.text, out.issued_at));
    note.signatures.push_back(std::move(signature));
  }
  for (const PutCosignature& one : cosignatures) {
    if (one.size == head.size && note.signatures.size() < kMaxNoteSignatures) {
      note.signatures.push_back(one.signature);
    }
  }
  out.note = note.Encode();
  return out;
}

absl::StatusOr<SignedCheckpoint> Checkpointer::Sign(const TreeHead& head) const {
  return SignWith(head, {});
}

void Checkpointer::OfferAnew(const std::vector<PutCosignature>& cosignatures) {
  const SignedCheckpoint& offered = heads_.to_witness;
  int64_t own_entries = 0;
  for (const PutCosignature& one : cosignatures) own_entries += one.size == offered.head.size;
  const bool held = clock_.Now() - offered_since_ < witnesses_.hold;
  const bool has_grown = heads_.newest.head.size > offered.head.size + own_entries;
  if (!offered.note.empty() && (held || !has_grown)) return;
  heads_.to_witness = heads_.newest;
  offered_since_ = clock_.Now();
}

absl::Status Checkpointer::RefreshWitnessed(ReadView& view) {
  EHC_ASSIGN_OR_RETURN(const std::vector<PutCosignature> cosignatures, view.ListCosignatures());
  OfferAnew(cosignatures);
  EHC_ASSIGN_OR_RETURN(heads_.to_witness, SignWith(heads_.to_witness.head, cosignatures));
  const std::optional<TreeHead> witnessed = NewestWitnessed(cosignatures, witnesses_.quorum);
  heads_.witnessed.reset();
  EHC_ASSIGN_OR_RETURN(heads_.unwitnessed_since,
                       unwitnessed_.Find(view, witnessed.has_value() ? witnessed->size : 0));
  if (!witnessed.has_value()) return absl::OkStatus();
  EHC_ASSIGN_OR_RETURN(heads_.witnessed, SignWith(*witnessed, cosignatures));
  return absl::OkStatus();
}

absl::Status Checkpointer::Refresh() {
  const auto now = std::chrono::steady_clock::now();
  const bool fresh = now - looked_at_ < absl::ToChronoNanoseconds(kMinInterval);
  if (fresh && !heads_.newest.note.empty()) return absl::OkStatus();
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, store_.Read());
  EHC_ASSIGN_OR_RETURN(TreeHead head, view->Head());
  if (heads_.newest.note.empty() || head.size != heads_.newest.head.size) {
    EHC_ASSIGN_OR_RETURN(heads_.newest, Sign(head));
  }
  EHC_RETURN_IF_ERROR(RefreshWitnessed(*view));
  looked_at_ = now;
  return absl::OkStatus();
}

absl::StatusOr<SignedCheckpoint> Checkpointer::Latest() {
  absl::MutexLock lock(&mutex_);
  EHC_RETURN_IF_ERROR(Refresh());
  return heads_.newest;
}

absl::StatusOr<SignedHeads> Checkpointer::Heads() {
  absl::MutexLock lock(&mutex_);
  EHC_RETURN_IF_ERROR(Refresh());
  return heads_;
}

void Checkpointer::CosignaturesMoved() {
  absl::MutexLock lock(&mutex_);
  looked_at_ = {};
}

absl::StatusOr<Checkpoint> Checkpointer::OpenOwn(absl::string_view note) const {
  absl::StatusOr<Checkpoint> opened = absl::NotFoundError("checkpoint: the log has no key");
  for (const NoteSigner& signer : keys_.signers) {
    opened = OpenCheckpoint(note, signer.verifier());
    if (opened.ok()) return opened;
  }
  for (const NoteVerifier& key : keys_.retired) {
    opened = OpenCheckpoint(note, key);
    if (opened.ok()) return opened;
  }
  return opened;
}

}  // namespace ehc
