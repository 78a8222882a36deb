// A refusal as gRPC carries it: a status with google.rpc details (api.md, "Errors").
#ifndef EHC_SERVER_TRANSPORT_ERROR_STATUS_H_
#define EHC_SERVER_TRANSPORT_ERROR_STATUS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/support/status.h"
#include "server/model/release.h"
#include "server/services/validate.h"

namespace ehc {

inline constexpr char kErrorDomain[] = "hub.ehc";
inline constexpr size_t kMaxDetailBytes = 4096;

struct ErrorReport {
  Refusal refusal;
  std::string decision_id;      // empty: nothing was decided
  std::string policy_revision;  // empty: likewise
  std::vector<FieldViolation> violations;
  absl::Duration retry_after;  // zero: as the reason has it
};

// The same bytes for the same report, but for `request_id`: details are serialised in a fixed
// order. Never OK, and never longer than kMaxDetailBytes.
grpc::Status ErrorStatus(const ErrorReport& report, const std::string& request_id);

// Refusals that the transport itself makes.
Refusal OverloadedRefusal();
Refusal DrainingRefusal();
Refusal DrainingStreamRefusal();
Refusal TooManyStreamsRefusal();
Refusal QuotaExceededRefusal();
Refusal InternalFaultRefusal();
Refusal InvalidFieldsRefusal();

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_ERROR_STATUS_H_
