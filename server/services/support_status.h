// A child's SEN status, cut into separately released parts and put together again from those that
// may leave; and the calls about it.
#ifndef EHC_SERVER_SERVICES_SUPPORT_STATUS_H_
#define EHC_SERVER_SERVICES_SUPPORT_STATUS_H_

#include <string>
#include <vector>

#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "server/pipeline/batch.h"
#include "server/services/common.h"
#include "server/services/publication.h"

namespace ehc {

inline constexpr char kStatusType[] = "SUPPORT_STATUS";

std::vector<Part> CutStatus(const hub::v1::SupportStatus& status);
void FillStatus(const std::vector<Part>& parts, hub::v1::SupportStatus& status);

// What the rules beside the fields cannot say: FIELD_INVALID, by path.
absl::Status CheckStatus(const hub::v1::SupportStatus& status);

Publication StatusPublication(const hub::v1::PublishSupportStatusRequest& request);

// A question about one child, whom the caller has yet to fill in.
Ask StatusAsk(const char* method, const std::string& custodian,
              const hub::v1::DisclosureContext& context);

// The children of a roll, in order; FIELD_INVALID for the first that is malformed.
absl::StatusOr<std::vector<SubjectRef>> ReadRoll(
    const Desks& desks, const Caller& caller,
    const hub::v1::BatchGetSupportStatusesRequest& request);

void ShapeStatus(const Audited<Record>& audited, const Rooms& rooms,
                 hub::v1::GetSupportStatusResponse& response);
BatchShape<Record, hub::v1::BatchGetSupportStatusesResponse> RollShape();

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_SUPPORT_STATUS_H_
