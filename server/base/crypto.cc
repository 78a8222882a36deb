// OpenSSL 3 deprecates its direct SHA-256 functions in favour of EVP. They are used here all the
// same: the state is a plain value, so that copying a prepared HMAC prefix needs no allocation, and
// a short digest takes 57 ns instead of 128 ns with a prefetched EVP_MD.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "server/base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <type_traits>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr size_t kBlockSize = SHA256_CBLOCK;
constexpr size_t kMaxHkdfLength = 255 * sizeof(Digest);
constexpr char kInnerPad = 0x36;
constexpr char kOuterPad = 0x5c;

SHA256_CTX* Context(unsigned char* state) { return reinterpret_cast<SHA256_CTX*>(state); }

// RFC 2104: a key longer than a block is replaced by its digest, a shorter one padded with zeros.
std::array<char, kBlockSize> KeyBlock(absl::string_view key) {
  std::array<char, kBlockSize> block{};
  if (key.size() > kBlockSize) {
    Digest digest = Sha256(key);
    std::memcpy(block.data(), digest.data(), digest.size());
    OPENSSL_cleanse(digest.data(), digest.size());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  return block;
}

template <typename Number>
void StoreBigEndian(Number number, unsigned char* out) {
  for (size_t i = sizeof(Number); i-- > 0; number >>= 8)
    out[i] = static_cast<unsigned char>(number);
}

void Absorb(Sha256Hasher& hasher, std::array<char, kBlockSize> block, char pad) {
  for (char& byte : block) byte ^= pad;
  hasher.Update(absl::string_view(block.data(), block.size()));
  OPENSSL_cleanse(block.data(), block.size());
}

void FillFromDrbg(absl::Span<uint8_t> out) {
  EHC_CHECK(out.size() <= std::numeric_limits<int>::max());
  EHC_CHECK(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

// Counts the forks between the first process and this one, so that a child never gives out the
// bytes its parent had buffered.
std::atomic<uint64_t>& ForkCount() {
  static std::atomic<uint64_t> count{0};
  static const int registered = pthread_atfork(nullptr, nullptr, [] { ForkCount().fetch_add(1); });
  EHC_CHECK(registered == 0);
  return count;
}

class RandomBuffer {
 public:
  ~RandomBuffer() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  static constexpr size_t kSize = 512;

  // REQUIRES: out.size() <= kSize.
  void Take(absl::Span<uint8_t> out) {
    const uint64_t fork_count = ForkCount().load(std::memory_order_relaxed);
    if (out.size() > kSize - used_ || fork_count != fork_count_) Refill(fork_count);
    std::memcpy(out.data(), bytes_.data() + used_, out.size());
    OPENSSL_cleanse(bytes_.data() + used_, out.size());
    used_ += out.size();
  }

 private:
  void Refill(uint64_t fork_count) {
    FillFromDrbg(absl::MakeSpan(bytes_));
    used_ = 0;
    fork_count_ = fork_count;
  }

  std::array<uint8_t, kSize> bytes_{};
  size_t used_ = kSize;
  uint64_t fork_count_ = 0;
};

}  // namespace

// What is at most two blocks long with its padding is laid out here and compressed at once, which
// takes about half the time: an entry of the log is a hundred such digests.
Digest Sha256(absl::string_view data) {
  constexpr size_t kPadding = 1 + sizeof(uint64_t);
  if (data.size() + kPadding > 2 * kBlockSize) return Sha256Hasher().Update(data).Finish();
  const size_t blocks = data.size() + kPadding > kBlockSize ? 2 : 1;
  unsigned char padded[2 * kBlockSize] = {};
  std::copy(data.begin(), data.end(), padded);
  padded[data.size()] = 0x80;
  StoreBigEndian(8 * uint64_t{data.size()}, padded + blocks * kBlockSize - sizeof(uint64_t));
  SHA256_CTX context;
  EHC_CHECK(SHA256_Init(&context) == 1);
  for (size_t i = 0; i < blocks; ++i) SHA256_Transform(&context, padded + i * kBlockSize);
  Digest digest;
  for (size_t i = 0; i < 8; ++i) StoreBigEndian(context.h[i], digest.data() + 4 * i);
  OPENSSL_cleanse(padded, sizeof(padded));
  return digest;
}

Sha256Hasher::Sha256Hasher() {
  static_assert(sizeof(SHA256_CTX) == sizeof(state_) && alignof(SHA256_CTX) <= 8);
  static_assert(std::is_trivially_copyable_v<SHA256_CTX>);
  Restart();
}

void Sha256Hasher::Restart() { EHC_CHECK(SHA256_Init(Context(state_)) == 1); }

Sha256Hasher& Sha256Hasher::Update(absl::string_view data) {
  EHC_CHECK(SHA256_Update(Context(state_), data.data(), data.size()) == 1);
  return *this;
}

Digest Sha256Hasher::Finish() {
  Digest digest;
  EHC_CHECK(SHA256_Final(digest.data(), Context(state_)) == 1);
  Restart();
  return digest;
}

Digest HmacSha256(absl::string_view key, absl::string_view data) { return HmacKey(key).Sign(data); }

HmacKey::HmacKey(absl::string_view key) {
  std::array<char, kBlockSize> block = KeyBlock(key);
  Absorb(inner_, block, kInnerPad);
  Absorb(outer_, block, kOuterPad);
  OPENSSL_cleanse(block.data(), block.size());
}

HmacKey::~HmacKey() {
  OPENSSL_cleanse(&inner_, sizeof(inner_));
  OPENSSL_cleanse(&outer_, sizeof(outer_));
}

Digest HmacKey::Sign(absl::string_view data) const {
  return SignParts(absl::MakeConstSpan(&data, 1));
}

Digest HmacKey::SignParts(absl::Span<const absl::string_view> parts) const {
  Sha256Hasher inner = inner_;
  for (absl::string_view part : parts) inner.Update(part);
  const Digest inner_digest = inner.Finish();
  Sha256Hasher outer = outer_;
  return outer.Update(DigestView(inner_digest)).Finish();
}

bool HmacKey::Verify(absl::string_view data, absl::string_view tag) const {
  const Digest expected = Sign(data);
  return ConstantTimeEquals(DigestView(expected), tag);
}

bool ConstantTimeEquals(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void FillRandom(absl::Span<uint8_t> out) {
  if (out.size() > RandomBuffer::kSize / 4) return FillFromDrbg(out);
  static thread_local RandomBuffer buffer;
  buffer.Take(out);
}

std::string RandomBytes(size_t length) {
  std::string bytes(length, '\0');
  FillRandom(absl::MakeSpan(reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()));
  return bytes;
}

std::string HkdfSha256(absl::string_view secret, absl::string_view salt, absl::string_view info,
                       size_t length) {
  EHC_CHECK(length <= kMaxHkdfLength);
  Digest pseudorandom_key = HmacSha256(salt, secret);
  const HmacKey expander(DigestView(pseudorandom_key));
  OPENSSL_cleanse(pseudorandom_key.data(), pseudorandom_key.size());
  std::string output;
  output.reserve(length +
                 sizeof(Digest));  // Never reallocates, so no copy of the key stays behind.
  Digest block{};
  for (char counter = 1; output.size() < length; ++counter) {
    const absl::string_view previous = output.empty() ? absl::string_view() : DigestView(block);
    block = expander.SignParts({previous, info, absl::string_view(&counter, 1)});
    output.append(reinterpret_cast<const char*>(block.data()), block.size());
  }
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(output.data() + length, output.size() - length);
  output.resize(length);
  return output;
}

std::string DeriveKey(absl::string_view secret, absl::string_view label, size_t length) {
  return HkdfSha256(secret, absl::string_view(), label, length);
}

}  // namespace ehc
