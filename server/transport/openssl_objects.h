// OpenSSL's objects with owners, for the files of this folder that read PEM.
#ifndef EHC_SERVER_TRANSPORT_OPENSSL_OBJECTS_H_
#define EHC_SERVER_TRANSPORT_OPENSSL_OBJECTS_H_

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "absl/strings/string_view.h"

namespace ehc::openssl {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using RevocationList = std::unique_ptr<X509_CRL, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

// Reads from `text`, which must outlive it.
inline Bio Over(absl::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Never asks a person for a pass phrase.
inline int NoPassPhrase(char*, int, int, void*) { return 0; }

// Whether a reader of PEM stopped because nothing was left, not because of a fault.
inline bool AtEndOfPem() {
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return at_end;
}

}  // namespace ehc::openssl

#endif  // EHC_SERVER_TRANSPORT_OPENSSL_OBJECTS_H_
