// Recalling a wrong push, and what its recipients did with it.
#include <algorithm>
#include <utility>
#include <vector>

#include "server/model/joined.h"
#include "server/services/custody_desk.h"
#include "server/services/incidents.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::RecallRecordRequest;

constexpr char kRecall[] = "RecallRecord";

absl::Status NoSuchRecord() {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      "record: your agency keeps no such record or version");
}

// Which record the message means, as far as that can be said before the call is opened.
struct Target {
  SubjectRef subject;
  RecordId record;          // named; 0: by type and local id
  std::string record_type;  // empty: a name that is not the caller's
};

absl::StatusOr<Target> ReadTarget(const Desks& desks, const Caller& caller,
                                  const RecallRecordRequest& request) {
  Target target;
  if (request.record().empty()) {
    if (request.subject().empty() || request.record_type().empty()) {
      return FieldInvalid("record: is left out; name it, or state subject and record_type");
    }
    EHC_ASSIGN_OR_RETURN(target.subject, ReadSubject(desks, caller, request.subject()));
    target.record_type = request.record_type();
    return target;
  }
  if (!request.subject().empty() || !request.record_type().empty() || !request.local_id().empty()) {
    return FieldInvalid("record: says which; leave out subject, record_type and local_id");
  }
  target.record = desks.rooms.names.OpenRecord(caller.agency(), request.record());
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, desks.rooms.store.Read());
  EHC_ASSIGN_OR_RETURN(const std::optional<RecordHead> head, view->FindRecordById(target.record));
  target.subject.subject = SubjectId{};
  if (!head.has_value() || head->custodian != caller.agency()) return target;
  target.subject.subject = head->subject;
  target.record_type = head->record_type;
  return target;
}

absl::StatusOr<std::vector<Opened<Incidents>>> IncidentsOf(const RecordHead& head, ReadView& view) {
  MatterFilter filter;
  filter.kind = Incidents::kKind;
  filter.subject = head.subject;
  std::vector<Opened<Incidents>> found;
  while (true) {
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      filter.after = matter.id;
      EHC_ASSIGN_OR_RETURN(Opened<Incidents> one, Unpack<Incidents>(std::move(matter)));
      if (one.body.record() == head.id.value) found.push_back(std::move(one));
    }
    if (static_cast<int>(matters.size()) < filter.limit) return found;
  }
}

// Withdraws the record, opens the incident and sends the notices: one commit. A disclosure that
// commits first makes none of this stale; RecallCompletion adds what came between.
class RecallMutation : public Mutation {
 public:
  RecallMutation(const Desks& desks, const Calendar& calendar, RecallRecordRequest request,
                 Target target)
      : desks_(desks),
        calendar_(calendar),
        request_(std::move(request)),
        target_(std::move(target)),
        show_(IncidentShow(desks, true)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(const RecordHead head, FindHead(file, view));
    EHC_ASSIGN_OR_RETURN(const std::vector<Opened<Incidents>> before, IncidentsOf(head, view));
    int64_t first = 1;
    for (const Opened<Incidents>& incident : before) {
      if (Covers(incident, head)) return Plan{DescribeMatter(file, incident, show_), {}, {}};
      first = std::max(first, incident.body.last_version() + 1);
    }
    if (head.quarantined) return NoSuchRecord();
    EHC_ASSIGN_OR_RETURN(Opened<Incidents> incident, NewIncident(file, head, first));
    Plan plan;
    if (incident.body.last_version() == head.version) plan.changes.push_back(Withdrawn(head));
    EHC_ASSIGN_OR_RETURN(auto missing, DisclosuresMissingFrom(incident, view));
    EHC_RETURN_IF_ERROR(SendNotices(desks_, file, view, std::move(missing), incident, plan));
    plan.changes.push_back(Put(incident));
    plan.written = DescribeMatter(file, incident, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<Incidents> incident,
                         FindMatterOf<Incidents>(view, MatterOfResource(resource),
                                                 file.caller.agency(), Side::kOpener));
    return DescribeMatter(file, incident, show_);
  }

 private:
  absl::StatusOr<RecordHead> FindHead(const CaseFile& file, ReadView& view) const {
    if (!file.facts.subject_known) return NoSuchRecord();
    EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head, Lookup(file, view));
    if (!head.has_value() || head->custodian != file.caller.agency() ||
        !IsNumberOf(file.dossier, file.subject, head->subject) ||
        !IsOfUnit(file, head->unit.value()) || request_.version() > head->version) {
      return NoSuchRecord();
    }
    return *std::move(head);
  }

  absl::StatusOr<std::optional<RecordHead>> Lookup(const CaseFile& file, ReadView& view) const {
    if (target_.record.known()) return view.FindRecordById(target_.record);
    const AgencyId& own = file.caller.agency();
    const std::string& local_id = request_.local_id();
    if (local_id.empty()) return view.FindRecord(file.subject, own, target_.record_type);
    EHC_ASSIGN_OR_RETURN(
        std::optional<RecordHead> head,
        view.FindRecordByLocalId(file.subject, own, target_.record_type, local_id));
    if (head.has_value()) return head;
    // Outcomes are counted child by child.
    return view.FindRecordByLocalId(file.subject, own, target_.record_type,
                                    absl::StrCat(file.known_as.value, ":", local_id));
  }

  bool Covers(const Opened<Incidents>& incident, const RecordHead& head) const {
    const store::v1::IncidentBody& body = incident.body;
    if (request_.version() == 0) return head.quarantined && body.last_version() + 1 == head.version;
    return body.first_version() <= request_.version() && request_.version() <= body.last_version();
  }

  absl::StatusOr<Opened<Incidents>> NewIncident(const CaseFile& file, const RecordHead& head,
                                                int64_t first) const {
    const absl::Time aware = request_.has_became_aware_at()
                                 ? FromTimestamp(request_.became_aware_at())
                                 : file.received_at;
    if (aware > file.received_at) {
      return FieldInvalid("became_aware_at: lies in the future; state when it became known");
    }
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(Opened<Incidents> incident,
                         NewMatter<Incidents>(desks_.rooms.store, own, own, head.subject));
    EHC_ASSIGN_OR_RETURN(incident.matter.due_at, ClockDue(file, calendar_, "BREACH_REPORT", aware));
    store::v1::IncidentBody& body = incident.body;
    body.set_unit(head.unit.value());
    body.set_record(head.id.value);
    body.set_record_type(head.record_type);
    body.set_first_version(request_.version() == 0 ? first : request_.version());
    body.set_last_version(request_.version() == 0 ? head.version : request_.version());
    body.set_reason(request_.reason());
    body.set_explanation(request_.explanation());
    body.set_aware_ms(absl::ToUnixMillis(aware));
    body.set_recalled_ms(absl::ToUnixMillis(file.received_at));
    return incident;
  }

  // The version that stands in the record's place: empty, never released, and older than every
  // other record of its type, so that none is hidden behind it.
  static PutRecord Withdrawn(const RecordHead& head) {
    PutRecord put{Record{head, {}}};
    ++put.record.head.version;
    put.record.head.quarantined = true;
    put.record.head.published_at = absl::UnixEpoch();
    put.record.head.contact.clear();
    return put;
  }

  const Desks& desks_;
  const Calendar& calendar_;
  const RecallRecordRequest request_;
  const Target target_;
  const MatterShow<Incidents> show_;
};

// After the record was withdrawn: tells those to whom it was disclosed while the recall was being
// planned. None can follow them.
class RecallCompletion : public Mutation {
 public:
  explicit RecallCompletion(const Desks& desks) : desks_(desks), show_(IncidentShow(desks, true)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(const std::optional<RequestRow> row,
                         view.FindRequest(file.caller.agency(), kRecall, file.ask.request_id));
    if (!row.has_value()) return absl::InternalError("a recall that was not remembered");
    EHC_ASSIGN_OR_RETURN(Opened<Incidents> incident, Find(file, view, row->resource));
    EHC_ASSIGN_OR_RETURN(auto missing, DisclosuresMissingFrom(incident, view));
    Plan plan;
    if (!missing.empty()) {
      EHC_RETURN_IF_ERROR(SendNotices(desks_, file, view, std::move(missing), incident, plan));
      ++incident.matter.revision;
      plan.reads.push_back(MatterKey(incident.matter.id));
      plan.changes.push_back(Put(incident));
    }
    plan.written = DescribeMatter(file, incident, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<Incidents> incident, Find(file, view, resource));
    return DescribeMatter(file, incident, show_);
  }

 private:
  static absl::StatusOr<Opened<Incidents>> Find(const CaseFile& file, ReadView& view,
                                                const std::string& resource) {
    return FindMatterOf<Incidents>(view, MatterOfResource(resource), file.caller.agency(),
                                   Side::kOpener);
  }

  const Desks& desks_;
  const MatterShow<Incidents> show_;
};

Ask RecallAsk(const Desks& desks, const Caller& caller, const RecallRecordRequest& request,
              const Target& target, const char* method) {
  Ask ask = MutationAsk(desks, method, "record.recall", request.request_id(), request);
  ask.subject = target.subject;
  ask.request.record_type = target.record_type;
  ask.request.custodian = caller.agency();
  ask.request.custodian_unit = ActingUnit(caller, request.unit());
  ask.request.case_reference = request.case_reference();
  ask.justification = request.explanation();
  ask.validate_only = request.validate_only();
  RestOnDuty(ask, "");
  return ask;
}

absl::Status CheckAcknowledgement(const hub::v1::AcknowledgeNoticeRequest& request) {
  const bool explained = !request.handling_note().empty();
  if (request.handling() != hub::v1::NOTICE_HANDLING_KEPT || explained) return absl::OkStatus();
  return FieldInvalid("handling_note: is left out; say why it is kept");
}

// Writes the answer into the notice, and into the incident for its custodian to see.
MatterEdit<Notices>::Edit Acknowledging(const hub::v1::AcknowledgeNoticeRequest& request) {
  return [request](const CaseFile& file, ReadView& view, Opened<Notices>& notice,
                   Plan& plan) -> absl::Status {
    if (!notice.matter.open) return StateConflict("name: it was acknowledged already");
    store::v1::NoticeAnswer& answer = *notice.body.mutable_answer();
    answer.set_handling(request.handling());
    answer.set_note(request.handling_note());
    answer.set_at_ms(absl::ToUnixMillis(file.received_at));
    notice.matter.open = false;
    if (notice.body.incident() == 0) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(Opened<Incidents> incident,
                         FindMatterOf<Incidents>(view, MatterId{notice.body.incident()},
                                                 notice.matter.opener, Side::kOpener));
    for (store::v1::IncidentParty& party : *incident.body.mutable_parties()) {
      if (party.notice() == notice.matter.id.value) *party.mutable_answer() = answer;
    }
    incident.matter.open = AwaitsRecipients(incident);
    ++incident.matter.revision;
    plan.reads.push_back(MatterKey(incident.matter.id));
    plan.changes.push_back(Put(incident));
    return absl::OkStatus();
  };
}

}  // namespace

void CustodyDesk::RecallRecord(Incoming in, const RecallRecordRequest& request,
                               Reply<hub::v1::RecallRecordResponse> reply) const {
  using Resp = hub::v1::RecallRecordResponse;
  const uint64_t id = in.call_id;
  if (absl::Status unit = CheckUnit(in.caller, request.unit()); !unit.ok()) {
    return Fail(id, unit, std::move(reply));
  }
  absl::StatusOr<Target> target = ReadTarget(desks_, in.caller, request);
  if (!target.ok()) return Fail(id, target.status(), std::move(reply));
  auto calls = desks_.rooms.desk.OpenAll(
      id, in.caller,
      {RecallAsk(desks_, in.caller, request, *target, kRecall),
       RecallAsk(desks_, in.caller, request, *target, "RecallRecord.completion")});
  if (!calls.ok()) return Fail(id, calls.status(), std::move(reply));
  auto recall = std::make_shared<RecallMutation>(desks_, calendar_, request, *std::move(target));
  auto completion = std::make_shared<RecallCompletion>(desks_);
  Mutate<Resp>(desks_.rooms, std::move((*calls)[0]), std::move(recall), ShapeFirstField<Resp>,
               [this, completion, then = std::move((*calls)[1]), only = request.validate_only(),
                reply = std::move(reply)](Answer<Resp> answer) mutable {
                 if (only || !answer.discloses()) return reply(std::move(answer));
                 Mutate<Resp>(desks_.rooms, std::move(then), std::move(completion),
                              ShapeFirstField<Resp>, std::move(reply));
               });
}

void CustodyDesk::GetIncident(Incoming in, const hub::v1::GetIncidentRequest& request,
                              Reply<hub::v1::GetIncidentResponse> reply) const {
  auto child = ChildOf<Incidents>(desks_, in.caller, request.name());
  StartMatterReading<hub::v1::GetIncidentResponse>(
      desks_, std::move(in), "GetIncident", "incident.read", std::move(child),
      [this, id = ReadMatterName<Incidents>(desks_, request.name())](
          const CaseFile& file, ReadView& view) -> absl::StatusOr<hub::v1::GetIncidentResponse> {
        EHC_ASSIGN_OR_RETURN(
            Opened<Incidents> incident,
            FindMatterOf<Incidents>(view, id, file.caller.agency(), Side::kOpener));
        if (!IsOfUnit(file, incident.body.unit())) return NoSuchMatter();
        EHC_RETURN_IF_ERROR(AddUnlisted(view, incident));
        hub::v1::GetIncidentResponse response;
        *response.mutable_incident() = IncidentShow(desks_, true)(file, incident);
        return response;
      },
      std::move(reply));
}

void CustodyDesk::ListIncidents(Incoming in, const hub::v1::ListIncidentsRequest& request,
                                Reply<hub::v1::ListIncidentsResponse> reply) const {
  StartMatterList<Incidents>(desks_, std::move(in), "ListIncidents", "incident.read", request,
                             Side::kOpener, IncidentShow(desks_, false), std::move(reply));
}

void CustodyDesk::ListNotices(Incoming in, const hub::v1::ListNoticesRequest& request,
                              Reply<hub::v1::ListNoticesResponse> reply) const {
  StartMatterList<Notices>(desks_, std::move(in), "ListNotices", "notice.read", request,
                           request.opened() ? Side::kOpener : Side::kAddressee, NoticeShow(desks_),
                           std::move(reply));
}

void CustodyDesk::AcknowledgeNotice(Incoming in, const hub::v1::AcknowledgeNoticeRequest& request,
                                    Reply<hub::v1::AcknowledgeNoticeResponse> reply) const {
  if (absl::Status stated = CheckAcknowledgement(request); !stated.ok()) {
    return Fail(in.call_id, stated, std::move(reply));
  }
  auto ask = MatterAsk(desks_, in.caller, "AcknowledgeNotice", "notice.acknowledge", request,
                       ChildOf<Notices>(desks_, in.caller, request.name()));
  MatterEdit<Notices>::Target target{ReadMatterName<Notices>(desks_, request.name()),
                                     Side::kAddressee, request.etag()};
  StartMutation<hub::v1::AcknowledgeNoticeResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<Notices>>(std::move(target), Acknowledging(request),
                                            NoticeShow(desks_)),
      ShapeFirstField<hub::v1::AcknowledgeNoticeResponse>, std::move(reply));
}

}  // namespace ehc
