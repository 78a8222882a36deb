#include "server/services/planning_kinds.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "server/pathway/allocation.h"
#include "server/pathway/payments.h"
#include "server/pathway/support_plan.h"

namespace ehc {
namespace {

std::string NameOf(const Rooms& rooms, const char* collection, int64_t id) {
  return id == 0 ? std::string() : rooms.names.MatterName(collection, MatterId{id});
}

// What was spent on each line of the plan in force.
std::map<std::string, Pence> SpentByLine(const store::v1::BudgetBody& body) {
  std::map<std::string, Pence> spent;
  for (const store::v1::SpendItem& item : body.spends()) {
    if (item.support_plan() == body.support_plan()) {
      spent[item.value().line()] += item.value().amount_pence();
    }
  }
  return spent;
}

void FillLines(const store::v1::BudgetBody& body, hub::v1::Budget& out) {
  std::map<std::string, Pence> spent = SpentByLine(body);
  for (const hub::v1::CostLine& line : body.lines()) {
    hub::v1::BudgetLine& shown = *out.add_lines();
    shown.set_line(line.line());
    shown.set_stream(line.stream());
    shown.set_planned_pence(line.annual_pence());
    shown.set_spent_pence(spent[line.line()]);
  }
}

hub::v1::BudgetDirection AsWire(Direction direction) {
  switch (direction) {
    case Direction::kUp: return hub::v1::BUDGET_DIRECTION_UP;
    case Direction::kDown: return hub::v1::BUDGET_DIRECTION_DOWN;
    default: return hub::v1::BUDGET_DIRECTION_SAME;
  }
}

absl::Status NotEligible(absl::string_view what) {
  return Precondition("FUNDING_NOT_ELIGIBLE", what);
}

absl::Status CheckLineMoney(const CaseFile& file, const store::v1::BudgetBody& budget,
                            const hub::v1::CostLine& line, const std::string& path) {
  const PlanningTerms& terms = PolicyOf(file).planning_terms();
  const auto* rule = terms.FindStream(line.stream(), file.received_at);
  if (rule == nullptr) {
    return NotEligible(absl::StrCat(path, ".stream: no such stream is in use today"));
  }
  const hub::v1::Funding* funding = FundingOf(budget, line.stream());
  if (funding == nullptr && line.stream() != budget.stream()) {
    return NotEligible(absl::StrCat(path, ".stream: the budget has no money of it"));
  }
  static const google::protobuf::RepeatedPtrField<std::string> kNone;
  if (!MayBeSpentOn(*rule, funding == nullptr ? kNone : funding->restricted_to(),
                    line.category())) {
    return NotEligible(absl::StrCat(path, ".category: the stream is restricted to other things"));
  }
  if (funding != nullptr && !funding->expires_on().empty() &&
      funding->expires_on() < FormatDate(file.facts.today)) {
    return NotEligible(absl::StrCat(path, ".stream: its money has expired"));
  }
  return absl::OkStatus();
}

}  // namespace

std::string UserOf(const CaseFile& file) {
  return file.caller.person().has_value() ? file.caller.person()->user : std::string();
}

std::string RoleCodeOf(const CaseFile& file) {
  return file.caller.person().has_value() ? file.caller.person()->role : std::string();
}

absl::Status Precondition(const char* reason, absl::string_view message) {
  return RefusalError(absl::StatusCode::kFailedPrecondition, reason, message);
}

absl::Status TooMany() {
  return StateConflict("name: holds as many entries as it may; withdraw it and begin another");
}

absl::Status FromPathway(const absl::Status& fault, absl::string_view path, const char* reason) {
  if (absl::IsFailedPrecondition(fault)) return Precondition(reason, fault.message());
  return FieldInvalid(absl::StrCat(path, fault.message()));
}

absl::Status CheckNotFuture(const CaseFile& file, absl::string_view day, absl::string_view field) {
  if (day <= FormatDate(file.facts.today)) return absl::OkStatus();
  return FieldInvalid(absl::StrCat(field, ": lies in the future; state the day on which it was"));
}

absl::Status CheckModel(const CaseFile& file, const ScoringModelInfo* info) {
  if (info == nullptr) return FieldInvalid("model: there is no model of this name");
  if (info->model.shadow()) {
    return FieldInvalid("model: runs in shadow, and what it gives is never released");
  }
  const auto no = [&](absl::string_view why) {
    return Precondition("MODEL_NOT_IN_USE", absl::StrCat("model: ", info->model.id(), why));
  };
  if (!info->IsFor(file.caller.agency().value())) return no(" is not for your agency");
  switch (info->StateAt(file.received_at)) {
    case ModelState::kInUse: return absl::OkStatus();
    case ModelState::kNotYet: return no(" is not in use yet");
    default: return no(absl::StrCat(" is retired since ", info->model.effective().until()));
  }
}

absl::Status TakeFromPot(Opened<BudgetPots>& pot, Pence pence) {
  hub::v1::BudgetPot& value = *pot.body.mutable_value();
  EHC_ASSIGN_OR_RETURN(const Pence most, AddPence(value.amount_pence(), value.contingency_pence()));
  EHC_ASSIGN_OR_RETURN(const Pence taken, AddPence(value.allocated_pence(), pence));
  if (pence > 0 && taken > most) {
    return Precondition("POT_OVERSPENT",
                        "pot: what is left of it and its contingency does not suffice");
  }
  value.set_allocated_pence(taken);
  return absl::OkStatus();
}

Pence FigureOf(const store::v1::BudgetBody& body) {
  const auto& versions = body.value().versions();
  return versions.empty() ? 0 : versions.rbegin()->to_pence();
}

absl::Status AddVersion(const CaseFile& file, hub::v1::BudgetStage stage, Pence to,
                        const std::string& reason, store::v1::BudgetBody& body) {
  const std::optional<uint32_t> changed =
      PolicyOf(file).planning_terms().ChangedFrom(file.received_at);
  if (!changed.has_value()) {
    return RefusalError(absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
                        "the policy in force does not say from which variation a budget changes");
  }
  hub::v1::Budget& value = *body.mutable_value();
  if (value.versions_size() >= kMostSteps) return TooMany();
  hub::v1::BudgetVersion version;
  if (!value.versions().empty()) {
    version.set_from_pence(FigureOf(body));
  } else if (value.has_traditional_pence()) {
    version.set_from_pence(value.traditional_pence());
  }
  version.set_number(static_cast<uint32_t>(value.versions_size()) + 1);
  version.set_stage(stage);
  version.set_to_pence(to);
  if (version.has_from_pence()) {
    version.set_direction(AsWire(DirectionOf(version.from_pence(), to, *changed)));
  }
  version.set_reason(reason);
  version.set_actor(UserOf(file));
  version.set_actor_role(RoleCodeOf(file));
  *version.mutable_made_at() = ToTimestamp(file.received_at);
  *value.add_versions() = std::move(version);
  return absl::OkStatus();
}

const hub::v1::Funding* FundingOf(const store::v1::BudgetBody& budget, absl::string_view stream) {
  for (const hub::v1::Funding& funding : budget.value().funding()) {
    if (funding.stream() == stream) return &funding;
  }
  return nullptr;
}

absl::Status CheckPlanMoney(const CaseFile& file, const store::v1::BudgetBody& budget,
                            const hub::v1::SupportPlan& plan) {
  for (int i = 0; i < plan.lines_size(); ++i) {
    const hub::v1::CostLine& line = plan.lines(i);
    if (line.funder() != hub::v1::LINE_FUNDER_BUDGET) continue;
    const std::string path = absl::StrCat("support_plan.lines[", i, "]");
    EHC_RETURN_IF_ERROR(CheckLineMoney(file, budget, line, path));
    const hub::v1::Funding* funding = FundingOf(budget, line.stream());
    if (funding == nullptr) continue;
    EHC_ASSIGN_OR_RETURN(const Pence sum,
                         SumOfLines(plan.lines(), hub::v1::LINE_FUNDER_BUDGET, line.stream()));
    if (sum > funding->amount_pence()) {
      return NotEligible(absl::StrCat(path, ".annual_pence: is more than its stream has left"));
    }
  }
  return absl::OkStatus();
}

MatterShow<NeedsScores> ScoreShow(const Desks& desks, bool whole) {
  return [&rooms = desks.rooms, whole](const CaseFile& file, const Opened<NeedsScores>& opened) {
    hub::v1::NeedsScore out;
    ShowHeader(rooms, file, opened, out);
    out.set_unit(opened.body.unit());
    *out.mutable_score() = opened.body.score();
    if (whole) *out.mutable_answers() = opened.body.answers();
    return out;
  };
}

MatterShow<BudgetPots> PotShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile&, const Opened<BudgetPots>& opened) {
    hub::v1::BudgetPot out = opened.body.value();
    out.set_name(rooms.names.MatterName(BudgetPots::kCollection, opened.matter.id));
    out.set_cohort_cases(static_cast<uint32_t>(opened.body.cohort_size()));
    out.set_etag(EtagOf(opened.matter.revision));
    return out;
  };
}

MatterShow<Budgets> BudgetShow(const Desks& desks, bool whole) {
  return [&rooms = desks.rooms, whole](const CaseFile& file, const Opened<Budgets>& opened) {
    const store::v1::BudgetBody& body = opened.body;
    hub::v1::Budget out = body.value();
    ShowHeader(rooms, file, opened, out);
    out.set_pot(NameOf(rooms, BudgetPots::kCollection, body.pot()));
    out.set_needs_score(NameOf(rooms, NeedsScores::kCollection, body.needs_score()));
    out.set_support_plan(NameOf(rooms, SupportPlans::kCollection, body.support_plan()));
    // An indicative figure is never in final_pence, nor a final one in indicative_pence.
    const bool open = out.state() == hub::v1::BUDGET_STATE_INDICATIVE ||
                      out.state() == hub::v1::BUDGET_STATE_FAMILY_FACING;
    if (open) out.set_indicative_pence(FigureOf(body));
    if (out.state() == hub::v1::BUDGET_STATE_FINAL) out.set_final_pence(FigureOf(body));
    FillLines(body, out);
    if (!whole) out.clear_versions();
    return out;
  };
}

MatterShow<DirectPayments> DirectPaymentShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<DirectPayments>& opened) {
    hub::v1::DirectPayment out;
    ShowHeader(rooms, file, opened, out);
    out.set_unit(opened.body.value().unit());
    out.set_tier(opened.body.value().risk_tier());
    out.set_next_check_on(opened.body.value().next_check_on());
    out.set_separate_account(opened.body.separate_account());
    out.set_checks(static_cast<uint32_t>(opened.body.checks_size()));
    return out;
  };
}

MatterShow<SupportPlans> SupportPlanShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<SupportPlans>& opened) {
    const store::v1::SupportPlanBody& body = opened.body;
    hub::v1::SupportPlan out = body.value();
    ShowHeader(rooms, file, opened, out);
    out.set_budget(NameOf(rooms, Budgets::kCollection, body.budget()));
    out.set_predecessor(NameOf(rooms, SupportPlans::kCollection, body.predecessor()));
    if (body.section_j_record() != 0) {
      out.set_section_j_record(
          rooms.names.RecordName(file.caller.agency(), RecordId{body.section_j_record()}));
    }
    return out;
  };
}

}  // namespace ehc
