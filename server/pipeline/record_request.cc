#include "server/pipeline/record_request.h"

#include <algorithm>
#include <optional>

#include "absl/strings/strip.h"

namespace ehc {
namespace {

using store::v1::RecordRequestPaper;

bool IsSameGround(const hub::v1::DisclosureContext& context, const PolicyRequest& request) {
  absl::string_view agreement(context.agreement());
  absl::ConsumePrefix(&agreement, "agreements/");
  return agreement == request.agreement.value() && context.purpose() == request.purpose &&
         context.lawful_basis() == request.lawful_basis &&
         context.special_category_basis() == request.special_category_basis &&
         context.gateway() == request.gateway;
}

bool IsSameQuestion(const Matter& matter, const RecordRequestPaper& paper, const CaseFile& file) {
  const PolicyRequest& request = file.ask.request;
  const std::optional<Identifier>& child = file.ask.subject.identifier;
  return request.disclosure == DisclosureKind::kContent && matter.opener == request.agency &&
         matter.addressee == request.custodian && paper.asker().unit() == request.unit.value() &&
         paper.asker().role() == request.role && child.has_value() &&
         paper.subject() == FormatSubjectName(*child) &&
         paper.custodian_unit() == request.custodian_unit.value() &&
         paper.record_type() == request.record_type && IsSameGround(paper.context(), request);
}

}  // namespace

absl::StatusOr<RecordRequestPaper> ReadPaper(const Matter& matter) {
  RecordRequestPaper paper;
  if (matter.kind != kRecordRequestKind || !paper.ParseFromString(matter.body)) {
    return absl::DataLossError("a record request's paper");
  }
  return paper;
}

hub::v1::RecordRequestState StateAt(const RecordRequestPaper& paper, absl::Time now) {
  if (paper.cancelled_ms() != 0) return hub::v1::RECORD_REQUEST_STATE_CANCELLED;
  if (paper.answer() == hub::v1::CUSTODIAN_ANSWER_APPROVED) {
    return now < absl::FromUnixMillis(paper.approved_until_ms())
               ? hub::v1::RECORD_REQUEST_STATE_APPROVED
               : hub::v1::RECORD_REQUEST_STATE_APPROVAL_EXPIRED;
  }
  if (paper.answer() == hub::v1::CUSTODIAN_ANSWER_DECLINED_OPENLY) {
    return hub::v1::RECORD_REQUEST_STATE_DECLINED;
  }
  return now < absl::FromUnixMillis(paper.due_ms())
             ? hub::v1::RECORD_REQUEST_STATE_PENDING
             : hub::v1::RECORD_REQUEST_STATE_CLOSED_WITHOUT_DISCLOSURE;
}

int64_t RevisionShownAt(const RecordRequestPaper& paper, absl::Time now) {
  switch (StateAt(paper, now)) {
    case hub::v1::RECORD_REQUEST_STATE_PENDING: return 1;
    case hub::v1::RECORD_REQUEST_STATE_APPROVAL_EXPIRED: return 3;
    case hub::v1::RECORD_REQUEST_STATE_CANCELLED:
      return paper.answer() == hub::v1::CUSTODIAN_ANSWER_APPROVED ? 3 : 2;
    default: return 2;
  }
}

bool AwaitsAnswer(const RecordRequestPaper& paper, absl::Time now) {
  if (paper.answer() != hub::v1::CUSTODIAN_ANSWER_UNSPECIFIED || paper.cancelled_ms() != 0) {
    return false;
  }
  return now < absl::FromUnixMillis(std::max(paper.due_ms(), paper.extended_until_ms()));
}

PartMask ApprovedParts(const Matter& matter, const RecordRequestPaper& paper,
                       const CaseFile& file) {
  const RecordSchema* schema = file.decision.schema;
  if (schema == nullptr || !IsSameQuestion(matter, paper, file) ||
      StateAt(paper, file.received_at) != hub::v1::RECORD_REQUEST_STATE_APPROVED) {
    return 0;
  }
  PartMask parts = 0;
  for (const std::string& code : paper.approved_parts()) {
    const int index = schema->IndexOf(code);
    if (index >= 0) parts |= PartMask{1} << index;
  }
  return parts;
}

}  // namespace ehc
