// OpenSSL's objects with owners, for the files of this folder.
#ifndef EHC_SERVER_ENROLMENT_OPENSSL_OWNERS_H_
#define EHC_SERVER_ENROLMENT_OPENSSL_OWNERS_H_

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "absl/strings/string_view.h"

namespace ehc::enrolment {

struct Free {
  void operator()(BIO* it) const { BIO_free(it); }
  void operator()(X509* it) const { X509_free(it); }
  void operator()(X509_REQ* it) const { X509_REQ_free(it); }
  void operator()(X509_EXTENSION* it) const { X509_EXTENSION_free(it); }
  void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
  void operator()(GENERAL_NAMES* it) const { GENERAL_NAMES_free(it); }
  void operator()(EXTENDED_KEY_USAGE* it) const { EXTENDED_KEY_USAGE_free(it); }
  void operator()(BASIC_CONSTRAINTS* it) const { BASIC_CONSTRAINTS_free(it); }
  void operator()(ASN1_BIT_STRING* it) const { ASN1_BIT_STRING_free(it); }
  void operator()(STACK_OF(X509_EXTENSION) * it) const {
    sk_X509_EXTENSION_pop_free(it, X509_EXTENSION_free);
  }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// Leaves OpenSSL's error queue as empty as it found it.
class QuietErrors {
 public:
  QuietErrors() = default;
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { ERR_clear_error(); }
};

inline Owned<BIO> Over(absl::string_view text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Never asks a person for a pass phrase.
inline int NoPassPhrase(char*, int, int, void*) { return -1; }

inline Owned<X509_REQ> ReadRequest(absl::string_view pem) {
  return Owned<X509_REQ>(PEM_read_bio_X509_REQ(Over(pem).get(), nullptr, &NoPassPhrase, nullptr));
}

inline Owned<X509> ReadCertificatePem(BIO* from) {
  return Owned<X509>(PEM_read_bio_X509(from, nullptr, &NoPassPhrase, nullptr));
}

}  // namespace ehc::enrolment

#endif  // EHC_SERVER_ENROLMENT_OPENSSL_OWNERS_H_
