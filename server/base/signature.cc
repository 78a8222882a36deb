#include "server/base/signature.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <limits>

#include "absl/strings/match.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr size_t kMaxPemSize = 64 << 10;
constexpr size_t kRawEd25519Size = 32;
constexpr size_t kEd25519SignatureSize = 64;
constexpr size_t kScalarSize = 32;
constexpr size_t kKeyIdBytes = 8;

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using EcdsaSigPtr = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, Freer<BN_free>>;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

KeyHandle Own(EVP_PKEY* key) { return KeyHandle(key, &EVP_PKEY_free); }

// OpenSSL queues errors per thread; leaving them there would confuse the next reader (TLS).
absl::Status Invalid(absl::string_view message) {
  ERR_clear_error();
  return absl::InvalidArgumentError(message);
}

BioPtr ReadingBio(absl::string_view text) {
  EHC_CHECK(text.size() <= std::numeric_limits<int>::max());
  BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  EHC_CHECK(bio != nullptr);
  return bio;
}

BioPtr WritingBio() {
  BioPtr bio(BIO_new(BIO_s_mem()));
  EHC_CHECK(bio != nullptr);
  return bio;
}

absl::string_view Contents(const BioPtr& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return absl::string_view(data, static_cast<size_t>(size));
}

// Without this, OpenSSL would ask for a passphrase on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

bool IsP256(EVP_PKEY* key) {
  char group[32] = {};
  size_t length = 0;
  return key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group, sizeof(group), &length) == 1 &&
         absl::string_view(group, length) == "prime256v1";
}

bool HoldsMatchingPair(EVP_PKEY* key) {
  const std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context != nullptr && EVP_PKEY_pairwise_check(context.get()) == 1;
}

KeyHandle ReadPublicKey(absl::string_view pem) {
  const BioPtr bio = ReadingBio(pem);
  if (!absl::StrContains(pem, "-----BEGIN CERTIFICATE-----")) {
    return Own(PEM_read_bio_PUBKEY(bio.get(), nullptr, &NoPassphrase, nullptr));
  }
  const X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, &NoPassphrase, nullptr));
  return Own(certificate == nullptr ? nullptr : X509_get_pubkey(certificate.get()));
}

std::string KeyIdOf(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  EHC_CHECK(size > 0);
  const Digest digest =
      Sha256(absl::string_view(reinterpret_cast<char*>(der), static_cast<size_t>(size)));
  OPENSSL_free(der);
  return HexEncode(DigestView(digest).substr(0, kKeyIdBytes));
}

DigestContextPtr NewDigestContext() {
  DigestContextPtr context(EVP_MD_CTX_new());
  EHC_CHECK(context != nullptr);
  return context;
}

// `digest` is null for Ed25519, which hashes by itself.
std::string SignMessage(EVP_PKEY* key, const EVP_MD* digest, absl::string_view message) {
  const DigestContextPtr context = NewDigestContext();
  EHC_CHECK(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) == 1);
  size_t size = static_cast<size_t>(EVP_PKEY_get_size(key));
  std::string signature(size, '\0');
  EHC_CHECK(
      EVP_DigestSign(context.get(), Bytes(signature), &size, Bytes(message), message.size()) == 1);
  signature.resize(size);
  return signature;
}

bool VerifyMessage(EVP_PKEY* key, const EVP_MD* digest, absl::string_view message,
                   absl::string_view signature) {
  const DigestContextPtr context = NewDigestContext();
  EHC_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1);
  const bool valid = EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                                      Bytes(message), message.size()) == 1;
  if (!valid) ERR_clear_error();
  return valid;
}

std::string DerToP1363(absl::string_view der) {
  const unsigned char* cursor = Bytes(der);
  const EcdsaSigPtr parsed(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  EHC_CHECK(parsed != nullptr);
  std::string raw(2 * kScalarSize, '\0');
  EHC_CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), Bytes(raw), kScalarSize) == kScalarSize);
  EHC_CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), Bytes(raw) + kScalarSize, kScalarSize) ==
            kScalarSize);
  return raw;
}

std::string P1363ToDer(absl::string_view raw) {
  BignumPtr r(BN_bin2bn(Bytes(raw), kScalarSize, nullptr));
  BignumPtr s(BN_bin2bn(Bytes(raw) + kScalarSize, kScalarSize, nullptr));
  const EcdsaSigPtr signature(ECDSA_SIG_new());
  EHC_CHECK(r != nullptr && s != nullptr && signature != nullptr);
  EHC_CHECK(ECDSA_SIG_set0(signature.get(), r.release(), s.release()) == 1);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  EHC_CHECK(size > 0);
  std::string result(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return result;
}

}  // namespace

VerifyKey::VerifyKey(KeyHandle key) : key_(std::move(key)), key_id_(KeyIdOf(key_.get())) {}

absl::StatusOr<VerifyKey> VerifyKey::FromPem(absl::string_view pem) {
  if (pem.size() > kMaxPemSize) return Invalid("public key PEM is longer than 64 KiB");
  KeyHandle key = ReadPublicKey(pem);
  if (key == nullptr) return Invalid("no PEM public key or certificate could be read");
  if (!IsP256(key.get())) return Invalid("public key is not an EC key on the named curve P-256");
  return VerifyKey(std::move(key));
}

absl::StatusOr<VerifyKey> VerifyKey::FromPemFile(const std::string& path) {
  EHC_ASSIGN_OR_RETURN(const std::string pem, ReadFile(path, kMaxPemSize));
  return FromPem(pem);
}

bool VerifyKey::Verify(absl::string_view message, absl::string_view der_signature) const {
  return VerifyMessage(key_.get(), EVP_sha256(), message, der_signature);
}

bool VerifyKey::VerifyP1363(absl::string_view message, absl::string_view signature) const {
  return signature.size() == 2 * kScalarSize && Verify(message, P1363ToDer(signature));
}

std::string VerifyKey::PublicPem() const {
  const BioPtr bio = WritingBio();
  EHC_CHECK(PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
  return std::string(Contents(bio));
}

SigningKey::SigningKey(KeyHandle key) : key_(std::move(key)), public_key_(key_) {}

SigningKey SigningKey::Generate() {
  KeyHandle key = Own(EVP_EC_gen("P-256"));
  EHC_CHECK(key != nullptr);
  return SigningKey(std::move(key));
}

absl::StatusOr<SigningKey> SigningKey::FromPem(absl::string_view pem) {
  if (pem.size() > kMaxPemSize) return Invalid("private key PEM is longer than 64 KiB");
  KeyHandle key =
      Own(PEM_read_bio_PrivateKey(ReadingBio(pem).get(), nullptr, &NoPassphrase, nullptr));
  if (key == nullptr) return Invalid("no unencrypted PEM private key could be read");
  if (!IsP256(key.get())) return Invalid("private key is not an EC key on the named curve P-256");
  if (!HoldsMatchingPair(key.get()))
    return Invalid("private and public key do not belong together");
  return SigningKey(std::move(key));
}

absl::StatusOr<SigningKey> SigningKey::FromPemFile(const std::string& path) {
  EHC_ASSIGN_OR_RETURN(const SecretBytes pem, LoadPrivateFile(path, kMaxPemSize));
  return FromPem(pem.view(SecretAccess::ForCryptoOnly()));
}

std::string SigningKey::Sign(absl::string_view message) const {
  return SignMessage(key_.get(), EVP_sha256(), message);
}

std::string SigningKey::SignP1363(absl::string_view message) const {
  return DerToP1363(Sign(message));
}

SecretBytes SigningKey::PrivatePem(SecretAccess) const {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  EHC_CHECK(bio != nullptr);
  EHC_CHECK(PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                          nullptr) == 1);
  return SecretBytes::CopyOf(Contents(bio));
}

absl::StatusOr<Ed25519VerifyKey> Ed25519VerifyKey::FromRaw(absl::string_view public_key) {
  if (public_key.size() != kRawEd25519Size) {
    return Invalid("Ed25519 public key must be 32 bytes long");
  }
  KeyHandle key = Own(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size()));
  if (key == nullptr) return Invalid("Ed25519 public key could not be read");
  return Ed25519VerifyKey(std::move(key), std::string(public_key));
}

bool Ed25519VerifyKey::Verify(absl::string_view message, absl::string_view signature) const {
  return signature.size() == kEd25519SignatureSize &&
         VerifyMessage(key_.get(), nullptr, message, signature);
}

Ed25519SigningKey::Ed25519SigningKey(KeyHandle key)
    : key_(std::move(key)), public_raw_(kRawEd25519Size, '\0') {
  size_t size = public_raw_.size();
  EHC_CHECK(EVP_PKEY_get_raw_public_key(key_.get(), Bytes(public_raw_), &size) == 1);
}

Ed25519SigningKey Ed25519SigningKey::Generate() {
  return *FromSeed(SecretBytes::Random(kRawEd25519Size));
}

absl::StatusOr<Ed25519SigningKey> Ed25519SigningKey::FromSeed(const SecretBytes& seed) {
  if (seed.size() != kRawEd25519Size) return Invalid("Ed25519 seed must be 32 bytes long");
  const absl::string_view bytes = seed.view(SecretAccess::ForCryptoOnly());
  KeyHandle key =
      Own(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(bytes), bytes.size()));
  if (key == nullptr) return Invalid("Ed25519 seed could not be read");
  return Ed25519SigningKey(std::move(key));
}

std::string Ed25519SigningKey::Sign(absl::string_view message) const {
  return SignMessage(key_.get(), nullptr, message);
}

}  // namespace ehc
