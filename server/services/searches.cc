#include "server/services/searches.h"

#include "server/services/assessment_outcome.h"
#include "server/services/plan_parts.h"
#include "server/services/support_status.h"

namespace ehc {
namespace {

using hub::v1::AgencyCheckResponse;
using hub::v1::AttestRegistrationResponse;
using hub::v1::FindRecordsResponse;

void ShapePointer(const Audited<Record>& audited, const Rooms& rooms, size_t,
                  FindRecordsResponse& response) {
  hub::v1::RecordPointer& pointer = *response.add_items();
  pointer.set_record_type(audited.value().head.record_type);
  FillDisclosure(audited, rooms, *pointer.mutable_disclosure());
}

void ShapeYes(const Audited<Record>& audited, const Rooms& rooms, size_t,
              AttestRegistrationResponse& response) {
  response.set_registered(true);
  response.set_decision_id(audited.file().decision_id);
  FillProof(audited.file(), audited.proof(), rooms, *response.mutable_disclosure());
}

void ShapeNo(const AuditedDenial& denial, size_t, AttestRegistrationResponse& response) {
  response.set_decision_id(denial.file().decision_id);
}

template <typename Resp>
void ShapeNothing(const AuditedDenial&, size_t, Resp&) {}

void AddContent(const Record& record, const Release& release, hub::v1::RecordContent& content) {
  content.set_record_type(record.head.record_type);
  *content.mutable_as_at() = ToTimestamp(record.head.as_at);
  if (record.head.expires_at.has_value()) {
    *content.mutable_expires_at() = ToTimestamp(*record.head.expires_at);
  }
  content.set_badge(record.head.badge == Badge::kFinal ? hub::v1::BADGE_FINAL
                                                       : hub::v1::BADGE_DRAFT);
  if (!record.head.contact.empty() && !release.through_relay) {
    content.mutable_contact()->ParseFromString(record.head.contact);
  }
  for (const Part& part : record.parts) content.add_parts()->ParseFromString(part.content);
}

void ShapeChecked(const Audited<RecordSet>& audited, const Rooms& rooms, size_t,
                  AgencyCheckResponse& response) {
  FillChecked(audited, rooms, *response.add_items());
}

}  // namespace

void FillChecked(const Audited<RecordSet>& audited, const Rooms& rooms,
                 hub::v1::CheckedRecords& item) {
  const std::string& type = audited.file().ask.request.record_type;
  item.set_record_type(type);
  FillDisclosure(audited, rooms, *item.mutable_disclosure());
  for (const Record& record : audited.value().records) {
    if (type == kPlanType) {
      item.clear_plan();  // the newest counts
      FillPlan(record.parts, *item.mutable_plan());
    } else if (type == kStatusType) {
      item.clear_support_status();
      FillStatus(record.parts, *item.mutable_support_status());
    } else if (type == kOutcomeType) {
      FillOutcome(record, audited.file(), rooms, *item.add_assessment_outcomes());
    } else {
      AddContent(record, audited.release(), *item.add_records());
    }
  }
}

absl::StatusOr<std::optional<RecordSet>> ServiceOffers::Fetch(const CaseFile& file,
                                                              ReadView& view) const {
  auto set = held_.FetchFor(file, view);
  if (!set.ok() || !set->has_value()) return set;
  for (Record& record : (*set)->records) {
    record.head.contact.clear();
    for (Part& part : record.parts) {
      hub::v1::RecordPart listed;
      listed.ParseFromString(part.content);
      listed.clear_text();
      part.content = listed.SerializeAsString();
    }
  }
  return set;
}

BatchShape<Record, FindRecordsResponse> FindShape() {
  return {ShapePointer, ShapeNothing<FindRecordsResponse>, false, /*refused_as_one=*/true};
}

BatchShape<Record, AttestRegistrationResponse> AttestShape() {
  return {ShapeYes, ShapeNo, false, /*refused_as_one=*/true};
}

BatchShape<RecordSet, AgencyCheckResponse> CheckShape() {
  return {ShapeChecked, ShapeNothing<AgencyCheckResponse>, false, /*refused_as_one=*/true};
}

void ShapeOffer(const Audited<RecordSet>& audited, const Rooms& rooms,
                hub::v1::GetServiceOfferResponse& response) {
  for (const Record& record : audited.value().records) {
    for (const Part& part : record.parts) {
      hub::v1::RecordPart listed;
      listed.ParseFromString(part.content);
      hub::v1::OfferedService& service = *response.add_services();
      *service.mutable_fields() = listed.fields();
      service.set_valid_from(listed.valid_from());
      service.set_valid_to(listed.valid_to());
    }
  }
  FillDisclosure(audited, rooms, *response.mutable_disclosure());
}

}  // namespace ehc
