#include "server/transport/revocation_lists.h"

#include <ctime>
#include <utility>
#include <vector>

#include "server/base/status_macros.h"
#include "server/transport/openssl_objects.h"

namespace ehc {
namespace {

using openssl::AtEndOfPem;
using openssl::Bio;
using openssl::Certificate;
using openssl::Key;
using openssl::NoPassPhrase;
using openssl::Over;

std::string NameOf(const X509_NAME* name) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509_NAME(name, &bytes);
  std::string der(reinterpret_cast<char*>(bytes), size < 0 ? 0 : static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

std::string NumberOf(const ASN1_INTEGER* number) {
  unsigned char* bytes = nullptr;
  const int size = i2d_ASN1_INTEGER(number, &bytes);
  std::string der(reinterpret_cast<char*>(bytes), size < 0 ? 0 : static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

// `otherwise` where the list does not say.
absl::Time TimeOf(const ASN1_TIME* time, absl::Time otherwise) {
  tm moment{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &moment) != 1) return otherwise;
  return absl::FromTimeT(timegm(&moment));
}

std::vector<Certificate> ReadRoots(absl::string_view pem) {
  const Bio bio = Over(pem);
  std::vector<Certificate> roots;
  for (;;) {
    Certificate root(PEM_read_bio_X509(bio.get(), nullptr, &NoPassPhrase, nullptr));
    if (root == nullptr) break;
    roots.push_back(std::move(root));
  }
  ERR_clear_error();
  return roots;
}

bool IsSignedByOneOf(X509_CRL* list, const std::vector<Certificate>& roots) {
  const std::string issuer = NameOf(X509_CRL_get_issuer(list));
  for (const Certificate& root : roots) {
    if (NameOf(X509_get_subject_name(root.get())) != issuer) continue;
    const Key key(X509_get_pubkey(root.get()));
    const bool good = key != nullptr && X509_CRL_verify(list, key.get()) == 1;
    ERR_clear_error();
    if (good) return true;
  }
  return false;
}

// A list of what has changed, or of some of an authority's certificates, is none to decide by:
// taken for the whole, it would let in again whoever is on the whole one.
bool IsOfEverything(X509_CRL* list) {
  for (int i = 0; i < X509_CRL_get_ext_count(list); ++i) {
    X509_EXTENSION* extension = X509_CRL_get_ext(list, i);
    const int kind = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (kind == NID_delta_crl || kind == NID_issuing_distribution_point) return false;
    if (X509_EXTENSION_get_critical(extension) != 0) return false;
  }
  return true;
}

std::set<std::string> SerialsOn(X509_CRL* list) {
  std::set<std::string> serials;
  STACK_OF(X509_REVOKED)* revoked = X509_CRL_get_REVOKED(list);
  for (int i = 0; i < sk_X509_REVOKED_num(revoked); ++i) {
    serials.insert(NumberOf(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i))));
  }
  return serials;
}

}  // namespace

absl::StatusOr<CertificateSerial> SerialOf(absl::string_view certificate_pem) {
  const Certificate certificate(
      PEM_read_bio_X509(Over(certificate_pem).get(), nullptr, &NoPassPhrase, nullptr));
  ERR_clear_error();
  if (certificate == nullptr) return absl::InvalidArgumentError("no certificate in PEM");
  return CertificateSerial{NameOf(X509_get_issuer_name(certificate.get())),
                           NumberOf(X509_get0_serialNumber(certificate.get()))};
}

absl::StatusOr<std::shared_ptr<const RevocationLists>> RevocationLists::Parse(
    absl::string_view pem, absl::string_view roots_pem) {
  const std::vector<Certificate> roots = ReadRoots(roots_pem);
  const Bio bio = Over(pem);
  auto lists = std::make_shared<RevocationLists>();
  for (;;) {
    const openssl::RevocationList list(
        PEM_read_bio_X509_CRL(bio.get(), nullptr, &NoPassPhrase, nullptr));
    if (list == nullptr) break;
    if (!IsSignedByOneOf(list.get(), roots)) {
      return absl::InvalidArgumentError("holds a list that none of the roots has signed");
    }
    if (!IsOfEverything(list.get())) {
      return absl::InvalidArgumentError(
          "holds a list of changes, or of some certificates only; put whole lists there");
    }
    List read{TimeOf(X509_CRL_get0_lastUpdate(list.get()), absl::InfiniteFuture()),
              TimeOf(X509_CRL_get0_nextUpdate(list.get()), absl::InfinitePast()),
              SerialsOn(list.get())};
    const auto [kept, is_first] =
        lists->lists_.try_emplace(NameOf(X509_CRL_get_issuer(list.get())), List());
    if (is_first || read.this_update >= kept->second.this_update) kept->second = std::move(read);
  }
  if (!AtEndOfPem() || lists->lists_.empty()) {
    return absl::InvalidArgumentError("is not a list of CRLs in PEM");
  }
  return std::shared_ptr<const RevocationLists>(std::move(lists));
}

absl::Status RevocationLists::CheckInForce(const std::string& issuer, absl::Time now) const {
  const auto found = lists_.find(issuer);
  if (found == lists_.end()) {
    return absl::FailedPreconditionError("its authority has no revocation list here");
  }
  if (now < found->second.this_update) {
    return absl::FailedPreconditionError("the revocation list of its authority is not valid yet");
  }
  if (now >= found->second.next_update) {
    return absl::FailedPreconditionError("the revocation list of its authority is out of date");
  }
  return absl::OkStatus();
}

absl::Status RevocationLists::Check(const CertificateSerial& certificate, bool required,
                                    absl::Time now) const {
  const auto found = lists_.find(certificate.issuer);
  if (found != lists_.end() && found->second.serials.contains(certificate.serial)) {
    return absl::UnauthenticatedError("it is on the revocation list of its authority");
  }
  if (!required) return absl::OkStatus();
  const absl::Status in_force = CheckInForce(certificate.issuer, now);
  return in_force.ok() ? in_force : absl::UnauthenticatedError(in_force.message());
}

absl::Status RevocationLists::CheckCovers(absl::string_view roots_pem, absl::Time now) const {
  for (const Certificate& root : ReadRoots(roots_pem)) {
    EHC_RETURN_IF_ERROR(CheckInForce(NameOf(X509_get_subject_name(root.get())), now));
  }
  return absl::OkStatus();
}

}  // namespace ehc
