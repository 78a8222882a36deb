#include "client-sdk/src/internal/credentials.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client-sdk/src/internal/openssl_ptr.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {
namespace {

constexpr size_t kMaxPemSize = 1024 * 1024;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, OpenSslFree<GENERAL_NAMES_free>>;

absl::StatusOr<std::string> ReadPem(const std::string& path, const char* what) {
  auto pem = ehc::ReadFile(path, kMaxPemSize);
  if (pem.ok()) return pem;
  return absl::FailedPreconditionError(
      absl::StrCat("the profile's ", what, " cannot be read: ", pem.status().message()));
}

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return absl::InfinitePast();
  return absl::FromTimeT(timegm(&fields));
}

std::vector<std::string> SpiffeIdsOf(X509* certificate) {
  std::vector<std::string> ids;
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_STRING* text = name->d.uniformResourceIdentifier;
    const std::string uri(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                          static_cast<size_t>(ASN1_STRING_length(text)));
    if (absl::StartsWith(uri, "spiffe://")) ids.push_back(uri);
  }
  return ids;
}

std::string DateText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", time, absl::UTCTimeZone());
}

}  // namespace

StorePtr StoreOf(const std::string& pem) {
  StorePtr store(X509_STORE_new());
  const BioPtr bio = ReadingBio(pem);
  for (;;) {
    const X509Ptr authority(PEM_read_bio_X509(bio.get(), nullptr, &NoPassphrase, nullptr));
    if (authority == nullptr) break;
    X509_STORE_add_cert(store.get(), authority.get());
  }
  ERR_clear_error();
  return store;
}

absl::StatusOr<Credentials> LoadCredentials(const Profile& profile) {
  Credentials credentials;
  EHC_ASSIGN_OR_RETURN(credentials.certificate_pem,
                       ReadPem(profile.certificate_path, "certificate"));
  EHC_ASSIGN_OR_RETURN(credentials.key_pem, ReadPem(profile.key_path, "key"));
  EHC_ASSIGN_OR_RETURN(credentials.ca_pem, ReadPem(profile.ca_path, "ca"));
  return credentials;
}

absl::StatusOr<CertificateInfo> ReadCertificate(const std::string& certificate_pem) {
  const X509Ptr certificate = ParseCertificate(certificate_pem);
  ERR_clear_error();
  if (certificate == nullptr) return absl::InvalidArgumentError("it is not a certificate in PEM");
  return CertificateInfo{ToTime(X509_get0_notBefore(certificate.get())),
                         ToTime(X509_get0_notAfter(certificate.get())),
                         SpiffeIdsOf(certificate.get())};
}

absl::Status CheckKeyMatches(const Credentials& credentials) {
  const X509Ptr certificate = ParseCertificate(credentials.certificate_pem);
  const KeyPtr key = ParsePrivateKey(credentials.key_pem);
  ERR_clear_error();
  if (certificate == nullptr) return absl::InvalidArgumentError("the certificate is not PEM");
  if (key == nullptr) {
    return absl::InvalidArgumentError("the key is not an unencrypted private key in PEM");
  }
  const bool matches = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (matches) return absl::OkStatus();
  return absl::InvalidArgumentError("the private key is not the certificate's");
}

absl::Status CheckChain(const Credentials& credentials, absl::Time now) {
  const X509Ptr certificate = ParseCertificate(credentials.certificate_pem);
  if (certificate == nullptr) return absl::InvalidArgumentError("the certificate is not PEM");
  const StorePtr store = StoreOf(credentials.ca_pem);
  const StoreContextPtr context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr);
  X509_STORE_CTX_set_time(context.get(), 0, absl::ToTimeT(now));
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_CLIENT);
  const bool holds = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  if (holds) return absl::OkStatus();
  return absl::InvalidArgumentError(
      X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
}

absl::Status CheckDates(const CertificateInfo& certificate, absl::Time now) {
  if (now < certificate.not_before) {
    return absl::FailedPreconditionError(absl::StrCat("this certificate is valid from ",
                                                      DateText(certificate.not_before),
                                                      " only; is this machine's clock right?"));
  }
  if (now > certificate.not_after) {
    return absl::FailedPreconditionError(absl::StrCat(
        "this certificate ended on ", DateText(certificate.not_after), "; ask for a new one"));
  }
  return absl::OkStatus();
}

std::optional<std::string> AgencyOf(const CertificateInfo& certificate) {
  if (certificate.spiffe_ids.size() != 1) return std::nullopt;
  const std::string& id = certificate.spiffe_ids.front();
  constexpr absl::string_view kFolder = "/agency/";
  const size_t folder = id.find(std::string(kFolder));
  if (folder == std::string::npos) return std::nullopt;
  return id.substr(folder + kFolder.size());
}

}  // namespace ehchub::internal
