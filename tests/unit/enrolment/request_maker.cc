#include "tests/unit/enrolment/request_maker.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <memory>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key MakeKey(TestKeyKind kind) {
  EVP_PKEY* key = nullptr;
  switch (kind) {
    case TestKeyKind::kP256: key = EVP_EC_gen("P-256"); break;
    case TestKeyKind::kP224: key = EVP_EC_gen("P-224"); break;
    case TestKeyKind::kP384: key = EVP_EC_gen("P-384"); break;
    case TestKeyKind::kRsa2048: key = EVP_RSA_gen(2048); break;
    case TestKeyKind::kRsa1024: key = EVP_RSA_gen(1024); break;
    case TestKeyKind::kEd25519: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
  }
  EHC_CHECK(key != nullptr);
  return Key(key, &EVP_PKEY_free);
}

void AddExtensions(X509_REQ* request, const RequestSpec& spec) {
  STACK_OF(X509_EXTENSION)* all = sk_X509_EXTENSION_new_null();
  for (const auto& [name, value] : spec.extensions) {
    X509_EXTENSION* one =
        X509V3_EXT_conf_nid(nullptr, nullptr, OBJ_txt2nid(name.c_str()), value.c_str());
    EHC_CHECK(one != nullptr);
    sk_X509_EXTENSION_push(all, one);
  }
  if (!spec.extensions.empty()) EHC_CHECK(X509_REQ_add_extensions(request, all) == 1);
  sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
}

}  // namespace

std::string MakeRequest(const RequestSpec& spec) {
  const Key key = MakeKey(spec.key);
  const Key other = MakeKey(TestKeyKind::kP256);
  const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> request(X509_REQ_new(), &X509_REQ_free);
  X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("a request"), -1, -1, 0);
  EHC_CHECK(X509_REQ_set_pubkey(request.get(), key.get()) == 1);
  AddExtensions(request.get(), spec);
  if (spec.has_challenge_password) {
    EHC_CHECK(X509_REQ_add1_attr_by_txt(request.get(), "challengePassword", MBSTRING_ASC,
                                        reinterpret_cast<const unsigned char*>("secret"), -1) == 1);
  }
  const EVP_MD* digest =
      spec.key == TestKeyKind::kEd25519 ? nullptr : EVP_get_digestbyname(spec.digest);
  EVP_PKEY* signer = spec.signed_by_another ? other.get() : key.get();
  EHC_CHECK(X509_REQ_sign(request.get(), signer, digest) > 0);
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  EHC_CHECK(PEM_write_bio_X509_REQ(out.get(), request.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);  // NOLINT: OpenSSL's type
  return std::string(text, static_cast<size_t>(size));
}

std::string MakeRequestFor(const std::string& uri) {
  RequestSpec spec;
  spec.extensions[0].second = "URI:" + uri;
  return MakeRequest(spec);
}

}  // namespace ehc
