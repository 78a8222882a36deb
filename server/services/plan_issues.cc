#include "server/services/plan_issues.h"

namespace ehc {

MatterShow<PlanDeliveries> ShowDelivery(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<PlanDeliveries>& opened) {
    const store::v1::PlanDeliveryBody& body = opened.body;
    hub::v1::PlanDelivery out;
    ShowHeader(rooms, file, opened, out);
    out.set_from_unit(body.from_unit());
    if (body.through_relay() && opened.matter.opener != file.caller.agency()) HideSender(out);
    out.set_to_unit(body.to_unit());
    *out.mutable_created_at() = ToTimestamp(absl::FromUnixMillis(body.sent_ms()));
    out.set_record(rooms.names.RecordName(file.caller.agency(), RecordId{body.record()}));
    out.set_version(static_cast<uint32_t>(body.version()));
    out.set_role(body.role());
    out.set_state(hub::v1::PLAN_DELIVERY_STATE_SENT);
    if (body.confirmed_ms() == 0) return out;
    out.set_state(hub::v1::PLAN_DELIVERY_STATE_CONFIRMED);
    *out.mutable_confirmed_at() = ToTimestamp(absl::FromUnixMillis(body.confirmed_ms()));
    out.set_confirmed_by_role(body.confirmed_by_role());
    return out;
  };
}

hub::v1::PlanIssue ShowIssue(const Desks& desks, const CaseFile& file,
                             const Opened<PlanIssues>& opened,
                             const std::vector<Opened<PlanDeliveries>>& deliveries) {
  const store::v1::PlanIssueBody& body = opened.body;
  const SubjectNames& names = desks.rooms.names;
  hub::v1::PlanIssue out;
  ShowHeader(desks.rooms, file, opened, out);
  out.set_unit(body.unit());
  out.set_record(names.RecordName(file.caller.agency(), RecordId{body.record()}));
  out.set_version(static_cast<uint32_t>(body.version()));
  *out.mutable_issued_at() = ToTimestamp(absl::FromUnixMillis(body.issued_ms()));
  out.mutable_not_recorded()->CopyFrom(body.not_recorded());
  out.mutable_services()->CopyFrom(body.services());
  for (const auto& delivery : deliveries) {
    *out.add_deliveries() = ShowDelivery(desks)(file, delivery);
  }
  out.set_state(IsComplete(body) ? hub::v1::PLAN_ISSUE_STATE_COMPLETE
                                 : hub::v1::PLAN_ISSUE_STATE_OUTSTANDING);
  return out;
}

absl::StatusOr<std::vector<Opened<PlanDeliveries>>> DeliveriesOf(const Opened<PlanIssues>& issue,
                                                                 ReadView& view) {
  std::vector<Opened<PlanDeliveries>> deliveries;
  for (const int64_t number : issue.body.deliveries()) {
    EHC_ASSIGN_OR_RETURN(
        deliveries.emplace_back(),
        FindMatterOf<PlanDeliveries>(view, MatterId{number}, issue.matter.opener, Side::kOpener));
  }
  return deliveries;
}

Written DescribeIssue(const Desks& desks, const CaseFile& file, const Opened<PlanIssues>& issue,
                      const std::vector<Opened<PlanDeliveries>>& deliveries) {
  return DescribeMatter<PlanIssues>(file, issue,
                                    [&](const CaseFile& call, const Opened<PlanIssues>& opened) {
                                      return ShowIssue(desks, call, opened, deliveries);
                                    });
}

absl::StatusOr<Written> RecallIssue(const Desks& desks, const CaseFile& file, ReadView& view,
                                    const std::string& resource) {
  EHC_ASSIGN_OR_RETURN(const auto issue,
                       FindMatterOf<PlanIssues>(view, MatterOfResource(resource),
                                                file.caller.agency(), Side::kOpener));
  EHC_ASSIGN_OR_RETURN(const auto deliveries, DeliveriesOf(issue, view));
  return DescribeIssue(desks, file, issue, deliveries);
}

}  // namespace ehc
