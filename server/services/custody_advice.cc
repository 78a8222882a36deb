// Advice for an assessment: asked for, answered, late or not (SEND Regs 2014 regs 6 and 8).
#include <utility>

#include "server/services/custody_desk.h"
#include "server/services/letters.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::AdviceRequest;

constexpr char kPurpose[] = "EHC_ASSESSMENT_ADVICE";

// The advice is the authority's to see; a list leaves it out.
MatterShow<AdviceRequests> Show(const Desks& desks, bool whole) {
  return [letter = LetterShow<AdviceRequests>(desks), whole](const CaseFile& file,
                                                             const Opened<AdviceRequests>& opened) {
    AdviceRequest out = letter(file, opened);
    if (!whole || !ReadsAsOpener(file, opened)) out.clear_advice();
    return out;
  };
}

AdviceRequest AsAsked(const AdviceRequest& stated) {
  AdviceRequest asked;
  asked.set_to(stated.to());
  asked.set_to_unit(stated.to_unit());
  asked.set_state(hub::v1::ADVICE_STATE_OPEN);
  asked.set_kind(stated.kind());
  asked.set_child_reference(stated.child_reference());
  asked.set_question(stated.question());
  return asked;
}

absl::Status CheckOpen(const Opened<AdviceRequests>& opened) {
  if (opened.matter.open) return absl::OkStatus();
  return StateConflict("name: it was answered or cancelled already");
}

MatterEdit<AdviceRequests>::Edit Answering(const hub::v1::Advice& advice) {
  return [advice](const CaseFile& file, ReadView&, Opened<AdviceRequests>& opened,
                  Plan&) -> absl::Status {
    EHC_RETURN_IF_ERROR(CheckOpen(opened));
    if (advice.given_on() > FormatDate(LondonDate(file.received_at))) {
      return FieldInvalid("advice.given_on: lies in the future; state the day of the advice");
    }
    *opened.body.mutable_advice() = advice;
    opened.body.set_state(hub::v1::ADVICE_STATE_ANSWERED);
    *opened.body.mutable_answered_at() = ToTimestamp(file.received_at);
    opened.body.set_late(opened.matter.due_at <= file.received_at);
    opened.matter.open = false;
    return absl::OkStatus();
  };
}

MatterEdit<AdviceRequests>::Edit Cancelling(const std::string& reason) {
  return
      [reason](const CaseFile&, ReadView&, Opened<AdviceRequests>& opened, Plan&) -> absl::Status {
        EHC_RETURN_IF_ERROR(CheckOpen(opened));
        opened.body.set_state(hub::v1::ADVICE_STATE_CANCELLED);
        opened.body.set_cancel_reason(reason);
        opened.matter.open = false;
        return absl::OkStatus();
      };
}

// A step of a request by one of its parties.
template <typename Resp, typename Req>
void Step(const Desks& desks, Incoming in, const char* method, const char* action, Side side,
          const Req& request, MatterEdit<AdviceRequests>::Edit edit, Reply<Resp> reply) {
  auto ask = MatterAsk(desks, in.caller, method, action, request,
                       ChildOf<AdviceRequests>(desks, in.caller, request.name()));
  if (ask.ok()) RestOnDuty(*ask, kPurpose);
  MatterEdit<AdviceRequests>::Target target{ReadMatterName<AdviceRequests>(desks, request.name()),
                                            side, request.etag()};
  StartMutation<Resp>(desks, std::move(in), std::move(ask),
                      std::make_shared<MatterEdit<AdviceRequests>>(
                          std::move(target), std::move(edit), Show(desks, true)),
                      ShapeFirstField<Resp>, std::move(reply));
}

}  // namespace

void CustodyDesk::CreateAdviceRequest(Incoming in,
                                      const hub::v1::CreateAdviceRequestRequest& request,
                                      Reply<hub::v1::CreateAdviceRequestResponse> reply) const {
  const AdviceRequest& stated = request.advice_request();
  if (stated.to().empty()) {
    return Fail(in.call_id, FieldInvalid("advice_request.to: is left out; say whom you ask"),
                std::move(reply));
  }
  auto ask = MatterAsk(desks_, in.caller, "CreateAdviceRequest", "advice.request", request,
                       ReadSubject(desks_, in.caller, request.subject()));
  if (ask.ok()) RestOnDuty(*ask, kPurpose);
  auto same = [kind = stated.kind()](const AdviceRequest& there) { return there.kind() == kind; };
  StartMutation<hub::v1::CreateAdviceRequestResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<AdviceRequests>>(
          Sending<AdviceRequests>(desks_, calendar_, AsAsked(stated),
                                  {"advice_request", "ADVICE_REQUEST"}, same),
          Show(desks_, true)),
      ShapeFirstField<hub::v1::CreateAdviceRequestResponse>, std::move(reply));
}

void CustodyDesk::GetAdviceRequest(Incoming in, const hub::v1::GetAdviceRequestRequest& request,
                                   Reply<hub::v1::GetAdviceRequestResponse> reply) const {
  auto child = ChildOf<AdviceRequests>(desks_, in.caller, request.name());
  StartMatterReading<hub::v1::GetAdviceRequestResponse>(
      desks_, std::move(in), "GetAdviceRequest", "advice.read", std::move(child),
      [this, id = ReadMatterName<AdviceRequests>(desks_, request.name())](
          const CaseFile& file,
          ReadView& view) -> absl::StatusOr<hub::v1::GetAdviceRequestResponse> {
        EHC_ASSIGN_OR_RETURN(const auto opened, FindReadable<AdviceRequests>(file, view, id));
        hub::v1::GetAdviceRequestResponse response;
        *response.mutable_advice_request() = Show(desks_, true)(file, opened);
        return response;
      },
      std::move(reply));
}

void CustodyDesk::ListAdviceRequests(Incoming in, const hub::v1::ListAdviceRequestsRequest& request,
                                     Reply<hub::v1::ListAdviceRequestsResponse> reply) const {
  StartMatterList<AdviceRequests>(desks_, std::move(in), "ListAdviceRequests", "advice.read",
                                  request, request.opened() ? Side::kOpener : Side::kAddressee,
                                  Show(desks_, false), std::move(reply));
}

void CustodyDesk::AnswerAdviceRequest(Incoming in,
                                      const hub::v1::AnswerAdviceRequestRequest& request,
                                      Reply<hub::v1::AnswerAdviceRequestResponse> reply) const {
  Step(desks_, std::move(in), "AnswerAdviceRequest", "advice.answer", Side::kAddressee, request,
       Answering(request.advice()), std::move(reply));
}

void CustodyDesk::CancelAdviceRequest(Incoming in,
                                      const hub::v1::CancelAdviceRequestRequest& request,
                                      Reply<hub::v1::CancelAdviceRequestResponse> reply) const {
  Step(desks_, std::move(in), "CancelAdviceRequest", "advice.request", Side::kOpener, request,
       Cancelling(request.reason()), std::move(reply));
}

}  // namespace ehc
