// Support plans: submitted, decided, reviewed, and the child's own view in them.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/pathway/support_plan.h"
#include "server/services/planning_desk.h"
#include "server/services/planning_kinds.h"

namespace ehc {
namespace {

using hub::v1::SupportPlan;

constexpr char kPlanType[] = "EHC_PLAN";

// What its author states; the rest is the hub's to say.
SupportPlan AsStated(const SupportPlan& stated) {
  SupportPlan plan;
  plan.set_important(stated.important());
  *plan.mutable_outcomes() = stated.outcomes();
  plan.set_supported(stated.supported());
  *plan.mutable_lines() = stated.lines();
  plan.set_total_pence(stated.total_pence());
  plan.set_managed(stated.managed());
  plan.set_in_control(stated.in_control());
  *plan.mutable_actions() = stated.actions();
  return plan;
}

absl::Status CheckTests(const CaseFile& file, const SupportPlan& plan) {
  const auto tests = PolicyOf(file).planning_terms().TestsAt(file.received_at);
  if (tests.empty()) {
    return RefusalError(absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
                        "the policy in force does not say what a support plan has to show");
  }
  const std::vector<std::string> failed = FailedTests(plan, tests);
  if (failed.empty()) return absl::OkStatus();
  return Precondition("SUPPORT_PLAN_INCOMPLETE",
                      absl::StrCat("support_plan: does not show ", absl::StrJoin(failed, ", ")));
}

absl::Status CheckContent(const CaseFile& file, const store::v1::BudgetBody& budget,
                          const SupportPlan& plan) {
  if (const absl::Status lines = CheckLines(plan); !lines.ok()) {
    return FromPathway(lines, "support_plan.", "STATE_CONFLICT");
  }
  EHC_RETURN_IF_ERROR(CheckTests(file, plan));
  if (const absl::Status total = CheckTotal(plan); !total.ok()) {
    return FromPathway(total, "support_plan.lines: ", "TOTAL_MISMATCH");
  }
  return CheckPlanMoney(file, budget, plan);
}

// The record's number; 0: none is named.
absl::StatusOr<int64_t> ReadSectionJ(const Desks& desks, const CaseFile& file, ReadView& view,
                                     const std::string& name) {
  if (name.empty()) return 0;
  const RecordId id = desks.rooms.names.OpenRecord(file.caller.agency(), name);
  EHC_ASSIGN_OR_RETURN(const std::optional<RecordHead> head,
                       view.FindRecord(file.subject, file.caller.agency(), kPlanType));
  if (head.has_value() && head->id == id && !head->quarantined) return id.value;
  return FieldInvalid("support_plan.section_j_record: is no EHC plan of this child that you keep");
}

MatterOpening<SupportPlans>::Fill Submitting(const Desks& desks, const Calendar& calendar,
                                             const SupportPlan& stated) {
  return [&desks, &calendar, stated](const CaseFile& file, ReadView& view,
                                     Plan& plan) -> absl::StatusOr<Opened<SupportPlans>> {
    EHC_ASSIGN_OR_RETURN(
        Opened<Budgets> budget,
        FindOfChild<Budgets>(file, view, ReadMatterName<Budgets>(desks, stated.budget())));
    if (budget.body.value().state() == hub::v1::BUDGET_STATE_WITHDRAWN) {
      return StateConflict("support_plan.budget: was withdrawn");
    }
    if (budget.body.waiting_plan() != 0) {
      return StateConflict("support_plan.budget: a plan for it waits for a decision already");
    }
    EHC_RETURN_IF_ERROR(CheckContent(file, budget.body, stated));
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(Opened<SupportPlans> opened,
                         NewMatter<SupportPlans>(desks.rooms.store, own, own, file.known_as));
    EHC_ASSIGN_OR_RETURN(opened.matter.due_at,
                         ClockDue(file, calendar, "SUPPORT_PLAN_DECISION", file.received_at));
    EHC_ASSIGN_OR_RETURN(const int64_t section_j,
                         ReadSectionJ(desks, file, view, stated.section_j_record()));
    SupportPlan& value = *opened.body.mutable_value();
    value = AsStated(stated);
    value.set_unit(file.ask.request.custodian_unit.value());
    value.set_state(hub::v1::SUPPORT_PLAN_STATE_SUBMITTED);
    value.set_author(UserOf(file));
    value.set_author_role(RoleCodeOf(file));
    *value.mutable_submitted_at() = ToTimestamp(file.received_at);
    opened.body.set_budget(budget.matter.id.value);
    opened.body.set_predecessor(budget.body.support_plan());
    opened.body.set_section_j_record(section_j);
    budget.body.set_waiting_plan(opened.matter.id.value);
    MoveAlong(budget, plan);
    plan.changes.push_back(Put(opened));
    return opened;
  };
}

absl::Status Supersede(const CaseFile& file, ReadView& view, int64_t predecessor, Plan& plan) {
  if (predecessor == 0) return absl::OkStatus();
  EHC_ASSIGN_OR_RETURN(Opened<SupportPlans> old,
                       FindOwnMatter<SupportPlans>(file, view, MatterId{predecessor}));
  old.body.mutable_value()->set_state(hub::v1::SUPPORT_PLAN_STATE_SUPERSEDED);
  old.matter.open = false;
  old.matter.due_at = absl::InfiniteFuture();
  MoveAlong(old, plan);
  return absl::OkStatus();
}

// The plan's money becomes the final budget, and the pot's share of it is taken from the pot.
absl::Status MakeFinal(const CaseFile& file, ReadView& view, const Opened<SupportPlans>& approved,
                       const std::string& reason, Opened<Budgets>& budget, Plan& plan) {
  const SupportPlan& value = approved.body.value();
  EHC_RETURN_IF_ERROR(CheckPlanMoney(file, budget.body, value));
  EHC_ASSIGN_OR_RETURN(const Pence from_pot, SumOfLines(value.lines(), hub::v1::LINE_FUNDER_BUDGET,
                                                        budget.body.stream()));
  EHC_ASSIGN_OR_RETURN(Opened<BudgetPots> pot,
                       FindOwnMatter<BudgetPots>(file, view, MatterId{budget.body.pot()}));
  EHC_RETURN_IF_ERROR(TakeFromPot(pot, from_pot - budget.body.allocated_pence()));
  MoveAlong(pot, plan);
  EHC_RETURN_IF_ERROR(
      AddVersion(file, hub::v1::BUDGET_STAGE_FINAL, value.total_pence(), reason, budget.body));
  ClearArrangement(budget);
  budget.body.set_allocated_pence(from_pot);
  budget.body.set_support_plan(approved.matter.id.value);
  budget.body.mutable_value()->set_state(hub::v1::BUDGET_STATE_FINAL);
  budget.body.clear_lines();
  for (const hub::v1::CostLine& line : value.lines()) {
    if (line.funder() == hub::v1::LINE_FUNDER_BUDGET) *budget.body.add_lines() = line;
  }
  return absl::OkStatus();
}

MatterEdit<SupportPlans>::Edit Deciding(const Calendar& calendar,
                                        const hub::v1::DecideSupportPlanRequest& request) {
  return [&calendar, request](const CaseFile& file, ReadView& view, Opened<SupportPlans>& opened,
                              Plan& plan) -> absl::Status {
    SupportPlan& value = *opened.body.mutable_value();
    if (value.state() != hub::v1::SUPPORT_PLAN_STATE_SUBMITTED) {
      return StateConflict("name: does not wait for a decision");
    }
    if (value.author() == UserOf(file)) {
      return Precondition("SECOND_PERSON_REQUIRED",
                          "name: you wrote this plan; somebody else decides it");
    }
    EHC_ASSIGN_OR_RETURN(Opened<Budgets> budget,
                         FindOwnMatter<Budgets>(file, view, MatterId{opened.body.budget()}));
    if (budget.body.value().state() == hub::v1::BUDGET_STATE_WITHDRAWN && request.approve()) {
      return StateConflict("name: its budget was withdrawn; return the plan");
    }
    hub::v1::SupportPlanDecision& decision = *value.mutable_decision();
    decision.set_approved(request.approve());
    decision.set_reason(request.reason());
    decision.set_decided_by(UserOf(file));
    decision.set_decided_by_role(RoleCodeOf(file));
    *decision.mutable_decided_at() = ToTimestamp(file.received_at);
    decision.set_late(opened.matter.due_at <= file.received_at);
    budget.body.clear_waiting_plan();
    if (request.approve()) {
      EHC_RETURN_IF_ERROR(Supersede(file, view, budget.body.support_plan(), plan));
      EHC_RETURN_IF_ERROR(MakeFinal(file, view, opened, request.reason(), budget, plan));
      EHC_ASSIGN_OR_RETURN(opened.matter.due_at,
                           ClockDue(file, calendar, "SUPPORT_PLAN_REVIEW", file.received_at));
      value.set_state(hub::v1::SUPPORT_PLAN_STATE_APPROVED);
    } else {
      value.set_state(hub::v1::SUPPORT_PLAN_STATE_RETURNED);
      opened.matter.open = false;
      opened.matter.due_at = absl::InfiniteFuture();
    }
    MoveAlong(budget, plan);
    return absl::OkStatus();
  };
}

MatterEdit<SupportPlans>::Edit AddingView(const hub::v1::ChildView& stated) {
  return [stated](const CaseFile& file, ReadView&, Opened<SupportPlans>& opened,
                  Plan&) -> absl::Status {
    if (!opened.matter.open) return StateConflict("name: is returned, superseded or ended");
    if (opened.body.value().child_views_size() >= kMostSteps) return TooMany();
    if (stated.own_words().empty() && stated.media_reference().empty()) {
      return FieldInvalid(
          "child_view.own_words: say what the child said or showed, or where it is");
    }
    EHC_RETURN_IF_ERROR(CheckNotFuture(file, stated.given_on(), "child_view.given_on"));
    hub::v1::ChildView& view = *opened.body.mutable_value()->add_child_views();
    view = stated;
    view.set_recorded_by_role(RoleCodeOf(file));
    *view.mutable_recorded_at() = ToTimestamp(file.received_at);
    return absl::OkStatus();
  };
}

// The next review is due from the day on which this one was held.
MatterEdit<SupportPlans>::Edit Reviewing(const Calendar& calendar,
                                         const hub::v1::SupportPlanReview& stated) {
  return [&calendar, stated](const CaseFile& file, ReadView&, Opened<SupportPlans>& opened,
                             Plan&) -> absl::Status {
    SupportPlan& value = *opened.body.mutable_value();
    if (value.state() != hub::v1::SUPPORT_PLAN_STATE_APPROVED || !opened.matter.open) {
      return StateConflict("name: is not in force; only an approved plan is reviewed");
    }
    if (value.reviews_size() >= kMostSteps) return TooMany();
    EHC_RETURN_IF_ERROR(CheckNotFuture(file, stated.held_on(), "review.held_on"));
    EHC_ASSIGN_OR_RETURN(const Date held, ParseIsoDate(stated.held_on()));
    const Date decided = LondonDate(FromTimestamp(value.decision().decided_at()));
    const bool before_last =
        !value.reviews().empty() && stated.held_on() < value.reviews().rbegin()->held_on();
    if (held < decided || before_last) {
      return FieldInvalid("review.held_on: lies before the decision or the review before it");
    }
    hub::v1::SupportPlanReview review = stated;
    review.set_number(static_cast<uint32_t>(value.reviews_size()) + 1);
    review.set_previous(static_cast<uint32_t>(value.reviews_size()));
    *review.mutable_was_due_at() = ToTimestamp(opened.matter.due_at);
    review.set_late(LondonMidnight(held) >= opened.matter.due_at);
    review.set_recorded_by_role(RoleCodeOf(file));
    *value.add_reviews() = review;
    if (stated.outcome() == hub::v1::REVIEW_OUTCOME_END) {
      opened.matter.open = false;
      opened.matter.due_at = absl::InfiniteFuture();
      return absl::OkStatus();
    }
    EHC_ASSIGN_OR_RETURN(opened.matter.due_at,
                         ClockDue(file, calendar, "SUPPORT_PLAN_REVIEW", LondonMidnight(held)));
    return absl::OkStatus();
  };
}

}  // namespace

void PlanningDesk::SubmitSupportPlan(Incoming in, const hub::v1::SubmitSupportPlanRequest& request,
                                     Reply<hub::v1::SubmitSupportPlanResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "SubmitSupportPlan", "planning.submit", request,
                       ReadSubject(desks_, in.caller, request.subject()));
  if (ask.ok()) RestOnDuty(*ask, "CHILD_IN_NEED");
  StartMutation<hub::v1::SubmitSupportPlanResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<SupportPlans>>(
          Submitting(desks_, calendar_, request.support_plan()), SupportPlanShow(desks_)),
      ShapeFirstField<hub::v1::SubmitSupportPlanResponse>, std::move(reply));
}

void PlanningDesk::GetSupportPlan(Incoming in, const hub::v1::GetSupportPlanRequest& request,
                                  Reply<hub::v1::GetSupportPlanResponse> reply) const {
  StartOwnReading<SupportPlans>(desks_, std::move(in), "GetSupportPlan", "planning.read", request,
                                SupportPlanShow(desks_), std::move(reply));
}

void PlanningDesk::ListSupportPlans(Incoming in, const hub::v1::ListSupportPlansRequest& request,
                                    Reply<hub::v1::ListSupportPlansResponse> reply) const {
  StartChosenList<SupportPlans>(
      desks_, std::move(in), "ListSupportPlans", "planning.read", request,
      [overdue = request.only_overdue()](const CaseFile& file, const Opened<SupportPlans>& one) {
        return !overdue || (one.matter.open && one.matter.due_at <= file.received_at);
      },
      SupportPlanShow(desks_), std::move(reply));
}

void PlanningDesk::DecideSupportPlan(Incoming in, const hub::v1::DecideSupportPlanRequest& request,
                                     Reply<hub::v1::DecideSupportPlanResponse> reply) const {
  StartOwnEdit<SupportPlans>(desks_, std::move(in), "DecideSupportPlan", "planning.decide", request,
                             Deciding(calendar_, request), SupportPlanShow(desks_),
                             std::move(reply));
}

void PlanningDesk::RecordChildView(Incoming in, const hub::v1::RecordChildViewRequest& request,
                                   Reply<hub::v1::RecordChildViewResponse> reply) const {
  StartOwnEdit<SupportPlans>(desks_, std::move(in), "RecordChildView", "planning.submit", request,
                             AddingView(request.child_view()), SupportPlanShow(desks_),
                             std::move(reply));
}

void PlanningDesk::RecordSupportPlanReview(
    Incoming in, const hub::v1::RecordSupportPlanReviewRequest& request,
    Reply<hub::v1::RecordSupportPlanReviewResponse> reply) const {
  StartOwnEdit<SupportPlans>(desks_, std::move(in), "RecordSupportPlanReview", "planning.submit",
                             request, Reviewing(calendar_, request.review()),
                             SupportPlanShow(desks_), std::move(reply));
}

}  // namespace ehc
