#include "client-sdk/src/internal/assertion.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace ehchub {
namespace {

using nlohmann::json;

constexpr absl::Duration kMaxLife = absl::Minutes(15);
constexpr int kScalarSize = 32;
constexpr size_t kJtiBytes = 16;
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

absl::Status Invalid(absl::string_view why) {
  ERR_clear_error();
  return absl::InvalidArgumentError(why);
}

BioPtr ReadingBio(absl::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without this, OpenSSL would ask for a passphrase on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

std::string Sha256(absl::string_view bytes) {
  std::array<unsigned char, 32> digest;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return std::string(digest.begin(), digest.end());
}

template <class T, class Encode>
std::string DerOf(T* object, Encode encode) {
  unsigned char* der = nullptr;
  const int size = encode(object, &der);
  if (size <= 0) return std::string();
  std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

bool IsP256(EVP_PKEY* key) {
  char group[32] = {};
  size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group, sizeof(group), &length) == 1 &&
         absl::string_view(group, length) == "prime256v1";
}

absl::StatusOr<std::string> SignDer(EVP_PKEY* key, absl::string_view message) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  std::array<unsigned char, 128> signature;
  size_t size = signature.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, bytes, message.size()) != 1) {
    ERR_clear_error();
    return absl::InternalError("the assertion key could not sign");
  }
  return std::string(signature.begin(), signature.begin() + size);
}

// JOSE wants the two numbers side by side, 32 bytes each (RFC 7518 section 3.4).
std::string JoseSignature(absl::string_view der) {
  const auto* cursor = reinterpret_cast<const unsigned char*>(der.data());
  const EcdsaSigPtr parsed(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  std::array<unsigned char, 2 * kScalarSize> bytes{};
  BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), bytes.data(), kScalarSize);
  BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), bytes.data() + kScalarSize, kScalarSize);
  return std::string(bytes.begin(), bytes.end());
}

json ClaimsOf(const AssertedPerson& person, const AssertionTerms& terms) {
  const int64_t issued_at = absl::ToUnixSeconds(terms.now);
  json claims = {{"iss", person.agency},
                 {"sub", person.user},
                 {"aud", terms.audience},
                 {"iat", issued_at},
                 {"exp", issued_at + absl::ToInt64Seconds(terms.life)},
                 {"ehc_role", person.role},
                 {"ehc_unit", person.unit}};
  if (person.training_until.has_value()) claims["ehc_training_until"] = *person.training_until;
  if (person.strong_authentication) {
    claims["acr"] = "aal2";
    claims["amr"] = {"mfa"};
  }
  if (terms.approved_request.has_value()) {
    claims["ehc_approval"] = ApprovalDigest(*terms.approved_request);
  }
  return claims;
}

// Bytes that are not UTF-8 become question marks, which the hub refuses, instead of an exception.
std::string Dump(const json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
}

}  // namespace

AssertionSigner::AssertionSigner(std::shared_ptr<EVP_PKEY> key, std::string key_id)
    : key_(std::move(key)), key_id_(std::move(key_id)) {}

absl::StatusOr<AssertionSigner> AssertionSigner::FromPem(absl::string_view private_key_pem) {
  const BioPtr bio = ReadingBio(private_key_pem);
  std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassphrase, nullptr),
                                &EVP_PKEY_free);
  if (key == nullptr) return Invalid("the assertion key is not an unencrypted private key in PEM");
  if (!IsP256(key.get())) return Invalid("the assertion key is not on P-256, which ES256 needs");
  const std::string digest = Sha256(DerOf(key.get(), &i2d_PUBKEY));
  return AssertionSigner(std::move(key), absl::BytesToHexString(digest.substr(0, kKeyIdBytes)));
}

absl::StatusOr<std::string> AssertionSigner::Mint(const AssertedPerson& person,
                                                  const AssertionTerms& terms) const {
  if (terms.life <= absl::ZeroDuration() || terms.life > kMaxLife) {
    return absl::InvalidArgumentError("an assertion lives more than 0 and at most 15 minutes");
  }
  const absl::StatusOr<std::string> thumbprint = CertificateThumbprint(terms.certificate_pem);
  if (!thumbprint.ok()) return thumbprint.status();
  const absl::StatusOr<std::string> jti =
      terms.id.empty() ? NewAssertionId() : absl::StatusOr<std::string>(terms.id);
  if (!jti.ok()) return jti.status();
  json claims = ClaimsOf(person, terms);
  claims["jti"] = *jti;
  claims["cnf"] = {{"x5t#S256", *thumbprint}};
  return SignCompact(Dump({{"alg", "ES256"}, {"kid", key_id_}, {"typ", "JWT"}}), Dump(claims));
}

absl::StatusOr<std::string> AssertionSigner::SignCompact(absl::string_view header_json,
                                                         absl::string_view claims_json) const {
  const std::string signed_part = absl::StrCat(absl::WebSafeBase64Escape(header_json), ".",
                                               absl::WebSafeBase64Escape(claims_json));
  const absl::StatusOr<std::string> signature = SignDer(key_.get(), signed_part);
  if (!signature.ok()) return signature.status();
  return absl::StrCat(signed_part, ".", absl::WebSafeBase64Escape(JoseSignature(*signature)));
}

absl::StatusOr<std::string> CertificateThumbprint(absl::string_view certificate_pem) {
  const BioPtr bio = ReadingBio(certificate_pem);
  const X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, &NoPassphrase, nullptr));
  if (certificate == nullptr) return Invalid("the client certificate is not a certificate in PEM");
  return absl::WebSafeBase64Escape(Sha256(DerOf(certificate.get(), &i2d_X509)));
}

absl::StatusOr<std::string> NewAssertionId() {
  std::array<unsigned char, kJtiBytes> bytes;
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) {
    return absl::InternalError("no random bytes are to be had");
  }
  return absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<char*>(bytes.data()), bytes.size()));
}

std::string ApprovalDigest(absl::string_view bytes) {
  return absl::WebSafeBase64Escape(Sha256(bytes));
}

}  // namespace ehchub
