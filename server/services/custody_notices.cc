// Reading and acknowledging notices that a record was read.
#include <utility>

#include "server/services/custody_desk.h"
#include "server/services/disclosure_notices.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::DisclosureNotice;

MatterShow<DisclosureNotices> NoticeShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<DisclosureNotices>& opened) {
    const store::v1::DisclosureNoticeBody& body = opened.body;
    DisclosureNotice out;
    ShowHeader(rooms, file, opened, out);
    out.set_from_unit(body.unit());
    out.set_to_unit(body.to_unit());
    *out.mutable_created_at() = ToTimestamp(absl::FromUnixMillis(body.read_ms()));
    out.set_user(body.user());
    out.set_role(body.role());
    out.set_record_type(body.record_type());
    out.mutable_parts()->CopyFrom(body.parts());
    out.set_purpose(body.purpose());
    out.set_gateway(body.gateway());
    out.set_agreement(absl::StrCat("agreements/", body.agreement()));
    out.set_obligation(body.obligation());
    out.set_decision_id(body.decision_id());
    out.set_do_not_tell_family(body.do_not_tell_family());
    out.set_existence_only(body.existence_only());
    if (body.acknowledged_ms() != 0) {
      *out.mutable_acknowledged_at() = ToTimestamp(absl::FromUnixMillis(body.acknowledged_ms()));
    }
    return out;
  };
}

absl::Status Acknowledge(const CaseFile& file, ReadView&, Opened<DisclosureNotices>& opened,
                         Plan&) {
  if (!opened.matter.open) return StateConflict("name: it was acknowledged already");
  opened.body.set_acknowledged_ms(absl::ToUnixMillis(file.received_at));
  opened.matter.open = false;
  return absl::OkStatus();
}

}  // namespace

void CustodyDesk::ListDisclosureNotices(Incoming in,
                                        const hub::v1::ListDisclosureNoticesRequest& request,
                                        Reply<hub::v1::ListDisclosureNoticesResponse> reply) const {
  StartMatterList<DisclosureNotices>(desks_, std::move(in), "ListDisclosureNotices",
                                     "disclosure_notice.read", request, Side::kAddressee,
                                     NoticeShow(desks_), std::move(reply));
}

void CustodyDesk::AcknowledgeDisclosureNotice(
    Incoming in, const hub::v1::AcknowledgeDisclosureNoticeRequest& request,
    Reply<hub::v1::AcknowledgeDisclosureNoticeResponse> reply) const {
  auto ask =
      MatterAsk(desks_, in.caller, "AcknowledgeDisclosureNotice", "disclosure_notice.acknowledge",
                request, ChildOf<DisclosureNotices>(desks_, in.caller, request.name()));
  MatterEdit<DisclosureNotices>::Target target{
      ReadMatterName<DisclosureNotices>(desks_, request.name()), Side::kAddressee, request.etag()};
  StartMutation<hub::v1::AcknowledgeDisclosureNoticeResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<DisclosureNotices>>(std::move(target), Acknowledge,
                                                      NoticeShow(desks_)),
      ShapeFirstField<hub::v1::AcknowledgeDisclosureNoticeResponse>, std::move(reply));
}

}  // namespace ehc
