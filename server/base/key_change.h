// A log's change of keys: the text of a signed note (signed_note.h), by a checkpoint key that the
// log had before. A new checkpoint key signs as well. Whoever trusts one of a log's keys follows
// its changes to the keys of today; docs/formats/audit.md has the bytes.
#ifndef EHC_SERVER_BASE_KEY_CHANGE_H_
#define EHC_SERVER_BASE_KEY_CHANGE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/base/signature.h"
#include "server/base/signed_note.h"

namespace ehc {

enum class LogKeyKind { kCheckpoint, kPromise };

struct KeyChange {
  std::string origin;  // the log
  absl::Time at;       // whole seconds
  LogKeyKind kind = LogKeyKind::kCheckpoint;
  std::string key;  // a verifier key, or a public key as PEM

  std::string Encode() const;
};

// INVALID_ARGUMENT unless `text` is exactly what Encode() would make of the result.
absl::StatusOr<KeyChange> ParseKeyChange(absl::string_view text);

// The change in a note that one of `known` has signed. PERMISSION_DENIED where none has.
// INVALID_ARGUMENT, DATA_LOSS for a note or a key that is malformed, of another log than
// `origin`, or, a new checkpoint key, not signed by itself.
absl::StatusOr<KeyChange> OpenKeyChange(absl::string_view note, absl::string_view origin,
                                        absl::Span<const NoteVerifier> known);

}  // namespace ehc

#endif  // EHC_SERVER_BASE_KEY_CHANGE_H_
