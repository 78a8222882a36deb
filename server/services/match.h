// MatchSubject: an EXISTENCE disclosure whose child is named by a description.
#ifndef EHC_SERVER_SERVICES_MATCH_H_
#define EHC_SERVER_SERVICES_MATCH_H_

#include "ehc/hub/v1/subject_service.pb.h"
#include "server/services/common.h"

namespace ehc {

// FIELD_INVALID "person.given_names: …" for a name that cannot be compared.
absl::StatusOr<Ask> MatchAsk(const Desks& desks, const hub::v1::MatchSubjectRequest& request);

void ShapeMatch(const Audited<Record>& audited, const Rooms& rooms,
                hub::v1::MatchSubjectResponse& response);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_MATCH_H_
