// Signs the log's head as a C2SP checkpoint. A checkpoint is made when somebody asks and the head
// has moved, but not more often than once in kMinInterval; receipts are covered well within 2 s.
#ifndef EHC_SERVER_AUDIT_CHECKPOINTER_H_
#define EHC_SERVER_AUDIT_CHECKPOINTER_H_

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/signed_note.h"
#include "server/storage/store.h"

namespace ehc {

struct SignedCheckpoint {
  std::string note;
  TreeHead head;
  absl::Time issued_at;
};

class Checkpointer {
 public:
  static constexpr absl::Duration kMinInterval = absl::Milliseconds(100);

  Checkpointer(Store& store, NoteSigner signer, const Clock& clock)
      : store_(store), signer_(std::move(signer)), clock_(clock) {}

  // Thread safe. Never a head that is not durable, never one older than one given before.
  absl::StatusOr<SignedCheckpoint> Latest();

  // For clients' profiles: the key that checks the notes.
  std::string verifier_key() const { return signer_.verifier().Encode(); }

 private:
  absl::StatusOr<SignedCheckpoint> Sign(const TreeHead& head) const;

  Store& store_;
  const NoteSigner signer_;
  const Clock& clock_;
  absl::Mutex mutex_;
  SignedCheckpoint latest_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ehc

#endif  // EHC_SERVER_AUDIT_CHECKPOINTER_H_
