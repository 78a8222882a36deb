// Whose money a budget is, who manages it, and what was spent.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/pathway/payments.h"
#include "server/services/planning_desk.h"
#include "server/services/planning_kinds.h"

namespace ehc {
namespace {

using hub::v1::Funding;
using hub::v1::FundPart;

// "NHS_TRUST" of an agency of this hub; the caller's own for an empty name.
absl::StatusOr<std::string> TypeOfProvider(const CaseFile& file, ReadView& view,
                                           const std::string& provider) {
  if (provider.empty()) return file.caller.agency_type();
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
  for (const hub::v1::Agency& agency : agencies) {
    if (agency.name() != provider) continue;
    return std::string(absl::StripPrefix(hub::v1::AgencyType_Name(agency.type()), "AGENCY_TYPE_"));
  }
  return FieldInvalid("funding.provider: is not an agency of this hub; see ListAgencies");
}

absl::Status CheckNew(const CaseFile& file, const store::v1::BudgetBody& body,
                      const Funding& funding) {
  if (body.value().state() == hub::v1::BUDGET_STATE_WITHDRAWN) {
    return StateConflict("name: was withdrawn");
  }
  if (funding.stream() == body.stream() || FundingOf(body, funding.stream()) != nullptr) {
    return StateConflict("funding.stream: the budget has money of this stream already");
  }
  if (funding.approved_for_direct_payment() && funding.approval_reference().empty()) {
    return FieldInvalid("funding.approval_reference: is left out; say where the approval is");
  }
  if (!funding.expires_on().empty() && funding.expires_on() < FormatDate(file.facts.today)) {
    return Precondition("FUNDING_NOT_ELIGIBLE", "funding.expires_on: the money has expired");
  }
  return absl::OkStatus();
}

MatterEdit<Budgets>::Edit AddingFunding(const Funding& stated) {
  return [stated](const CaseFile& file, ReadView& view, Opened<Budgets>& budget,
                  Plan&) -> absl::Status {
    EHC_RETURN_IF_ERROR(CheckNew(file, budget.body, stated));
    EHC_ASSIGN_OR_RETURN(const std::string type, TypeOfProvider(file, view, stated.provider()));
    const auto* rule =
        PolicyOf(file).planning_terms().FindStream(stated.stream(), file.received_at);
    const absl::Status eligible = CheckFunding(rule, stated.test(), type);
    if (!eligible.ok()) return FromPathway(eligible, "", "FUNDING_NOT_ELIGIBLE");
    for (const std::string& code : stated.restricted_to()) {
      if (!MayBeSpentOn(*rule, {}, code)) {
        return Precondition("FUNDING_NOT_ELIGIBLE",
                            "funding.restricted_to: the stream may not be spent on one of them");
      }
    }
    Funding& funding = *budget.body.mutable_value()->add_funding();
    funding = stated;
    const std::optional<Date> last = LastSpendingDay(*rule, stated.expires_on(), file.facts.today);
    if (last.has_value()) funding.set_expires_on(FormatDate(*last));
    return absl::OkStatus();
  };
}

// A court that forbids contact forbids the money too, whatever else is recorded.
bool HasResponsibility(const CaseFile& file, const std::string& person) {
  const std::string today = FormatDate(file.facts.today);
  bool held = false;
  for (const store::v1::RelationshipItem& item : file.dossier.relationships()) {
    const hub::v1::Relationship& value = item.value();
    const bool in_force =
        value.valid_from() <= today && (value.valid_to().empty() || value.valid_to() >= today);
    if (value.kind() != hub::v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY || !in_force ||
        item.origin().agency() != file.caller.agency().value() ||
        value.person_reference() != person) {
      continue;
    }
    if (value.contact_prohibited()) return false;
    held = true;
  }
  return held && !person.empty();
}

absl::Status CheckShape(const FundPart& part, const std::string& path) {
  const bool direct = part.kind() == hub::v1::FUND_MANAGEMENT_KIND_DIRECT_PAYMENT;
  const bool names_payee = part.payee_kind() != hub::v1::PAYEE_KIND_UNSPECIFIED;
  if (direct != names_payee) {
    return FieldInvalid(absl::StrCat(
        path, direct ? ".payee_kind: is left out; say who is paid" : ".payee_kind: leave it out"));
  }
  const bool parent = part.payee_kind() == hub::v1::PAYEE_KIND_PARENTAL_RESPONSIBILITY;
  if (parent == part.payee_reference().empty()) {
    return FieldInvalid(absl::StrCat(path, parent ? ".payee_reference: is left out; name the person"
                                                  : ".payee_reference: leave it out"));
  }
  const bool provider = part.kind() == hub::v1::FUND_MANAGEMENT_KIND_PROVIDER;
  if (provider == part.provider().empty()) {
    return FieldInvalid(absl::StrCat(
        path, provider ? ".provider: is left out; name the provider" : ".provider: leave it out"));
  }
  return absl::OkStatus();
}

absl::Status CheckDirect(const CaseFile& file, const store::v1::BudgetBody& body,
                         const FundPart& part, bool disabled) {
  const PlanningTerms& terms = PolicyOf(file).planning_terms();
  PayeeFacts facts;
  facts.disabled = disabled;
  if (file.facts.date_of_birth.has_value()) {
    facts.age = AgeOn(*file.facts.date_of_birth, file.facts.today);
  }
  facts.parental_responsibility = HasResponsibility(file, part.payee_reference());
  const absl::Status payee = CheckPayee(part.payee_kind(), facts, terms.PayeesAt(file.received_at));
  if (!payee.ok()) return Precondition("PAYEE_NOT_ELIGIBLE", payee.message());
  const auto* rule = terms.FindStream(part.stream(), file.received_at);
  if (rule == nullptr) {
    return Precondition("FUNDING_NOT_ELIGIBLE", "parts: a stream is not in use today");
  }
  const Funding* funding = FundingOf(body, part.stream());
  const absl::Status use =
      CheckDirectPayment(terms.DirectPaymentOf(*rule, file.received_at),
                         funding != nullptr && funding->approved_for_direct_payment());
  return use.ok() ? use : Precondition("FUNDING_NOT_ELIGIBLE", use.message());
}

// Every part is of money that the plan in force gives, to the penny.
absl::Status CheckSums(const store::v1::BudgetBody& body,
                       const google::protobuf::RepeatedPtrField<FundPart>& parts) {
  std::map<std::string, Pence> left;
  for (const hub::v1::CostLine& line : body.lines()) {
    EHC_ASSIGN_OR_RETURN(left[line.stream()], AddPence(left[line.stream()], line.annual_pence()));
  }
  for (const FundPart& part : parts) {
    EHC_ASSIGN_OR_RETURN(left[part.stream()], AddPence(left[part.stream()], -part.amount_pence()));
  }
  const bool even =
      std::all_of(left.begin(), left.end(), [](const auto& stream) { return stream.second == 0; });
  if (even) return absl::OkStatus();
  return Precondition("TOTAL_MISMATCH",
                      "parts: do not add up to what the plan in force gives of each stream");
}

absl::Status SetTier(const CaseFile& file, const hub::v1::PaymentRisk& risk,
                     Opened<Budgets>& budget) {
  const auto tiers = PolicyOf(file).planning_terms().TiersAt(file.received_at);
  const policy_proto::RiskTier* tier = TierOf(risk, tiers);
  if (tier == nullptr) {
    return RefusalError(absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
                        "the policy in force does not say how direct payments are looked after");
  }
  const Date next = NextCheck(*tier, file.facts.today, true);
  *budget.body.mutable_risk() = risk;
  budget.body.set_separate_account(tier->separate_account());
  budget.body.mutable_value()->set_risk_tier(tier->term().code());
  budget.body.mutable_value()->set_next_check_on(FormatDate(next));
  budget.matter.due_at = LondonMidnight(next + 1);
  return absl::OkStatus();
}

MatterEdit<Budgets>::Edit Arranging(const hub::v1::ArrangeFundsRequest& request) {
  return
      [request](const CaseFile& file, ReadView&, Opened<Budgets>& budget, Plan&) -> absl::Status {
        if (budget.body.value().state() != hub::v1::BUDGET_STATE_FINAL) {
          return StateConflict("name: is not final; only a final budget is paid out");
        }
        bool direct = false;
        for (int i = 0; i < request.parts_size(); ++i) {
          const FundPart& part = request.parts(i);
          EHC_RETURN_IF_ERROR(CheckShape(part, absl::StrCat("parts[", i, "]")));
          if (part.kind() != hub::v1::FUND_MANAGEMENT_KIND_DIRECT_PAYMENT) continue;
          direct = true;
          EHC_RETURN_IF_ERROR(CheckDirect(file, budget.body, part, request.disabled()));
        }
        EHC_RETURN_IF_ERROR(CheckSums(budget.body, request.parts()));
        if (direct != request.has_risk()) {
          return FieldInvalid(direct ? "risk: is left out; direct payments are looked after by it"
                                     : "risk: leave it out; nothing is paid directly");
        }
        ClearArrangement(budget);
        *budget.body.mutable_value()->mutable_parts() = request.parts();
        return direct ? SetTier(file, request.risk(), budget) : absl::OkStatus();
      };
}

MatterEdit<Budgets>::Edit Spending(const hub::v1::Spend& spend) {
  return [spend](const CaseFile& file, ReadView&, Opened<Budgets>& budget, Plan&) -> absl::Status {
    store::v1::BudgetBody& body = budget.body;
    if (body.value().state() != hub::v1::BUDGET_STATE_FINAL) {
      return StateConflict("name: is not final; an indicative budget is not spent");
    }
    if (body.spends_size() >= kMostSpends) return TooMany();
    EHC_RETURN_IF_ERROR(CheckNotFuture(file, spend.spent_on(), "spend.spent_on"));
    const auto line = std::find_if(body.lines().begin(), body.lines().end(),
                                   [&](const auto& one) { return one.line() == spend.line(); });
    if (line == body.lines().end()) {
      return FieldInvalid("spend.line: is no line of the plan in force that the budget pays");
    }
    const Funding* funding = FundingOf(body, line->stream());
    if (funding != nullptr && !funding->expires_on().empty() &&
        spend.spent_on() > funding->expires_on()) {
      return Precondition("FUNDING_NOT_ELIGIBLE", "spend.spent_on: its stream had expired");
    }
    Pence spent = spend.amount_pence();
    for (const store::v1::SpendItem& item : body.spends()) {
      if (item.support_plan() != body.support_plan() || item.value().line() != spend.line()) {
        continue;
      }
      EHC_ASSIGN_OR_RETURN(spent, AddPence(spent, item.value().amount_pence()));
    }
    if (spent > line->annual_pence()) {
      return Precondition("SPEND_ABOVE_LINE", "spend.amount_pence: is more than the line has left");
    }
    store::v1::SpendItem& item = *body.add_spends();
    *item.mutable_value() = spend;
    item.set_support_plan(body.support_plan());
    item.set_stream(line->stream());
    item.set_at_ms(absl::ToUnixMillis(file.received_at));
    item.set_user(UserOf(file));
    return absl::OkStatus();
  };
}

MatterEdit<DirectPayments>::Edit Checking(const hub::v1::RecordDirectPaymentCheckRequest& request) {
  return [request](const CaseFile& file, ReadView&, Opened<DirectPayments>& budget,
                   Plan&) -> absl::Status {
    store::v1::BudgetBody& body = budget.body;
    if (body.value().risk_tier().empty() || !budget.matter.open) {
      return StateConflict("name: has no direct payments");
    }
    if (body.checks_size() >= kMostSteps) return TooMany();
    EHC_RETURN_IF_ERROR(CheckNotFuture(file, request.checked_on(), "checked_on"));
    const auto tiers = PolicyOf(file).planning_terms().TiersAt(file.received_at);
    const policy_proto::RiskTier* tier = TierOf(body.risk(), tiers);
    if (tier == nullptr) return StateConflict("name: its tier is no longer in the policy");
    EHC_ASSIGN_OR_RETURN(const Date checked, ParseIsoDate(request.checked_on()));
    const Date next = NextCheck(*tier, checked, false);
    store::v1::PaymentCheckItem& check = *body.add_checks();
    check.set_checked_on(request.checked_on());
    check.set_note(request.note());
    check.set_user(UserOf(file));
    body.mutable_value()->set_next_check_on(FormatDate(next));
    budget.matter.due_at = LondonMidnight(next + 1);
    return absl::OkStatus();
  };
}

}  // namespace

void ClearArrangement(Opened<Budgets>& budget) {
  budget.body.mutable_value()->clear_parts();
  budget.body.mutable_value()->clear_risk_tier();
  budget.body.mutable_value()->clear_next_check_on();
  budget.body.clear_risk();
  budget.body.clear_separate_account();
  budget.matter.due_at = absl::InfiniteFuture();
}

void PlanningDesk::RecordFunding(Incoming in, const hub::v1::RecordFundingRequest& request,
                                 Reply<hub::v1::RecordFundingResponse> reply) const {
  StartOwnEdit<Budgets>(desks_, std::move(in), "RecordFunding", "planning.fund", request,
                        AddingFunding(request.funding()), BudgetShow(desks_, true),
                        std::move(reply));
}

void PlanningDesk::ArrangeFunds(Incoming in, const hub::v1::ArrangeFundsRequest& request,
                                Reply<hub::v1::ArrangeFundsResponse> reply) const {
  StartOwnEdit<Budgets>(desks_, std::move(in), "ArrangeFunds", "planning.fund", request,
                        Arranging(request), BudgetShow(desks_, true), std::move(reply));
}

void PlanningDesk::RecordSpend(Incoming in, const hub::v1::RecordSpendRequest& request,
                               Reply<hub::v1::RecordSpendResponse> reply) const {
  StartOwnEdit<Budgets>(desks_, std::move(in), "RecordSpend", "planning.fund", request,
                        Spending(request.spend()), BudgetShow(desks_, true), std::move(reply));
}

void PlanningDesk::ListDirectPayments(Incoming in,
                                      const hub::v1::ListDirectPaymentsRequest& request,
                                      Reply<hub::v1::ListDirectPaymentsResponse> reply) const {
  StartChosenList<DirectPayments>(
      desks_, std::move(in), "ListDirectPayments", "direct_payment.check", request,
      [](const CaseFile&, const Opened<DirectPayments>& one) {
        return !one.body.value().risk_tier().empty();
      },
      DirectPaymentShow(desks_), std::move(reply));
}

void PlanningDesk::RecordDirectPaymentCheck(
    Incoming in, const hub::v1::RecordDirectPaymentCheckRequest& request,
    Reply<hub::v1::RecordDirectPaymentCheckResponse> reply) const {
  StartOwnEdit<DirectPayments>(desks_, std::move(in), "RecordDirectPaymentCheck",
                               "direct_payment.check", request, Checking(request),
                               DirectPaymentShow(desks_), std::move(reply));
}

}  // namespace ehc
