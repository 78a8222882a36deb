// Budgets: set, moderated, withdrawn, and shown to the family.
#include <utility>

#include "server/services/planning_desk.h"
#include "server/services/planning_prices.h"

namespace ehc {
namespace {

using hub::v1::AllocateIndicativeBudgetRequest;

absl::Status CheckPotOpen(const CaseFile& file, const hub::v1::BudgetPot& pot) {
  const std::string today = FormatDate(file.facts.today);
  if (pot.from_day() <= today && today <= pot.to_day()) return absl::OkStatus();
  return StateConflict("pot: may not be allocated from today; see its first and last day");
}

// The pot is among the reads of every allocation, so that of two for one child only one stands.
absl::Status CheckNoOther(const CaseFile& file, ReadView& view, MatterId pot) {
  MatterFilter filter;
  filter.kind = Budgets::kKind;
  filter.subject = file.subject;
  filter.only_open = true;
  while (true) {
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      filter.after = matter.id;
      if (matter.opener != file.caller.agency()) continue;
      EHC_ASSIGN_OR_RETURN(const Opened<Budgets> there, Unpack<Budgets>(std::move(matter)));
      if (there.body.pot() == pot.value) {
        return StateConflict("subject: has a budget from this pot already; revise or withdraw it");
      }
    }
    if (static_cast<int>(matters.size()) < filter.limit) return absl::OkStatus();
  }
}

struct Basis {
  const ScoringModelInfo* model = nullptr;
  std::optional<Opened<NeedsScores>> score;
};

// A score stands under the version that made it, also once that is retired.
absl::StatusOr<Basis> ReadBasis(const Desks& desks, const CaseFile& file, ReadView& view,
                                const AllocateIndicativeBudgetRequest& request) {
  Basis basis;
  const ScoringModels& models = PolicyOf(file).scoring_models();
  if (request.needs_score().empty()) {
    basis.model = models.Find(request.model(), file.received_at);
    EHC_RETURN_IF_ERROR(CheckModel(file, basis.model));
    return basis;
  }
  EHC_ASSIGN_OR_RETURN(basis.score,
                       FindOfChild<NeedsScores>(
                           file, view, ReadMatterName<NeedsScores>(desks, request.needs_score())));
  const hub::v1::Score& score = basis.score->body.score();
  basis.model = models.Find(score.model(), score.model_version());
  if (basis.model == nullptr) {
    return Precondition("MODEL_NOT_IN_USE", "needs_score: its model is no longer in the policy");
  }
  if (!request.model().empty() && request.model() != score.model()) {
    return FieldInvalid("model: is not the score's; leave it out");
  }
  return basis;
}

hub::v1::FamilyDisclosure DisclosureOf(const policy_proto::ScoringModel& model) {
  return static_cast<hub::v1::FamilyDisclosure>(model.family_disclosure());
}

MatterOpening<Budgets>::Fill Allocating(const Desks& desks,
                                        const AllocateIndicativeBudgetRequest& request) {
  return [&desks, request](const CaseFile& file, ReadView& view,
                           Plan& plan) -> absl::StatusOr<Opened<Budgets>> {
    EHC_ASSIGN_OR_RETURN(
        Opened<BudgetPots> pot,
        FindOwnMatter<BudgetPots>(file, view, ReadMatterName<BudgetPots>(desks, request.pot())));
    EHC_RETURN_IF_ERROR(CheckPotOpen(file, pot.body.value()));
    EHC_ASSIGN_OR_RETURN(const Basis basis, ReadBasis(desks, file, view, request));
    const hub::v1::Score* score = basis.score.has_value() ? &basis.score->body.score() : nullptr;
    EHC_ASSIGN_OR_RETURN(const Figure figure,
                         WorkOut(basis.model->model, pot.body, score, request));
    EHC_RETURN_IF_ERROR(CheckNoOther(file, view, pot.matter.id));
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(Opened<Budgets> budget,
                         NewMatter<Budgets>(desks.rooms.store, own, own, file.known_as));
    store::v1::BudgetBody& body = budget.body;
    hub::v1::Budget& value = *body.mutable_value();
    value.set_unit(file.ask.request.custodian_unit.value());
    value.set_model(basis.model->model.id());
    value.set_model_version(basis.model->model.version());
    value.set_explanation(figure.explanation);
    if (request.has_traditional_pence()) value.set_traditional_pence(request.traditional_pence());
    body.set_pot(pot.matter.id.value);
    body.set_stream(pot.body.value().stream());
    body.set_disclosure(DisclosureOf(basis.model->model));
    if (basis.score.has_value()) {
      body.set_needs_score(basis.score->matter.id.value);
      plan.reads.push_back(MatterKey(basis.score->matter.id));
    }
    value.set_state(hub::v1::BUDGET_STATE_PLANNING);
    if (figure.pence.has_value()) {
      value.set_state(hub::v1::BUDGET_STATE_INDICATIVE);
      EHC_RETURN_IF_ERROR(TakeFromPot(pot, *figure.pence));
      body.set_allocated_pence(*figure.pence);
      EHC_RETURN_IF_ERROR(
          AddVersion(file, hub::v1::BUDGET_STAGE_MODEL, *figure.pence, request.reason(), body));
    }
    pot.body.mutable_value()->set_budgets(pot.body.value().budgets() + 1);
    MoveAlong(pot, plan);
    plan.changes.push_back(Put(budget));
    return budget;
  };
}

// Also for a write that changes the pot: it is found, moved and checked in the same commit.
absl::Status MovePot(const CaseFile& file, ReadView& view, store::v1::BudgetBody& body, Pence to,
                     bool ends, Plan& plan) {
  EHC_ASSIGN_OR_RETURN(Opened<BudgetPots> pot,
                       FindOwnMatter<BudgetPots>(file, view, MatterId{body.pot()}));
  EHC_RETURN_IF_ERROR(TakeFromPot(pot, to - body.allocated_pence()));
  body.set_allocated_pence(to);
  if (ends) pot.body.mutable_value()->set_budgets(pot.body.value().budgets() - 1);
  MoveAlong(pot, plan);
  return absl::OkStatus();
}

MatterEdit<Budgets>::Edit Revising(const hub::v1::ReviseBudgetRequest& request) {
  return [request](const CaseFile& file, ReadView& view, Opened<Budgets>& budget,
                   Plan& plan) -> absl::Status {
    hub::v1::Budget& value = *budget.body.mutable_value();
    if (request.stage() != hub::v1::BUDGET_STAGE_FAMILY_FACING) {
      return FieldInvalid(
          "stage: only FAMILY_FACING is set so; the final budget is set by DecideSupportPlan, the "
          "model's figure by AllocateIndicativeBudget");
    }
    if (value.state() != hub::v1::BUDGET_STATE_INDICATIVE &&
        value.state() != hub::v1::BUDGET_STATE_FAMILY_FACING) {
      return StateConflict("name: is final, withdrawn, or has no figure before its support plan");
    }
    EHC_RETURN_IF_ERROR(MovePot(file, view, budget.body, request.amount_pence(), false, plan));
    EHC_RETURN_IF_ERROR(
        AddVersion(file, request.stage(), request.amount_pence(), request.reason(), budget.body));
    value.set_state(hub::v1::BUDGET_STATE_FAMILY_FACING);
    return absl::OkStatus();
  };
}

// What was spent from the pot stays spent.
absl::StatusOr<Pence> SpentFromPot(const store::v1::BudgetBody& body) {
  Pence spent = 0;
  for (const store::v1::SpendItem& item : body.spends()) {
    if (item.stream() != body.stream()) continue;
    EHC_ASSIGN_OR_RETURN(spent, AddPence(spent, item.value().amount_pence()));
  }
  return spent;
}

MatterEdit<Budgets>::Edit Withdrawing(const std::string& reason) {
  return [reason](const CaseFile& file, ReadView& view, Opened<Budgets>& budget,
                  Plan& plan) -> absl::Status {
    hub::v1::Budget& value = *budget.body.mutable_value();
    if (value.state() == hub::v1::BUDGET_STATE_WITHDRAWN) {
      return StateConflict("name: was withdrawn already");
    }
    EHC_ASSIGN_OR_RETURN(const Pence spent, SpentFromPot(budget.body));
    EHC_RETURN_IF_ERROR(MovePot(file, view, budget.body, spent, true, plan));
    EHC_RETURN_IF_ERROR(
        AddVersion(file, hub::v1::BUDGET_STAGE_WITHDRAWAL, spent, reason, budget.body));
    value.set_state(hub::v1::BUDGET_STATE_WITHDRAWN);
    value.set_withdrawn_because(reason);
    value.clear_next_check_on();
    budget.matter.open = false;
    budget.matter.due_at = absl::InfiniteFuture();
    return absl::OkStatus();
  };
}

// The newest figure that the family may be shown; nothing before there is one.
std::optional<Pence> FamilyFigure(const store::v1::BudgetBody& body) {
  for (auto at = body.value().versions().rbegin(); at != body.value().versions().rend(); ++at) {
    if (at->stage() == hub::v1::BUDGET_STAGE_FAMILY_FACING) return at->to_pence();
  }
  return std::nullopt;
}

// Once the budget is final, the figures that led to it are shown as far as the model disclosed
// them.
hub::v1::FamilyBudget ShowFamily(const Rooms& rooms, const Opened<Budgets>& budget) {
  const store::v1::BudgetBody& body = budget.body;
  hub::v1::FamilyBudget out;
  out.set_budget(rooms.names.MatterName(Budgets::kCollection, budget.matter.id));
  out.set_disclosure(body.disclosure());
  out.set_state(body.value().state());
  const std::optional<Pence> figure = FamilyFigure(body);
  const bool final_one = out.state() == hub::v1::BUDGET_STATE_FINAL;
  const bool discloses = body.disclosure() != hub::v1::FAMILY_DISCLOSURE_NEITHER;
  if (final_one) out.set_final_pence(FigureOf(body));
  if (discloses && figure.has_value() && out.state() != hub::v1::BUDGET_STATE_WITHDRAWN) {
    out.set_indicative_pence(*figure);
    if (body.disclosure() == hub::v1::FAMILY_DISCLOSURE_INDICATIVE_AND_TRADITIONAL &&
        body.value().has_traditional_pence()) {
      out.set_traditional_pence(body.value().traditional_pence());
    }
  }
  out.set_statement(
      final_one ? "The final figure is what the approved support plan may spend in a year."
      : out.state() == hub::v1::BUDGET_STATE_WITHDRAWN
          ? "This budget was withdrawn."
          : "Nothing here is final. An indicative figure may change; needs that were assessed "
            "have to be met whatever it is.");
  return out;
}

}  // namespace

void PlanningDesk::AllocateIndicativeBudget(
    Incoming in, const AllocateIndicativeBudgetRequest& request,
    Reply<hub::v1::AllocateIndicativeBudgetResponse> reply) const {
  if (request.needs_score().empty() && request.model().empty()) {
    return Fail(in.call_id, FieldInvalid("needs_score: name a score, or a model that needs none"),
                std::move(reply));
  }
  auto ask = MatterAsk(desks_, in.caller, "AllocateIndicativeBudget", "planning.allocate", request,
                       ReadSubject(desks_, in.caller, request.subject()));
  if (ask.ok()) {
    RestOnDuty(*ask, "CHILD_IN_NEED");
    ask->justification = request.reason();
  }
  StartMutation<hub::v1::AllocateIndicativeBudgetResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<Budgets>>(Allocating(desks_, request),
                                               BudgetShow(desks_, true)),
      ShapeFirstField<hub::v1::AllocateIndicativeBudgetResponse>, std::move(reply));
}

void PlanningDesk::GetBudget(Incoming in, const hub::v1::GetBudgetRequest& request,
                             Reply<hub::v1::GetBudgetResponse> reply) const {
  StartOwnReading<Budgets>(desks_, std::move(in), "GetBudget", "planning.read", request,
                           BudgetShow(desks_, true), std::move(reply));
}

void PlanningDesk::ListBudgets(Incoming in, const hub::v1::ListBudgetsRequest& request,
                               Reply<hub::v1::ListBudgetsResponse> reply) const {
  StartMatterList<Budgets>(desks_, std::move(in), "ListBudgets", "planning.read", request,
                           Side::kOpener, BudgetShow(desks_, false), std::move(reply));
}

void PlanningDesk::ReviseBudget(Incoming in, const hub::v1::ReviseBudgetRequest& request,
                                Reply<hub::v1::ReviseBudgetResponse> reply) const {
  StartOwnEdit<Budgets>(desks_, std::move(in), "ReviseBudget", "planning.moderate", request,
                        Revising(request), BudgetShow(desks_, true), std::move(reply));
}

void PlanningDesk::WithdrawBudget(Incoming in, const hub::v1::WithdrawBudgetRequest& request,
                                  Reply<hub::v1::WithdrawBudgetResponse> reply) const {
  StartOwnEdit<Budgets>(desks_, std::move(in), "WithdrawBudget", "planning.allocate", request,
                        Withdrawing(request.reason()), BudgetShow(desks_, true), std::move(reply));
}

void PlanningDesk::GetFamilyBudget(Incoming in, const hub::v1::GetFamilyBudgetRequest& request,
                                   Reply<hub::v1::GetFamilyBudgetResponse> reply) const {
  auto child = ChildOf<Budgets>(desks_, in.caller, request.name());
  StartMatterReading<hub::v1::GetFamilyBudgetResponse>(
      desks_, std::move(in), "GetFamilyBudget", "planning.read", std::move(child),
      [this, id = ReadMatterName<Budgets>(desks_, request.name())](
          const CaseFile& file,
          ReadView& view) -> absl::StatusOr<hub::v1::GetFamilyBudgetResponse> {
        EHC_ASSIGN_OR_RETURN(const auto budget, FindOwnMatter<Budgets>(file, view, id));
        hub::v1::GetFamilyBudgetResponse response;
        *response.mutable_family_budget() = ShowFamily(desks_.rooms, budget);
        return response;
      },
      std::move(reply), request.case_reference());
}

}  // namespace ehc
