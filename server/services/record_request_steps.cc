// What becomes of a request: the custodian's people approve, decline, extend or have nothing to
// share; the asking unit takes it back.
#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"
#include "server/pipeline/record_request.h"
#include "server/policy/engine.h"
#include "server/services/matters.h"
#include "server/services/record_request.h"

namespace ehc {
namespace {

using store::v1::RecordRequestPaper;

constexpr int kMostEvents = 64;

absl::Status CheckUnanswered(const RecordRequestPaper& paper) {
  if (paper.cancelled_ms() != 0) return StateConflict("name: the request was taken back");
  if (paper.answer() != hub::v1::CUSTODIAN_ANSWER_UNSPECIFIED) {
    return StateConflict("name: the request was answered");
  }
  if (paper.events_size() >= kMostEvents) return StateConflict("name: too much was done with it");
  return absl::OkStatus();
}

// The asking agency was told a moment: what it may see is settled by then.
absl::Status CheckBeforeDeadline(const CaseFile& file, const RecordRequestPaper& paper) {
  if (file.received_at < absl::FromUnixMillis(paper.due_ms())) return absl::OkStatus();
  return StateConflict("name: the request has closed at its deadline; have them ask again");
}

class StepMutation : public Mutation {
 public:
  StepMutation(const Desks& desks, RequestSide whose, std::string name, std::string etag,
               RequestStep step)
      : rooms_(desks.rooms),
        whose_(whose),
        name_(std::move(name)),
        etag_(std::move(etag)),
        step_(std::move(step)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(OpenedRequest opened, OpenRequest(rooms_, file, view, name_));
    EHC_RETURN_IF_ERROR(CheckSide(opened.side));
    const int64_t seen = whose_ == RequestSide::kAsked
                             ? opened.matter.revision
                             : RevisionShownAt(opened.paper, file.received_at);
    EHC_RETURN_IF_ERROR(CheckEtag(etag_, seen));
    Plan plan;
    plan.reads.push_back(MatterKey(opened.matter.id));
    EHC_RETURN_IF_ERROR(step_(file, view, opened, plan));
    opened.matter.body = opened.paper.SerializeAsString();
    ++opened.matter.revision;
    plan.written = DescribeRequest(rooms_, file, opened);
    plan.changes.push_back(PutMatter{std::move(opened.matter)});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const OpenedRequest opened, OpenRequest(rooms_, file, view, resource));
    return DescribeRequest(rooms_, file, opened);
  }

 private:
  absl::Status CheckSide(RequestSide side) const {
    if (side == whose_) return absl::OkStatus();
    return RefusalError(absl::StatusCode::kPermissionDenied, "POLICY_DENIED",
                        whose_ == RequestSide::kAsked
                            ? "name: your agency asked; only the custodian's people answer"
                            : "name: your agency is asked; only the asking unit takes it back");
  }

  const Rooms& rooms_;
  const RequestSide whose_;
  const std::string name_;
  const std::string etag_;
  const RequestStep step_;
};

// The request as the person who asked would put it now, to the custodian that answers.
PolicyRequest RequestOf(const CaseFile& file, const Matter& matter,
                        const RecordRequestPaper& paper) {
  PolicyRequest request;
  const store::v1::RecordRequestAsker& asker = paper.asker();
  request.agency = matter.opener;
  request.agency_type = asker.agency_type();
  request.region = asker.region();
  request.unit = UnitId(asker.unit());
  request.user = asker.user();
  request.role = asker.role();
  if (asker.training_until_ms() != 0) {
    request.training_valid_until = absl::FromUnixMillis(asker.training_until_ms());
  }
  request.strong_authentication = asker.strong_authentication();
  request.custodian = matter.addressee;
  request.custodian_unit = UnitId(paper.custodian_unit());
  request.custodian_type = file.caller.agency_type();
  request.custodian_region = file.caller.region();
  request.record_type = paper.record_type();
  ReadContext(paper.context(), request);
  return request;
}

class Approval {
 public:
  Approval(const Desks& desks, hub::v1::ApproveRecordRequestRequest request)
      : desks_(desks), request_(std::move(request)) {}

  absl::Status operator()(const CaseFile& file, ReadView& view, OpenedRequest& opened,
                          Plan& plan) const {
    RecordRequestPaper& paper = opened.paper;
    EHC_RETURN_IF_ERROR(CheckUnanswered(paper));
    EHC_RETURN_IF_ERROR(CheckBeforeDeadline(file, paper));
    EHC_RETURN_IF_ERROR(CheckAsked(paper));
    EHC_RETURN_IF_ERROR(CheckUntil(file));
    EHC_RETURN_IF_ERROR(CheckPolicy(file, view, opened, plan));
    paper.set_answer(hub::v1::CUSTODIAN_ANSWER_APPROVED);
    *paper.mutable_approved_parts() = request_.parts();
    paper.set_approved_until_ms(absl::ToUnixMillis(FromTimestamp(request_.approved_until())));
    paper.set_approved_by_role(file.caller.person()->role);
    AddRequestEvent(file, hub::v1::RECORD_REQUEST_ACT_APPROVED, request_.note(), paper);
    opened.matter.open = false;
    plan.parts.assign(request_.parts().begin(), request_.parts().end());
    return absl::OkStatus();
  }

 private:
  absl::Status CheckAsked(const RecordRequestPaper& paper) const {
    for (const std::string& part : request_.parts()) {
      if (std::find(paper.parts().begin(), paper.parts().end(), part) == paper.parts().end()) {
        return FieldInvalid("parts: only what was asked for can be approved");
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckUntil(const CaseFile& file) const {
    const absl::Time until = FromTimestamp(request_.approved_until());
    if (until <= file.received_at) return FieldInvalid("approved_until: lies in the past");
    EHC_ASSIGN_OR_RETURN(
        const absl::Time last,
        ClockDue(file, desks_.rooms.facts.calendar(), "RECORD_REQUEST_APPROVAL", file.received_at));
    if (until <= last) return absl::OkStatus();
    return FieldInvalid("approved_until: lies further ahead than the policy allows an approval");
  }

  // Whatever the person says, policy must leave every part to a person, for this child, now; and
  // will be asked again at each read.
  absl::Status CheckPolicy(const CaseFile& file, ReadView& view, const OpenedRequest& opened,
                           Plan& plan) const {
    const Rooms& rooms = desks_.rooms;
    const PolicySnapshot& policy = PolicyOf(file);
    PolicyRequest request = RequestOf(file, opened.matter, opened.paper);
    const RecordSchema* schema = policy.FindSchema(request.record_type);
    for (const std::string& part : request_.parts()) {
      const int index = schema == nullptr ? -1 : schema->IndexOf(part);
      if (index < 0) return NotLeftToPeople();
      request.parts |= PartMask{1} << index;
    }
    EHC_ASSIGN_OR_RETURN(const store::v1::Dossier dossier,
                         ReadChild(opened.paper, file, view, plan));
    const Facts facts =
        AssembleFacts(dossier, request, schema, file.received_at, rooms.facts.calendar(), &policy);
    const Decision decision = Decide(request, facts, rooms.clock.Now(), policy);
    const PartMask open = decision.referred | decision.granted;
    return (request.parts & ~open) == 0 ? absl::OkStatus() : NotLeftToPeople();
  }

  absl::StatusOr<store::v1::Dossier> ReadChild(const RecordRequestPaper& paper,
                                               const CaseFile& file, ReadView& view,
                                               Plan& plan) const {
    EHC_ASSIGN_OR_RETURN(const SubjectRef ref, ReadSubject(desks_, file.caller, paper.subject()));
    const Digest digest = desks_.rooms.store.IdentifierDigest(*ref.identifier);
    EHC_ASSIGN_OR_RETURN(const SubjectId named, view.FindSubject(digest));
    EHC_ASSIGN_OR_RETURN(const SubjectId child, view.RootOf(named));
    plan.reads.push_back(IdentifierKey(DigestView(digest)));
    plan.reads.push_back(SubjectKey(child));
    EHC_ASSIGN_OR_RETURN(store::v1::Dossier dossier, view.ReadDossier(child));
    if (dossier.severed()) dossier.Clear();
    return dossier;
  }

  static absl::Status NotLeftToPeople() {
    return RefusalError(absl::StatusCode::kPermissionDenied, "POLICY_DENIED",
                        "parts: policy leaves not every part named to a person");
  }

  const Desks desks_;
  const hub::v1::ApproveRecordRequestRequest request_;
};

}  // namespace

std::shared_ptr<const Mutation> MakeRequestStep(const Desks& desks, RequestSide whose,
                                                std::string name, std::string etag,
                                                RequestStep step) {
  return std::make_shared<StepMutation>(desks, whose, std::move(name), std::move(etag),
                                        std::move(step));
}

RequestStep Approving(const Desks& desks, const hub::v1::ApproveRecordRequestRequest& request) {
  return Approval(desks, request);
}

RequestStep Declining(const hub::v1::DeclineRecordRequestRequest& request) {
  return [request](const CaseFile& file, ReadView&, OpenedRequest& opened, Plan&) -> absl::Status {
    RecordRequestPaper& paper = opened.paper;
    EHC_RETURN_IF_ERROR(CheckUnanswered(paper));
    if (request.openly() == request.open_reason().empty()) {
      return FieldInvalid("open_reason: state it with openly, and with nothing else");
    }
    if (!request.openly()) {
      paper.set_answer(hub::v1::CUSTODIAN_ANSWER_DECLINED_IN_CONFIDENCE);
      AddRequestEvent(file, hub::v1::RECORD_REQUEST_ACT_DECLINED_IN_CONFIDENCE, request.note(),
                      paper);
      return absl::OkStatus();
    }
    EHC_RETURN_IF_ERROR(CheckBeforeDeadline(file, paper));
    paper.set_answer(hub::v1::CUSTODIAN_ANSWER_DECLINED_OPENLY);
    paper.set_decline_reason(request.open_reason());
    AddRequestEvent(file, hub::v1::RECORD_REQUEST_ACT_DECLINED_OPENLY, request.note(), paper);
    opened.matter.open = false;
    return absl::OkStatus();
  };
}

RequestStep Extending(const hub::v1::ExtendRecordRequestRequest& request) {
  return [request](const CaseFile& file, ReadView&, OpenedRequest& opened, Plan&) -> absl::Status {
    EHC_RETURN_IF_ERROR(CheckUnanswered(opened.paper));
    const absl::Time until = FromTimestamp(request.extended_until());
    if (until <= file.received_at) return FieldInvalid("extended_until: lies in the past");
    opened.paper.set_extended_until_ms(absl::ToUnixMillis(until));
    AddRequestEvent(file, hub::v1::RECORD_REQUEST_ACT_EXTENDED, request.note(), opened.paper);
    opened.matter.open = true;
    return absl::OkStatus();
  };
}

RequestStep AnsweringNothing(const hub::v1::AnswerNothingToShareRequest& request) {
  return [request](const CaseFile& file, ReadView&, OpenedRequest& opened, Plan&) -> absl::Status {
    EHC_RETURN_IF_ERROR(CheckUnanswered(opened.paper));
    opened.paper.set_answer(hub::v1::CUSTODIAN_ANSWER_NOTHING_TO_SHARE);
    AddRequestEvent(file, hub::v1::RECORD_REQUEST_ACT_ANSWERED_NOTHING_TO_SHARE, request.note(),
                    opened.paper);
    return absl::OkStatus();
  };
}

RequestStep Cancelling() {
  return [](const CaseFile& file, ReadView&, OpenedRequest& opened, Plan&) -> absl::Status {
    const auto state = StateAt(opened.paper, file.received_at);
    if (state != hub::v1::RECORD_REQUEST_STATE_PENDING &&
        state != hub::v1::RECORD_REQUEST_STATE_APPROVED) {
      return StateConflict("name: the request is over");
    }
    opened.paper.set_cancelled_ms(absl::ToUnixMillis(file.received_at));
    AddRequestEvent(file, hub::v1::RECORD_REQUEST_ACT_CANCELLED, "", opened.paper);
    opened.matter.open = false;
    return absl::OkStatus();
  };
}

}  // namespace ehc
