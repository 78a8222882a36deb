// Needs for education or health that come to light in a plan for support: the right agency is told,
// and its own assessment stays its own.
#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "server/services/planning_desk.h"
#include "server/services/planning_kinds.h"

namespace ehc {
namespace {

using hub::v1::UnmetNeed;

UnmetNeed AsStated(const UnmetNeed& stated) {
  UnmetNeed sent;
  sent.set_to(stated.to());
  sent.set_to_unit(stated.to_unit());
  sent.set_state(hub::v1::UNMET_NEED_STATE_SENT);
  sent.set_kind(stated.kind());
  sent.set_child_reference(stated.child_reference());
  sent.set_need(stated.need());
  sent.set_location_checked(stated.location_checked());
  sent.set_family_agreed_on(stated.family_agreed_on());
  return sent;
}

bool Meets(hub::v1::AgencyType type, hub::v1::UnmetNeedKind kind) {
  static constexpr hub::v1::AgencyType kHealth[] = {hub::v1::AGENCY_TYPE_NHS_TRUST,
                                                    hub::v1::AGENCY_TYPE_INTEGRATED_CARE_BOARD};
  static constexpr hub::v1::AgencyType kEducation[] = {hub::v1::AGENCY_TYPE_LOCAL_AUTHORITY,
                                                       hub::v1::AGENCY_TYPE_SCHOOL};
  return kind == hub::v1::UNMET_NEED_KIND_HEALTH
             ? std::find(std::begin(kHealth), std::end(kHealth), type) != std::end(kHealth)
             : std::find(std::begin(kEducation), std::end(kEducation), type) !=
                   std::end(kEducation);
}

absl::Status CheckRightAgency(ReadView& view, const UnmetNeed& need) {
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
  for (const hub::v1::Agency& agency : agencies) {
    if (agency.name() != need.to()) continue;
    if (Meets(agency.type(), need.kind())) return absl::OkStatus();
    return FieldInvalid("unmet_need.to: is not the kind of agency whose business such a need is");
  }
  return FieldInvalid("unmet_need.to: is not an agency of this hub; see ListAgencies");
}

// Under a restricted address nothing may tell where the child is: neither the text nor a reference
// that names an authority (a UPN and an authority's own number do).
absl::Status CheckRevealsNothing(const CaseFile& file, const UnmetNeed& need) {
  if (!IsHiddenFrom(file, ReadAgency(need.to()))) return absl::OkStatus();
  if (!need.location_checked()) {
    return StateConflict(
        "unmet_need.location_checked: the child's address is restricted; make sure that the text "
        "does not reveal where the child is, then say so");
  }
  if (absl::StartsWith(need.child_reference(), "nhs:")) return absl::OkStatus();
  return StateConflict(
      "unmet_need.child_reference: the child's address is restricted; name the child by NHS "
      "number, "
      "which tells of no authority");
}

MatterOpening<UnmetNeeds>::Fill Notifying(const Desks& desks, const Calendar& calendar,
                                          const UnmetNeed& stated) {
  return [send = Sending<UnmetNeeds>(
              desks, calendar, AsStated(stated), {"unmet_need", "UNMET_NEED_ANSWER"},
              [stated](const UnmetNeed& there) {
                return there.kind() == stated.kind() && there.need() == stated.need();
              }),
          stated](const CaseFile& file, ReadView& view,
                  Plan& plan) -> absl::StatusOr<Opened<UnmetNeeds>> {
    EHC_RETURN_IF_ERROR(
        CheckNotFuture(file, stated.family_agreed_on(), "unmet_need.family_agreed_on"));
    EHC_RETURN_IF_ERROR(CheckRightAgency(view, stated));
    EHC_RETURN_IF_ERROR(CheckRevealsNothing(file, stated));
    return send(file, view, plan);
  };
}

MatterEdit<UnmetNeeds>::Edit Answering(const hub::v1::AnswerUnmetNeedRequest& request) {
  return [request](const CaseFile& file, ReadView&, Opened<UnmetNeeds>& opened,
                   Plan&) -> absl::Status {
    if (!opened.matter.open) return StateConflict("name: it was answered already");
    opened.body.set_answer(request.answer());
    opened.body.set_note(request.note());
    opened.body.set_state(hub::v1::UNMET_NEED_STATE_ANSWERED);
    *opened.body.mutable_answered_at() = ToTimestamp(file.received_at);
    opened.matter.open = false;
    return absl::OkStatus();
  };
}

}  // namespace

void PlanningDesk::NotifyUnmetNeed(Incoming in, const hub::v1::NotifyUnmetNeedRequest& request,
                                   Reply<hub::v1::NotifyUnmetNeedResponse> reply) const {
  if (request.unmet_need().to().empty()) {
    return Fail(in.call_id, FieldInvalid("unmet_need.to: is left out; say whom you tell"),
                std::move(reply));
  }
  const auto reference = ReadSubject(desks_, in.caller, request.unmet_need().child_reference(),
                                     "unmet_need.child_reference");
  if (!reference.ok()) return Fail(in.call_id, reference.status(), std::move(reply));
  auto ask = MatterAsk(desks_, in.caller, "NotifyUnmetNeed", "unmet_need.send", request,
                       ReadSubject(desks_, in.caller, request.subject()));
  if (ask.ok()) RestOnDuty(*ask, "CHILD_IN_NEED");
  StartMutation<hub::v1::NotifyUnmetNeedResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<UnmetNeeds>>(
          Notifying(desks_, calendar_, request.unmet_need()), LetterShow<UnmetNeeds>(desks_)),
      ShapeFirstField<hub::v1::NotifyUnmetNeedResponse>, std::move(reply));
}

void PlanningDesk::ListUnmetNeeds(Incoming in, const hub::v1::ListUnmetNeedsRequest& request,
                                  Reply<hub::v1::ListUnmetNeedsResponse> reply) const {
  StartMatterList<UnmetNeeds>(desks_, std::move(in), "ListUnmetNeeds", "unmet_need.read", request,
                              request.opened() ? Side::kOpener : Side::kAddressee,
                              LetterShow<UnmetNeeds>(desks_), std::move(reply));
}

void PlanningDesk::AnswerUnmetNeed(Incoming in, const hub::v1::AnswerUnmetNeedRequest& request,
                                   Reply<hub::v1::AnswerUnmetNeedResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "AnswerUnmetNeed", "unmet_need.read", request,
                       ChildOf<UnmetNeeds>(desks_, in.caller, request.name()));
  if (ask.ok()) RestOnDuty(*ask, "CHILD_IN_NEED");
  MatterEdit<UnmetNeeds>::Target target{ReadMatterName<UnmetNeeds>(desks_, request.name()),
                                        Side::kAddressee, request.etag()};
  StartMutation<hub::v1::AnswerUnmetNeedResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<UnmetNeeds>>(std::move(target), Answering(request),
                                               LetterShow<UnmetNeeds>(desks_)),
      ShapeFirstField<hub::v1::AnswerUnmetNeedResponse>, std::move(reply));
}

}  // namespace ehc
