// Aead256Gcm, SealTo, OpenTo   AES-256-GCM (NIST SP 800-38D)
// AesBlock                     a keyed permutation of 16-byte names
//
// A sealed value is: nonce (12 random bytes) | ciphertext | tag (16 bytes). With random nonces a
// key may seal at most 2^32 values. Errors name what was wrong with the form, never data or keys.
#ifndef EHC_SERVER_BASE_AEAD_H_
#define EHC_SERVER_BASE_AEAD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret_bytes.h"

namespace ehc {

inline constexpr size_t kAeadKeySize = 32;
inline constexpr size_t kAeadNonceSize = 12;
inline constexpr size_t kAeadTagSize = 16;
inline constexpr size_t kAeadOverhead = kAeadNonceSize + kAeadTagSize;

// Replace *out with the sealed or the opened value, reusing its capacity. `out` must not be the
// storage of another argument. SealTo: INVALID_ARGUMENT for a key that is not 32 bytes. OpenTo:
// DATA_LOSS for a value that is truncated, altered or sealed under another key or associated data;
// *out is then erased and empty, so that nothing unauthenticated remains.
absl::Status SealTo(absl::string_view key, absl::string_view plaintext,
                    absl::string_view associated_data, std::string* out);
absl::Status OpenTo(absl::string_view key, absl::string_view sealed,
                    absl::string_view associated_data, std::string* out);

// Authenticated encryption under one key. Movable; immutable and thread safe.
class Aead256Gcm {
 public:
  static absl::StatusOr<Aead256Gcm> Create(SecretBytes key);

  std::string Seal(absl::string_view plaintext, absl::string_view associated_data) const;
  absl::StatusOr<std::string> Open(absl::string_view sealed,
                                   absl::string_view associated_data) const;

 private:
  explicit Aead256Gcm(SecretBytes key) : key_(std::move(key)) {}

  SecretBytes key_;
};

// AES-256 on a single block: deterministic and reversible, so distinct inputs have distinct outputs
// that nobody can link without the key. Not encryption of data: no authentication, equality shows.
// Movable; immutable and thread safe.
class AesBlock {
 public:
  using Block = std::array<uint8_t, 16>;

  static absl::StatusOr<AesBlock> Create(SecretBytes key);

  Block Encrypt(const Block& block) const;
  Block Decrypt(const Block& block) const;

 private:
  explicit AesBlock(SecretBytes key) : key_(std::move(key)) {}

  SecretBytes key_;
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_AEAD_H_
