// Digest, Sha256, Sha256Hasher     SHA-256 (FIPS 180-4)
// HmacSha256, HmacKey              HMAC-SHA-256 (RFC 2104)
// HkdfSha256, DeriveKey            HKDF-SHA-256 (RFC 5869)
// FillRandom, RandomBytes          bytes fit for keys, nonces and identifiers
// ConstantTimeEquals               comparison that does not say where two values differ
#ifndef EHC_SERVER_BASE_CRYPTO_H_
#define EHC_SERVER_BASE_CRYPTO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ehc {

using Digest = std::array<uint8_t, 32>;

// The digest's bytes, valid as long as `digest`.
inline absl::string_view DigestView(const Digest& digest) {
  return absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size());
}

Digest Sha256(absl::string_view data);

// SHA-256 in parts. Holds its state inline: no allocation, cheap to copy (a copy continues from
// the same prefix). Not thread safe.
class Sha256Hasher {
 public:
  Sha256Hasher();

  Sha256Hasher& Update(absl::string_view data);

  // The digest of everything since construction or the last Finish(); ready for the next message.
  Digest Finish();

 private:
  void Restart();

  // An OpenSSL SHA256_CTX, kept opaque so that no OpenSSL header is needed here.
  alignas(8) unsigned char state_[112];
};

Digest HmacSha256(absl::string_view key, absl::string_view data);

// A key whose two padded blocks are hashed once, so that authenticating a short message costs two
// SHA-256 blocks. Copyable; erased on destruction. Immutable and thread safe.
class HmacKey {
 public:
  explicit HmacKey(absl::string_view key);
  HmacKey(const HmacKey&) = default;
  HmacKey& operator=(const HmacKey&) = default;
  ~HmacKey();

  Digest Sign(absl::string_view data) const;

  // The tag of the concatenation of `parts`; the caller makes their framing unambiguous.
  Digest SignParts(absl::Span<const absl::string_view> parts) const;

  bool Verify(absl::string_view data, absl::string_view tag) const;

 private:
  Sha256Hasher inner_;
  Sha256Hasher outer_;
};

// Time depends on the lengths only. Different lengths are unequal.
bool ConstantTimeEquals(absl::string_view a, absl::string_view b);

// From a per-thread buffer refilled by OpenSSL's DRBG; each byte is given out once and then erased,
// also across fork(). Aborts if the DRBG fails: nothing safe can be done without it.
void FillRandom(absl::Span<uint8_t> out);
std::string RandomBytes(size_t length);

// REQUIRES: length <= 255 * 32.
std::string HkdfSha256(absl::string_view secret, absl::string_view salt, absl::string_view info,
                       size_t length);

// A key for one use: HKDF without salt, `label` as info. Different labels give independent keys.
// For long-lived keys prefer DeriveSecret (secret_bytes.h), whose result is erased.
std::string DeriveKey(absl::string_view secret, absl::string_view label, size_t length);

}  // namespace ehc

#endif  // EHC_SERVER_BASE_CRYPTO_H_
