#include "server/services/seen_disclosures.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/audit/entry.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

using store::v1::SeenDisclosure;

constexpr char kAfterRecall[] =
    "Stop using what you received, destroy every copy you hold, ask the same of whoever you passed "
    "it to, and say here what you did.";
constexpr char kAfterWithdrawal[] =
    "Nothing more will come on this consent. Stop using for this purpose what you received on it, "
    "unless the law gives you another ground, and say here what you did.";

SeenDisclosure Describe(const StoredEntry& entry, const AuditRecord& record) {
  SeenDisclosure seen;
  seen.set_agency(record[AuditField::kSearcherAgency]);
  seen.set_unit(record[AuditField::kSearcherUnit]);
  seen.set_role(record[AuditField::kRole]);
  seen.set_at_ms(absl::ToUnixMillis(entry.row.recorded_at));
  int64_t version = 0;
  if (absl::SimpleAtoi(record[AuditField::kRecordVersion], &version)) seen.set_version(version);
  for (absl::string_view part :
       absl::StrSplit(record[AuditField::kReleasedParts], ',', absl::SkipEmpty())) {
    seen.add_parts(std::string(part));
  }
  absl::string_view name = record[AuditField::kRecord];
  int64_t number = 0;
  if (absl::ConsumePrefix(&name, "record/") && absl::SimpleAtoi(name, &number)) {
    seen.set_record(number);
  }
  seen.set_leaf_hash(std::string(DigestView(entry.row.leaf_hash)));
  return seen;
}

}  // namespace

std::string Notices::UnitOf(const Opened<Notices>& opened, Side side) {
  return side == Side::kAddressee ? opened.body.unit() : "";
}

absl::Status ForEachDisclosure(
    ReadView& view, EntryFilter filter,
    absl::FunctionRef<absl::StatusOr<bool>(const StoredEntry&, const AuditRecord&)> take) {
  while (true) {
    EHC_ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries, view.ListEntries(filter));
    for (const StoredEntry& entry : entries) {
      filter.after = entry.index;
      if (entry.erased || entry.row.denial) continue;
      EHC_ASSIGN_OR_RETURN(const Opening opening, Opening::Parse(entry.row.opening));
      if (opening.record()[AuditField::kDisclosure].empty()) continue;
      EHC_ASSIGN_OR_RETURN(const bool wants_more, take(entry, opening.record()));
      if (!wants_more) return absl::OkStatus();
    }
    if (static_cast<int>(entries.size()) < filter.limit) return absl::OkStatus();
  }
}

absl::StatusOr<std::vector<SeenDisclosure>> DisclosuresSeen(
    ReadView& view, const EntryFilter& filter, absl::FunctionRef<bool(const AuditRecord&)> wanted,
    absl::flat_hash_set<std::string>& known) {
  std::vector<SeenDisclosure> seen;
  EHC_RETURN_IF_ERROR(
      ForEachDisclosure(view, filter, [&](const StoredEntry& entry, const AuditRecord& record) {
        if (!wanted(record)) return true;
        SeenDisclosure one = Describe(entry, record);
        if (known.insert(one.leaf_hash()).second) seen.push_back(std::move(one));
        return true;
      }));
  return seen;
}

absl::StatusOr<std::vector<SeenDisclosure>> DisclosuresSeen(
    ReadView& view, SubjectId subject, const AgencyId& custodian,
    absl::FunctionRef<bool(const AuditRecord&)> wanted, absl::flat_hash_set<std::string>& known) {
  EntryFilter filter;
  filter.subject = subject;
  filter.custodian = custodian;
  return DisclosuresSeen(view, filter, wanted, known);
}

absl::StatusOr<Opened<Notices>> NewNotice(const Desks& desks, const CaseFile& file,
                                          absl::string_view clock, const AgencyId& custodian,
                                          SubjectId subject, const SeenDisclosure& seen) {
  EHC_ASSIGN_OR_RETURN(
      Opened<Notices> notice,
      NewMatter<Notices>(desks.rooms.store, custodian, AgencyId(seen.agency()), subject));
  EHC_ASSIGN_OR_RETURN(notice.matter.due_at,
                       ClockDue(file, desks.rooms.facts.calendar(), clock, file.received_at));
  notice.body.set_unit(seen.unit());
  notice.body.set_through_relay(IsHiddenFrom(file, AgencyId(seen.agency())));
  notice.body.set_sent_ms(absl::ToUnixMillis(file.received_at));
  return notice;
}

void Reopen(Opened<Notices>& notice) {
  ++notice.matter.revision;
  notice.matter.open = true;  // whoever had answered did not know of this one
  notice.body.clear_answer();
}

void ShowSeen(const SeenDisclosure& seen, hub::v1::IncidentDisclosure& out) {
  *out.mutable_disclosed_at() = ToTimestamp(absl::FromUnixMillis(seen.at_ms()));
  out.set_role(seen.role());
  out.set_version(static_cast<uint32_t>(seen.version()));
  out.mutable_parts()->CopyFrom(seen.parts());
  out.set_leaf_hash(seen.leaf_hash());
}

MatterShow<Notices> NoticeShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<Notices>& notice) {
    const store::v1::NoticeBody& body = notice.body;
    const AgencyId& reader = file.caller.agency();
    hub::v1::RecallNotice out;
    ShowHeader(rooms, file, notice, out);
    if (body.through_relay() && notice.matter.opener != reader) HideSender(out);
    out.set_to_unit(body.unit());
    *out.mutable_created_at() = ToTimestamp(absl::FromUnixMillis(body.sent_ms()));
    if (body.record() != 0) {
      out.set_record(rooms.names.RecordName(reader, RecordId{body.record()}));
    }
    out.set_record_type(body.record_type());
    out.set_reason(static_cast<hub::v1::RecallReason>(body.reason()));
    for (const SeenDisclosure& seen : body.seen()) ShowSeen(seen, *out.add_disclosures());
    const bool recalled = body.consent() == 0;
    out.set_cause(recalled ? hub::v1::NOTICE_CAUSE_RECALLED
                           : hub::v1::NOTICE_CAUSE_CONSENT_WITHDRAWN);
    out.set_what_to_do(recalled ? kAfterRecall : kAfterWithdrawal);
    ShowAnswer(body.answer(), out);
    return out;
  };
}

}  // namespace ehc
