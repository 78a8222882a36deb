// The keys with which a profile presents itself, read from their files and looked at.
#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_CREDENTIALS_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_CREDENTIALS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ehchub/profile.h"

namespace ehchub::internal {

struct Credentials {
  std::string certificate_pem;
  std::string key_pem;
  std::string ca_pem;
};

// FAILED_PRECONDITION, naming the file, for one that cannot be read.
absl::StatusOr<Credentials> LoadCredentials(const Profile& profile);

struct CertificateInfo {
  absl::Time not_before;
  absl::Time not_after;
  std::vector<std::string> spiffe_ids;
};

// The first certificate. INVALID_ARGUMENT where there is none.
absl::StatusOr<CertificateInfo> ReadCertificate(const std::string& certificate_pem);

// OK where the private key is the certificate's; INVALID_ARGUMENT says what is wrong.
absl::Status CheckKeyMatches(const Credentials& credentials);

// OK where the certificate chains to the authorities in ca_pem at `now`, for use by a client.
absl::Status CheckChain(const Credentials& credentials, absl::Time now);

// OK between the certificate's dates; otherwise a sentence with the date.
absl::Status CheckDates(const CertificateInfo& certificate, absl::Time now);

// "bromley" of the one SPIFFE id spiffe://…/agency/bromley; nothing for any other set of ids.
std::optional<std::string> AgencyOf(const CertificateInfo& certificate);

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_CREDENTIALS_H_
