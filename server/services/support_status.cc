#include "server/services/support_status.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

using hub::v1::SupportStatus;

constexpr char kSenCode[] = "SEN_CODE";
constexpr char kPlanExists[] = "PLAN_EXISTS";
constexpr char kDates[] = "DATES";
constexpr char kContact[] = "CONTACT";
constexpr char kNeedTypes[] = "NEED_TYPES";

void AddPart(const char* code, const SupportStatus& value, std::vector<Part>& parts) {
  std::string content = value.SerializeAsString();
  if (!content.empty()) parts.push_back({code, std::move(content), false});
}

hub::v1::SupportStatusItem& ItemOf(hub::v1::BatchGetSupportStatusesResponse& response,
                                   size_t index) {
  while (response.items_size() <= static_cast<int>(index)) response.add_items();
  return *response.mutable_items(static_cast<int>(index));
}

void ShapeReleased(const Audited<Record>& audited, const Rooms& rooms, size_t index,
                   hub::v1::BatchGetSupportStatusesResponse& response) {
  hub::v1::SupportStatusItem& item = ItemOf(response, index);
  FillStatus(audited.value().parts, *item.mutable_support_status());
  FillDisclosure(audited, rooms, *item.mutable_disclosure());
  item.set_decision_id(audited.file().decision_id);
}

void ShapeDenied(const AuditedDenial& denial, size_t index,
                 hub::v1::BatchGetSupportStatusesResponse& response) {
  hub::v1::SupportStatusItem& item = ItemOf(response, index);
  item.set_decision_id(denial.file().decision_id);
  item.set_not_disclosed(WireReasonOf(denial.refusal()));
}

}  // namespace

std::vector<Part> CutStatus(const SupportStatus& status) {
  std::vector<Part> parts;
  SupportStatus provision;
  provision.set_sen_provision(status.sen_provision());
  AddPart(kSenCode, provision, parts);
  SupportStatus plan;
  if (status.has_plan_exists()) plan.set_plan_exists(status.plan_exists());
  AddPart(kPlanExists, plan, parts);
  SupportStatus dates;
  dates.set_plan_issue_date(status.plan_issue_date());
  dates.set_review_due_date(status.review_due_date());
  AddPart(kDates, dates, parts);
  SupportStatus contact;
  if (status.has_contact()) *contact.mutable_contact() = status.contact();
  AddPart(kContact, contact, parts);
  SupportStatus needs;
  *needs.mutable_need_types() = status.need_types();
  AddPart(kNeedTypes, needs, parts);
  return parts;
}

void FillStatus(const std::vector<Part>& parts, SupportStatus& status) {
  for (const Part& part : parts) status.MergeFromString(part.content);
}

absl::Status CheckStatus(const SupportStatus& status) {
  if (status.sen_provision() == hub::v1::SEN_PROVISION_UNSPECIFIED) {
    return FieldInvalid("support_status.sen_provision: is left out; state E, K or N");
  }
  if (!status.has_contact()) {
    return FieldInvalid("support_status.contact: is left out; name a person or desk to ask");
  }
  const bool by_plan = status.sen_provision() == hub::v1::SEN_PROVISION_EHC_PLAN;
  if (status.has_plan_exists() && status.plan_exists() != by_plan) {
    return FieldInvalid("support_status.plan_exists: contradicts sen_provision");
  }
  for (int i = 0; i < status.need_types_size(); ++i) {
    if (status.need_types(i) == hub::v1::SEN_TYPE_NSA &&
        status.sen_provision() != hub::v1::SEN_PROVISION_SEN_SUPPORT) {
      return FieldInvalid(absl::StrCat("support_status.need_types[", i,
                                       "]: NSA goes with SEN support alone (school census)"));
    }
  }
  return absl::OkStatus();
}

// The contact is a part of its own: whoever may not have it does not find it in the envelope.
Publication StatusPublication(const hub::v1::PublishSupportStatusRequest& request) {
  Publication out;
  out.record_type = kStatusType;
  out.badge = Badge::kFinal;
  out.as_at = FromTimestamp(request.as_at());
  out.parts = CutStatus(request.support_status());
  out.etag = request.etag();
  return out;
}

Ask StatusAsk(const char* method, const std::string& custodian,
              const hub::v1::DisclosureContext& context) {
  Ask ask;
  ask.method = method;
  ask.request.disclosure = DisclosureKind::kContent;
  ask.request.record_type = kStatusType;
  ask.request.custodian = ReadAgency(custodian);
  ReadContext(context, ask.request);
  ask.parts = {kSenCode, kPlanExists, kDates, kContact, kNeedTypes};
  return ask;
}

absl::StatusOr<std::vector<SubjectRef>> ReadRoll(
    const Desks& desks, const Caller& caller,
    const hub::v1::BatchGetSupportStatusesRequest& request) {
  std::vector<SubjectRef> roll;
  roll.reserve(request.subjects_size());
  for (int i = 0; i < request.subjects_size(); ++i) {
    absl::StatusOr<SubjectRef> child =
        ReadSubject(desks, caller, request.subjects(i), absl::StrCat("subjects[", i, "]"));
    if (!child.ok()) return child.status();
    roll.push_back(*std::move(child));
  }
  return roll;
}

void ShapeStatus(const Audited<Record>& audited, const Rooms& rooms,
                 hub::v1::GetSupportStatusResponse& response) {
  FillStatus(audited.value().parts, *response.mutable_support_status());
  FillDisclosure(audited, rooms, *response.mutable_disclosure());
}

BatchShape<Record, hub::v1::BatchGetSupportStatusesResponse> RollShape() {
  return {ShapeReleased, ShapeDenied, /*once_per_child=*/true};
}

}  // namespace ehc
