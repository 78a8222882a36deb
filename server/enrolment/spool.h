// EnrolmentSpool: the folder through which the hub and ehc-enrol hand enrolments to each other. The
// hub writes tickets, which hold no secret; ehc-enrol writes what was asked and what was issued.
//
//   tickets/ID          whom a token is for, the digest of its secret, until when
//   requests/ID         the request that used the token up
//   issued/ID.pem       the certificate
//
// Every file comes into being whole and durable or not at all, and none is ever changed.
#ifndef EHC_SERVER_ENROLMENT_SPOOL_H_
#define EHC_SERVER_ENROLMENT_SPOOL_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehc {

struct EnrolmentTicket {
  std::string id;             // 26 characters, a file name
  std::string agency;         // "kings-park-nhs-trust"
  std::string unit;           // empty: the whole agency
  std::string secret_digest;  // hexadecimal SHA-256
  absl::Time expires_at;      // exclusive; to the second
};

// What an agency sent with its token.
struct EnrolmentRequest {
  std::string certificate_request_pem;
  std::string assertion_public_key_pem;  // may be empty

  friend bool operator==(const EnrolmentRequest&, const EnrolmentRequest&) = default;
};

// Thread safe; several processes may share one folder.
class EnrolmentSpool {
 public:
  // Makes the folders that are not there yet. `folder` itself must be.
  static absl::StatusOr<EnrolmentSpool> Open(const std::string& folder);

  // For the hub. The tickets that are there are made to be these; INVALID_ARGUMENT for one that
  // could not be read again.
  absl::Status Keep(const std::vector<EnrolmentTicket>& tickets) const;

  // For ehc-enrol. NOT_FOUND: there is none, or none that is whole. What `id` is does not matter.
  absl::StatusOr<EnrolmentTicket> FindTicket(absl::string_view id) const;

  // Uses the token up for this request: durable when it returns OK. OK again for the same request;
  // ALREADY_EXISTS for any other.
  absl::Status Spend(const std::string& id, const EnrolmentRequest& request) const;

  // Nothing: it was not used. Of two that come at once one is kept, and both are told the same.
  absl::StatusOr<std::optional<EnrolmentRequest>> RequestOf(absl::string_view id) const;
  absl::StatusOr<std::string> KeepIssued(const std::string& id, const std::string& pem) const;
  absl::StatusOr<std::optional<std::string>> IssuedFor(absl::string_view id) const;

  // Whether a text can be an enrolment's id, hence a file name.
  static bool IsId(absl::string_view text);

 private:
  explicit EnrolmentSpool(std::string folder) : folder_(std::move(folder)) {}
  std::string PathOf(absl::string_view kind, absl::string_view id) const;

  std::string folder_;
};

}  // namespace ehc

#endif  // EHC_SERVER_ENROLMENT_SPOOL_H_
