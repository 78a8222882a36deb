#include "client-sdk/src/internal/assertion_source.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {
namespace {

constexpr size_t kMaxPemSize = 16 * 1024;
constexpr absl::Duration kUsedFor = absl::Minutes(9);  // of the ten minutes of its life

absl::StatusOr<std::string> AgencyFor(const Profile& profile, const Credentials& credentials) {
  if (!profile.agency.empty()) return profile.agency;
  EHC_ASSIGN_OR_RETURN(const CertificateInfo certificate,
                       ReadCertificate(credentials.certificate_pem));
  if (const auto agency = AgencyOf(certificate)) return *agency;
  return absl::FailedPreconditionError(
      "the certificate does not name one agency; set agency in the profile");
}

AssertedPerson PersonOf(const Profile& profile, std::string agency) {
  const ActingPerson& acting = *profile.acting_person;
  AssertedPerson person{std::move(agency), acting.user,  acting.role,
                        acting.unit,       std::nullopt, acting.strong_authentication};
  if (!acting.training_until.empty()) person.training_until = acting.training_until;
  return person;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AssertionSource>> AssertionSource::Create(
    const Profile& profile, const Credentials& credentials) {
  if (!profile.acting_person.has_value()) return std::unique_ptr<AssertionSource>();
  const auto pem = ehc::ReadFile(profile.assertion_key_path, kMaxPemSize);
  const auto signer = pem.ok() ? AssertionSigner::FromPem(*pem) : pem.status();
  if (!signer.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the profile's assertion_key: ", signer.status().message()));
  }
  EHC_ASSIGN_OR_RETURN(std::string agency, AgencyFor(profile, credentials));
  return std::unique_ptr<AssertionSource>(
      new AssertionSource(*signer, PersonOf(profile, std::move(agency)), profile.audience,
                          credentials.certificate_pem));
}

absl::StatusOr<std::string> AssertionSource::Token(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  const bool is_fresh = !token_.empty() && now >= made_at_ && now < made_at_ + kUsedFor;
  if (!is_fresh) {
    EHC_ASSIGN_OR_RETURN(token_, signer_.Mint(person_, TermsAt(now)));
    made_at_ = now;
  }
  return token_;
}

absl::StatusOr<std::string> AssertionSource::Approve(absl::Time now, const std::string& id,
                                                     absl::string_view request) const {
  AssertionTerms terms = TermsAt(now);
  terms.approved_request = request;
  terms.id = id;
  return signer_.Mint(person_, terms);
}

AssertionTerms AssertionSource::TermsAt(absl::Time now) const {
  AssertionTerms terms;
  terms.audience = audience_;
  terms.certificate_pem = certificate_pem_;
  terms.now = now;
  return terms;
}

void AssertionSource::Forget() {
  absl::MutexLock lock(&mutex_);
  token_.clear();
}

}  // namespace ehchub::internal
