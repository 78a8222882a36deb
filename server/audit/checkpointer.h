// Signs the log's head as a C2SP checkpoint, and keeps what witnesses have signed beside it.
//
// A checkpoint is made when somebody asks and the head has moved, but not more often than once in
// kMinInterval; receipts are covered well within 2 s. Witnesses are offered one head for a while,
// so that several sign the same; the entries that their cosignatures leave in the log are no reason
// to offer another, or an idle log would grow for ever.
#ifndef EHC_SERVER_AUDIT_CHECKPOINTER_H_
#define EHC_SERVER_AUDIT_CHECKPOINTER_H_

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/audit/unwitnessed.h"
#include "server/base/checkpoint.h"
#include "server/base/clock.h"
#include "server/base/signed_note.h"
#include "server/storage/store.h"

namespace ehc {

struct SignedCheckpoint {
  std::string note;
  TreeHead head;
  absl::Time issued_at;
};

struct SignedHeads {
  SignedCheckpoint newest;
  std::optional<SignedCheckpoint> witnessed;  // the newest that the quorum has signed
  SignedCheckpoint to_witness;
  // When the oldest entry was recorded that `witnessed` does not cover; none where all that it
  // leaves out are witnesses' own.
  std::optional<absl::Time> unwitnessed_since;
};

// The keys that sign, the oldest first, and those that once did; and the log's changes of keys.
struct CheckpointKeys {
  std::vector<NoteSigner> signers;
  std::vector<NoteVerifier> retired;
  std::vector<std::string> changes;
};

struct WitnessSettings {
  int quorum = 1;                          // how many agencies make a head witnessed
  absl::Duration hold = absl::Minutes(1);  // how long a head is offered
};

// Of the cosignatures of one head, how many agencies they are by.
int AgenciesAmong(const std::vector<PutCosignature>& cosignatures, int64_t size);

class Checkpointer {
 public:
  static constexpr absl::Duration kMinInterval = absl::Milliseconds(100);

  // REQUIRES: a key that signs.
  Checkpointer(Store& store, CheckpointKeys keys, const Clock& clock, WitnessSettings witnesses)
      : store_(store), keys_(std::move(keys)), clock_(clock), witnesses_(witnesses) {}

  // Thread safe, as the rest. Never a head that is not durable, never one older than one given
  // before.
  absl::StatusOr<SignedCheckpoint> Latest();
  absl::StatusOr<SignedHeads> Heads();
  // A cosignature was committed, or whoever asks next must be shown the newest head: the next
  // Latest() or Heads() looks anew.
  void CosignaturesMoved();

  // What a note says that any key of this log has signed, now or before. Errors as
  // OpenCheckpoint().
  absl::StatusOr<Checkpoint> OpenOwn(absl::string_view note) const;

  const WitnessSettings& witnesses() const { return witnesses_; }
  const std::vector<std::string>& key_changes() const { return keys_.changes; }

 private:
  absl::StatusOr<SignedCheckpoint> Sign(const TreeHead& head) const;
  absl::StatusOr<SignedCheckpoint> SignWith(const TreeHead& head,
                                            const std::vector<PutCosignature>& cosignatures) const;
  absl::Status Refresh() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status RefreshWitnessed(ReadView& view) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OfferAnew(const std::vector<PutCosignature>& cosignatures)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Store& store_;
  const CheckpointKeys keys_;
  const Clock& clock_;
  const WitnessSettings witnesses_;
  absl::Mutex mutex_;
  SignedHeads heads_ ABSL_GUARDED_BY(mutex_);
  UnwitnessedSince unwitnessed_ ABSL_GUARDED_BY(mutex_);
  // By a clock that nobody sets: one that stands or goes back must not keep the head from being
  // seen.
  std::chrono::steady_clock::time_point looked_at_ ABSL_GUARDED_BY(mutex_);
  absl::Time offered_since_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace ehc

#endif  // EHC_SERVER_AUDIT_CHECKPOINTER_H_
