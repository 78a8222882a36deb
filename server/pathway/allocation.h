// PricePerPoint, BudgetAtPrice   RAS 4: budget = score × price of a point
// PackageTable                   RAS 5: the score of rank r receives the package of rank r
// CostOfOutcomes, CostOfLevels   outcomes at unit costs; amounts of levels of support
// DirectionOf                    up, down or the same between two budgets
//
// All amounts are whole pence. Every result is worked out as an exact fraction and rounded once, at
// the end, to the nearest penny, half a penny away from zero.
#ifndef EHC_SERVER_PATHWAY_ALLOCATION_H_
#define EHC_SERVER_PATHWAY_ALLOCATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ehc/hub/v1/score.pb.h"
#include "ehc/policy/v1/scoring.pb.h"
#include "server/pathway/exact.h"

namespace ehc {

// One family of a cohort: its score, and what its package costs a year.
struct CohortCase {
  int64_t points = 0;
  Pence package = 0;
};

// FAILED_PRECONDITION where the cohort gives no price: no cases, or no points.
absl::StatusOr<Ratio> PricePerPoint(policy::v1::PricePointRule rule,
                                    absl::Span<const CohortCase> cohort, int64_t greatest_points);
absl::StatusOr<Pence> BudgetAtPrice(int64_t points, const Ratio& price);

// Points and packages are ranked from most need and most money down. Cases of the same points
// share the mean of their ranks' packages. Between two scores of the cohort a later case lies on
// the line between their packages; outside them it receives the nearest one's. Immutable.
class PackageTable {
 public:
  // FAILED_PRECONDITION without cases.
  static absl::StatusOr<PackageTable> Create(absl::Span<const CohortCase> cohort,
                                             policy::v1::ScaleDirection direction);

  absl::StatusOr<Pence> PackageFor(int64_t points) const;
  // How the package of these points came about, in one sentence.
  std::string Explain(int64_t points) const;

 private:
  PackageTable() = default;

  struct Step {
    int64_t points;
    Ratio package;
  };
  std::vector<Step> steps_;  // by points, ascending; never empty
};

// One outcome bought as units of a standard service.
struct OutcomeUnits {
  std::string service;
  int64_t hundredths = 0;  // of a unit: 150 is one and a half
};

// INVALID_ARGUMENT, "outcomes[2].service: …", for a service that the model does not cost.
absl::StatusOr<Pence> CostOfOutcomes(const policy::v1::CostedOutcomes& model,
                                     absl::Span<const OutcomeUnits> outcomes);

// The amounts of the levels that the score's items have.
absl::StatusOr<Pence> CostOfLevels(const policy::v1::ScoringModel& model,
                                   const hub::v1::Score& score);

enum class Direction { kSame, kUp, kDown };

// kSame where the variation is smaller than so many hundredths of a per cent of `from`. From
// nothing to something is up.
Direction DirectionOf(Pence from, Pence to, int64_t changed_from_basis_points);

}  // namespace ehc

#endif  // EHC_SERVER_PATHWAY_ALLOCATION_H_
