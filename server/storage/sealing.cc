#include "server/storage/sealing.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/aead.h"
#include "server/base/byte_codec.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

HmacKey DigestKey(const SecretBytes& root, absl::string_view label) {
  const SecretBytes key = DeriveSecret(root, label, sizeof(Digest));
  return HmacKey(key.view(SecretAccess::ForCryptoOnly()));
}

// Not optimised away, since the compiler cannot see what the volatile pointer points to.
void Erase(std::array<char, 32>* bytes) {
  volatile char* byte = bytes->data();
  for (size_t i = 0; i < bytes->size(); ++i) byte[i] = 0;
}

}  // namespace

Binding& Binding::Id(int64_t id) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes_.push_back(static_cast<char>(static_cast<uint64_t>(id) >> shift));
  }
  return *this;
}

Binding& Binding::Text(absl::string_view text) {
  Id(static_cast<int64_t>(text.size()));
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  return *this;
}

SealingKey::SealingKey(absl::string_view bytes) {
  EHC_CHECK(bytes.size() == bytes_.size());
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

SealingKey::SealingKey(SealingKey&& other) noexcept : bytes_(other.bytes_) { Erase(&other.bytes_); }

SealingKey& SealingKey::operator=(SealingKey&& other) noexcept {
  if (this == &other) return *this;
  bytes_ = other.bytes_;
  Erase(&other.bytes_);
  return *this;
}

SealingKey::~SealingKey() { Erase(&bytes_); }

absl::string_view SealingKey::view() const {
  return absl::string_view(bytes_.data(), bytes_.size());
}

SealingKey SealingKey::Random() {
  SealingKey key;
  FillRandom(absl::MakeSpan(reinterpret_cast<uint8_t*>(key.bytes_.data()), key.bytes_.size()));
  return key;
}

SealingKey SealingKey::Derived(const SecretBytes& root, absl::string_view label) {
  const SecretBytes bytes = DeriveSecret(root, label, kAeadKeySize);
  return SealingKey(bytes.view(SecretAccess::ForCryptoOnly()));
}

absl::StatusOr<SealingKey> SealingKey::Unwrap(const SealingKey& parent, absl::string_view wrapped,
                                              const Binding& binding) {
  static thread_local std::string bytes;  // keeps its capacity; erased after every use
  EHC_RETURN_IF_ERROR(parent.OpenTo(wrapped, binding, &bytes));
  if (bytes.size() != kAeadKeySize) return absl::DataLossError("wrapped key: wrong length");
  SealingKey key(bytes);
  EraseString(&bytes);
  return key;
}

Digest SealingKey::Fingerprint() const {
  return HmacSha256(view(), "ehc store v1 fingerprint of a key");
}

std::string SealingKey::WrapUnder(const SealingKey& parent, const Binding& binding) const {
  return parent.Seal(view(), binding);
}

std::string SealingKey::Seal(absl::string_view plaintext, const Binding& binding) const {
  std::string sealed;
  // Fails only for values beyond 2 GiB, and the store takes none.
  EHC_CHECK(ehc::SealTo(view(), plaintext, binding.view(), &sealed).ok());
  return sealed;
}

absl::Status SealingKey::OpenTo(absl::string_view sealed, const Binding& binding,
                                std::string* plaintext) const {
  return ehc::OpenTo(view(), sealed, binding.view(), plaintext);
}

absl::StatusOr<StoreKeys> StoreKeys::Create(SecretBytes root) {
  if (root.size() != kRootKeySize) {
    return absl::InvalidArgumentError("root key: must be 32 bytes long");
  }
  return StoreKeys(std::move(root));
}

StoreKeys::StoreKeys(SecretBytes root)
    : root_(std::move(root)),
      identifiers_(DigestKey(root_, "ehc store v1 identifiers")),
      messages_(DigestKey(root_, "ehc store v1 messages")),
      names_(DigestKey(root_, "ehc store v1 names")),
      for_key_encryption_keys_(SealingKey::Derived(root_, "ehc store v1 key-encryption keys")),
      for_denial_keys_(SealingKey::Derived(root_, "ehc store v1 denial keys")) {}

Digest StoreKeys::IdentifierDigest(const Identifier& identifier) const {
  const char kind = static_cast<char>(identifier.kind);
  const absl::string_view parts[] = {absl::string_view(&kind, 1), identifier.value};
  return identifiers_.SignParts(parts);
}

std::string StoreKeys::MessageDigest(absl::string_view method, absl::string_view bytes) const {
  std::string framed_method;
  AppendU32(static_cast<uint32_t>(method.size()), &framed_method);
  AppendRaw(method, &framed_method);
  const absl::string_view parts[] = {framed_method, bytes};
  return std::string(DigestView(messages_.SignParts(parts)));
}

std::string StoreKeys::NameDigest(absl::Span<const absl::string_view> parts) const {
  std::string framed;
  for (absl::string_view part : parts) {
    AppendU32(static_cast<uint32_t>(part.size()), &framed);
    AppendRaw(part, &framed);
  }
  return std::string(DigestView(names_.Sign(framed)).substr(0, 16));
}

std::string StoreKeys::DerivedKey(absl::string_view label) const {
  const SecretBytes key = DeriveSecret(root_, absl::StrCat("ehc store v1 for ", label), 32);
  return std::string(key.view(SecretAccess::ForCryptoOnly()));
}

}  // namespace ehc
