// Registrar: what the enrolment listener does with one request, whoever sent it.
#ifndef EHC_SERVER_ENROLMENT_REGISTRAR_H_
#define EHC_SERVER_ENROLMENT_REGISTRAR_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/clock.h"
#include "server/enrolment/authority.h"
#include "server/enrolment/spool.h"

namespace ehc {

// Thread safe; all outlive it.
class Registrar {
 public:
  Registrar(const EnrolmentSpool& spool, CertificateAuthority& authority, const Clock& clock)
      : spool_(spool), authority_(authority), clock_(clock) {}

  // The certificate; nothing: it is with the authority. The first good request uses the token up,
  // durably, before anything is signed; the same request is then answered alike, any other refused.
  //   PERMISSION_DENIED  the token does not serve; every such answer is the same
  //   INVALID_ARGUMENT   the request breaks a rule, which is named; the token is unused
  //   UNAVAILABLE        the folder or the authority could not be used; come again with the same
  absl::StatusOr<std::optional<std::string>> Ask(absl::string_view token,
                                                 const EnrolmentRequest& request) const;

 private:
  absl::StatusOr<EnrolmentTicket> Redeem(absl::string_view token) const;
  absl::StatusOr<std::optional<std::string>> Issue(const EnrolmentTicket& ticket,
                                                   const EnrolmentRequest& request) const;

  const EnrolmentSpool& spool_;
  CertificateAuthority& authority_;
  const Clock& clock_;
};

}  // namespace ehc

#endif  // EHC_SERVER_ENROLMENT_REGISTRAR_H_
