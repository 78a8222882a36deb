#include "server/pipeline/source.h"

#include <algorithm>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "server/base/status_macros.h"

namespace ehc {

bool MayBeFound(const RecordHead& head, const PolicyRequest& request, absl::Time now) {
  if (head.quarantined) return false;
  if (head.expires_at.has_value() && *head.expires_at <= now) return false;
  return request.custodian_unit.empty() || head.unit == request.custodian_unit;
}

namespace {

using Codes = absl::InlinedVector<absl::string_view, kMaxParts>;

Codes GrantedCodes(const Decision& decision) {
  Codes codes;
  for (size_t i = 0; i < decision.schema->parts.size(); ++i) {
    if (decision.granted >> i & 1) codes.push_back(decision.schema->parts[i].code);
  }
  return codes;
}

}  // namespace

absl::StatusOr<std::optional<Record>> HeldRecords::Fetch(const CaseFile& file,
                                                         ReadView& view) const {
  const PolicyRequest& request = file.ask.request;
  EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head,
                       view.FindRecord(file.subject, request.custodian, request.record_type));
  if (!head.has_value() || !MayBeFound(*head, request, file.received_at)) return std::nullopt;
  Record record;
  EHC_ASSIGN_OR_RETURN(record.parts, view.ReadParts(*head, GrantedCodes(file.decision)));
  record.head = *std::move(head);
  return record;
}

absl::StatusOr<std::optional<RecordSet>> HeldRecordSets::Fetch(const CaseFile& file,
                                                               ReadView& view) const {
  const PolicyRequest& request = file.ask.request;
  EHC_ASSIGN_OR_RETURN(std::vector<RecordHead> heads,
                       view.ListRecords(file.subject, request.record_type));
  std::sort(heads.begin(), heads.end(),
            [](const RecordHead& a, const RecordHead& b) { return a.id < b.id; });
  const size_t most =
      file.ask.page_size > 0 ? std::min(file.ask.page_size, kMostAtATime) : kMostAtATime;
  const Codes codes = GrantedCodes(file.decision);
  RecordSet set;
  for (RecordHead& head : heads) {
    if (head.custodian != request.custodian || head.id.value <= file.ask.page_after ||
        !MayBeFound(head, request, file.received_at)) {
      continue;
    }
    set.more = set.records.size() == most;
    if (set.more) break;
    Record record;
    EHC_ASSIGN_OR_RETURN(record.parts, view.ReadParts(head, codes));
    record.head = std::move(head);
    set.records.push_back(std::move(record));
  }
  if (set.records.empty()) return std::nullopt;
  return set;
}

absl::StatusOr<std::optional<Record>> FindExisting(const PolicyRequest& request, SubjectId subject,
                                                   const Facts& facts, absl::Time now,
                                                   ReadView& view) {
  EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head,
                       view.FindRecord(subject, request.custodian, request.record_type));
  const uint32_t uncleared = facts.protections & ~facts.cleared_protections;
  if (!head.has_value() || !MayBeFound(*head, request, now) ||
      (uncleared & kAddressRestricted) != 0) {
    return std::nullopt;
  }
  Record record;
  record.head = *std::move(head);
  record.head.contact.clear();
  return record;
}

absl::StatusOr<std::optional<Record>> ExistingRecords::Fetch(const CaseFile& file,
                                                             ReadView& view) const {
  return FindExisting(file.ask.request, file.subject, file.facts, file.received_at, view);
}

}  // namespace ehc
