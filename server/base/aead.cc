#include "server/base/aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <limits>
#include <memory>

#include "server/base/crypto.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

// EVP counts bytes in an int.
constexpr size_t kMaxInput = std::numeric_limits<int>::max() - kAeadOverhead;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string* text) { return reinterpret_cast<unsigned char*>(text->data()); }

int Size(absl::string_view text) { return static_cast<int>(text.size()); }

// A context that is given its cipher once and only re-keyed afterwards, which allocates nothing.
// The last key's schedule stays in it until the thread's next use or end.
class CipherContext {
 public:
  CipherContext(const EVP_CIPHER* cipher, bool encrypt)
      : context_(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
    EHC_CHECK(context_ != nullptr);
    EHC_CHECK(EVP_CipherInit_ex2(context_.get(), cipher, nullptr, nullptr, encrypt, nullptr) == 1);
  }

  EVP_CIPHER_CTX* get() const { return context_.get(); }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
};

// Lives as long as the process; fetching is dear.
const EVP_CIPHER* Fetch(const char* name) {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  EHC_CHECK(cipher != nullptr);
  return cipher;
}

const EVP_CIPHER* Gcm() {
  static const EVP_CIPHER* const cipher = Fetch("AES-256-GCM");
  return cipher;
}

const EVP_CIPHER* Ecb() {
  static const EVP_CIPHER* const cipher = Fetch("AES-256-ECB");
  return cipher;
}

absl::Status CheckKeySize(size_t size) {
  if (size == kAeadKeySize) return absl::OkStatus();
  return absl::InvalidArgumentError("AES-256 key must be 32 bytes long");
}

absl::Status Unopenable() {
  return absl::DataLossError(
      "sealed value cannot be opened: truncated, altered, or sealed under another key or context");
}

bool AddAssociatedData(EVP_CIPHER_CTX* context, absl::string_view data) {
  int ignored = 0;
  return data.empty() || EVP_CipherUpdate(context, nullptr, &ignored, Bytes(data), Size(data)) == 1;
}

bool Transform(EVP_CIPHER_CTX* context, absl::string_view input, unsigned char* output) {
  int written = 0;
  return input.empty() ||
         EVP_CipherUpdate(context, output, &written, Bytes(input), Size(input)) == 1;
}

bool Finish(EVP_CIPHER_CTX* context) {
  unsigned char nothing[EVP_MAX_BLOCK_LENGTH];
  int written = 0;
  return EVP_CipherFinal_ex(context, nothing, &written) == 1;
}

// Fills `output`, which has room for nonce, ciphertext and tag.
bool Encrypt(absl::string_view key, absl::string_view plaintext, absl::string_view associated_data,
             unsigned char* output) {
  static thread_local const CipherContext sealing(Gcm(), true);
  EVP_CIPHER_CTX* const context = sealing.get();
  unsigned char* const ciphertext = output + kAeadNonceSize;
  FillRandom(absl::MakeSpan(output, kAeadNonceSize));
  return EVP_EncryptInit_ex2(context, nullptr, Bytes(key), output, nullptr) == 1 &&
         AddAssociatedData(context, associated_data) && Transform(context, plaintext, ciphertext) &&
         Finish(context) &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kAeadTagSize,
                             ciphertext + plaintext.size()) == 1;
}

bool Decrypt(absl::string_view key, absl::string_view sealed, absl::string_view associated_data,
             unsigned char* output) {
  static thread_local const CipherContext opening(Gcm(), false);
  EVP_CIPHER_CTX* const context = opening.get();
  const absl::string_view nonce = sealed.substr(0, kAeadNonceSize);
  const absl::string_view ciphertext = sealed.substr(kAeadNonceSize, sealed.size() - kAeadOverhead);
  const absl::string_view tag = sealed.substr(sealed.size() - kAeadTagSize);
  return EVP_DecryptInit_ex2(context, nullptr, Bytes(key), Bytes(nonce), nullptr) == 1 &&
         AddAssociatedData(context, associated_data) && Transform(context, ciphertext, output) &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kAeadTagSize,
                             const_cast<unsigned char*>(Bytes(tag))) == 1 &&
         Finish(context);
}

AesBlock::Block Permute(const CipherContext& context, absl::string_view key,
                        const AesBlock::Block& input) {
  AesBlock::Block output;
  int written = 0;
  EHC_CHECK(EVP_CipherInit_ex2(context.get(), nullptr, Bytes(key), nullptr, -1, nullptr) == 1);
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  EHC_CHECK(EVP_CipherUpdate(context.get(), output.data(), &written, input.data(),
                             static_cast<int>(input.size())) == 1);
  EHC_CHECK(written == static_cast<int>(output.size()));
  return output;
}

}  // namespace

absl::Status SealTo(absl::string_view key, absl::string_view plaintext,
                    absl::string_view associated_data, std::string* out) {
  EHC_RETURN_IF_ERROR(CheckKeySize(key.size()));
  if (plaintext.size() > kMaxInput || associated_data.size() > kMaxInput) {
    return absl::InvalidArgumentError("value to seal is longer than 2 GiB");
  }
  out->resize(plaintext.size() + kAeadOverhead);
  EHC_CHECK(Encrypt(key, plaintext, associated_data, Bytes(out)));
  return absl::OkStatus();
}

absl::Status OpenTo(absl::string_view key, absl::string_view sealed,
                    absl::string_view associated_data, std::string* out) {
  EraseString(out);
  EHC_RETURN_IF_ERROR(CheckKeySize(key.size()));
  if (sealed.size() < kAeadOverhead || sealed.size() > kMaxInput ||
      associated_data.size() > kMaxInput) {
    return Unopenable();
  }
  out->resize(sealed.size() - kAeadOverhead);
  if (!Decrypt(key, sealed, associated_data, Bytes(out))) {
    EraseString(out);
    return Unopenable();
  }
  return absl::OkStatus();
}

absl::StatusOr<Aead256Gcm> Aead256Gcm::Create(SecretBytes key) {
  EHC_RETURN_IF_ERROR(CheckKeySize(key.size()));
  return Aead256Gcm(std::move(key));
}

std::string Aead256Gcm::Seal(absl::string_view plaintext, absl::string_view associated_data) const {
  std::string sealed;
  EHC_CHECK(
      SealTo(key_.view(SecretAccess::ForCryptoOnly()), plaintext, associated_data, &sealed).ok());
  return sealed;
}

absl::StatusOr<std::string> Aead256Gcm::Open(absl::string_view sealed,
                                             absl::string_view associated_data) const {
  std::string plaintext;
  EHC_RETURN_IF_ERROR(
      OpenTo(key_.view(SecretAccess::ForCryptoOnly()), sealed, associated_data, &plaintext));
  return plaintext;
}

absl::StatusOr<AesBlock> AesBlock::Create(SecretBytes key) {
  EHC_RETURN_IF_ERROR(CheckKeySize(key.size()));
  return AesBlock(std::move(key));
}

AesBlock::Block AesBlock::Encrypt(const Block& block) const {
  static thread_local const CipherContext context(Ecb(), true);
  return Permute(context, key_.view(SecretAccess::ForCryptoOnly()), block);
}

AesBlock::Block AesBlock::Decrypt(const Block& block) const {
  static thread_local const CipherContext context(Ecb(), false);
  return Permute(context, key_.view(SecretAccess::ForCryptoOnly()), block);
}

}  // namespace ehc
