// Signed notes (c2sp.org/signed-note): a text, a blank line, and a line per signature,
//
//   — <key name> base64(key id (4 bytes) || signature)
//
// with the two kinds of Ed25519 signature that logs and their witnesses use: over the text itself,
// and cosignature/v1 (c2sp.org/tlog-cosignature), which adds the time at which a witness signed.
//
// The text means nothing until a NoteVerifier has accepted it. Immutable and thread safe.
#ifndef EHC_SERVER_BASE_SIGNED_NOTE_H_
#define EHC_SERVER_BASE_SIGNED_NOTE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/signature.h"

namespace ehc {

// Larger notes, and notes with more signatures, are refused unread.
inline constexpr size_t kMaxNoteSize = 256 * 1024;
inline constexpr size_t kMaxNoteSignatures = 64;

enum class NoteKeyType : uint8_t { kEd25519 = 0x01, kCosignatureV1 = 0x04 };

struct NoteSignature {
  std::string key_name;
  uint32_t key_id = 0;
  std::string bytes;  // without the key id
};

struct SignedNote {
  std::string text;  // ends in a newline
  std::vector<NoteSignature> signatures;

  // REQUIRES: a text and names that ParseSignedNote would accept.
  std::string Encode() const;
};

// INVALID_ARGUMENT unless `note` is exactly what Encode() would make of the result.
absl::StatusOr<SignedNote> ParseSignedNote(absl::string_view note);

// Whether the text may be signed: UTF-8, no control characters but newlines, ending in one.
absl::Status CheckNoteText(absl::string_view text);

class NoteVerifier {
 public:
  // INVALID_ARGUMENT for a name that is empty or contains a space, a plus or a control character.
  static absl::StatusOr<NoteVerifier> Create(NoteKeyType type, absl::string_view key_name,
                                             Ed25519VerifyKey key);

  // The form in which keys are handed out: name+hex key id+base64(type || public key).
  static absl::StatusOr<NoteVerifier> Parse(absl::string_view verifier_key);
  std::string Encode() const;

  // NOT_FOUND if no signature names this key; DATA_LOSS if one does and is wrong, even when another
  // of this key is right. Signatures by other keys are ignored.
  absl::Status Verify(const SignedNote& note) const;

  // As Verify(), and the latest time at which the witness signed. REQUIRES: type kCosignatureV1.
  absl::StatusOr<absl::Time> CosignedAt(const SignedNote& note) const;

  NoteKeyType type() const { return type_; }
  const std::string& key_name() const { return key_name_; }
  uint32_t key_id() const { return key_id_; }

 private:
  NoteVerifier(NoteKeyType type, std::string key_name, Ed25519VerifyKey key);

  bool Accepts(absl::string_view text, absl::string_view signature) const;

  NoteKeyType type_;
  std::string key_name_;
  uint32_t key_id_;
  Ed25519VerifyKey key_;
};

class NoteSigner {
 public:
  static absl::StatusOr<NoteSigner> Create(NoteKeyType type, absl::string_view key_name,
                                           Ed25519SigningKey key);

  // `now` counts, in whole seconds, for a cosignature only. INVALID_ARGUMENT for a text that
  // CheckNoteText refuses, or a cosignature from before 1970.
  absl::StatusOr<NoteSignature> Sign(absl::string_view text, absl::Time now) const;

  const NoteVerifier& verifier() const { return verifier_; }

 private:
  NoteSigner(Ed25519SigningKey key, NoteVerifier verifier)
      : key_(std::move(key)), verifier_(std::move(verifier)) {}

  Ed25519SigningKey key_;
  NoteVerifier verifier_;
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_SIGNED_NOTE_H_
