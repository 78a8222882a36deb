// Who signs a request that was found good.
//
//   DevelopmentAuthority  a key in this process. Never for real records
//   CommandAuthority      a program that is given the request and writes the certificate
//   DropFolderAuthority   people: the request lies in a folder until the certificate lies beside it
#ifndef EHC_SERVER_ENROLMENT_AUTHORITY_H_
#define EHC_SERVER_ENROLMENT_AUTHORITY_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/enrolment/spool.h"

namespace ehc {

// Implementations are thread safe, and asked again with the same request after a crash: they need
// not answer with the same certificate, for only the first that is kept counts.
class CertificateAuthority {
 public:
  virtual ~CertificateAuthority() = default;

  // The certificate and its chain in PEM; nothing: not yet. `request_pem` was judged; what comes
  // back is judged by the caller.
  virtual absl::StatusOr<std::optional<std::string>> Sign(const EnrolmentTicket& ticket,
                                                          const std::string& request_pem) = 0;
};

// `days`: how long its certificates are good. FAILED_PRECONDITION, naming the file, for a key that
// others may read, or one that is not the certificate's.
absl::StatusOr<std::unique_ptr<CertificateAuthority>> MakeDevelopmentAuthority(
    const std::string& certificate_file, const std::string& key_file, int days);

// Runs `PROGRAM REQUEST.csr CERTIFICATE.pem`, without a shell, in a folder of its own, for at most
// `patience`.
absl::StatusOr<std::unique_ptr<CertificateAuthority>> MakeCommandAuthority(
    const std::string& program, absl::Duration patience = absl::Seconds(20));

// Puts ID.csr into the folder, whole, and looks for ID.pem there.
absl::StatusOr<std::unique_ptr<CertificateAuthority>> MakeDropFolderAuthority(
    const std::string& folder);

}  // namespace ehc

#endif  // EHC_SERVER_ENROLMENT_AUTHORITY_H_
