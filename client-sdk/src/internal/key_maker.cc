#include "client-sdk/src/internal/key_maker.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client-sdk/src/internal/openssl_ptr.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {
namespace {

using RequestPtr = std::unique_ptr<X509_REQ, OpenSslFree<X509_REQ_free>>;

absl::Status Failed() {
  ERR_clear_error();
  return absl::InternalError("the keys could not be made");
}

bool IsId(const std::string& id) {
  const bool right = std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  });
  return right && !id.empty() && id.size() <= 48 && id.front() != '-' && id.back() != '-' &&
         !absl::StrContains(id, "--");
}

absl::StatusOr<std::string> PemOf(const std::function<int(BIO*)>& write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || write(bio.get()) != 1) return Failed();
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

absl::StatusOr<std::string> PrivatePem(EVP_PKEY* key) {
  return PemOf([key](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void FreeExtensions(STACK_OF(X509_EXTENSION) * extensions) {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}
using ExtensionsPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), OpenSslFree<FreeExtensions>>;

bool AddExtension(STACK_OF(X509_EXTENSION) * extensions, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  return extension != nullptr && sk_X509_EXTENSION_push(extensions, extension) > 0;
}

absl::StatusOr<std::string> RequestPem(EVP_PKEY* key, const std::string& agency,
                                       const std::string& uri) {
  const RequestPtr request(X509_REQ_new());
  const ExtensionsPtr extensions(sk_X509_EXTENSION_new_null());
  if (request == nullptr || extensions == nullptr) return Failed();
  const auto* name = reinterpret_cast<const unsigned char*>(agency.c_str());
  const bool made =
      X509_REQ_set_version(request.get(), 0) == 1 &&
      X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                                 name, -1, -1, 0) == 1 &&
      X509_REQ_set_pubkey(request.get(), key) == 1 &&
      AddExtension(extensions.get(), NID_subject_alt_name, absl::StrCat("URI:", uri)) &&
      AddExtension(extensions.get(), NID_key_usage, "critical,digitalSignature") &&
      AddExtension(extensions.get(), NID_ext_key_usage, "clientAuth") &&
      X509_REQ_add_extensions(request.get(), extensions.get()) == 1 &&
      X509_REQ_sign(request.get(), key, EVP_sha256()) > 0;
  if (!made) return Failed();
  return PemOf([&](BIO* bio) { return PEM_write_bio_X509_REQ(bio, request.get()); });
}

}  // namespace

absl::StatusOr<NewKeys> MakeKeys(const std::string& agency, const std::string& unit) {
  if (!IsId(agency) || (!unit.empty() && !IsId(unit))) {
    return absl::InvalidArgumentError(
        "an id has up to 48 lower-case letters, digits and single hyphens, such as "
        "kings-park-nhs-trust");
  }
  const KeyPtr tls(EVP_EC_gen("P-256"));
  const KeyPtr assertion(EVP_EC_gen("P-256"));
  if (tls == nullptr || assertion == nullptr) return Failed();
  std::string uri = absl::StrCat("spiffe://hub.ehc/agency/", agency);
  if (!unit.empty()) absl::StrAppend(&uri, "/unit/", unit);
  NewKeys keys;
  EHC_ASSIGN_OR_RETURN(keys.tls_key_pem, PrivatePem(tls.get()));
  EHC_ASSIGN_OR_RETURN(keys.request_pem, RequestPem(tls.get(), agency, uri));
  EHC_ASSIGN_OR_RETURN(keys.assertion_key_pem, PrivatePem(assertion.get()));
  EHC_ASSIGN_OR_RETURN(keys.assertion_public_pem,
                       PemOf([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, assertion.get()); }));
  return keys;
}

}  // namespace ehchub::internal
