#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_OPENSSL_PTR_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_OPENSSL_PTR_H_

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace ehchub::internal {

template <auto Free>
struct OpenSslFree {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, OpenSslFree<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, OpenSslFree<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;
using StorePtr = std::unique_ptr<X509_STORE, OpenSslFree<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, OpenSslFree<X509_STORE_CTX_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, OpenSslFree<SSL_free>>;

inline BioPtr ReadingBio(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without this, OpenSSL would ask for a passphrase on the terminal.
inline int NoPassphrase(char*, int, int, void*) { return -1; }

// Null unless the text begins with such an object.
inline X509Ptr ParseCertificate(const std::string& pem) {
  return X509Ptr(PEM_read_bio_X509(ReadingBio(pem).get(), nullptr, &NoPassphrase, nullptr));
}
inline KeyPtr ParsePrivateKey(const std::string& pem) {
  return KeyPtr(PEM_read_bio_PrivateKey(ReadingBio(pem).get(), nullptr, &NoPassphrase, nullptr));
}

// The authorities in `pem`; empty where there are none.
StorePtr StoreOf(const std::string& pem);

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_OPENSSL_PTR_H_
