#include "server/services/planning_prices.h"

#include "absl/strings/str_cat.h"
#include "server/pathway/scoring.h"

namespace ehc {
namespace {

std::vector<CohortCase> CohortOf(const store::v1::BudgetPotBody& pot) {
  std::vector<CohortCase> cohort;
  for (const hub::v1::CohortCase& one : pot.cohort()) {
    cohort.push_back({one.points(), one.package_pence()});
  }
  return cohort;
}

absl::StatusOr<Figure> ByPrice(const policy_proto::ScoringModel& model,
                               const store::v1::BudgetPotBody& pot, int64_t points) {
  absl::StatusOr<Ratio> price = PriceOf(model, pot);
  if (!price.ok()) return FromPathway(price.status(), "", "STATE_CONFLICT");
  EHC_ASSIGN_OR_RETURN(const Pence pence, BudgetAtPrice(points, *price));
  return Figure{pence, absl::StrCat(points, " points at ", price->ToDecimal(4),
                                    " pence a point, to the nearest penny")};
}

absl::StatusOr<Figure> ByRank(const policy_proto::ScoringModel& model,
                              const store::v1::BudgetPotBody& pot, int64_t points) {
  absl::StatusOr<PackageTable> table = PackageTable::Create(CohortOf(pot), model.scale_direction());
  if (!table.ok()) return FromPathway(table.status(), "", "STATE_CONFLICT");
  EHC_ASSIGN_OR_RETURN(const Pence pence, table->PackageFor(points));
  return Figure{pence, absl::StrCat(points, " points: ", table->Explain(points))};
}

absl::StatusOr<Figure> ByOutcomes(const policy_proto::ScoringModel& model,
                                  const hub::v1::AllocateIndicativeBudgetRequest& request) {
  if (request.outcomes().empty()) {
    return FieldInvalid("outcomes: are left out; this model costs them");
  }
  std::vector<OutcomeUnits> units;
  for (const hub::v1::CostedOutcome& outcome : request.outcomes()) {
    units.push_back({outcome.service(), outcome.units_hundredths()});
  }
  absl::StatusOr<Pence> sum = CostOfOutcomes(model.costed_outcomes(), units);
  if (!sum.ok()) return FromPathway(sum.status(), "", "STATE_CONFLICT");
  return Figure{*sum, absl::StrCat(units.size(), " outcomes at the unit costs of the model")};
}

absl::Status CheckNeeds(const policy_proto::ScoringModel& model, const hub::v1::Score* score,
                        const hub::v1::AllocateIndicativeBudgetRequest& request) {
  const bool by_sheet = !model.row().empty();
  if (by_sheet && score == nullptr) {
    return FieldInvalid("needs_score: is left out; this model works on a score");
  }
  if (!by_sheet && score != nullptr) {
    return FieldInvalid("needs_score: leave it out; this model takes none");
  }
  if (!model.has_costed_outcomes() && !request.outcomes().empty()) {
    return FieldInvalid("outcomes: leave them out; this model does not cost them");
  }
  return absl::OkStatus();
}

}  // namespace

bool NeedsCohort(const policy_proto::ScoringModel& model) {
  return model.has_price_point() || model.has_ranked_packages();
}

int LeastCases(const policy_proto::ScoringModel& model) {
  const uint32_t stated = model.has_price_point() ? model.price_point().least_cases()
                                                  : model.ranked_packages().least_cases();
  return stated == 0 ? 1 : static_cast<int>(stated);
}

absl::StatusOr<Ratio> PriceOf(const policy_proto::ScoringModel& model,
                              const store::v1::BudgetPotBody& pot) {
  return PricePerPoint(model.price_point().rule(), CohortOf(pot), RangeOf(model).greatest);
}

absl::StatusOr<Figure> WorkOut(const policy_proto::ScoringModel& model,
                               const store::v1::BudgetPotBody& pot, const hub::v1::Score* score,
                               const hub::v1::AllocateIndicativeBudgetRequest& request) {
  EHC_RETURN_IF_ERROR(CheckNeeds(model, score, request));
  if (NeedsCohort(model)) {
    if (pot.value().model() != model.id() || pot.value().model_version() != model.version()) {
      return FieldInvalid("pot: is priced for another model, or another version of this one");
    }
    if (!pot.value().cohort_locked()) {
      return StateConflict("pot: its cohort is not locked yet, so that its price may still move");
    }
  }
  switch (model.method_case()) {
    case policy_proto::ScoringModel::kPricePoint: return ByPrice(model, pot, score->points());
    case policy_proto::ScoringModel::kRankedPackages: return ByRank(model, pot, score->points());
    case policy_proto::ScoringModel::kCostedOutcomes: return ByOutcomes(model, request);
    case policy_proto::ScoringModel::kOutcomeLevels: {
      EHC_ASSIGN_OR_RETURN(const Pence sum, CostOfLevels(model, *score));
      return Figure{sum, "the amounts of the levels of support, added up"};
    }
    case policy_proto::ScoringModel::kEarlyIntervention:
      return Figure{std::nullopt,
                    "no figure before the support plan: it follows from the services"};
    default: return FieldInvalid("model: sets no budget; it scores need alone");
  }
}

}  // namespace ehc
