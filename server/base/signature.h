// SigningKey, VerifyKey                 ECDSA over P-256 with SHA-256
// Ed25519SigningKey, Ed25519VerifyKey   Ed25519 (RFC 8032) with raw 32-byte keys
//
// All keys are immutable, copyable (copies share the key) and thread safe. Errors never contain
// key material.
#ifndef EHC_SERVER_BASE_SIGNATURE_H_
#define EHC_SERVER_BASE_SIGNATURE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret_bytes.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace ehc {

using KeyHandle = std::shared_ptr<evp_pkey_st>;

class VerifyKey {
 public:
  // A SubjectPublicKeyInfo ("BEGIN PUBLIC KEY") or an X.509 certificate ("BEGIN CERTIFICATE").
  // INVALID_ARGUMENT unless it holds a P-256 key.
  static absl::StatusOr<VerifyKey> FromPem(absl::string_view pem);
  static absl::StatusOr<VerifyKey> FromPemFile(const std::string& path);

  bool Verify(absl::string_view message, absl::string_view der_signature) const;

  // The 64-byte r||s form of JOSE (RFC 7518 section 3.4).
  bool VerifyP1363(absl::string_view message, absl::string_view signature) const;

  std::string PublicPem() const;

  // Hex of the first 8 bytes of the SHA-256 of the SubjectPublicKeyInfo.
  const std::string& key_id() const { return key_id_; }

 private:
  friend class SigningKey;
  explicit VerifyKey(KeyHandle key);

  KeyHandle key_;
  std::string key_id_;
};

class SigningKey {
 public:
  static SigningKey Generate();

  // An unencrypted PKCS#8 or SEC 1 private key. INVALID_ARGUMENT unless it is a P-256 key.
  static absl::StatusOr<SigningKey> FromPem(absl::string_view pem);

  // Refuses a file that group or others can read, as LoadSecretFile does.
  static absl::StatusOr<SigningKey> FromPemFile(const std::string& path);

  std::string Sign(absl::string_view message) const;       // DER
  std::string SignP1363(absl::string_view message) const;  // 64 bytes, r||s

  std::string PublicPem() const { return public_key_.PublicPem(); }
  SecretBytes PrivatePem(SecretAccess) const;
  const VerifyKey& public_key() const { return public_key_; }
  const std::string& key_id() const { return public_key_.key_id(); }

 private:
  explicit SigningKey(KeyHandle key);

  KeyHandle key_;
  VerifyKey public_key_;
};

class Ed25519VerifyKey {
 public:
  static absl::StatusOr<Ed25519VerifyKey> FromRaw(absl::string_view public_key);

  bool Verify(absl::string_view message, absl::string_view signature) const;
  const std::string& raw() const { return raw_; }

 private:
  Ed25519VerifyKey(KeyHandle key, std::string raw) : key_(std::move(key)), raw_(std::move(raw)) {}

  KeyHandle key_;
  std::string raw_;
};

class Ed25519SigningKey {
 public:
  static Ed25519SigningKey Generate();
  static absl::StatusOr<Ed25519SigningKey> FromSeed(const SecretBytes& seed);

  std::string Sign(absl::string_view message) const;  // 64 bytes
  const std::string& public_raw() const { return public_raw_; }

 private:
  explicit Ed25519SigningKey(KeyHandle key);

  KeyHandle key_;
  std::string public_raw_;
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_SIGNATURE_H_
