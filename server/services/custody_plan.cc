// Issuing a final plan: to institution and commissioner by the hub, to the family by the authority
// (SEND Regs 2014 reg 13(2)).
#include <algorithm>
#include <utility>
#include <vector>

#include "server/services/custody_desk.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"
#include "server/services/needs_assessments.h"
#include "server/services/plan_issues.h"
#include "server/services/plan_transfers.h"

namespace ehc {
namespace {

using hub::v1::PlanDeliveryRole;

constexpr char kPurpose[] = "STATUTORY_COPY";
constexpr char kPlanType[] = "EHC_PLAN";

struct RightfulRecipient {
  hub::v1::RelationshipKind kind;
  PlanDeliveryRole role;
};
constexpr RightfulRecipient kByRight[] = {
    {hub::v1::RELATIONSHIP_KIND_NAMED_INSTITUTION, hub::v1::PLAN_DELIVERY_ROLE_NAMED_INSTITUTION},
    {hub::v1::RELATIONSHIP_KIND_RESPONSIBLE_COMMISSIONER,
     hub::v1::PLAN_DELIVERY_ROLE_RESPONSIBLE_COMMISSIONER}};

class IssueMutation : public Mutation {
 public:
  IssueMutation(const Desks& desks, const Calendar& calendar, std::string local_id)
      : desks_(desks), calendar_(calendar), local_id_(std::move(local_id)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(const RecordHead head, FindPlan(file, view));
    EHC_ASSIGN_OR_RETURN(const std::optional<Opened<PlanIssues>> before, Before(head, view));
    Plan plan;
    if (before.has_value()) {
      EHC_ASSIGN_OR_RETURN(const auto deliveries, DeliveriesOf(*before, view));
      plan.written = DescribeIssue(desks_, file, *before, deliveries);
      return plan;
    }
    EHC_ASSIGN_OR_RETURN(Opened<PlanIssues> issue, NewIssue(file, head));
    EHC_ASSIGN_OR_RETURN(const auto deliveries, Deliver(file, head, issue));
    for (const auto& delivery : deliveries) plan.changes.push_back(Put(delivery));
    plan.changes.push_back(Put(issue));
    EHC_RETURN_IF_ERROR(CloseAssessment(file, view, plan));
    plan.written = DescribeIssue(desks_, file, issue, deliveries);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    return RecallIssue(desks_, file, view, resource);
  }

 private:
  absl::StatusOr<RecordHead> FindPlan(const CaseFile& file, ReadView& view) const {
    if (!file.facts.subject_known) return NotRegistered();
    EHC_RETURN_IF_ERROR(CheckMaintains(file));
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head,
                         local_id_.empty()
                             ? view.FindRecord(file.subject, own, kPlanType)
                             : view.FindRecordByLocalId(file.subject, own, kPlanType, local_id_));
    if (!head.has_value() || head->quarantined || !IsOfUnit(file, head->unit.value())) {
      return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                          "subject: your agency keeps no such plan; publish it first");
    }
    if (head->badge != Badge::kFinal) {
      return StateConflict("subject: the newest version is a draft; publish it as final first");
    }
    return *std::move(head);
  }

  static absl::StatusOr<std::optional<Opened<PlanIssues>>> Before(const RecordHead& head,
                                                                  ReadView& view) {
    MatterFilter filter;
    filter.kind = PlanIssues::kKind;
    filter.subject = head.subject;
    filter.limit = 1000;
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      EHC_ASSIGN_OR_RETURN(Opened<PlanIssues> issue, Unpack<PlanIssues>(std::move(matter)));
      if (issue.body.record() == head.id.value && issue.body.version() == head.version) {
        return issue;
      }
    }
    return std::nullopt;
  }

  absl::StatusOr<Opened<PlanIssues>> NewIssue(const CaseFile& file, const RecordHead& head) const {
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(Opened<PlanIssues> issue,
                         NewMatter<PlanIssues>(desks_.rooms.store, own, own, file.known_as));
    issue.body.set_unit(head.unit.value());
    issue.body.set_record(head.id.value);
    issue.body.set_version(head.version);
    issue.body.set_issued_ms(absl::ToUnixMillis(file.received_at));
    EHC_ASSIGN_OR_RETURN(issue.matter.due_at,
                         ClockDue(file, calendar_, "PLAN_DELIVERY", file.received_at));
    return issue;
  }

  // Only to whom this authority itself recorded, in force today.
  absl::StatusOr<std::vector<Opened<PlanDeliveries>>> Deliver(const CaseFile& file,
                                                              const RecordHead& head,
                                                              Opened<PlanIssues>& issue) const {
    const std::string today = FormatDate(LondonDate(file.received_at));
    std::vector<Opened<PlanDeliveries>> deliveries;
    for (const RightfulRecipient& by_right : kByRight) {
      bool recorded = false;
      for (const store::v1::RelationshipItem& item : file.dossier.relationships()) {
        const hub::v1::Relationship& value = item.value();
        if (value.kind() != by_right.kind || value.agency().empty()) continue;
        if (item.origin().agency() != file.caller.agency().value()) continue;
        if (value.valid_from() > today) continue;
        if (!value.valid_to().empty() && value.valid_to() < today) continue;
        EHC_ASSIGN_OR_RETURN(deliveries.emplace_back(),
                             NewDelivery(file, head, issue, value, by_right.role));
        issue.body.add_deliveries(deliveries.back().matter.id.value);
        recorded = true;
      }
      if (!recorded) issue.body.add_not_recorded(by_right.role);
    }
    return deliveries;
  }

  absl::StatusOr<Opened<PlanDeliveries>> NewDelivery(const CaseFile& file, const RecordHead& head,
                                                     const Opened<PlanIssues>& issue,
                                                     const hub::v1::Relationship& to,
                                                     PlanDeliveryRole role) const {
    EHC_ASSIGN_OR_RETURN(Opened<PlanDeliveries> delivery,
                         NewMatter<PlanDeliveries>(desks_.rooms.store, file.caller.agency(),
                                                   ReadAgency(to.agency()), file.known_as));
    delivery.matter.due_at = issue.matter.due_at;
    delivery.body.set_issue(issue.matter.id.value);
    delivery.body.set_from_unit(head.unit.value());
    delivery.body.set_to_unit(to.party_unit());
    delivery.body.set_record(head.id.value);
    delivery.body.set_version(head.version);
    delivery.body.set_role(role);
    delivery.body.set_sent_ms(absl::ToUnixMillis(file.received_at));
    delivery.body.set_through_relay(IsHiddenFrom(file, ReadAgency(to.agency())));
    return delivery;
  }

  static absl::Status CloseAssessment(const CaseFile& file, ReadView& view, Plan& plan) {
    EHC_ASSIGN_OR_RETURN(auto assessment, OpenAssessmentOf(file, view));
    if (!assessment.has_value()) return absl::OkStatus();
    EndAssessment(hub::v1::ASSESSMENT_OUTCOME_CODE_PLAN_ISSUED, file.received_at, *assessment);
    plan.reads.push_back(MatterKey(assessment->matter.id));
    plan.changes.push_back(Put(*assessment));
    return absl::OkStatus();
  }

  const Desks& desks_;
  const Calendar& calendar_;
  const std::string local_id_;
};

// Confirmed once, whoever repeats it; the authority's issue counts it.
MatterEdit<PlanDeliveries>::Edit Confirming() {
  return [](const CaseFile& file, ReadView& view, Opened<PlanDeliveries>& delivery,
            Plan& plan) -> absl::Status {
    if (!delivery.matter.open) return absl::OkStatus();
    delivery.body.set_confirmed_ms(absl::ToUnixMillis(file.received_at));
    delivery.body.set_confirmed_by_role(file.caller.person()->role);
    delivery.matter.open = false;
    EHC_ASSIGN_OR_RETURN(Opened<PlanIssues> issue,
                         FindMatterOf<PlanIssues>(view, MatterId{delivery.body.issue()},
                                                  delivery.matter.opener, Side::kOpener));
    issue.body.set_confirmed(issue.body.confirmed() + 1);
    issue.matter.open = !IsComplete(issue.body);
    ++issue.matter.revision;
    plan.reads.push_back(MatterKey(issue.matter.id));
    plan.changes.push_back(Put(issue));
    return absl::OkStatus();
  };
}

class ServiceMutation : public Mutation {
 public:
  ServiceMutation(const Desks& desks, MatterId id, const hub::v1::RecordServiceRequest& request)
      : desks_(desks), id_(id), etag_(request.etag()), service_(request.service()) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Opened<PlanIssues> issue,
                         FindMatterOf<PlanIssues>(view, id_, file.caller.agency(), Side::kOpener));
    if (!IsOfUnit(file, issue.body.unit())) return NoSuchMatter();
    EHC_RETURN_IF_ERROR(CheckEtag(etag_, issue.matter.revision));
    EHC_RETURN_IF_ERROR(Add(file, issue));
    issue.matter.open = !IsComplete(issue.body);
    ++issue.matter.revision;
    EHC_ASSIGN_OR_RETURN(const auto deliveries, DeliveriesOf(issue, view));
    Plan plan;
    plan.reads.push_back(MatterKey(issue.matter.id));
    plan.changes.push_back(Put(issue));
    plan.written = DescribeIssue(desks_, file, issue, deliveries);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    return RecallIssue(desks_, file, view, resource);
  }

 private:
  absl::Status Add(const CaseFile& file, Opened<PlanIssues>& issue) const {
    constexpr int kMost = 16;
    if (service_.served_on() > FormatDate(LondonDate(file.received_at))) {
      return FieldInvalid("service.served_on: lies in the future; state the day of service");
    }
    for (const hub::v1::PlanService& there : issue.body.services()) {
      if (there.recipient() == service_.recipient() && there.manner() == service_.manner() &&
          there.served_on() == service_.served_on()) {
        return StateConflict("service: is recorded already");
      }
    }
    if (issue.body.services_size() == kMost) return StateConflict("service: there are 16 already");
    hub::v1::PlanService& added = *issue.body.add_services();
    added = service_;
    *added.mutable_recorded_at() = ToTimestamp(file.received_at);
    return absl::OkStatus();
  }

  const Desks& desks_;
  const MatterId id_;
  const std::string etag_;
  const hub::v1::PlanService service_;
};

}  // namespace

void CustodyDesk::IssuePlan(Incoming in, const hub::v1::IssuePlanRequest& request,
                            Reply<hub::v1::IssuePlanResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "IssuePlan", "plan.issue", request,
                       ReadSubject(desks_, in.caller, request.subject()));
  if (ask.ok()) {
    RestOnDuty(*ask, kPurpose);
    ask->request.record_type = kPlanType;
  }
  StartMutation<hub::v1::IssuePlanResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<IssueMutation>(desks_, calendar_, request.local_id()),
      ShapeFirstField<hub::v1::IssuePlanResponse>, std::move(reply));
}

void CustodyDesk::GetPlanIssue(Incoming in, const hub::v1::GetPlanIssueRequest& request,
                               Reply<hub::v1::GetPlanIssueResponse> reply) const {
  auto child = ChildOf<PlanIssues>(desks_, in.caller, request.name());
  StartMatterReading<hub::v1::GetPlanIssueResponse>(
      desks_, std::move(in), "GetPlanIssue", "plan.issue", std::move(child),
      [this, id = ReadMatterName<PlanIssues>(desks_, request.name())](
          const CaseFile& file, ReadView& view) -> absl::StatusOr<hub::v1::GetPlanIssueResponse> {
        EHC_ASSIGN_OR_RETURN(const auto issue, FindReadable<PlanIssues>(file, view, id));
        EHC_ASSIGN_OR_RETURN(const auto deliveries, DeliveriesOf(issue, view));
        hub::v1::GetPlanIssueResponse response;
        *response.mutable_plan_issue() = ShowIssue(desks_, file, issue, deliveries);
        return response;
      },
      std::move(reply));
}

void CustodyDesk::ListDeliveries(Incoming in, const hub::v1::ListDeliveriesRequest& request,
                                 Reply<hub::v1::ListDeliveriesResponse> reply) const {
  StartMatterList<PlanDeliveries>(desks_, std::move(in), "ListDeliveries", "plan.receive", request,
                                  request.opened() ? Side::kOpener : Side::kAddressee,
                                  ShowDelivery(desks_), std::move(reply));
}

void CustodyDesk::ConfirmDelivery(Incoming in, const hub::v1::ConfirmDeliveryRequest& request,
                                  Reply<hub::v1::ConfirmDeliveryResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "ConfirmDelivery", "plan.receive", request,
                       ChildOf<PlanDeliveries>(desks_, in.caller, request.name()));
  if (ask.ok()) RestOnDuty(*ask, kPurpose);
  MatterEdit<PlanDeliveries>::Target target{ReadMatterName<PlanDeliveries>(desks_, request.name()),
                                            Side::kAddressee, request.etag()};
  StartMutation<hub::v1::ConfirmDeliveryResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<PlanDeliveries>>(std::move(target), Confirming(),
                                                   ShowDelivery(desks_)),
      ShapeFirstField<hub::v1::ConfirmDeliveryResponse>, std::move(reply));
}

void CustodyDesk::RecordService(Incoming in, const hub::v1::RecordServiceRequest& request,
                                Reply<hub::v1::RecordServiceResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "RecordService", "plan.issue", request,
                       ChildOf<PlanIssues>(desks_, in.caller, request.name()));
  if (ask.ok()) RestOnDuty(*ask, kPurpose);
  StartMutation<hub::v1::RecordServiceResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<ServiceMutation>(desks_, ReadMatterName<PlanIssues>(desks_, request.name()),
                                        request),
      ShapeFirstField<hub::v1::RecordServiceResponse>, std::move(reply));
}

}  // namespace ehc
