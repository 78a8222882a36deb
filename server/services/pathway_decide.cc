// Scoring, deciding, ratifying, the start of the service, and closure.
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/pathway/machine.h"
#include "server/pathway/scoring.h"
#include "server/policy/scoring_models.h"
#include "server/policy/snapshot.h"
#include "server/services/pathway_calls.h"
#include "server/services/planning_shadows.h"

namespace ehc {
namespace {

using hub::v1::PanelDecision;
using hub::v1::Referral;

std::string Today(const CaseFile& file) { return FormatDate(LondonDate(file.received_at)); }

absl::Status CheckNotSafeguarded(const Opened<Referrals>& opened) {
  if (!opened.body.value().safeguarding()) return absl::OkStatus();
  return PathwayRefusal("SAFEGUARDING_ROUTE_REQUIRED",
                        "name: somebody may be at risk; a social worker sees to it, and it is "
                        "neither scored nor ratified");
}

// Why a step that the pathway does not have here is refused: an application that asks for a
// verifier first is told so.
absl::Status CheckVerified(const Opened<Referrals>& opened) {
  if (CanMoveOn(opened, policy::v1::PATHWAY_EVENT_SCORED) ||
      opened.body.pathway().claim().empty() || !opened.matter.open) {
    return absl::OkStatus();
  }
  for (const hub::v1::ReferralEvent& event : opened.body.value().events()) {
    if (event.act() == hub::v1::REFERRAL_ACT_VERIFIED) return absl::OkStatus();
  }
  return PathwayRefusal("REFERRAL_NOT_VERIFIED",
                        "name: no verifier has confirmed its claims; ask one first");
}

absl::StatusOr<const ScoringModelInfo*> ModelFor(const CaseFile& file,
                                                 const policy::v1::Pathway& pathway) {
  if (pathway.scoring_model().empty()) {
    return StateConflict("name: this pathway scores nothing");
  }
  const ScoringModelInfo* found =
      PolicyOf(file).scoring_models().Find(pathway.scoring_model(), file.received_at);
  if (found == nullptr || found->StateAt(file.received_at) != ModelState::kInUse ||
      !found->IsFor(file.caller.agency().value())) {
    return PathwayRefusal("SCORING_MODEL_RETIRED",
                          "name: the pathway's scoring model is not in use today");
  }
  return found;
}

class Scoring {
 public:
  Scoring(const Calendar& calendar, hub::v1::ScoreReferralRequest request)
      : calendar_(calendar), request_(std::move(request)) {}

  absl::Status operator()(const CaseFile& file, ReadView&, Opened<Referrals>& opened, Plan&) const {
    EHC_RETURN_IF_ERROR(CheckNotSafeguarded(opened));
    EHC_RETURN_IF_ERROR(CheckVerified(opened));
    EHC_ASSIGN_OR_RETURN(const ScoringModelInfo* model, ModelFor(file, opened.body.pathway()));
    Referral& value = *opened.body.mutable_value();
    if (!request_.answers().empty()) {
      *value.mutable_application()->mutable_answers() = request_.answers();
    }
    absl::StatusOr<hub::v1::Score> score =
        ScoreAnswers(model->model, value.application().answers());
    if (!score.ok()) return FieldInvalid(score.status().message());
    Attribute(file, value.dates(), *score);
    EHC_RETURN_IF_ERROR(MoveOn(file, calendar_, policy::v1::PATHWAY_EVENT_SCORED, "", opened));
    value.set_proposed_outcome(OutcomeOfBand(opened.body.pathway(), score->band()));
    *value.mutable_score() = *std::move(score);
    ScoreBeside(file, model->model.instrument(), opened);
    return absl::OkStatus();
  }

 private:
  void Attribute(const CaseFile& file, const hub::v1::StageDates& dates,
                 hub::v1::Score& score) const {
    score.set_rater(file.caller.person()->user);
    score.set_rater_role(file.caller.person()->role);
    score.set_assessed_on(request_.assessed_on().empty() ? dates.received_on()
                                                         : request_.assessed_on());
    *score.mutable_scored_at() = ToTimestamp(file.received_at);
    score.set_policy_revision(file.policy_revision);
  }

  // What models in shadow make of the same sheet; kept where nobody is shown it.
  void ScoreBeside(const CaseFile& file, const std::string& instrument,
                   Opened<Referrals>& opened) const {
    opened.body.clear_shadow_scores();
    const Referral& value = opened.body.value();
    for (hub::v1::Score& shadow :
         ScoreInShadow(PolicyOf(file), instrument, file.caller.agency().value(), file.received_at,
                       value.application().answers())) {
      Attribute(file, value.dates(), shadow);
      *opened.body.add_shadow_scores() = std::move(shadow);
    }
  }

  const Calendar& calendar_;
  const hub::v1::ScoreReferralRequest request_;
};

absl::Status CheckPanel(const Opened<Referrals>& opened, const PanelDecision& decision) {
  const policy::v1::PathwayPanel* sat = nullptr;
  for (const policy::v1::PathwayPanel& panel : opened.body.pathway().panel()) {
    if (panel.code() == decision.panel()) sat = &panel;
  }
  if (sat == nullptr) return FieldInvalid("decision.panel: the pathway has no such panel");
  if (!opened.body.value().panel().empty() && opened.body.value().panel() != sat->code()) {
    return PathwayRefusal("WRONG_PANEL",
                          "decision.panel: by the child's age on the day of receipt another panel "
                          "decides; the referral says which");
  }
  std::set<std::string> people;
  for (const hub::v1::PanelMember& member : decision.members()) people.insert(member.user());
  if (people.size() >= sat->quorum()) return absl::OkStatus();
  return PathwayRefusal("PANEL_NOT_QUORATE",
                        absl::StrCat("decision.members: the panel decides with ", sat->quorum(),
                                     " members, each counted once"));
}

// nullptr: the pathway has none here.
const policy::v1::PathwayTransition* TransitionHere(const Opened<Referrals>& opened,
                                                    policy::v1::PathwayEvent event) {
  const auto anybody = [](auto) { return true; };
  const auto nobody = [](auto) { return false; };
  return FindMove(opened.body.pathway(), opened.body.state(), event, anybody, nobody).transition;
}

bool IssuesOutcome(const Opened<Referrals>& opened, policy::v1::PathwayEvent event) {
  const policy::v1::PathwayTransition* transition = TransitionHere(opened, event);
  return transition != nullptr && transition->issues_outcome();
}

absl::Status CheckPanelApproved(const CaseFile& file, const Opened<Referrals>& opened,
                                const PanelDecision& decision) {
  const auto event = decision.sufficiency() == hub::v1::PANEL_SUFFICIENCY_INSUFFICIENT
                         ? policy::v1::PATHWAY_EVENT_PANEL_INSUFFICIENT
                         : policy::v1::PATHWAY_EVENT_PANEL_DECIDED;
  const policy::v1::PathwayTransition* transition = TransitionHere(opened, event);
  if (transition == nullptr || !transition->needs_approval()) return absl::OkStatus();
  return CheckApproved(file.caller);
}

class Deciding {
 public:
  Deciding(const Calendar& calendar, hub::v1::RecordPanelDecisionRequest request)
      : calendar_(calendar), request_(std::move(request)) {}

  absl::Status operator()(const CaseFile& file, ReadView&, Opened<Referrals>& opened, Plan&) const {
    const PanelDecision& decision = request_.decision();
    EHC_RETURN_IF_ERROR(CheckPanel(opened, decision));
    EHC_RETURN_IF_ERROR(CheckPanelApproved(file, opened, decision));
    Referral& value = *opened.body.mutable_value();
    value.mutable_dates()->set_panel_on(decision.held_on());
    EHC_RETURN_IF_ERROR(CheckDates(file, opened));
    *value.mutable_panel_decision() = decision;
    if (request_.has_contact()) *opened.body.mutable_contact() = request_.contact();
    if (decision.sufficiency() == hub::v1::PANEL_SUFFICIENCY_INSUFFICIENT) {
      return Insufficient(file, decision, opened);
    }
    EHC_RETURN_IF_ERROR(CheckOutcome(opened, decision.outcome(), decision.reason()));
    const bool issues = IssuesOutcome(opened, policy::v1::PATHWAY_EVENT_PANEL_DECIDED);
    EHC_RETURN_IF_ERROR(MoveOn(file, calendar_, policy::v1::PATHWAY_EVENT_PANEL_DECIDED,
                               decision.reason(), opened));
    value.set_proposed_outcome(decision.outcome());
    if (issues) IssueOutcome(file, decision.outcome(), decision.held_on(), opened);
    return absl::OkStatus();
  }

 private:
  // Then a social worker sees the family: that is what the panel was to spare it.
  absl::Status Insufficient(const CaseFile& file, const PanelDecision& decision,
                            Opened<Referrals>& opened) const {
    if (!decision.outcome().empty()) {
      return FieldInvalid("decision.outcome: there is none where there is not enough to decide on");
    }
    EHC_RETURN_IF_ERROR(MoveOn(file, calendar_, policy::v1::PATHWAY_EVENT_PANEL_INSUFFICIENT,
                               decision.reason(), opened));
    return OpenRoute(file, calendar_, hub::v1::STATUTORY_ROUTE_KIND_SOCIAL_WORK, false,
                     decision.reason(), opened);
  }

  const Calendar& calendar_;
  const hub::v1::RecordPanelDecisionRequest request_;
};

class Ratifying {
 public:
  Ratifying(const Calendar& calendar, hub::v1::RatifyDecisionRequest request)
      : calendar_(calendar), request_(std::move(request)) {}

  absl::Status operator()(const CaseFile& file, ReadView&, Opened<Referrals>& opened, Plan&) const {
    EHC_RETURN_IF_ERROR(CheckNotSafeguarded(opened));
    EHC_RETURN_IF_ERROR(CheckApproved(file.caller));
    if (request_.send_back()) {
      if (request_.reason().empty()) return FieldInvalid("reason: say why it is sent back");
      return MoveOn(file, calendar_, policy::v1::PATHWAY_EVENT_SENT_BACK, request_.reason(),
                    opened);
    }
    const std::string proposed = opened.body.value().proposed_outcome();
    const std::string outcome = request_.outcome().empty() ? proposed : request_.outcome();
    EHC_RETURN_IF_ERROR(
        MoveOn(file, calendar_, policy::v1::PATHWAY_EVENT_RATIFIED, request_.reason(), opened));
    EHC_RETURN_IF_ERROR(CheckOutcome(opened, outcome, ReasonFor(opened)));
    if (outcome != proposed && request_.reason().empty()) {
      return PathwayRefusal("OUTCOME_NOT_LISTED",
                            "reason: say why the outcome is not the one proposed");
    }
    if (request_.has_contact()) *opened.body.mutable_contact() = request_.contact();
    IssueOutcome(file, outcome, request_.decided_on().empty() ? Today(file) : request_.decided_on(),
                 opened);
    return CheckDates(file, opened);
  }

 private:
  // The panel's reason is the manager's, unless another is stated; a score's explanation is one.
  std::string ReasonFor(const Opened<Referrals>& opened) const {
    if (!request_.reason().empty()) return request_.reason();
    const Referral& value = opened.body.value();
    if (value.has_panel_decision()) return value.panel_decision().reason();
    return value.score().explanation();
  }

  const Calendar& calendar_;
  const hub::v1::RatifyDecisionRequest request_;
};

ReferralStep Starting(const Calendar& calendar, const std::string& started_on) {
  return [&calendar, started_on](const CaseFile& file, ReadView&, Opened<Referrals>& opened,
                                 Plan&) -> absl::Status {
    const policy::v1::PathwayOutcome* outcome =
        FindOutcome(opened.body.pathway(), opened.body.outcome().code());
    if (outcome != nullptr && !outcome->grants_service()) {
      return StateConflict("name: its outcome grants no service that could begin");
    }
    EHC_RETURN_IF_ERROR(
        MoveOn(file, calendar, policy::v1::PATHWAY_EVENT_SERVICE_STARTED, "", opened));
    opened.body.mutable_value()->mutable_dates()->set_service_started_on(started_on);
    opened.body.mutable_outcome()->set_service_started_on(started_on);
    hub::v1::StageDates& dates = *opened.body.mutable_value()->mutable_dates();
    if (dates.notified_on() > started_on) {
      return PathwayRefusal("DATES_OUT_OF_ORDER",
                            "started_on: lies before the day on which the family was told");
    }
    return CheckDates(file, opened);
  };
}

class Closing {
 public:
  Closing(const Calendar& calendar, hub::v1::CloseReferralRequest request)
      : calendar_(calendar), request_(std::move(request)) {}

  absl::Status operator()(const CaseFile& file, ReadView& view, Opened<Referrals>& opened,
                          Plan& plan) const {
    if (IsReopened(opened)) return CloseAgain(file, request_.note(), opened);
    EHC_RETURN_IF_ERROR(
        MoveOn(file, calendar_, policy::v1::PATHWAY_EVENT_CLOSED, request_.note(), opened));
    hub::v1::StageDates& dates = *opened.body.mutable_value()->mutable_dates();
    if (!request_.notified_on().empty()) dates.set_notified_on(request_.notified_on());
    dates.set_closed_on(request_.closed_on().empty() ? Today(file) : request_.closed_on());
    const std::vector<std::string> missing =
        MissingDates(opened.body.pathway(), dates, opened.body.outcome().code());
    if (!missing.empty()) {
      return PathwayRefusal("STAGE_DATES_MISSING", absl::StrCat("dates: record these first: ",
                                                                absl::StrJoin(missing, ", ")));
    }
    EHC_RETURN_IF_ERROR(CheckDates(file, opened));
    return EndErrands(view, opened, plan);
  }

 private:
  const Calendar& calendar_;
  const hub::v1::CloseReferralRequest request_;
};

}  // namespace

void PathwayDesk::ScoreReferral(Incoming in, const hub::v1::ScoreReferralRequest& request,
                                Reply<hub::v1::ScoreReferralResponse> reply) const {
  StartReferralStep<hub::v1::ScoreReferralResponse>(desks_, std::move(in), "ScoreReferral",
                                                    "referral.score", Side::kAddressee, request,
                                                    Scoring(calendar_, request), std::move(reply));
}

void PathwayDesk::RecordPanelDecision(Incoming in,
                                      const hub::v1::RecordPanelDecisionRequest& request,
                                      Reply<hub::v1::RecordPanelDecisionResponse> reply) const {
  StartReferralStep<hub::v1::RecordPanelDecisionResponse>(
      desks_, std::move(in), "RecordPanelDecision", "referral.decide", Side::kAddressee, request,
      Deciding(calendar_, request), std::move(reply));
}

void PathwayDesk::RatifyDecision(Incoming in, const hub::v1::RatifyDecisionRequest& request,
                                 Reply<hub::v1::RatifyDecisionResponse> reply) const {
  StartReferralStep<hub::v1::RatifyDecisionResponse>(
      desks_, std::move(in), "RatifyDecision", "referral.ratify", Side::kAddressee, request,
      Ratifying(calendar_, request), std::move(reply));
}

void PathwayDesk::RecordServiceStart(Incoming in, const hub::v1::RecordServiceStartRequest& request,
                                     Reply<hub::v1::RecordServiceStartResponse> reply) const {
  StartReferralStep<hub::v1::RecordServiceStartResponse>(
      desks_, std::move(in), "RecordServiceStart", "referral.handle", Side::kAddressee, request,
      Starting(calendar_, request.started_on()), std::move(reply));
}

void PathwayDesk::CloseReferral(Incoming in, const hub::v1::CloseReferralRequest& request,
                                Reply<hub::v1::CloseReferralResponse> reply) const {
  StartReferralStep<hub::v1::CloseReferralResponse>(desks_, std::move(in), "CloseReferral",
                                                    "referral.handle", Side::kAddressee, request,
                                                    Closing(calendar_, request), std::move(reply));
}

}  // namespace ehc
