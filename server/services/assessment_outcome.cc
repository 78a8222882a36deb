#include "server/services/assessment_outcome.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/records.pb.h"
#include "server/base/status_macros.h"
#include "server/services/dossier_items.h"

namespace ehc {
namespace {

using hub::v1::AssessmentOutcome;

constexpr char kList[] = "assessmentOutcomes";

void AddPart(const char* code, const AssessmentOutcome& value, bool checked,
             std::vector<Part>& parts) {
  std::string content = value.SerializeAsString();
  if (!content.empty()) parts.push_back({code, std::move(content), checked});
}

std::vector<Part> CutOutcome(const AssessmentOutcome& outcome) {
  std::vector<Part> parts;
  AssessmentOutcome result;
  result.set_assessment_type(outcome.assessment_type());
  result.set_outcome(outcome.outcome());
  result.set_completed_on(outcome.completed_on());
  result.set_closes_case(outcome.closes_case());
  AddPart("OUTCOME", result, false, parts);
  const bool checked = outcome.location_checked();
  AssessmentOutcome summary, next_steps, risk, contact;
  summary.set_summary(outcome.summary());
  AddPart("SUMMARY", summary, checked, parts);
  next_steps.set_next_steps(outcome.next_steps());
  AddPart("NEXT_STEPS", next_steps, checked, parts);
  risk.set_risk(outcome.risk());
  AddPart("RISK", risk, checked, parts);
  if (outcome.has_contact()) *contact.mutable_contact() = outcome.contact();
  AddPart("CONTACT", contact, false, parts);
  return parts;
}

// What of the outcome the hub needs to know by itself: which case it is of, and whether it ends it.
// Never released.
std::string HeaderOf(const AssessmentOutcome& outcome) {
  AssessmentOutcome header;
  header.set_case_id(outcome.case_id());
  header.set_closes_case(outcome.closes_case());
  return header.SerializeAsString();
}

absl::Status Missing(absl::string_view field) {
  return FieldInvalid(absl::StrCat("assessment_outcome.", field, ": is left out"));
}

class OutcomeMutation : public Mutation {
 public:
  OutcomeMutation(const Desks& desks, AssessmentOutcome outcome)
      : rooms_(desks.rooms), outcome_(std::move(outcome)), parts_(CutOutcome(outcome_)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    if (!file.facts.subject_known) return NotRegistered();
    EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> previous, Previous(file, view));
    if (previous.has_value()) return PlanAgain(file, *previous, view);
    EHC_RETURN_IF_ERROR(CheckCaseIsOpen(file, view));
    EHC_ASSIGN_OR_RETURN(RecordHead head, NewHead(file));
    Plan plan;
    plan.written = Describe(file, head);
    for (const Part& part : parts_) plan.parts.push_back(part.code);
    plan.content_digest = DigestOf(parts_);
    plan.changes.push_back(PutRecord{Record{std::move(head), parts_}});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string&) const override {
    if (!file.facts.subject_known) return NotRegistered();
    EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head, Previous(file, view));
    if (!head.has_value()) return NotRegistered();
    return Describe(file, *head);
  }

 private:
  absl::StatusOr<std::optional<RecordHead>> Previous(const CaseFile& file, ReadView& view) const {
    return view.FindRecordByLocalId(file.subject, file.caller.agency(), kOutcomeType,
                                    LocalId(file));
  }

  // Unique for the child: the agency may count each child's outcomes from one.
  std::string LocalId(const CaseFile& file) const {
    return absl::StrCat(file.known_as.value, ":", outcome_.outcome_id());
  }

  // Under the id of one that is there: the same, or a contradiction.
  absl::StatusOr<Plan> PlanAgain(const CaseFile& file, const RecordHead& previous,
                                 ReadView& view) const {
    std::vector<absl::string_view> codes;
    for (const PartSchema& part : file.decision.schema->parts) codes.push_back(part.code);
    EHC_ASSIGN_OR_RETURN(std::vector<Part> held, view.ReadParts(previous, codes));
    const bool same = DigestOf(held) == DigestOf(InSchemaOrder(*file.decision.schema)) &&
                      previous.summary == HeaderOf(outcome_);
    if (!same) {
      return StateConflict(
          "assessment_outcome.outcome_id: was recorded with other content; an outcome "
          "is not changed: record another one");
    }
    return Plan{Describe(file, previous), {}, {}};
  }

  std::vector<Part> InSchemaOrder(const RecordSchema& schema) const {
    std::vector<Part> ordered;
    for (const PartSchema& part : schema.parts) {
      for (const Part& own : parts_) {
        if (own.code == part.code) ordered.push_back(own);
      }
    }
    return ordered;
  }

  absl::Status CheckCaseIsOpen(const CaseFile& file, ReadView& view) const {
    EHC_ASSIGN_OR_RETURN(std::vector<RecordHead> heads,
                         view.ListRecords(file.subject, kOutcomeType));
    for (const RecordHead& head : heads) {
      if (head.custodian != file.caller.agency() || head.unit != file.ask.request.custodian_unit ||
          head.quarantined) {
        continue;
      }
      AssessmentOutcome header;
      if (!header.ParseFromString(head.summary)) return absl::DataLossError("an outcome's header");
      if (header.case_id() == outcome_.case_id() && header.closes_case()) {
        return StateConflict("assessment_outcome.case_id: the case is closed; open another one");
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<RecordHead> NewHead(const CaseFile& file) const {
    RecordHead head;
    EHC_ASSIGN_OR_RETURN(head.id, rooms_.store.NewRecordId());
    head.subject = file.known_as;
    head.custodian = file.caller.agency();
    head.unit = file.ask.request.custodian_unit;
    head.record_type = kOutcomeType;
    head.version = 1;
    head.local_id = LocalId(file);
    head.badge = Badge::kFinal;
    head.as_at = file.received_at;
    head.published_at = file.received_at;
    head.summary = HeaderOf(outcome_);
    return head;
  }

  Written Describe(const CaseFile& file, const RecordHead& head) const {
    auto published = std::make_unique<hub::v1::PublishedRecord>();
    published->set_name(rooms_.names.RecordName(file.caller.agency(), head.id));
    published->set_version(static_cast<uint32_t>(head.version));
    published->set_etag(EtagOf(head.version));
    *published->mutable_published_at() = ToTimestamp(head.published_at);
    return Written{absl::StrCat("record/", head.id.value), head.version, std::move(published),
                   false};
  }

  const Rooms& rooms_;
  const AssessmentOutcome outcome_;
  const std::vector<Part> parts_;
};

}  // namespace

absl::Status CheckOutcome(const AssessmentOutcome& outcome) {
  if (outcome.outcome_id().empty()) return Missing("outcome_id");
  if (outcome.case_id().empty()) return Missing("case_id");
  if (outcome.assessment_type().empty()) return Missing("assessment_type");
  if (outcome.outcome().empty()) return Missing("outcome");
  if (outcome.completed_on().empty()) return Missing("completed_on");
  if (!outcome.has_contact()) return Missing("contact");
  return absl::OkStatus();
}

absl::StatusOr<Ask> CreationAsk(const Desks& desks, const Caller& caller,
                                const hub::v1::CreateAssessmentOutcomeRequest& request) {
  EHC_RETURN_IF_ERROR(CheckOutcome(request.assessment_outcome()));
  EHC_RETURN_IF_ERROR(CheckUnit(caller, request.unit()));
  Ask ask = MutationAsk(desks, "CreateAssessmentOutcome", "outcome.create", request.request_id(),
                        request);
  EHC_ASSIGN_OR_RETURN(ask.subject, ReadSubject(desks, caller, request.subject()));
  ask.request.record_type = kOutcomeType;
  ask.request.custodian = caller.agency();
  ask.request.custodian_unit = ActingUnit(caller, request.unit());
  ask.request.case_reference = request.case_reference();
  for (const Part& part : CutOutcome(request.assessment_outcome())) ask.parts.push_back(part.code);
  ask.validate_only = request.validate_only();
  return ask;
}

std::shared_ptr<const Mutation> MakeOutcome(const Desks& desks, const AssessmentOutcome& outcome) {
  return std::make_shared<OutcomeMutation>(desks, outcome);
}

absl::StatusOr<Ask> OutcomesAsk(const Desks& desks, const Caller& caller,
                                const hub::v1::ListAssessmentOutcomesRequest& request) {
  Ask ask;
  ask.method = "ListAssessmentOutcomes";
  EHC_ASSIGN_OR_RETURN(ask.subject, ReadSubject(desks, caller, request.subject()));
  ask.request.disclosure = DisclosureKind::kContent;
  ask.request.record_type = kOutcomeType;
  ask.request.custodian = ReadAgency(request.custodian());
  ReadContext(request.context(), ask.request);
  ask.parts = {"OUTCOME", "SUMMARY", "NEXT_STEPS", "CONTACT"};
  const bool own = ask.request.agreement.empty() &&
                   (ask.request.custodian.empty() || ask.request.custodian == caller.agency());
  if (own) {
    ask.action = "outcome.list";
    ask.request.custodian = caller.agency();
    ask.request.custodian_unit = ActingUnit(caller, "");
  }
  // Of its own, a unit's people see the risk; a system that nobody acts for does not.
  if (!own || caller.person().has_value()) ask.parts.push_back("RISK");
  ask.page_size = request.page_size();
  ask.page_list = PageListOf(desks, kList, request);
  EHC_ASSIGN_OR_RETURN(ask.page_after,
                       ReadPageToken(desks, caller, ask.page_list, request.page_token()));
  return ask;
}

void FillOutcome(const Record& record, const CaseFile& file, const Rooms& rooms,
                 AssessmentOutcome& outcome) {
  for (const Part& part : record.parts) outcome.MergeFromString(part.content);
  outcome.set_name(rooms.names.RecordName(file.caller.agency(), record.head.id));
  *outcome.mutable_recorded_at() = ToTimestamp(record.head.published_at);
}

void ShapeOutcomes(const Audited<RecordSet>& audited, const Rooms& rooms,
                   hub::v1::ListAssessmentOutcomesResponse& response) {
  const CaseFile& file = audited.file();
  const RecordSet& set = audited.value();
  for (const Record& record : set.records) {
    FillOutcome(record, file, rooms, *response.add_assessment_outcomes());
  }
  if (set.more) {
    response.set_next_page_token(rooms.names.SealPage(file.caller.agency(), file.ask.page_list,
                                                      set.records.back().head.id.value));
  }
  FillDisclosure(audited, rooms, *response.mutable_disclosure());
}

}  // namespace ehc
