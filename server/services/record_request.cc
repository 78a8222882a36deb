// Making a request, and showing it to either party; record_request_steps.cc has what becomes of it.
#include "server/services/record_request.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/pipeline/record_request.h"
#include "server/policy/engine.h"
#include "server/services/matters.h"

namespace ehc {
namespace {

using hub::v1::RecordRequest;
using store::v1::RecordRequestPaper;

constexpr int kMostClosedAtOnce = 32;

google::protobuf::Timestamp FromMillis(int64_t ms) { return ToTimestamp(absl::FromUnixMillis(ms)); }

// The number out of hours is for what cannot wait.
void ShowContact(const RecordRequestPaper& paper, RecordRequest& out) {
  if (!paper.has_contact()) return;
  *out.mutable_contact() = paper.contact();
  if (!paper.urgent()) out.mutable_contact()->clear_out_of_hours_telephone();
}

void ShowOutcome(const RecordRequestPaper& paper, RecordRequest& out) {
  switch (out.state()) {
    case hub::v1::RECORD_REQUEST_STATE_APPROVED:
    case hub::v1::RECORD_REQUEST_STATE_APPROVAL_EXPIRED:
      *out.mutable_approved_parts() = paper.approved_parts();
      *out.mutable_approved_until() = FromMillis(paper.approved_until_ms());
      return;
    case hub::v1::RECORD_REQUEST_STATE_DECLINED:
      out.set_decline_reason(paper.decline_reason());
      return;
    default: return;
  }
}

void ShowHandling(const RecordRequestPaper& paper, absl::Time now,
                  hub::v1::RecordRequestHandling& out) {
  out.set_answer(paper.answer());
  if (paper.extended_until_ms() != 0) {
    *out.mutable_extended_until() = FromMillis(paper.extended_until_ms());
  }
  *out.mutable_events() = paper.events();
  out.set_open(AwaitsAnswer(paper, now));
}

absl::StatusOr<absl::Time> DueFrom(const CaseFile& file, const Rooms& rooms, bool urgent) {
  const char* clock = urgent ? "RECORD_REQUEST_URGENT" : "RECORD_REQUEST_ROUTINE";
  const absl::Time now = absl::FromUnixMillis(absl::ToUnixMillis(file.received_at));
  return ClockDue(file, rooms.facts.calendar(), clock, now);
}

// Whether the agreement leaves any part asked for to a person, whoever the child is.
absl::Status CheckLeftToPeople(const CaseFile& file, absl::Time now) {
  const Residual asked(file.ask.request, now, PolicyOf(file));
  if (asked.LeftToPeople() != 0) return absl::OkStatus();
  Decision no;
  no.outcome = Outcome::kDeny;
  no.reason = asked.refusal() == Reason::kNone ? Reason::kNoClause : asked.refusal();
  const Refusal refusal = WireOutcome(no, Presence::kAbsent);
  return RefusalError(refusal.code, refusal.reason, refusal.message);
}

class NewRequest : public Mutation {
 public:
  NewRequest(const Desks& desks, RecordRequest asked, Identifier child)
      : rooms_(desks.rooms), asked_(std::move(asked)), child_(std::move(child)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    const AgencyId& custodian = file.ask.request.custodian;
    EHC_RETURN_IF_ERROR(CheckLeftToPeople(file, rooms_.clock.Now()));
    if (custodian == file.caller.agency()) {
      return FieldInvalid("record_request.custodian: is your own agency; ask the unit itself");
    }
    Plan plan;
    EHC_RETURN_IF_ERROR(CloseAndCount(file, view, plan));
    EHC_ASSIGN_OR_RETURN(OpenedRequest opened, Open(file, view));
    plan.custodian = custodian;
    plan.unit = file.ask.request.custodian_unit;
    plan.parts = file.ask.parts;
    plan.written = Describe(file, opened);
    plan.changes.push_back(PutMatter{std::move(opened.matter)});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const OpenedRequest opened, OpenRequest(rooms_, file, view, resource));
    return Describe(file, opened);
  }

 private:
  // Refuses the request that would be one too many; ends, for the lists, what the clock has ended.
  absl::Status CloseAndCount(const CaseFile& file, ReadView& view, Plan& plan) const {
    MatterFilter filter;
    filter.kind = kRecordRequestKind;
    filter.opener = file.caller.agency();
    filter.only_open = true;
    filter.limit = 2 * kMostOpenRequests;
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> open, view.ListMatters(filter));
    int pending = 0;
    for (Matter& matter : open) {
      EHC_ASSIGN_OR_RETURN(const RecordRequestPaper paper, ReadPaper(matter));
      if (StateAt(paper, file.received_at) == hub::v1::RECORD_REQUEST_STATE_PENDING) {
        ++pending;
      } else if (!AwaitsAnswer(paper, file.received_at) &&
                 plan.changes.size() < kMostClosedAtOnce) {
        matter.open = false;
        ++matter.revision;
        plan.reads.push_back(MatterKey(matter.id));
        plan.changes.push_back(PutMatter{std::move(matter)});
      }
    }
    if (pending < kMostOpenRequests) return absl::OkStatus();
    return RefusalError(absl::StatusCode::kResourceExhausted, "QUOTA_EXCEEDED",
                        "your agency has too many open requests; take some back, or wait");
  }

  // The same work for every child: the number is kept for the day that the child's keys are
  // destroyed, and shows in no answer.
  absl::StatusOr<SubjectId> FindChild(ReadView& view) const {
    EHC_ASSIGN_OR_RETURN(const SubjectId child,
                         view.FindSubject(rooms_.store.IdentifierDigest(child_)));
    EHC_ASSIGN_OR_RETURN(const SubjectId root, view.RootOf(child));
    EHC_ASSIGN_OR_RETURN(const store::v1::Dossier dossier, view.ReadDossier(root));
    return dossier.severed() ? SubjectId{} : child;
  }

  absl::StatusOr<OpenedRequest> Open(const CaseFile& file, ReadView& view) const {
    OpenedRequest opened;
    EHC_ASSIGN_OR_RETURN(const absl::Time due, DueFrom(file, rooms_, asked_.urgent()));
    Matter& matter = opened.matter;
    EHC_ASSIGN_OR_RETURN(matter.subject, FindChild(view));
    if (!file.ask.validate_only) {
      EHC_ASSIGN_OR_RETURN(matter.id, rooms_.store.NewMatterId());
    }
    matter.kind = kRecordRequestKind;
    matter.opener = file.caller.agency();
    matter.addressee = file.ask.request.custodian;
    matter.revision = 1;
    matter.open = true;
    matter.due_at = due;
    WritePaper(file, due, opened.paper);
    matter.body = opened.paper.SerializeAsString();
    return opened;
  }

  void WritePaper(const CaseFile& file, absl::Time due, RecordRequestPaper& paper) const {
    const PolicyRequest& request = file.ask.request;
    store::v1::RecordRequestAsker& asker = *paper.mutable_asker();
    asker.set_agency_type(request.agency_type);
    asker.set_region(request.region);
    asker.set_unit(request.unit.value());
    asker.set_user(request.user);
    asker.set_role(request.role);
    if (request.training_valid_until.has_value()) {
      asker.set_training_until_ms(absl::ToUnixMillis(*request.training_valid_until));
    }
    asker.set_strong_authentication(request.strong_authentication);
    paper.set_subject(FormatSubjectName(child_));
    paper.set_custodian_unit(request.custodian_unit.value());
    paper.set_record_type(asked_.record_type());
    *paper.mutable_parts() = asked_.parts();
    *paper.mutable_context() = asked_.context();
    paper.set_urgent(asked_.urgent());
    paper.set_reason(asked_.reason());
    const std::string contact = rooms_.desk.ContactOf(request.custodian);
    if (!contact.empty()) paper.mutable_contact()->ParseFromString(contact);
    paper.set_created_ms(absl::ToUnixMillis(file.received_at));
    paper.set_due_ms(absl::ToUnixMillis(due));
    AddRequestEvent(file, hub::v1::RECORD_REQUEST_ACT_CREATED, "", paper);
  }

  Written Describe(const CaseFile& file, const OpenedRequest& opened) const {
    Written written = DescribeRequest(rooms_, file, opened);
    if (file.ask.validate_only) static_cast<RecordRequest&>(*written.value).clear_name();
    return written;
  }

  const Rooms& rooms_;
  const RecordRequest asked_;
  const Identifier child_;
};

}  // namespace

absl::Status NoSuchRequest() {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      "there is no such request of your unit's, or to it");
}

std::optional<RequestSide> SideOf(const CaseFile& file, const Matter& matter,
                                  const RecordRequestPaper& paper) {
  if (!file.caller.person().has_value()) return std::nullopt;
  if (matter.opener == file.caller.agency() && IsOfUnit(file, paper.asker().unit())) {
    return RequestSide::kAsking;
  }
  if (matter.addressee == file.caller.agency() && IsOfUnit(file, paper.custodian_unit()) &&
      MayAct(file.caller, "record_request.handle", file.received_at, PolicyOf(file))) {
    return RequestSide::kAsked;
  }
  return std::nullopt;
}

absl::StatusOr<OpenedRequest> OpenRequest(const Rooms& rooms, const CaseFile& file, ReadView& view,
                                          const std::string& name) {
  EHC_ASSIGN_OR_RETURN(
      std::optional<Matter> matter,
      view.FindMatter(kRecordRequestKind, rooms.names.OpenMatter(kRecordRequests, name)));
  if (!matter.has_value()) return NoSuchRequest();
  OpenedRequest opened;
  EHC_ASSIGN_OR_RETURN(opened.paper, ReadPaper(*matter));
  const std::optional<RequestSide> side = SideOf(file, *matter, opened.paper);
  if (!side.has_value()) return NoSuchRequest();
  opened.matter = *std::move(matter);
  opened.side = *side;
  return opened;
}

RecordRequest ShowRequest(const Rooms& rooms, const CaseFile& file, const OpenedRequest& opened) {
  const RecordRequestPaper& paper = opened.paper;
  const absl::Time now = file.received_at;
  RecordRequest out;
  out.set_name(rooms.names.MatterName(kRecordRequests, opened.matter.id));
  out.set_requester(AgencyNameOf(opened.matter.opener));
  out.set_requester_unit(paper.asker().unit());
  out.set_requester_role(paper.asker().role());
  out.set_custodian(AgencyNameOf(opened.matter.addressee));
  out.set_custodian_unit(paper.custodian_unit());
  out.set_subject(paper.subject());
  out.set_record_type(paper.record_type());
  *out.mutable_parts() = paper.parts();
  *out.mutable_context() = paper.context();
  out.set_urgent(paper.urgent());
  out.set_reason(paper.reason());
  out.set_state(StateAt(paper, now));
  *out.mutable_created_at() = FromMillis(paper.created_ms());
  *out.mutable_due_at() = FromMillis(paper.due_ms());
  ShowContact(paper, out);
  ShowOutcome(paper, out);
  const bool asked = opened.side == RequestSide::kAsked;
  out.set_etag(EtagOf(asked ? opened.matter.revision : RevisionShownAt(paper, now)));
  if (asked) ShowHandling(paper, now, *out.mutable_handling());
  return out;
}

Written DescribeRequest(const Rooms& rooms, const CaseFile& file, const OpenedRequest& opened) {
  Written written;
  written.resource = rooms.names.MatterName(kRecordRequests, opened.matter.id);
  written.version = opened.matter.revision;
  written.value = std::make_unique<RecordRequest>(ShowRequest(rooms, file, opened));
  return written;
}

void AddRequestEvent(const CaseFile& file, hub::v1::RecordRequestAct act, const std::string& note,
                     RecordRequestPaper& paper) {
  hub::v1::RecordRequestEvent& event = *paper.add_events();
  event.set_act(act);
  *event.mutable_at() = FromMillis(absl::ToUnixMillis(file.received_at));
  event.set_agency(AgencyNameOf(file.caller.agency()));
  event.set_user(file.caller.person()->user);
  event.set_role(file.caller.person()->role);
  event.set_note(note);
}

absl::StatusOr<NewRecordRequest> ReadNewRequest(
    const Desks& desks, const Caller& caller, const hub::v1::CreateRecordRequestRequest& request) {
  const RecordRequest& asked = request.record_request();
  EHC_ASSIGN_OR_RETURN(const SubjectRef child,
                       ReadSubject(desks, caller, asked.subject(), "record_request.subject"));
  if (!child.identifier.has_value()) {
    return FieldInvalid(
        "record_request.subject: state an identifier, not your own name of a child");
  }
  if (asked.context().has_break_glass()) {
    return FieldInvalid("record_request.context.break_glass: a person decides; leave it out");
  }
  NewRecordRequest made;
  made.ask = MutationAsk(desks, "CreateRecordRequest", "record_request.create",
                         request.request_id(), request);
  // The child stays outside: nothing of the call may depend on whether there is one.
  made.ask.asks_custodian = true;
  made.ask.request.disclosure = DisclosureKind::kContent;
  made.ask.request.custodian = ReadAgency(asked.custodian());
  made.ask.request.custodian_unit = UnitId(asked.custodian_unit());
  made.ask.request.record_type = asked.record_type();
  ReadContext(asked.context(), made.ask.request);
  made.ask.parts.assign(asked.parts().begin(), asked.parts().end());
  made.ask.justification = asked.reason();
  made.ask.validate_only = request.validate_only();
  made.mutation = std::make_shared<NewRequest>(desks, asked, *child.identifier);
  return made;
}

}  // namespace ehc
