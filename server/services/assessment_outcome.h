// Outcomes of assessments: recorded once, listed part by part.
#ifndef EHC_SERVER_SERVICES_ASSESSMENT_OUTCOME_H_
#define EHC_SERVER_SERVICES_ASSESSMENT_OUTCOME_H_

#include <memory>
#include <vector>

#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "server/services/common.h"

namespace ehc {

inline constexpr char kOutcomeType[] = "ASSESSMENT_OUTCOME";

// FIELD_INVALID, by path, for what must be there and is not.
absl::Status CheckOutcome(const hub::v1::AssessmentOutcome& outcome);

absl::StatusOr<Ask> CreationAsk(const Desks& desks, const Caller& caller,
                                const hub::v1::CreateAssessmentOutcomeRequest& request);

// Adds the outcome, unless it is there already. STATE_CONFLICT where the caller's unit has closed
// the case, or has recorded this outcome with other content. What other agencies record of the same
// case plays no part.
std::shared_ptr<const Mutation> MakeOutcome(const Desks& desks,
                                            const hub::v1::AssessmentOutcome& outcome);

// Another's by an agreement; the calling unit's own where none is stated.
absl::StatusOr<Ask> OutcomesAsk(const Desks& desks, const Caller& caller,
                                const hub::v1::ListAssessmentOutcomesRequest& request);

// The released parts of one record.
void FillOutcome(const Record& record, const CaseFile& file, const Rooms& rooms,
                 hub::v1::AssessmentOutcome& outcome);
void ShapeOutcomes(const Audited<RecordSet>& audited, const Rooms& rooms,
                   hub::v1::ListAssessmentOutcomesResponse& response);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_ASSESSMENT_OUTCOME_H_
