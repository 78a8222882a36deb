#include "server/services/referrals.h"

#include <algorithm>
#include <utility>

#include "server/pathway/machine.h"
#include "server/pathway/timescales.h"
#include "server/services/matter_events.h"
#include "server/services/verifications.h"

namespace ehc {
namespace {

using hub::v1::Referral;
using hub::v1::ReferralAct;
using hub::v1::ReferralEvent;
using policy::v1::PathwayEvent;

// The two lists name the same things.
ReferralAct ActOf(PathwayEvent event) {
  ReferralAct act = hub::v1::REFERRAL_ACT_UNSPECIFIED;
  constexpr size_t kPrefix = sizeof("PATHWAY_EVENT_") - 1;
  hub::v1::ReferralAct_Parse(
      absl::StrCat("REFERRAL_ACT_", policy::v1::PathwayEvent_Name(event).substr(kPrefix)), &act);
  return act;
}

bool HasDone(const Referral& value, const std::string& user, PathwayEvent event) {
  const ReferralAct act = ActOf(event);
  return std::any_of(value.events().begin(), value.events().end(), [&](const ReferralEvent& one) {
    return one.act() == act && one.user() == user;
  });
}

absl::Status RefusalOfMove(MoveFault fault) {
  switch (fault) {
    case MoveFault::kNone: return absl::OkStatus();
    case MoveFault::kNoTransition:
      return StateConflict(
          "name: the pathway does not lead on from here by this step; see the "
          "referral's state and docs/pathways.md");
    case MoveFault::kRole:
      return RefusalError(absl::StatusCode::kPermissionDenied, "POLICY_DENIED",
                          "the pathway leaves this step to other roles; see docs/pathways.md");
    case MoveFault::kSamePerson:
      return PathwayRefusal("SCORER_MAY_NOT_RATIFY",
                            "name: whoever scored or decided it does not ratify it; have another "
                            "manager do so");
  }
  return absl::InternalError("a fault that no move has");
}

bool HasEnded(const store::v1::ReferralBody& body) {
  const policy::v1::PathwayState* state = FindState(body.pathway(), body.state());
  return state == nullptr || state->final();
}

absl::Status Enter(const CaseFile& file, const Calendar& calendar, const std::string& state,
                   Opened<Referrals>& opened) {
  store::v1::ReferralBody& body = opened.body;
  EHC_RETURN_IF_ERROR(EnterState(
      body.pathway(), state, file.received_at,
      [&](const std::string& clock) { return ClockDue(file, calendar, clock, file.received_at); },
      *body.mutable_clocks()));
  body.set_state(state);
  opened.matter.open = !HasEnded(body);
  opened.matter.due_at = EarliestDue(body.clocks());
  return absl::OkStatus();
}

// An assessment that is asked for after the end is somebody's to see to: by when the law says.
void QueueAgain(const hub::v1::StatutoryRoute& route, Opened<Referrals>& opened) {
  if (!HasEnded(opened.body)) return;
  const absl::Time due =
      route.has_due_at() ? FromTimestamp(route.due_at()) : absl::InfiniteFuture();
  const absl::Time before = opened.matter.open ? opened.matter.due_at : absl::InfiniteFuture();
  opened.matter.open = true;
  opened.matter.due_at = std::min(before, due);
}

void AddPacks(const policy::v1::Pathway& pathway, const std::string& state, ReferralEvent& event) {
  for (const policy::v1::PathwayPack& pack : pathway.pack()) {
    const auto& states = pack.state();
    if (std::find(states.begin(), states.end(), state) != states.end()) event.add_packs(pack.id());
  }
}

// What its parties are told of once it is another.
struct Standing {
  std::string state;
  hub::v1::ReferralStage stage;
  std::string outcome;

  static Standing Of(const Opened<Referrals>& opened) {
    return {opened.body.state(), StageShown(opened.body),
            opened.body.outcome().SerializeAsString()};
  }
};

void TellWhatMoved(const Standing& before, const Opened<Referrals>& opened, Plan& plan) {
  const Standing now = Standing::Of(opened);
  if (now.state != before.state) {
    TellParty(opened.matter, opened.matter.addressee, kCaseMoved, plan);
  }
  if (now.stage != before.stage) {
    TellParty(opened.matter, opened.matter.opener, kStageMoved, plan);
  }
  if (now.outcome != before.outcome) TellParties(opened.matter, kOutcomeTold, plan);
}

template <typename Kind>
absl::Status EndErrand(ReadView& view, const AgencyId& opener, int64_t number,
                       absl::FunctionRef<void(typename Kind::Value&)> end, Plan& plan) {
  EHC_ASSIGN_OR_RETURN(Opened<Kind> errand,
                       FindMatterOf<Kind>(view, MatterId{number}, opener, Side::kOpener));
  plan.reads.push_back(MatterKey(errand.matter.id));
  if (!errand.matter.open) return absl::OkStatus();
  errand.matter.open = false;
  ++errand.matter.revision;
  end(*errand.body.mutable_value());
  plan.changes.push_back(Put(errand));
  return absl::OkStatus();
}

}  // namespace

absl::Status PathwayRefusal(absl::string_view reason, absl::string_view message) {
  return RefusalError(absl::StatusCode::kFailedPrecondition, reason, message);
}

absl::StatusOr<Opened<Referrals>> ReferralEdit::Find(const CaseFile& file, ReadView& view,
                                                     MatterId id) const {
  EHC_ASSIGN_OR_RETURN(Opened<Referrals> opened,
                       FindMatterOf<Referrals>(view, id, file.caller.agency(), target_.side));
  if (SeesCase(file, opened)) return opened;
  if (target_.side == Side::kEither && ReadsAsOpener(file, opened)) return opened;
  return NoSuchMatter();
}

Written ReferralEdit::Describe(const CaseFile& file, const Opened<Referrals>& opened) const {
  return DescribeMatter<Referrals>(file, opened,
                                   [this](const CaseFile& call, const Opened<Referrals>& one) {
                                     return ShowReferral(desks_, call, one);
                                   });
}

absl::StatusOr<Plan> ReferralEdit::MakePlan(const CaseFile& file, ReadView& view) const {
  EHC_ASSIGN_OR_RETURN(Opened<Referrals> opened, Find(file, view, target_.id));
  EHC_RETURN_IF_ERROR(CheckEtag(target_.etag, SeesCase(file, opened)
                                                  ? opened.matter.revision
                                                  : opened.body.shown_revision()));
  Plan plan;
  EHC_RETURN_IF_ERROR(
      ChangeReferral(opened, plan, [&] { return step_(file, view, opened, plan); }));
  plan.written = Describe(file, opened);
  return plan;
}

absl::StatusOr<Written> ReferralEdit::Recall(const CaseFile& file, ReadView& view,
                                             const std::string& resource) const {
  EHC_ASSIGN_OR_RETURN(const Opened<Referrals> opened,
                       Find(file, view, MatterOfResource(resource)));
  return Describe(file, opened);
}

absl::Status ChangeReferral(Opened<Referrals>& opened, Plan& plan,
                            absl::FunctionRef<absl::Status()> change) {
  const std::string before = opened.body.SerializeAsString();
  const Standing stood = Standing::Of(opened);
  const std::string seen = SeenByReferrer(opened);
  EHC_RETURN_IF_ERROR(change());
  plan.reads.push_back(MatterKey(opened.matter.id));
  if (SeenByReferrer(opened) != seen) {
    opened.body.set_shown_revision(opened.body.shown_revision() + 1);
  }
  if (opened.body.SerializeAsString() == before) return absl::OkStatus();
  ++opened.matter.revision;
  plan.changes.push_back(Put(opened));
  TellWhatMoved(stood, opened, plan);
  return absl::OkStatus();
}

ReferralEvent& AddReferralEvent(const CaseFile& file, ReferralAct act, const std::string& note,
                                Opened<Referrals>& opened) {
  ReferralEvent& event = *opened.body.mutable_value()->add_events();
  event.set_act(act);
  *event.mutable_at() = ToTimestamp(file.received_at);
  event.set_state(opened.body.state());
  event.set_note(note);
  if (!file.caller.person().has_value()) return event;
  event.set_role(file.caller.person()->role);
  // Whose people another agency sends is not the authority's to know.
  if (file.caller.agency() == opened.matter.addressee) event.set_user(file.caller.person()->user);
  return event;
}

bool CanMoveOn(const Opened<Referrals>& opened, PathwayEvent event) {
  return LeadsOn(opened.body.pathway(), opened.body.state(), event);
}

bool AwaitsDecision(const Opened<Referrals>& opened) {
  return CanMoveOn(opened, policy::v1::PATHWAY_EVENT_PANEL_DECIDED) ||
         CanMoveOn(opened, policy::v1::PATHWAY_EVENT_RATIFIED);
}

absl::Status MoveOn(const CaseFile& file, const Calendar& calendar, PathwayEvent event,
                    const std::string& note, Opened<Referrals>& opened) {
  const std::string user = file.caller.person().has_value() ? file.caller.person()->user : "";
  const std::string role = file.caller.person().has_value() ? file.caller.person()->role : "";
  const Referral& value = opened.body.value();
  const Move move = FindMove(
      opened.body.pathway(), opened.body.state(), event,
      [&](absl::string_view wider) { return PolicyOf(file).RoleCovers(wider, role); },
      [&](PathwayEvent done) { return HasDone(value, user, done); });
  EHC_RETURN_IF_ERROR(RefusalOfMove(move.fault));
  EHC_RETURN_IF_ERROR(Enter(file, calendar, move.transition->to(), opened));
  AddPacks(opened.body.pathway(), opened.body.state(),
           AddReferralEvent(file, ActOf(event), note, opened));
  return absl::OkStatus();
}

absl::Status Begin(const CaseFile& file, const Calendar& calendar, Opened<Referrals>& opened) {
  EHC_RETURN_IF_ERROR(Enter(file, calendar, opened.body.pathway().state(0).code(), opened));
  AddPacks(opened.body.pathway(), opened.body.state(),
           AddReferralEvent(file, hub::v1::REFERRAL_ACT_SUBMITTED, "", opened));
  return absl::OkStatus();
}

absl::Status Safeguard(const CaseFile& file, const Calendar& calendar, const std::string& note,
                       Opened<Referrals>& opened) {
  opened.body.mutable_value()->set_safeguarding(true);
  const std::string there =
      TargetOf(opened.body.pathway(), opened.body.state(), policy::v1::PATHWAY_EVENT_SOCIAL_WORK);
  if (!there.empty() && there != opened.body.state()) {
    EHC_RETURN_IF_ERROR(
        MoveOn(file, calendar, policy::v1::PATHWAY_EVENT_SOCIAL_WORK, note, opened));
  }
  return OpenRoute(file, calendar, hub::v1::STATUTORY_ROUTE_KIND_SOCIAL_WORK, true, note, opened);
}

absl::Status OpenRoute(const CaseFile& file, const Calendar& calendar,
                       hub::v1::StatutoryRouteKind kind, bool safeguarding,
                       const std::string& reason, Opened<Referrals>& opened) {
  hub::v1::StatutoryRoute& route = *opened.body.mutable_value()->add_routes();
  route.set_kind(kind);
  route.set_requested_on(FormatDate(LondonDate(file.received_at)));
  route.set_requested_by(AgencyNameOf(file.caller.agency()));
  route.set_safeguarding(safeguarding);
  route.set_reason(reason);
  const char* clock = safeguarding ? "SAFEGUARDING_DECISION"
                      : kind == hub::v1::STATUTORY_ROUTE_KIND_SOCIAL_WORK
                          ? "CHILD_AND_FAMILY_ASSESSMENT"
                      : kind == hub::v1::STATUTORY_ROUTE_KIND_EHC_NEEDS ? "EHC_DECISION_TO_ASSESS"
                                                                        : "";
  if (*clock != '\0') {
    EHC_ASSIGN_OR_RETURN(const absl::Time due, ClockDue(file, calendar, clock, file.received_at));
    *route.mutable_due_at() = ToTimestamp(due);
  }
  AddReferralEvent(file, hub::v1::REFERRAL_ACT_ROUTE_OPENED, reason, opened);
  QueueAgain(route, opened);
  return absl::OkStatus();
}

bool Referrals::IsOver(const CaseFile& file, const Opened<Referrals>& opened) {
  return HasEnded(opened.body) && !SeesCase(file, opened);
}

bool IsReopened(const Opened<Referrals>& opened) {
  return opened.matter.open && HasEnded(opened.body);
}

absl::Status CloseAgain(const CaseFile& file, const std::string& note, Opened<Referrals>& opened) {
  AddReferralEvent(file, hub::v1::REFERRAL_ACT_CLOSED, note, opened);
  opened.matter.open = false;
  opened.matter.due_at = absl::InfiniteFuture();
  return absl::OkStatus();
}

absl::Status CheckOutcome(const Opened<Referrals>& opened, const std::string& outcome,
                          const std::string& reason) {
  const policy::v1::PathwayOutcome* listed = FindOutcome(opened.body.pathway(), outcome);
  if (listed == nullptr) {
    return PathwayRefusal("OUTCOME_NOT_LISTED",
                          "outcome: is not in the pathway's list; see docs/pathways.md");
  }
  if (!listed->reason_optional() && reason.empty()) {
    return PathwayRefusal("OUTCOME_NOT_LISTED", "reason: this outcome needs one; say why");
  }
  return absl::OkStatus();
}

void IssueOutcome(const CaseFile& file, const std::string& outcome, const std::string& decided_on,
                  Opened<Referrals>& opened) {
  store::v1::ReferralBody& body = opened.body;
  body.mutable_value()->mutable_dates()->set_decided_on(decided_on);
  hub::v1::ReferralOutcome& issued = *body.mutable_outcome();
  issued.set_code(outcome);
  issued.set_title(FindOutcome(body.pathway(), outcome)->title());
  issued.set_decided_on(decided_on);
  if (body.has_contact()) *issued.mutable_contact() = body.contact();
  body.mutable_value()->clear_proposed_outcome();
  AddReferralEvent(file, hub::v1::REFERRAL_ACT_OUTCOME_ISSUED, "", opened);
}

absl::Status CheckDates(const CaseFile& file, const Opened<Referrals>& opened) {
  const std::string wrong =
      FirstDisordered(opened.body.value().dates(), LondonDate(file.received_at));
  if (wrong.empty()) return absl::OkStatus();
  return PathwayRefusal("DATES_OUT_OF_ORDER",
                        absl::StrCat(wrong, ": lies before an earlier stage, or in the future"));
}

absl::Status EndErrands(ReadView& view, const Opened<Referrals>& opened, Plan& plan) {
  const AgencyId& authority = opened.matter.addressee;
  for (const int64_t number : opened.body.verifications()) {
    EHC_RETURN_IF_ERROR(EndErrand<Verifications>(
        view, authority, number,
        [](hub::v1::Verification& value) {
          value.set_state(hub::v1::VERIFICATION_STATE_CANCELLED);
        },
        plan));
  }
  for (const int64_t number : opened.body.hand_offs()) {
    EHC_RETURN_IF_ERROR(EndErrand<HandOffs>(
        view, authority, number, [](hub::v1::HandOff& value) { value.set_open(false); }, plan));
  }
  return absl::OkStatus();
}

void RestOnReferral(Ask& ask, hub::v1::FamilyAgreement agreement) {
  const bool agreed = agreement == hub::v1::FAMILY_AGREEMENT_AGREED;
  ask.request.purpose = agreed ? "SHORT_BREAK_DECISION" : "SAFEGUARDING";
  ask.request.lawful_basis = "ART6_1_E";
  ask.request.special_category_basis = agreed ? "ART9_2_H" : "SCH1_PARA18";
  ask.request.gateway = agreed ? "CONFIDENCE_CONSENT" : "CONFIDENCE_PUBLIC_INTEREST";
}

}  // namespace ehc
