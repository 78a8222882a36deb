// Certificate revocation lists (RFC 5280) of the authorities that sign agencies' certificates. The
// registry's word stands above them: they can only refuse, and an agency whose certificate is on
// one is refused whatever the registry says.
#ifndef EHC_SERVER_TRANSPORT_REVOCATION_LISTS_H_
#define EHC_SERVER_TRANSPORT_REVOCATION_LISTS_H_

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehc {

// Which certificate: its issuer's name (DER) and serial number (DER).
struct CertificateSerial {
  std::string issuer;
  std::string serial;
};
absl::StatusOr<CertificateSerial> SerialOf(absl::string_view certificate_pem);

// Immutable.
class RevocationLists {
 public:
  // `pem`: lists one after the other; `roots_pem`: the authorities. INVALID_ARGUMENT for anything
  // else than lists that one of the authorities has signed.
  static absl::StatusOr<std::shared_ptr<const RevocationLists>> Parse(absl::string_view pem,
                                                                      absl::string_view roots_pem);

  // OK, or why not: UNAUTHENTICATED for a certificate that is on its issuer's list, and, where
  // lists are required, for one whose issuer has no list in force.
  absl::Status Check(const CertificateSerial& certificate, bool required, absl::Time now) const;

  // FAILED_PRECONDITION where an authority of `roots_pem` has no list that is in force.
  absl::Status CheckCovers(absl::string_view roots_pem, absl::Time now) const;

 private:
  struct List {
    absl::Time this_update;
    absl::Time next_update;
    std::set<std::string> serials;
  };
  absl::Status CheckInForce(const std::string& issuer, absl::Time now) const;

  std::map<std::string, List> lists_;  // by issuer
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_REVOCATION_LISTS_H_
