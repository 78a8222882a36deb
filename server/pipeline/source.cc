#include "server/pipeline/source.h"

#include <vector>

#include "absl/container/inlined_vector.h"
#include "server/base/status_macros.h"

namespace ehc {

bool MayBeFound(const RecordHead& head, const PolicyRequest& request, absl::Time now) {
  if (head.quarantined) return false;
  if (head.expires_at.has_value() && *head.expires_at <= now) return false;
  return request.custodian_unit.empty() || head.unit == request.custodian_unit;
}

absl::StatusOr<std::optional<Record>> HeldRecords::Fetch(const CaseFile& file,
                                                         ReadView& view) const {
  const PolicyRequest& request = file.ask.request;
  EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head,
                       view.FindRecord(file.subject, request.custodian, request.record_type));
  if (!head.has_value() || !MayBeFound(*head, request, file.received_at)) return std::nullopt;
  absl::InlinedVector<absl::string_view, kMaxParts> codes;
  for (size_t i = 0; i < file.decision.schema->parts.size(); ++i) {
    if (file.decision.granted >> i & 1) codes.push_back(file.decision.schema->parts[i].code);
  }
  Record record;
  EHC_ASSIGN_OR_RETURN(record.parts, view.ReadParts(*head, codes));
  record.head = *std::move(head);
  return record;
}

}  // namespace ehc
