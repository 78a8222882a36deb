// Pots, and the cohorts that price them.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/pathway/scoring.h"
#include "server/services/planning_desk.h"
#include "server/services/planning_prices.h"

namespace ehc {
namespace {

using hub::v1::CreateBudgetPotRequest;

constexpr int kMostCases = 2000;

absl::Status CheckStream(const CaseFile& file, const std::string& stream) {
  const auto* rule = PolicyOf(file).planning_terms().FindStream(stream, file.received_at);
  if (rule == nullptr) {
    return Precondition("FUNDING_NOT_ELIGIBLE", "stream: no such stream is in use today");
  }
  if (rule->universal()) {
    return Precondition("FUNDING_NOT_ELIGIBLE",
                        "stream: universal services are no part of a budget");
  }
  for (const std::string& type : rule->agency_type()) {
    if (type == file.caller.agency_type()) return absl::OkStatus();
  }
  return Precondition("FUNDING_NOT_ELIGIBLE", "stream: its money is not this kind of agency's");
}

absl::Status ReadModel(const CaseFile& file, const std::string& id, hub::v1::BudgetPot& value) {
  if (id.empty()) return absl::OkStatus();
  const ScoringModelInfo* info = PolicyOf(file).scoring_models().Find(id, file.received_at);
  EHC_RETURN_IF_ERROR(CheckModel(file, info));
  if (!HasIndicativeBudget(info->model) && !info->model.has_early_intervention()) {
    return FieldInvalid("model: sets no budget; it scores need alone");
  }
  value.set_model(id);
  value.set_model_version(info->model.version());
  return absl::OkStatus();
}

// No child is involved: a matter of the authority with itself.
class PotOpening : public Mutation {
 public:
  PotOpening(const Desks& desks, const CreateBudgetPotRequest& request)
      : desks_(desks), request_(request), show_(PotShow(desks)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView&) const override {
    if (request_.to_day() < request_.from_day()) {
      return FieldInvalid("to_day: lies before from_day; put the days right");
    }
    EHC_RETURN_IF_ERROR(CheckStream(file, request_.stream()));
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(Opened<BudgetPots> pot,
                         NewMatter<BudgetPots>(desks_.rooms.store, own, own, SubjectId{}));
    hub::v1::BudgetPot& value = *pot.body.mutable_value();
    EHC_RETURN_IF_ERROR(ReadModel(file, request_.model(), value));
    value.set_unit(file.ask.request.custodian_unit.value());
    value.set_title(request_.title());
    value.set_stream(request_.stream());
    value.set_from_day(request_.from_day());
    value.set_to_day(request_.to_day());
    value.set_amount_pence(request_.amount_pence());
    value.set_contingency_pence(request_.contingency_pence());
    *value.mutable_created_at() = ToTimestamp(file.received_at);
    Plan plan;
    plan.changes.push_back(Put(pot));
    plan.written = DescribeMatter(file, pot, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<BudgetPots> pot,
                         FindOwnMatter<BudgetPots>(file, view, MatterOfResource(resource)));
    return DescribeMatter(file, pot, show_);
  }

 private:
  const Desks& desks_;
  const CreateBudgetPotRequest request_;
  const MatterShow<BudgetPots> show_;
};

absl::Status CheckCohortOpen(const CaseFile& file, const store::v1::BudgetPotBody& pot) {
  if (pot.value().cohort_locked()) {
    return Precondition("COHORT_LOCKED", "name: the cohort of this pot is locked");
  }
  const ScoringModelInfo* info =
      PolicyOf(file).scoring_models().Find(pot.value().model(), pot.value().model_version());
  if (info == nullptr || !NeedsCohort(info->model)) {
    return StateConflict("name: the model of this pot takes no cohort");
  }
  return absl::OkStatus();
}

MatterEdit<BudgetPots>::Edit AddingCases(const hub::v1::AddCohortCasesRequest& request) {
  return [request](const CaseFile& file, ReadView&, Opened<BudgetPots>& pot,
                   Plan&) -> absl::Status {
    EHC_RETURN_IF_ERROR(CheckCohortOpen(file, pot.body));
    const ScoringModelInfo* info = PolicyOf(file).scoring_models().Find(
        pot.body.value().model(), pot.body.value().model_version());
    const PointRange range = RangeOf(info->model);
    for (int i = 0; i < request.cases_size(); ++i) {
      const int64_t points = request.cases(i).points();
      if (points < range.least || points > range.greatest) {
        return FieldInvalid(absl::StrCat("cases[", i, "].points: are outside the model's scale"));
      }
      *pot.body.add_cohort() = request.cases(i);
    }
    if (pot.body.cohort_size() > kMostCases) {
      return FieldInvalid("cases: a cohort has at most 2000");
    }
    return absl::OkStatus();
  };
}

absl::Status LockCases(const CaseFile& file, ReadView&, Opened<BudgetPots>& pot, Plan&) {
  EHC_RETURN_IF_ERROR(CheckCohortOpen(file, pot.body));
  const ScoringModelInfo* info = PolicyOf(file).scoring_models().Find(
      pot.body.value().model(), pot.body.value().model_version());
  if (pot.body.cohort_size() < LeastCases(info->model)) {
    return StateConflict("name: the cohort has too few cases to price anything; add more");
  }
  if (info->model.has_price_point()) {
    const absl::StatusOr<Ratio> price = PriceOf(info->model, pot.body);
    if (!price.ok()) return FromPathway(price.status(), "", "STATE_CONFLICT");
    pot.body.mutable_value()->set_price_per_point(
        absl::StrCat(price->numerator(), "/", price->denominator()));
  }
  pot.body.mutable_value()->set_cohort_locked(true);
  return absl::OkStatus();
}

}  // namespace

void PlanningDesk::CreateBudgetPot(Incoming in, const CreateBudgetPotRequest& request,
                                   Reply<hub::v1::CreateBudgetPotResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "CreateBudgetPot", "planning.pot", request, SubjectRef{});
  StartMutation<hub::v1::CreateBudgetPotResponse>(
      desks_, std::move(in), std::move(ask), std::make_shared<PotOpening>(desks_, request),
      ShapeFirstField<hub::v1::CreateBudgetPotResponse>, std::move(reply));
}

void PlanningDesk::GetBudgetPot(Incoming in, const hub::v1::GetBudgetPotRequest& request,
                                Reply<hub::v1::GetBudgetPotResponse> reply) const {
  StartOwnReading<BudgetPots>(desks_, std::move(in), "GetBudgetPot", "planning.read_pot", request,
                              PotShow(desks_), std::move(reply));
}

void PlanningDesk::ListBudgetPots(Incoming in, const hub::v1::ListBudgetPotsRequest& request,
                                  Reply<hub::v1::ListBudgetPotsResponse> reply) const {
  StartMatterList<BudgetPots>(desks_, std::move(in), "ListBudgetPots", "planning.read_pot", request,
                              Side::kOpener, PotShow(desks_), std::move(reply));
}

void PlanningDesk::AddCohortCases(Incoming in, const hub::v1::AddCohortCasesRequest& request,
                                  Reply<hub::v1::AddCohortCasesResponse> reply) const {
  StartOwnEdit<BudgetPots>(desks_, std::move(in), "AddCohortCases", "planning.pot", request,
                           AddingCases(request), PotShow(desks_), std::move(reply));
}

void PlanningDesk::LockCohort(Incoming in, const hub::v1::LockCohortRequest& request,
                              Reply<hub::v1::LockCohortResponse> reply) const {
  StartOwnEdit<BudgetPots>(desks_, std::move(in), "LockCohort", "planning.pot", request, LockCases,
                           PotShow(desks_), std::move(reply));
}

}  // namespace ehc
