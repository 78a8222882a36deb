// MatchSubject: an EXISTENCE disclosure whose child is named by a description.
#ifndef EHC_SERVER_SERVICES_MATCH_H_
#define EHC_SERVER_SERVICES_MATCH_H_

#include "ehc/hub/v1/subject_service.pb.h"
#include "server/matching/index.h"
#include "server/services/common.h"

namespace ehc {

// FIELD_INVALID "person.given_names: …" for a name that cannot be compared.
// Whoever the description means beyond doubt is the subject; nobody, where nobody or several are.
absl::StatusOr<Ask> MatchAsk(const Desks& desks, const MatchIndex& matches,
                             const hub::v1::MatchSubjectRequest& request);

void ShapeMatch(const Audited<Record>& audited, const Rooms& rooms,
                hub::v1::MatchSubjectResponse& response);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_MATCH_H_
