#include "server/enrolment/certificate_request.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/status_macros.h"
#include "server/enrolment/openssl_owners.h"
#include "server/identity/certificate.h"

namespace ehc {
namespace {

using enrolment::NoPassPhrase;
using enrolment::Over;
using enrolment::Owned;
using enrolment::QuietErrors;
using enrolment::ReadCertificatePem;
using enrolment::ReadRequest;

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 4096;  // checking a larger one's signature is work that a stranger sets
constexpr size_t kMaxChain = 65536;

absl::Status Bad(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("certificate_request_pem: ", what));
}

// Exactly one block of PEM, and nothing before or after it that somebody else could read otherwise.
absl::Status CheckIsOneBlock(absl::string_view pem) {
  absl::string_view text = pem;
  const bool framed = absl::ConsumePrefix(&text, "-----BEGIN CERTIFICATE REQUEST-----\n") &&
                      (absl::ConsumeSuffix(&text, "\n-----END CERTIFICATE REQUEST-----\n") ||
                       absl::ConsumeSuffix(&text, "\n-----END CERTIFICATE REQUEST-----"));
  if (framed && !absl::StrContains(text, '-') && !absl::StrContains(text, ':')) {
    return absl::OkStatus();
  }
  return Bad("must be one request in PEM, BEGIN CERTIFICATE REQUEST, and nothing else");
}

absl::Status CheckKey(EVP_PKEY* key) {
  if (key == nullptr) return Bad("its public key cannot be read");
  const int bits = EVP_PKEY_get_bits(key);
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    if (bits >= kMinRsaBits && bits <= kMaxRsaBits) return absl::OkStatus();
    return Bad("an RSA key has 2048 to 4096 bits; best make a P-256 key");
  }
  if (EVP_PKEY_is_a(key, "EC") != 1) return Bad("its key is neither EC nor RSA");
  char curve[64] = {};
  size_t length = 0;
  if (EVP_PKEY_get_group_name(key, curve, sizeof(curve), &length) == 1) {
    for (absl::string_view good : {"prime256v1", "secp384r1", "secp521r1"}) {
      if (absl::string_view(curve, length) == good) return absl::OkStatus();
    }
  }
  return Bad("its EC key is on none of P-256, P-384 and P-521");
}

absl::Status CheckSignature(X509_REQ* request, EVP_PKEY* key) {
  int digest = NID_undef;
  int kind = NID_undef;
  OBJ_find_sigid_algs(X509_REQ_get_signature_nid(request), &digest, &kind);
  if (digest != NID_sha256 && digest != NID_sha384 && digest != NID_sha512) {
    return Bad("is signed with a digest other than SHA-256, SHA-384 and SHA-512");
  }
  if (X509_REQ_verify(request, key) == 1) return absl::OkStatus();
  return Bad("is not signed by its own key");
}

// An attribute that is not the list of extensions (a challenge password, for one) is something that
// was asked for too.
absl::Status CheckAttributes(X509_REQ* request) {
  if (X509_REQ_get_attr_count(request) == 1 &&
      X509_REQ_get_attr_by_NID(request, NID_ext_req, -1) == 0) {
    return absl::OkStatus();
  }
  return Bad("must ask for extensions, once, and for nothing else");
}

template <typename T>
Owned<T> Decode(X509_EXTENSION* extension) {
  return Owned<T>(static_cast<T*>(X509V3_EXT_d2i(extension)));
}

absl::Status CheckNames(X509_EXTENSION* extension, const std::string& spiffe_id) {
  const auto names = Decode<GENERAL_NAMES>(extension);
  if (names == nullptr || sk_GENERAL_NAME_num(names.get()) != 1) {
    return Bad("must ask for exactly one name, the agency's SPIFFE id");
  }
  const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), 0);
  if (name->type != GEN_URI) return Bad("asks for a name that is no URI");
  const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
  const absl::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                               static_cast<size_t>(ASN1_STRING_length(uri)));
  if (text == spiffe_id) return absl::OkStatus();
  return Bad("asks for another name than the token is for");
}

absl::Status CheckClientAlone(X509_EXTENSION* extension) {
  const auto uses = Decode<EXTENDED_KEY_USAGE>(extension);
  if (uses != nullptr && sk_ASN1_OBJECT_num(uses.get()) == 1 &&
      OBJ_obj2nid(sk_ASN1_OBJECT_value(uses.get(), 0)) == NID_client_auth) {
    return absl::OkStatus();
  }
  return Bad("asks for another use than clientAuth");
}

absl::Status CheckIsNoAuthority(X509_EXTENSION* extension) {
  const auto constraints = Decode<BASIC_CONSTRAINTS>(extension);
  if (constraints != nullptr && constraints->ca == 0) return absl::OkStatus();
  return Bad("asks to be an authority");
}

absl::Status CheckSignsDataAlone(X509_EXTENSION* extension) {
  const auto usage = Decode<ASN1_BIT_STRING>(extension);
  if (usage == nullptr) return Bad("its key usage cannot be read");
  for (int bit = 1; bit < 9; ++bit) {  // 0: digitalSignature
    if (ASN1_BIT_STRING_get_bit(usage.get(), bit) != 0) {
      return Bad("asks for another key usage than digitalSignature");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckExtension(X509_EXTENSION* extension, int nid, const std::string& spiffe_id) {
  switch (nid) {
    case NID_subject_alt_name: return CheckNames(extension, spiffe_id);
    case NID_ext_key_usage: return CheckClientAlone(extension);
    case NID_basic_constraints: return CheckIsNoAuthority(extension);
    case NID_key_usage: return CheckSignsDataAlone(extension);
    default: return Bad("asks for an extension that an agency's certificate does not have");
  }
}

absl::Status CheckExtensions(X509_REQ* request, const std::string& spiffe_id) {
  const Owned<STACK_OF(X509_EXTENSION)> extensions(X509_REQ_get_extensions(request));
  std::set<int> seen;
  for (int i = 0; i < sk_X509_EXTENSION_num(extensions.get()); ++i) {
    X509_EXTENSION* extension = sk_X509_EXTENSION_value(extensions.get(), i);
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (!seen.insert(nid).second) return Bad("asks for one extension twice");
    EHC_RETURN_IF_ERROR(CheckExtension(extension, nid, spiffe_id));
  }
  if (seen.contains(NID_subject_alt_name)) return absl::OkStatus();
  return Bad("must ask for exactly one name, the agency's SPIFFE id");
}

}  // namespace

absl::Status CheckCertificateRequest(absl::string_view pem, const std::string& spiffe_id) {
  if (pem.size() > kMaxCertificateRequest) return Bad("is longer than 8192 bytes");
  EHC_RETURN_IF_ERROR(CheckIsOneBlock(pem));
  const QuietErrors quiet;
  const auto request = ReadRequest(pem);
  if (request == nullptr) return Bad("cannot be read");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  EHC_RETURN_IF_ERROR(CheckKey(key));
  EHC_RETURN_IF_ERROR(CheckSignature(request.get(), key));
  EHC_RETURN_IF_ERROR(CheckAttributes(request.get()));
  return CheckExtensions(request.get(), spiffe_id);
}

absl::Status CheckIssued(absl::string_view pem, absl::string_view request_pem,
                         const std::string& spiffe_id, absl::Time now) {
  const auto bad = [](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat("the authority's certificate: ", what));
  };
  if (pem.size() > kMaxChain) return bad("is longer than 65536 bytes");
  EHC_ASSIGN_OR_RETURN(const PeerCertificate certificate, ParsePeerCertificate(pem, now));
  if (certificate.uris.size() != 1 || certificate.uris[0] != spiffe_id) {
    return bad("is of another name than was asked for");
  }
  const QuietErrors quiet;
  const auto request = ReadRequest(request_pem);
  const auto chain = Over(pem);
  const auto leaf = ReadCertificatePem(chain.get());
  if (request == nullptr || leaf == nullptr ||
      EVP_PKEY_eq(X509_get0_pubkey(leaf.get()), X509_REQ_get0_pubkey(request.get())) != 1) {
    return bad("is over another key than was asked for");
  }
  while (ReadCertificatePem(chain.get()) != nullptr) {
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!at_end || absl::StrContains(pem, "PRIVATE KEY")) return bad("is followed by something else");
  return absl::OkStatus();
}

}  // namespace ehc
