#ifndef EHC_SERVER_BASE_SECRET_BYTES_H_
#define EHC_SERVER_BASE_SECRET_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ehc {

// The right to read secret bytes. Made in one place only, so a search for ForCryptoOnly lists every
// line that touches key material.
class SecretAccess {
 public:
  static SecretAccess ForCryptoOnly() { return SecretAccess(); }

 private:
  SecretAccess() = default;
};

// Key material: move-only, never printed, erased on destruction and when moved over. Its size is
// not secret. Reading is thread safe.
class SecretBytes {
 public:
  SecretBytes() = default;
  static SecretBytes CopyOf(absl::string_view bytes);
  static SecretBytes Random(size_t size);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Valid as long as this object is neither moved from nor destroyed.
  absl::string_view view(SecretAccess) const {
    return absl::string_view(reinterpret_cast<const char*>(bytes_.get()), size_);
  }

  // In constant time for equal sizes.
  bool Equals(const SecretBytes& other) const;

  SecretBytes Clone() const;

 private:
  explicit SecretBytes(size_t size);
  void Erase();

  std::unique_ptr<uint8_t[]> bytes_;
  size_t size_ = 0;
};

// Erases a string that held secret or personal bytes, then empties it.
void EraseString(std::string* bytes);

// HKDF-SHA-256 of `secret` for the use named by `label`.
SecretBytes DeriveSecret(const SecretBytes& secret, absl::string_view label, size_t length);

// Reads a key file. FAILED_PRECONDITION, naming the fix, if group or others have any permission on
// it, if it is not a regular file, or if its length is not `expected_length` bytes; NOT_FOUND if it
// does not exist.
absl::StatusOr<SecretBytes> LoadSecretFile(const std::string& path, size_t expected_length);

// The same for a private file of unknown length, such as a PEM; RESOURCE_EXHAUSTED beyond
// max_bytes.
absl::StatusOr<SecretBytes> LoadPrivateFile(const std::string& path, size_t max_bytes);

// Creates a file of `length` random bytes with mode 0600 and makes it durable before returning.
// ALREADY_EXISTS leaves the existing file untouched.
absl::Status CreateSecretFile(const std::string& path, size_t length);

}  // namespace ehc

#endif  // EHC_SERVER_BASE_SECRET_BYTES_H_
