#ifndef EHC_SERVER_BASE_CHECKPOINT_H_
#define EHC_SERVER_BASE_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/crypto.h"
#include "server/base/signed_note.h"

namespace ehc {

// The head of a log (c2sp.org/tlog-checkpoint), the text of a signed note.
struct Checkpoint {
  std::string origin;  // names the log; one line, never empty
  uint64_t size = 0;
  Digest root{};
  std::vector<std::string> extensions;  // opaque lines, none empty

  // REQUIRES: an origin and extensions that ParseCheckpoint would accept.
  std::string Encode() const;
};

// INVALID_ARGUMENT unless `text` is exactly what Encode() would make of the result.
absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text);

// The checkpoint in a note that the log has signed: as its origin line the log's key name, and the
// errors of ParseSignedNote, NoteVerifier::Verify and ParseCheckpoint.
absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, const NoteVerifier& log);

}  // namespace ehc

#endif  // EHC_SERVER_BASE_CHECKPOINT_H_
