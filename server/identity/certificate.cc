#include "server/identity/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr size_t kMaxPemSize = 64 << 10;
constexpr size_t kMaxShortIdSize = 64;
constexpr int kMinRsaBits = 2048;
constexpr int kMinEcBits = 256;

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;
using UsagesPtr = std::unique_ptr<EXTENDED_KEY_USAGE, Freer<EXTENDED_KEY_USAGE_free>>;

// Whoever reads OpenSSL's error queue next (TLS, on this thread) must find none of ours.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() = default;
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
  ~ErrorQueueGuard() { ERR_clear_error(); }
};

// Without this, OpenSSL would ask for a passphrase on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

X509Ptr ReadX509(absl::string_view pem) {
  if (pem.size() > kMaxPemSize) return nullptr;
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (bio == nullptr) return nullptr;
  return X509Ptr(PEM_read_bio_X509(bio.get(), nullptr, &NoPassphrase, nullptr));
}

// An extension that is absent, found, or there more than once or unreadable.
template <class T>
struct Extension {
  std::unique_ptr<T, void (*)(T*)> value;
  bool well_formed;
};

template <class T>
Extension<T> FindExtension(X509* certificate, int nid, void (*free)(T*)) {
  int critical = 0;
  T* value = static_cast<T*>(X509_get_ext_d2i(certificate, nid, &critical, nullptr));
  constexpr int kAbsent = -1;
  return {{value, free}, value != nullptr || critical == kAbsent};
}

void ReadDigests(X509* certificate, PeerCertificate* out) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  EHC_CHECK(size > 0);
  const Digest digest =
      Sha256(absl::string_view(reinterpret_cast<char*>(der), static_cast<size_t>(size)));
  OPENSSL_free(der);
  out->fingerprint = HexEncode(DigestView(digest));
  out->thumbprint = Base64UrlEncode(DigestView(digest));
}

absl::Time FromAsn1(const ASN1_TIME* time, absl::Time when_unreadable) {
  std::tm utc = {};
  if (ASN1_TIME_to_tm(time, &utc) != 1) return when_unreadable;
  return absl::FromTM(utc, absl::UTCTimeZone());
}

void ReadDates(X509* certificate, PeerCertificate* out) {
  out->not_before = FromAsn1(X509_get0_notBefore(certificate), absl::InfiniteFuture());
  out->not_after = FromAsn1(X509_get0_notAfter(certificate), absl::InfinitePast());
}

void ReadKey(X509* certificate, PeerCertificate* out) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return;
  const char* type = EVP_PKEY_get0_type_name(key);
  out->key_type = type == nullptr ? "" : type;
  out->key_bits = EVP_PKEY_get_bits(key);
  char curve[64] = {};
  size_t length = 0;
  if (EVP_PKEY_get_group_name(key, curve, sizeof(curve), &length) == 1) {
    out->curve = std::string(curve, length);
  }
}

void ReadUsages(X509* certificate, PeerCertificate* out) {
  const uint32_t flags = X509_get_extension_flags(certificate);
  const uint32_t usage = X509_get_key_usage(certificate);
  const bool may_sign_others = (flags & EXFLAG_KUSAGE) != 0 && (usage & KU_KEY_CERT_SIGN) != 0;
  const bool says_so = (flags & EXFLAG_CA) != 0;  // even with a key usage that forbids signing
  out->is_ca = X509_check_ca(certificate) != 0 || says_so || may_sign_others;
  out->has_digital_signature = (usage & KU_DIGITAL_SIGNATURE) != 0;
  const auto extended =
      FindExtension<EXTENDED_KEY_USAGE>(certificate, NID_ext_key_usage, &EXTENDED_KEY_USAGE_free);
  for (int i = 0; i < sk_ASN1_OBJECT_num(extended.value.get()); ++i) {
    const ASN1_OBJECT* purpose = sk_ASN1_OBJECT_value(extended.value.get(), i);
    if (OBJ_obj2nid(purpose) == NID_client_auth) out->has_client_auth = true;
  }
  out->is_well_formed =
      out->is_well_formed && extended.well_formed && (flags & EXFLAG_INVALID) == 0;
}

void ReadSignatureDigest(X509* certificate, PeerCertificate* out) {
  int digest = NID_undef;
  int key = NID_undef;
  if (X509_get_signature_info(certificate, &digest, &key, nullptr, nullptr) != 1) {
    out->signature_digest = "unknown";
  } else if (digest != NID_undef) {
    out->signature_digest = OBJ_nid2sn(digest);
  }
}

void ReadUris(X509* certificate, PeerCertificate* out) {
  const auto names =
      FindExtension<GENERAL_NAMES>(certificate, NID_subject_alt_name, &GENERAL_NAMES_free);
  out->is_well_formed = out->is_well_formed && names.well_formed;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.value.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.value.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    out->uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                           static_cast<size_t>(ASN1_STRING_length(uri)));
  }
}

// PATTERN_SHORT_ID of field_options.proto.
bool IsShortId(absl::string_view text) {
  if (text.empty() || text.size() > kMaxShortIdSize || !absl::ascii_islower(text[0])) return false;
  const auto is_allowed = [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  };
  return std::all_of(text.begin(), text.end(), is_allowed) && text.back() != '-' &&
         text.find("--") == absl::string_view::npos;
}

void ReadAgency(PeerCertificate* out) {
  if (out->uris.size() != 1) return;
  absl::string_view path = out->uris[0];
  if (!absl::ConsumePrefix(&path, absl::StrCat("spiffe://", kTrustDomain, "/agency/"))) return;
  const std::vector<absl::string_view> steps = absl::StrSplit(path, '/');
  const bool names_unit = steps.size() == 3 && steps[1] == "unit" && IsShortId(steps[2]);
  if (!IsShortId(steps[0]) || !(steps.size() == 1 || names_unit)) return;
  out->agency_id = std::string(steps[0]);
  if (names_unit) out->unit = std::string(steps[2]);
}

absl::Status CheckIdentity(const PeerCertificate& certificate) {
  if (certificate.uris.empty()) {
    return absl::InvalidArgumentError("it has no URI subject alternative name");
  }
  if (certificate.uris.size() > 1) {
    return absl::InvalidArgumentError(
        "it has more than one URI subject alternative name; exactly one SPIFFE id is allowed");
  }
  if (absl::StrContains(certificate.uris[0], '*')) {
    return absl::InvalidArgumentError("its SPIFFE id contains a wildcard");
  }
  if (!certificate.agency_id.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("its URI is not an agency's SPIFFE id, spiffe://", kTrustDomain,
                     "/agency/<agency> or …/agency/<agency>/unit/<unit>"));
  }
  return absl::OkStatus();
}

absl::Status CheckKey(const PeerCertificate& certificate) {
  if (certificate.key_type == "RSA") {
    if (certificate.key_bits >= kMinRsaBits) return absl::OkStatus();
    return absl::InvalidArgumentError("its RSA key is shorter than 2048 bits");
  }
  if (certificate.key_type != "EC") {
    return absl::InvalidArgumentError("its key is neither EC nor RSA");
  }
  if (certificate.key_bits < kMinEcBits) {
    return absl::InvalidArgumentError("its EC key is shorter than 256 bits");
  }
  if (certificate.curve != "prime256v1" && certificate.curve != "secp384r1" &&
      certificate.curve != "secp521r1") {
    return absl::InvalidArgumentError("its EC key is on none of P-256, P-384 and P-521");
  }
  return absl::OkStatus();
}

absl::Status CheckUsages(const PeerCertificate& certificate) {
  if (certificate.is_ca) {
    return absl::InvalidArgumentError("it is a certificate authority's, not an agency's");
  }
  if (!certificate.has_client_auth) {
    return absl::InvalidArgumentError("its extended key usage does not name clientAuth");
  }
  if (!certificate.has_digital_signature) {
    return absl::InvalidArgumentError("its key usage does not allow digital signatures");
  }
  return absl::OkStatus();
}

absl::Status CheckSignature(const PeerCertificate& certificate) {
  for (absl::string_view accepted : {"", "SHA256", "SHA384", "SHA512"}) {
    if (certificate.signature_digest == accepted) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "it is signed with a digest weaker than SHA-256 (SHA-1, for one)");
}

}  // namespace

absl::StatusOr<PeerCertificate> ReadCertificate(absl::string_view pem) {
  const ErrorQueueGuard guard;
  const X509Ptr certificate = ReadX509(pem);
  if (certificate == nullptr) return absl::InvalidArgumentError("it is not a certificate in PEM");
  PeerCertificate out;
  out.is_well_formed = true;
  ReadDigests(certificate.get(), &out);
  ReadDates(certificate.get(), &out);
  ReadKey(certificate.get(), &out);
  ReadUsages(certificate.get(), &out);
  ReadSignatureDigest(certificate.get(), &out);
  ReadUris(certificate.get(), &out);
  ReadAgency(&out);
  return out;
}

absl::Status CheckCertificateRules(const PeerCertificate& certificate) {
  if (!certificate.is_well_formed) {
    return absl::InvalidArgumentError("one of its extensions is repeated or unreadable");
  }
  EHC_RETURN_IF_ERROR(CheckIdentity(certificate));
  EHC_RETURN_IF_ERROR(CheckUsages(certificate));
  EHC_RETURN_IF_ERROR(CheckKey(certificate));
  return CheckSignature(certificate);
}

absl::Status CheckCertificateDates(const PeerCertificate& certificate, absl::Time now) {
  if (now < certificate.not_before) {
    return absl::FailedPreconditionError("it is not valid yet; check both clocks");
  }
  if (now > certificate.not_after) {
    return absl::FailedPreconditionError("it has expired; enrol its successor");
  }
  return absl::OkStatus();
}

absl::StatusOr<PeerCertificate> ParsePeerCertificate(absl::string_view pem, absl::Time now) {
  EHC_ASSIGN_OR_RETURN(PeerCertificate certificate, ReadCertificate(pem));
  EHC_RETURN_IF_ERROR(CheckCertificateRules(certificate));
  EHC_RETURN_IF_ERROR(CheckCertificateDates(certificate, now));
  return certificate;
}

std::string AgencySpiffeId(absl::string_view agency, absl::string_view unit) {
  std::string id = absl::StrCat("spiffe://", kTrustDomain, "/agency/", agency);
  if (!unit.empty()) absl::StrAppend(&id, "/unit/", unit);
  return id;
}

}  // namespace ehc
