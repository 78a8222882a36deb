#include "server/enrolment/registrar.h"

#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"
#include "server/base/log.h"
#include "server/base/signature.h"
#include "server/base/status_macros.h"
#include "server/enrolment/certificate_request.h"
#include "server/identity/certificate.h"

namespace ehc {
namespace {

// Whatever is wrong with a token: which, is not said.
absl::Status Refused() {
  return absl::PermissionDeniedError(
      "the token does not serve; ask the hub's operator for another");
}

absl::Status Unavailable(const absl::Status& why) {
  LogError("enrolment could not be worked on", {{"why", Public(why.message())}});
  return absl::UnavailableError("the enrolment could not be worked on; send the same again later");
}

// Compared with where there is no ticket, so that a token is always digested and compared.
constexpr absl::string_view kNobodys =
    "0000000000000000000000000000000000000000000000000000000000000000";

}  // namespace

absl::StatusOr<EnrolmentTicket> Registrar::Redeem(absl::string_view token) const {
  const std::pair<absl::string_view, absl::string_view> halves =
      absl::StrSplit(token, absl::MaxSplits('.', 1));
  const absl::StatusOr<EnrolmentTicket> ticket = spool_.FindTicket(halves.first);
  const std::string digest = HexEncode(DigestView(Sha256(halves.second)));
  const bool is_right =
      ConstantTimeEquals(digest, ticket.ok() ? absl::string_view(ticket->secret_digest) : kNobodys);
  if (!ticket.ok() && !absl::IsNotFound(ticket.status())) return Unavailable(ticket.status());
  if (!ticket.ok() || !is_right || clock_.Now() >= ticket->expires_at) return Refused();
  return *ticket;
}

absl::StatusOr<std::optional<std::string>> Registrar::Ask(absl::string_view token,
                                                          const EnrolmentRequest& request) const {
  EHC_ASSIGN_OR_RETURN(const EnrolmentTicket ticket, Redeem(token));
  EHC_RETURN_IF_ERROR(CheckCertificateRequest(request.certificate_request_pem,
                                              AgencySpiffeId(ticket.agency, ticket.unit)));
  if (!request.assertion_public_key_pem.empty() &&
      !VerifyKey::FromPem(request.assertion_public_key_pem).ok()) {
    return absl::InvalidArgumentError("assertion_public_key_pem: is not a P-256 public key in PEM");
  }
  const absl::Status spent = spool_.Spend(ticket.id, request);
  if (absl::IsAlreadyExists(spent)) return Refused();
  if (!spent.ok()) return Unavailable(spent);
  return Issue(ticket, request);
}

absl::StatusOr<std::optional<std::string>> Registrar::Issue(const EnrolmentTicket& ticket,
                                                            const EnrolmentRequest& request) const {
  absl::StatusOr<std::optional<std::string>> issued = spool_.IssuedFor(ticket.id);
  if (!issued.ok()) return Unavailable(issued.status());
  if (issued->has_value()) return issued;
  absl::StatusOr<std::optional<std::string>> made =
      authority_.Sign(ticket, request.certificate_request_pem);
  if (!made.ok()) return Unavailable(made.status());
  if (!made->has_value()) return std::optional<std::string>();
  const absl::Status good = CheckIssued(**made, request.certificate_request_pem,
                                        AgencySpiffeId(ticket.agency, ticket.unit), clock_.Now());
  if (!good.ok()) return Unavailable(good);
  const absl::StatusOr<std::string> kept = spool_.KeepIssued(ticket.id, **made);
  if (!kept.ok()) return Unavailable(kept.status());
  LogInfo("certificate_issued",
          {{"agency", Public(ticket.agency)}, {"enrolment", Public(ticket.id)}});
  return std::optional<std::string>(*kept);
}

}  // namespace ehc
