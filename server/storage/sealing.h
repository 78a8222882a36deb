// How the store keeps what it must not show: the root key's derivations, the keys under it, and
// what each sealed value is bound to. docs/formats/store.md has the hierarchy and the bytes.
//
//   root key (file) ─┬─ identifier, message and name digests; keys derived for other rooms
//                    ├─ wraps key-encryption keys (one per custodian and epoch; the hub is
//                    custodian 0) │     └─ wrap data keys: child × custodian × record class;
//                    dossier; audit openings └─ wraps denial keys (one per UTC day)
//
// A value opens only under its own key and its own binding, so a value moved to another row, child,
// section or version is damage, not data. Destroying a wrapped key makes what it sealed unreadable.
#ifndef EHC_SERVER_STORAGE_SEALING_H_
#define EHC_SERVER_STORAGE_SEALING_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/base/crypto.h"
#include "server/base/secret_bytes.h"
#include "server/model/identifiers.h"

namespace ehc {

inline constexpr size_t kRootKeySize = 32;

// What a sealed value is. Stored with every value (in its associated data): append only.
enum class SealedUse : uint8_t {
  kKeyCheck = 1,
  kKeyEncryptionKey = 2,
  kDataKey = 3,
  kDossierKey = 4,
  kAuditKey = 5,
  kDenialKey = 6,
  kDossier = 7,
  kRecordHead = 8,
  kPart = 9,
  kOpening = 10,
  kReview = 11,
  kMatterKey = 12,
  kMatter = 13,
};

// The associated data of one sealed value: its use and the immutable ids of where it stands.
class Binding {
 public:
  explicit Binding(SealedUse use) { bytes_.push_back(static_cast<char>(use)); }

  Binding& Id(int64_t id);
  Binding& Text(absl::string_view text);  // framed by its length

  absl::string_view view() const { return absl::string_view(bytes_.data(), bytes_.size()); }

 private:
  absl::InlinedVector<char, 96> bytes_;
};

// A 256-bit key that seals values and other keys. Held in place, erased on destruction; opens and
// seals on any thread. Errors name neither keys nor data.
class SealingKey {
 public:
  static SealingKey Random();
  static SealingKey Derived(const SecretBytes& root, absl::string_view label);
  // DATA_LOSS if `wrapped` was not made by Wrap() under `parent` and `binding`.
  static absl::StatusOr<SealingKey> Unwrap(const SealingKey& parent, absl::string_view wrapped,
                                           const Binding& binding);

  SealingKey(SealingKey&& other) noexcept;
  SealingKey& operator=(SealingKey&& other) noexcept;
  SealingKey(const SealingKey&) = delete;
  SealingKey& operator=(const SealingKey&) = delete;
  ~SealingKey();

  // A digest under the key itself: it finds the key again and tells nothing of it.
  Digest Fingerprint() const;

  std::string WrapUnder(const SealingKey& parent, const Binding& binding) const;

  std::string Seal(absl::string_view plaintext, const Binding& binding) const;
  // DATA_LOSS for anything that Seal() did not make under this key and binding; *plaintext is then
  // empty.
  absl::Status OpenTo(absl::string_view sealed, const Binding& binding,
                      std::string* plaintext) const;

 private:
  SealingKey() = default;
  explicit SealingKey(absl::string_view bytes);
  absl::string_view view() const;

  std::array<char, 32> bytes_{};
};

// Everything derived from the root key. Immutable and thread safe.
class StoreKeys {
 public:
  // INVALID_ARGUMENT unless the root is kRootKeySize bytes.
  static absl::StatusOr<StoreKeys> Create(SecretBytes root);

  Digest IdentifierDigest(const Identifier& identifier) const;
  std::string MessageDigest(absl::string_view method, absl::string_view bytes) const;
  // 16 bytes that stand for a name in an index: equal names, equal digests, nothing else shows.
  std::string NameDigest(absl::Span<const absl::string_view> parts) const;
  std::string DerivedKey(absl::string_view label) const;

  const SealingKey& for_key_encryption_keys() const { return for_key_encryption_keys_; }
  const SealingKey& for_denial_keys() const { return for_denial_keys_; }

 private:
  explicit StoreKeys(SecretBytes root);

  SecretBytes root_;
  HmacKey identifiers_;
  HmacKey messages_;
  HmacKey names_;
  SealingKey for_key_encryption_keys_;
  SealingKey for_denial_keys_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SEALING_H_
