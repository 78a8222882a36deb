// An agency asks for its first certificate: the one call that needs none.
#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_ENROLMENT_CALL_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_ENROLMENT_CALL_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace ehchub::internal {

struct EnrolmentAsk {
  std::string address;      // of the enrolment listener: "host:port"
  std::string server_name;  // as its certificate says; empty: the host above
  std::string ca_pem;       // who vouches for the listener
  std::string token;
  std::string request_pem;
  std::string assertion_public_pem;  // may be empty
};

// The certificate and its chain; nothing while it is with the authority. May be asked again.
absl::StatusOr<std::optional<std::string>> AskForCertificate(const EnrolmentAsk& ask,
                                                             absl::Duration deadline);

// Hexadecimal SHA-256 of the first certificate's DER; empty where there is none.
std::string ThumbprintOf(const std::string& certificate_pem);

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_ENROLMENT_CALL_H_
