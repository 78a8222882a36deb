// The ways beside the decision: assessments as of right, withdrawal, volunteers and early help.
#include <utility>

#include "server/services/letters.h"
#include "server/services/pathway_calls.h"
#include "server/services/verifications.h"

namespace ehc {
namespace {

MatterShow<HandOffs> Show(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<HandOffs>& opened) {
    hub::v1::HandOff out = ShowErrand(rooms, file, opened);
    out.set_open(opened.matter.open);
    return out;
  };
}

// In any state: the pathway is not asked whether the family has a right.
ReferralStep Escalating(const Calendar& calendar,
                        const hub::v1::EscalateToStatutoryRequest& request) {
  return [&calendar, request](const CaseFile& file, ReadView&, Opened<Referrals>& opened,
                              Plan&) -> absl::Status {
    constexpr int kMost = 32;
    if (opened.body.value().routes_size() >= kMost) {
      return StateConflict("name: as many assessments were asked for as are written down");
    }
    if (request.safeguarding()) return Safeguard(file, calendar, request.reason(), opened);
    return OpenRoute(file, calendar, request.kind(), false, request.reason(), opened);
  };
}

ReferralStep Withdrawing(const Calendar& calendar, const std::string& reason) {
  return [&calendar, reason](const CaseFile& file, ReadView& view, Opened<Referrals>& opened,
                             Plan& plan) -> absl::Status {
    EHC_RETURN_IF_ERROR(
        MoveOn(file, calendar, policy::v1::PATHWAY_EVENT_WITHDRAWN, reason, opened));
    opened.body.mutable_value()->mutable_dates()->set_closed_on(
        FormatDate(LondonDate(file.received_at)));
    return EndErrands(view, opened, plan);
  };
}

class HandingOff {
 public:
  HandingOff(const Desks& desks, const Calendar& calendar, hub::v1::HandOff stated)
      : desks_(desks), calendar_(calendar), stated_(std::move(stated)) {}

  absl::Status operator()(const CaseFile& file, ReadView& view, Opened<Referrals>& opened,
                          Plan& plan) const {
    EHC_RETURN_IF_ERROR(CheckAddressee(view, stated_.to(), "hand_off"));
    EHC_RETURN_IF_ERROR(MoveOn(file, calendar_, policy::v1::PATHWAY_EVENT_HANDED_OFF, "", opened));
    EHC_RETURN_IF_ERROR(EndErrands(view, opened, plan));
    EHC_ASSIGN_OR_RETURN(Opened<HandOffs> errand,
                         NewMatter<HandOffs>(desks_.rooms.store, file.caller.agency(),
                                             ReadAgency(stated_.to()), opened.matter.subject));
    EHC_ASSIGN_OR_RETURN(errand.matter.due_at,
                         ClockDue(file, calendar_, "HAND_OFF_CONTACT", file.received_at));
    hub::v1::HandOff& value = *errand.body.mutable_value();
    value.set_from_unit(opened.body.value().to_unit());
    value.set_to_unit(stated_.to_unit());
    *value.mutable_created_at() = ToTimestamp(file.received_at);
    value.set_child_reference(stated_.child_reference());
    value.set_next_step(stated_.next_step());
    value.set_through_relay(IsHiddenFrom(file, errand.matter.addressee));
    errand.body.set_referral(opened.matter.id.value);
    opened.body.add_hand_offs(errand.matter.id.value);
    plan.changes.push_back(Put(errand));
    return absl::OkStatus();
  }

 private:
  const Desks& desks_;
  const Calendar& calendar_;
  const hub::v1::HandOff stated_;
};

ReferralStep Stepping(const Calendar& calendar, hub::v1::StepDirection direction,
                      const std::string& reason) {
  return [&calendar, direction, reason](const CaseFile& file, ReadView& view,
                                        Opened<Referrals>& opened, Plan& plan) -> absl::Status {
    const auto event = direction == hub::v1::STEP_DIRECTION_UP
                           ? policy::v1::PATHWAY_EVENT_STEPPED_UP
                           : policy::v1::PATHWAY_EVENT_STEPPED_DOWN;
    EHC_RETURN_IF_ERROR(MoveOn(file, calendar, event, reason, opened));
    return EndErrands(view, opened, plan);
  };
}

}  // namespace

void PathwayDesk::EscalateToStatutory(Incoming in,
                                      const hub::v1::EscalateToStatutoryRequest& request,
                                      Reply<hub::v1::EscalateToStatutoryResponse> reply) const {
  StartReferralStep<hub::v1::EscalateToStatutoryResponse>(
      desks_, std::move(in), "EscalateToStatutory", "referral.escalate", Side::kEither, request,
      Escalating(calendar_, request), std::move(reply));
}

void PathwayDesk::WithdrawReferral(Incoming in, const hub::v1::WithdrawReferralRequest& request,
                                   Reply<hub::v1::WithdrawReferralResponse> reply) const {
  StartReferralStep<hub::v1::WithdrawReferralResponse>(
      desks_, std::move(in), "WithdrawReferral", "referral.withdraw", Side::kEither, request,
      Withdrawing(calendar_, request.reason()), std::move(reply));
}

void PathwayDesk::HandOff(Incoming in, const hub::v1::HandOffRequest& request,
                          Reply<hub::v1::HandOffResponse> reply) const {
  if (auto child = ReadSubject(desks_, in.caller, request.hand_off().child_reference(),
                               "hand_off.child_reference");
      !child.ok()) {
    return Fail(in.call_id, child.status(), std::move(reply));
  }
  StartReferralStep<hub::v1::HandOffResponse>(
      desks_, std::move(in), "HandOff", "referral.handle", Side::kAddressee, request,
      HandingOff(desks_, calendar_, request.hand_off()), std::move(reply));
}

void PathwayDesk::StepReferral(Incoming in, const hub::v1::StepReferralRequest& request,
                               Reply<hub::v1::StepReferralResponse> reply) const {
  StartReferralStep<hub::v1::StepReferralResponse>(
      desks_, std::move(in), "StepReferral", "referral.handle", Side::kAddressee, request,
      Stepping(calendar_, request.direction(), request.reason()), std::move(reply));
}

void PathwayDesk::ListHandOffs(Incoming in, const hub::v1::ListHandOffsRequest& request,
                               Reply<hub::v1::ListHandOffsResponse> reply) const {
  StartMatterList<HandOffs>(desks_, std::move(in), "ListHandOffs", "hand_off.read", request,
                            request.opened() ? Side::kOpener : Side::kAddressee, Show(desks_),
                            std::move(reply));
}

}  // namespace ehc
