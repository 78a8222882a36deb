// Consulting an institution before it is named in a plan.
#include <utility>

#include "server/services/custody_desk.h"
#include "server/services/letters.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::Consultation;

constexpr char kPurpose[] = "SCHOOL_CONSULTATION";

Consultation AsAsked(const Consultation& stated) {
  Consultation asked;
  asked.set_to(stated.to());
  asked.set_to_unit(stated.to_unit());
  asked.set_state(hub::v1::CONSULTATION_STATE_OPEN);
  asked.set_child_reference(stated.child_reference());
  asked.set_question(stated.question());
  return asked;
}

MatterEdit<Consultations>::Edit Answering(const hub::v1::ConsultationReply& reply) {
  return [reply](const CaseFile& file, ReadView&, Opened<Consultations>& opened,
                 Plan&) -> absl::Status {
    if (!opened.matter.open) return StateConflict("name: it was answered already");
    if (reply.replied_on() > FormatDate(LondonDate(file.received_at))) {
      return FieldInvalid("reply.replied_on: lies in the future; state the day of the reply");
    }
    *opened.body.mutable_reply() = reply;
    opened.body.set_state(hub::v1::CONSULTATION_STATE_ANSWERED);
    *opened.body.mutable_answered_at() = ToTimestamp(file.received_at);
    opened.body.set_late(opened.matter.due_at <= file.received_at);
    opened.matter.open = false;
    return absl::OkStatus();
  };
}

}  // namespace

void CustodyDesk::CreateConsultation(Incoming in, const hub::v1::CreateConsultationRequest& request,
                                     Reply<hub::v1::CreateConsultationResponse> reply) const {
  const Consultation& stated = request.consultation();
  if (stated.to().empty()) {
    return Fail(in.call_id, FieldInvalid("consultation.to: is left out; say whom you consult"),
                std::move(reply));
  }
  auto ask = MatterAsk(desks_, in.caller, "CreateConsultation", "consultation.open", request,
                       ReadSubject(desks_, in.caller, request.subject()));
  if (ask.ok()) RestOnDuty(*ask, kPurpose);
  StartMutation<hub::v1::CreateConsultationResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<Consultations>>(
          Sending<Consultations>(desks_, calendar_, AsAsked(stated),
                                 {"consultation", "CONSULTATION_REPLY"},
                                 [](const Consultation&) { return true; }),
          LetterShow<Consultations>(desks_)),
      ShapeFirstField<hub::v1::CreateConsultationResponse>, std::move(reply));
}

void CustodyDesk::ListConsultations(Incoming in, const hub::v1::ListConsultationsRequest& request,
                                    Reply<hub::v1::ListConsultationsResponse> reply) const {
  StartMatterList<Consultations>(desks_, std::move(in), "ListConsultations", "consultation.read",
                                 request, request.opened() ? Side::kOpener : Side::kAddressee,
                                 LetterShow<Consultations>(desks_), std::move(reply));
}

void CustodyDesk::AnswerConsultation(Incoming in, const hub::v1::AnswerConsultationRequest& request,
                                     Reply<hub::v1::AnswerConsultationResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "AnswerConsultation", "consultation.answer", request,
                       ChildOf<Consultations>(desks_, in.caller, request.name()));
  if (ask.ok()) RestOnDuty(*ask, kPurpose);
  MatterEdit<Consultations>::Target target{ReadMatterName<Consultations>(desks_, request.name()),
                                           Side::kAddressee, request.etag()};
  StartMutation<hub::v1::AnswerConsultationResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<Consultations>>(std::move(target), Answering(request.reply()),
                                                  LetterShow<Consultations>(desks_)),
      ShapeFirstField<hub::v1::AnswerConsultationResponse>, std::move(reply));
}

}  // namespace ehc
