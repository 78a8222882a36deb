// Reviewing uses of the emergency override, and answering for those that were not justified.
#include <utility>

#include "server/services/break_glass_uses.h"
#include "server/services/custody_desk.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::BreakGlassUse;

constexpr char kResolutionClock[] = "BREAK_GLASS_RESOLUTION";

google::protobuf::Timestamp FromMillis(int64_t millis) {
  return ToTimestamp(absl::FromUnixMillis(millis));
}

void FillReview(const store::v1::BreakGlassUseBody& body, BreakGlassUse& out) {
  if (body.verdict() != 0) {
    out.set_verdict(static_cast<hub::v1::BreakGlassVerdict>(body.verdict()));
    out.set_review_note(body.review_note());
    out.set_reviewed_by_role(body.reviewed_by_role());
    *out.mutable_reviewed_at() = FromMillis(body.reviewed_ms());
  }
  if (body.resolved_ms() == 0) return;
  out.set_resolution(body.resolution());
  out.set_resolved_by_role(body.resolved_by_role());
  *out.mutable_resolved_at() = FromMillis(body.resolved_ms());
}

void FillUse(const SubjectNames& names, const CaseFile& file,
             const store::v1::BreakGlassUseBody& body, BreakGlassUse& out) {
  out.set_user(body.user());
  out.set_role(body.role());
  if (body.record() != 0) {
    out.set_record(names.RecordName(file.caller.agency(), RecordId{body.record()}));
  }
  out.set_record_type(body.record_type());
  out.mutable_parts()->CopyFrom(body.parts());
  out.set_reason(body.reason());
  out.set_purpose(body.purpose());
  out.set_gateway(body.gateway());
  out.set_agreement(absl::StrCat("agreements/", body.agreement()));
  out.set_clause(body.clause());
  out.set_decision_id(body.decision_id());
  *out.mutable_created_at() = FromMillis(body.used_ms());
  *out.mutable_usable_until() = FromMillis(body.usable_until_ms());
}

// The one who broke the glass is the last to judge it.
absl::Status CheckSomebodyElse(const CaseFile& file, const Opened<BreakGlassUses>& opened) {
  const auto& person = file.caller.person();
  const bool self = opened.matter.opener == file.caller.agency() && person.has_value() &&
                    person->user == opened.body.user();
  return self ? StateConflict("name: it is your own use; somebody else answers for it")
              : absl::OkStatus();
}

std::string ActingRole(const CaseFile& file) {
  return file.caller.person().has_value() ? file.caller.person()->role : std::string();
}

absl::Status CheckReview(const hub::v1::ReviewBreakGlassUseRequest& request) {
  if (request.verdict() != hub::v1::BREAK_GLASS_VERDICT_NOT_JUSTIFIED ||
      !request.review_note().empty()) {
    return absl::OkStatus();
  }
  return FieldInvalid("review_note: is left out; say why it was not justified");
}

MatterEdit<BreakGlassUses>::Edit Reviewing(const Calendar& calendar,
                                           const hub::v1::ReviewBreakGlassUseRequest& request) {
  return
      [&calendar, verdict = request.verdict(), note = request.review_note()](
          const CaseFile& file, ReadView&, Opened<BreakGlassUses>& opened, Plan&) -> absl::Status {
        EHC_RETURN_IF_ERROR(CheckSomebodyElse(file, opened));
        store::v1::BreakGlassUseBody& body = opened.body;
        if (body.verdict() != 0) return StateConflict("name: it was reviewed already");
        body.set_verdict(verdict);
        body.set_review_note(note);
        body.set_reviewed_by_role(ActingRole(file));
        body.set_reviewed_ms(absl::ToUnixMillis(file.received_at));
        opened.matter.open = verdict == hub::v1::BREAK_GLASS_VERDICT_NOT_JUSTIFIED;
        if (!opened.matter.open) return absl::OkStatus();
        EHC_ASSIGN_OR_RETURN(opened.matter.due_at,
                             ClockDue(file, calendar, kResolutionClock, file.received_at));
        return absl::OkStatus();
      };
}

MatterEdit<BreakGlassUses>::Edit Resolving(const std::string& resolution) {
  return [resolution](const CaseFile& file, ReadView&, Opened<BreakGlassUses>& opened,
                      Plan&) -> absl::Status {
    EHC_RETURN_IF_ERROR(CheckSomebodyElse(file, opened));
    if (StateOf(opened) != hub::v1::BREAK_GLASS_STATE_AWAITING_RESOLUTION) {
      return StateConflict("name: nothing is to be resolved about it");
    }
    opened.body.set_resolution(resolution);
    opened.body.set_resolved_by_role(ActingRole(file));
    opened.body.set_resolved_ms(absl::ToUnixMillis(file.received_at));
    opened.matter.open = false;
    return absl::OkStatus();
  };
}

template <typename Req, typename Resp>
void EditUse(const Desks& desks, Incoming in, const char* method, const char* action,
             const Req& request, Side side, MatterEdit<BreakGlassUses>::Edit edit,
             Reply<Resp> reply) {
  auto ask = MatterAsk(desks, in.caller, method, action, request,
                       ChildOf<BreakGlassUses>(desks, in.caller, request.name()));
  MatterEdit<BreakGlassUses>::Target target{ReadMatterName<BreakGlassUses>(desks, request.name()),
                                            side, request.etag()};
  StartMutation<Resp>(desks, std::move(in), std::move(ask),
                      std::make_shared<MatterEdit<BreakGlassUses>>(
                          std::move(target), std::move(edit), BreakGlassShow(desks)),
                      ShapeFirstField<Resp>, std::move(reply));
}

}  // namespace

std::string BreakGlassUses::UnitOf(const Opened<BreakGlassUses>& opened, Side side) {
  return side == Side::kOpener ? opened.body.unit() : opened.body.custodian_unit();
}

hub::v1::BreakGlassState StateOf(const Opened<BreakGlassUses>& opened) {
  if (!opened.matter.open) return hub::v1::BREAK_GLASS_STATE_CLOSED;
  return opened.body.verdict() == 0 ? hub::v1::BREAK_GLASS_STATE_AWAITING_REVIEW
                                    : hub::v1::BREAK_GLASS_STATE_AWAITING_RESOLUTION;
}

MatterShow<BreakGlassUses> BreakGlassShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<BreakGlassUses>& opened) {
    const store::v1::BreakGlassUseBody& body = opened.body;
    BreakGlassUse out;
    ShowHeader(rooms, file, opened, out);
    out.set_from_unit(body.unit());
    out.set_to_unit(body.custodian_unit());
    FillUse(rooms.names, file, body, out);
    FillReview(body, out);
    out.set_state(StateOf(opened));
    if (opened.matter.opener == file.caller.agency()) out.set_case_reference(body.case_reference());
    if (body.through_relay() && opened.matter.addressee != file.caller.agency()) {
      out.set_to("agencies/hub-relay");
      out.clear_to_unit();
      out.clear_reviewed_by_role();
    }
    return out;
  };
}

void CustodyDesk::GetBreakGlassUse(Incoming in, const hub::v1::GetBreakGlassUseRequest& request,
                                   Reply<hub::v1::GetBreakGlassUseResponse> reply) const {
  auto child = ChildOf<BreakGlassUses>(desks_, in.caller, request.name());
  StartMatterReading<hub::v1::GetBreakGlassUseResponse>(
      desks_, std::move(in), "GetBreakGlassUse", "break_glass.read", std::move(child),
      [this, id = ReadMatterName<BreakGlassUses>(desks_, request.name())](
          const CaseFile& file,
          ReadView& view) -> absl::StatusOr<hub::v1::GetBreakGlassUseResponse> {
        EHC_ASSIGN_OR_RETURN(const Opened<BreakGlassUses> opened,
                             FindReadable<BreakGlassUses>(file, view, id));
        hub::v1::GetBreakGlassUseResponse response;
        *response.mutable_break_glass_use() = BreakGlassShow(desks_)(file, opened);
        return response;
      },
      std::move(reply));
}

void CustodyDesk::ListBreakGlassUses(Incoming in, const hub::v1::ListBreakGlassUsesRequest& request,
                                     Reply<hub::v1::ListBreakGlassUsesResponse> reply) const {
  StartMatterList<BreakGlassUses>(desks_, std::move(in), "ListBreakGlassUses", "break_glass.read",
                                  request, request.opened() ? Side::kOpener : Side::kAddressee,
                                  BreakGlassShow(desks_), std::move(reply));
}

void CustodyDesk::ReviewBreakGlassUse(Incoming in,
                                      const hub::v1::ReviewBreakGlassUseRequest& request,
                                      Reply<hub::v1::ReviewBreakGlassUseResponse> reply) const {
  if (absl::Status stated = CheckReview(request); !stated.ok()) {
    return Fail(in.call_id, stated, std::move(reply));
  }
  EditUse(desks_, std::move(in), "ReviewBreakGlassUse", "break_glass.review", request,
          Side::kAddressee, Reviewing(calendar_, request), std::move(reply));
}

void CustodyDesk::ResolveBreakGlassUse(Incoming in,
                                       const hub::v1::ResolveBreakGlassUseRequest& request,
                                       Reply<hub::v1::ResolveBreakGlassUseResponse> reply) const {
  EditUse(desks_, std::move(in), "ResolveBreakGlassUse", "break_glass.resolve", request,
          Side::kOpener, Resolving(request.resolution()), std::move(reply));
}

}  // namespace ehc
