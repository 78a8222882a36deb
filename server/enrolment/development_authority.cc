// MakeDevelopmentAuthority of authority.h.
#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/crypto.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"
#include "server/enrolment/authority.h"
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

constexpr size_t kMaxPem = 64 << 10;
constexpr long kClockSlack = 60;  // NOLINT: OpenSSL's type

absl::Status Failed() { return absl::InternalError("the development authority could not sign"); }

bool AddExtension(X509* certificate, X509V3_CTX* context, int nid, const std::string& value) {
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool SetSerial(X509* certificate) {
  std::string bytes = RandomBytes(16);
  bytes[0] = static_cast<char>(bytes[0] & 0x7f);
  BIGNUM* number = BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), 16, nullptr);
  const bool set = number != nullptr &&
                   BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

class DevelopmentAuthority final : public CertificateAuthority {
 public:
  DevelopmentAuthority(Owned<X509> certificate, Owned<EVP_PKEY> key, int days)
      : certificate_(std::move(certificate)), key_(std::move(key)), days_(days) {}

  // Of the request only its key is taken: what the certificate says is the ticket's.
  absl::StatusOr<std::optional<std::string>> Sign(const EnrolmentTicket& ticket,
                                                  const std::string& request_pem) override {
    const QuietErrors quiet;
    const auto request = ReadRequest(request_pem);
    const Owned<X509> leaf(X509_new());
    if (request == nullptr || leaf == nullptr || !Fill(leaf.get(), request.get(), ticket) ||
        X509_sign(leaf.get(), key_.get(), EVP_sha256()) == 0) {
      return Failed();
    }
    const Owned<BIO> out(BIO_new(BIO_s_mem()));
    if (out == nullptr || PEM_write_bio_X509(out.get(), leaf.get()) != 1) return Failed();
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);  // NOLINT: OpenSSL's type
    return std::optional<std::string>(std::string(text, static_cast<size_t>(size)));
  }

 private:
  bool Fill(X509* leaf, X509_REQ* request, const EnrolmentTicket& ticket) const {
    const auto* name = reinterpret_cast<const unsigned char*>(ticket.agency.c_str());
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate_.get(), leaf, nullptr, nullptr, 0);
    return X509_set_version(leaf, 2) == 1 && SetSerial(leaf) &&
           X509_set_issuer_name(leaf, X509_get_subject_name(certificate_.get())) == 1 &&
           X509_NAME_add_entry_by_txt(X509_get_subject_name(leaf), "CN", MBSTRING_UTF8, name, -1,
                                      -1, 0) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(leaf), -kClockSlack) != nullptr &&
           X509_time_adj_ex(X509_getm_notAfter(leaf), days_, 0, nullptr) != nullptr &&
           X509_set_pubkey(leaf, X509_REQ_get0_pubkey(request)) == 1 &&
           AddExtension(leaf, &context, NID_basic_constraints, "critical,CA:FALSE") &&
           AddExtension(leaf, &context, NID_key_usage, "critical,digitalSignature") &&
           AddExtension(leaf, &context, NID_ext_key_usage, "clientAuth") &&
           AddExtension(leaf, &context, NID_subject_alt_name,
                        absl::StrCat("URI:", AgencySpiffeId(ticket.agency, ticket.unit))) &&
           AddExtension(leaf, &context, NID_subject_key_identifier, "hash") &&
           AddExtension(leaf, &context, NID_authority_key_identifier, "keyid");
  }

  const Owned<X509> certificate_;
  const Owned<EVP_PKEY> key_;
  const int days_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CertificateAuthority>> MakeDevelopmentAuthority(
    const std::string& certificate_file, const std::string& key_file, int days) {
  struct stat info {};
  if (stat(key_file.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(key_file, ": others may read this private key; chmod 600 it"));
  }
  EHC_ASSIGN_OR_RETURN(const std::string certificate_pem, ReadFile(certificate_file, kMaxPem));
  EHC_ASSIGN_OR_RETURN(const std::string key_pem, ReadFile(key_file, kMaxPem));
  const QuietErrors quiet;
  Owned<X509> certificate = ReadCertificatePem(Over(certificate_pem).get());
  Owned<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(Over(key_pem).get(), nullptr, &NoPassPhrase, nullptr));
  if (certificate == nullptr || key == nullptr ||
      X509_check_private_key(certificate.get(), key.get()) != 1 ||
      X509_check_ca(certificate.get()) == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(certificate_file, ": is no authority's certificate, or not that of the key"));
  }
  return std::make_unique<DevelopmentAuthority>(std::move(certificate), std::move(key), days);
}

}  // namespace ehc
