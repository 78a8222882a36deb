// CheckTlsFiles of tls.h.
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"
#include "server/transport/openssl_objects.h"
#include "server/transport/tls.h"

namespace ehc {
namespace {

constexpr size_t kMaxPemBytes = 1 << 20;

using openssl::Bio;
using openssl::Certificate;
using openssl::Key;
using openssl::NoPassPhrase;
using openssl::Over;

absl::Status Bad(const std::string& path, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", what));
}

absl::Status CheckOwnerOnly(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, "reading", path);
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) == 0) return absl::OkStatus();
  return Bad(path, "others may read this private key; chmod 600 it");
}

absl::StatusOr<Key> ReadKey(const std::string& path, const std::string& pem) {
  EHC_RETURN_IF_ERROR(CheckOwnerOnly(path));
  Key key(PEM_read_bio_PrivateKey(Over(pem).get(), nullptr, &NoPassPhrase, nullptr));
  ERR_clear_error();
  if (key == nullptr) return Bad(path, "is not a private key in PEM without a pass phrase");
  return key;
}

absl::Status CheckDates(const std::string& path, const X509& certificate, absl::Time now) {
  const time_t moment = absl::ToTimeT(now);
  time_t at = moment;
  if (X509_cmp_time(X509_get0_notBefore(&certificate), &at) > 0) {
    return Bad(path, "is not valid yet; check its dates and this machine's clock");
  }
  at = moment;
  if (X509_cmp_time(X509_get0_notAfter(&certificate), &at) < 0) {
    return Bad(path, "has expired; put a new certificate in its place");
  }
  return absl::OkStatus();
}

absl::Status CheckKeyFits(const TlsFiles& files, const std::string& key_pem,
                          const std::string& certificate_pem, absl::Time now) {
  EHC_ASSIGN_OR_RETURN(const Key key, ReadKey(files.key, key_pem));
  const Certificate leaf(
      PEM_read_bio_X509(Over(certificate_pem).get(), nullptr, &NoPassPhrase, nullptr));
  ERR_clear_error();
  if (leaf == nullptr) return Bad(files.certificate, "is not a certificate in PEM");
  const bool fits = X509_check_private_key(leaf.get(), key.get()) == 1;
  ERR_clear_error();
  if (!fits) return Bad(files.certificate, "does not belong to the key; replace both together");
  return CheckDates(files.certificate, *leaf, now);
}

absl::Status CheckRoots(const std::string& path, const std::string& pem, absl::Time now) {
  const Bio bio = Over(pem);
  int roots = 0;
  for (;; ++roots) {
    const Certificate root(PEM_read_bio_X509(bio.get(), nullptr, &NoPassPhrase, nullptr));
    if (root == nullptr) break;
    if (X509_check_ca(root.get()) == 0) return Bad(path, "holds one that is no authority");
    EHC_RETURN_IF_ERROR(CheckDates(path, *root, now));
  }
  const bool at_end = openssl::AtEndOfPem();
  if (roots == 0 || !at_end) return Bad(path, "is not a list of certificates in PEM");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTlsBytes(const TlsFiles& files, const std::string& key_pem,
                           const std::string& certificate_pem, const std::string& roots_pem,
                           absl::Time now) {
  EHC_RETURN_IF_ERROR(CheckKeyFits(files, key_pem, certificate_pem, now));
  return CheckRoots(files.roots, roots_pem, now);
}

absl::Status CheckTlsFiles(const TlsFiles& files, absl::Time now) {
  EHC_ASSIGN_OR_RETURN(const std::string key, ReadFile(files.key, kMaxPemBytes));
  EHC_ASSIGN_OR_RETURN(const std::string certificate, ReadFile(files.certificate, kMaxPemBytes));
  EHC_ASSIGN_OR_RETURN(const std::string roots, ReadFile(files.roots, kMaxPemBytes));
  return CheckTlsBytes(files, key, certificate, roots, now);
}

}  // namespace ehc
