// What a model makes of a score and a pot's cohort: the indicative figure.
#ifndef EHC_SERVER_SERVICES_PLANNING_PRICES_H_
#define EHC_SERVER_SERVICES_PLANNING_PRICES_H_

#include <optional>
#include <string>
#include <vector>

#include "ehc/hub/v1/planning_service.pb.h"
#include "server/pathway/allocation.h"
#include "server/services/planning_kinds.h"

namespace ehc {

bool NeedsCohort(const policy_proto::ScoringModel& model);
int LeastCases(const policy_proto::ScoringModel& model);

// RAS 4: pence a point. FAILED_PRECONDITION where the cohort gives none.
absl::StatusOr<Ratio> PriceOf(const policy_proto::ScoringModel& model,
                              const store::v1::BudgetPotBody& pot);

struct Figure {
  std::optional<Pence> pence;  // nothing: there is none before the support plan
  std::string explanation;
};

// STATE_CONFLICT where the cohort is open; FIELD_INVALID where the score or the outcomes that the
// model needs are missing, or are there and not needed.
absl::StatusOr<Figure> WorkOut(const policy_proto::ScoringModel& model,
                               const store::v1::BudgetPotBody& pot, const hub::v1::Score* score,
                               const hub::v1::AllocateIndicativeBudgetRequest& request);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PLANNING_PRICES_H_
