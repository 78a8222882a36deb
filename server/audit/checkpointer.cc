#include "server/audit/checkpointer.h"

#include "server/base/checkpoint.h"
#include "server/base/status_macros.h"

namespace ehc {

absl::StatusOr<SignedCheckpoint> Checkpointer::Sign(const TreeHead& head) const {
  Checkpoint checkpoint;
  checkpoint.origin = store_.log_id();
  checkpoint.size = static_cast<uint64_t>(head.size);
  checkpoint.root = head.root;
  SignedNote note;
  note.text = checkpoint.Encode();
  SignedCheckpoint out;
  out.issued_at = clock_.Now();
  EHC_ASSIGN_OR_RETURN(NoteSignature signature, signer_.Sign(note.text, out.issued_at));
  note.signatures.push_back(std::move(signature));
  out.note = note.Encode();
  out.head = head;
  return out;
}

absl::StatusOr<SignedCheckpoint> Checkpointer::Latest() {
  absl::MutexLock lock(&mutex_);
  const bool fresh = !latest_.note.empty() && clock_.Now() - latest_.issued_at < kMinInterval;
  if (fresh) return latest_;
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, store_.Read());
  EHC_ASSIGN_OR_RETURN(TreeHead head, view->Head());
  if (latest_.note.empty() || head.size != latest_.head.size) {
    EHC_ASSIGN_OR_RETURN(latest_, Sign(head));
  }
  return latest_;
}

}  // namespace ehc
