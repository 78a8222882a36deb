// How agencies use the hub, and what a suspected breach may have touched.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/services/audit_desk.h"
#include "server/services/entry_times.h"
#include "server/services/incidents.h"
#include "server/services/matter_readings.h"
#include "server/services/withholding.h"

namespace ehc {
namespace {

using hub::v1::CompileIncidentPackRequest;
using hub::v1::CompileIncidentPackResponse;

// Chooses the entries of a pack and tells them as their custodian may see them.
class Pack {
 public:
  Pack(const Desks& desks, const Calendar& calendar, const CompileIncidentPackRequest& request,
       const CaseFile& file, ReadView& view)
      : desks_(desks), calendar_(calendar), request_(request), file_(file), view_(view) {}

  absl::StatusOr<CompileIncidentPackResponse> Compile(const std::string& list, int64_t after) {
    EHC_RETURN_IF_ERROR(ReadIncident());
    CompileIncidentPackResponse response;
    EHC_RETURN_IF_ERROR(FillClock(*response.mutable_pack()));
    EntryFilter filter;
    filter.custodian = file_.caller.agency();
    if (incident_.has_value()) filter.subject = incident_->matter.subject;
    if (!request_.recipient().empty()) filter.searcher = ReadAgency(request_.recipient());
    EHC_ASSIGN_OR_RETURN(const int64_t first, FirstPlace());
    filter.after = std::max(after, first) - 1;
    const int size = PageSize(request_.page_size());
    while (true) {
      EHC_ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries, view_.ListEntries(filter));
      for (const StoredEntry& stored : entries) {
        if (response.pack().items_size() == size) {
          response.set_next_page_token(
              desks_.rooms.names.SealPage(file_.caller.agency(), list, stored.index));
          return response;
        }
        if (IsPast(stored.row.recorded_at)) return response;
        filter.after = stored.index;
        EHC_RETURN_IF_ERROR(Take(stored, *response.mutable_pack()));
      }
      if (static_cast<int>(entries.size()) < filter.limit) return response;
    }
  }

 private:
  absl::StatusOr<int64_t> FirstPlace() const {
    if (!request_.has_since()) return int64_t{0};
    EHC_ASSIGN_OR_RETURN(const TreeHead head, view_.Head());
    return FirstSince(view_, 0, head.size, FromTimestamp(request_.since()));
  }

  bool IsPast(absl::Time at) const {
    return request_.has_until() && at >= FromTimestamp(request_.until()) + kLongestWait;
  }

  absl::Status ReadIncident() {
    if (request_.incident().empty()) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(
        incident_,
        FindMatterOf<Incidents>(view_, ReadMatterName<Incidents>(desks_, request_.incident()),
                                file_.caller.agency(), Side::kOpener));
    if (!IsOfUnit(file_, incident_->body.unit())) return NoSuchMatter();
    return absl::OkStatus();
  }

  absl::Status FillClock(hub::v1::IncidentPack& pack) const {
    absl::Time aware = file_.received_at;
    if (request_.has_became_aware_at()) aware = FromTimestamp(request_.became_aware_at());
    if (incident_.has_value()) {
      aware = absl::FromUnixMillis(incident_->body.aware_ms());
      pack.set_incident(request_.incident());
    }
    if (aware > file_.received_at) {
      return FieldInvalid("became_aware_at: lies in the future; state when it became known");
    }
    EHC_ASSIGN_OR_RETURN(const absl::Time due, ClockDue(file_, calendar_, "BREACH_REPORT", aware));
    *pack.mutable_became_aware_at() = ToTimestamp(aware);
    pack.mutable_report_clock()->set_rule("BREACH_REPORT");
    *pack.mutable_report_clock()->mutable_due_at() = ToTimestamp(due);
    pack.mutable_report_clock()->set_passed(due <= file_.received_at);
    return absl::OkStatus();
  }

  bool InPeriod(absl::Time at) const {
    return (!request_.has_since() || at >= FromTimestamp(request_.since())) &&
           (!request_.has_until() || at < FromTimestamp(request_.until()));
  }

  bool IsOfIncident(const AuditRecord& record) const {
    if (!incident_.has_value()) return true;
    const std::string name = absl::StrCat("record/", incident_->body.record());
    const std::vector<absl::string_view> records = absl::StrSplit(record[AuditField::kRecord], ',');
    if (std::find(records.begin(), records.end(), name) == records.end()) return false;
    int64_t version = 0;
    return !absl::SimpleAtoi(record[AuditField::kRecordVersion], &version) ||
           (version >= incident_->body.first_version() &&
            version <= incident_->body.last_version());
  }

  bool IsAskedFor(const AuditRecord& record) const {
    const auto is = [&](const std::string& asked, AuditField field) {
      return asked.empty() || asked == record[field];
    };
    return is(request_.user(), AuditField::kUser) &&
           is(request_.credential(), AuditField::kCredentialFingerprint) && IsOfIncident(record);
  }

  absl::Status Take(const StoredEntry& stored, hub::v1::IncidentPack& pack) const {
    if (!InPeriod(stored.row.recorded_at)) return absl::OkStatus();
    if (stored.erased && !stored.row.denial) pack.set_erased(pack.erased() + 1);
    EHC_ASSIGN_OR_RETURN(const std::optional<DisclosureEntry> entry, ReadDisclosure(stored));
    if (!entry.has_value() || !IsAskedFor(entry->record)) return absl::OkStatus();
    const AuditRecord& record = entry->record;
    hub::v1::PackItem& item = *pack.add_items();
    *item.mutable_disclosed_at() = ToTimestamp(entry->at);
    item.set_subject(record[AuditField::kCustodianSubject]);  // as its own audit shows the child
    item.set_recipient(AgencyNameOf(stored.row.searcher));
    item.set_unit(record[AuditField::kSearcherUnit]);
    item.set_user(record[AuditField::kUser]);
    item.set_role(record[AuditField::kRole]);
    item.set_record_type(record[AuditField::kRecordType]);
    item.set_record(RecordNames(record[AuditField::kRecord]));
    item.set_version(record[AuditField::kRecordVersion]);
    for (absl::string_view part :
         absl::StrSplit(record[AuditField::kReleasedParts], ',', absl::SkipEmpty())) {
      item.add_parts(std::string(part));
    }
    item.set_purpose(record[AuditField::kPurpose]);
    item.set_leaf_hash(entry->leaf_hash.data(), entry->leaf_hash.size());
    return absl::OkStatus();
  }

  // "record/17,record/18" by the custodian's own names.
  std::string RecordNames(const std::string& internal) const {
    std::string names;
    for (absl::string_view one : absl::StrSplit(internal, ',', absl::SkipEmpty())) {
      int64_t number = 0;
      if (!absl::ConsumePrefix(&one, "record/") || !absl::SimpleAtoi(one, &number)) continue;
      absl::StrAppend(&names, names.empty() ? "" : ",",
                      desks_.rooms.names.RecordName(file_.caller.agency(), RecordId{number}));
    }
    return names;
  }

  const Desks& desks_;
  const Calendar& calendar_;
  const CompileIncidentPackRequest& request_;
  const CaseFile& file_;
  ReadView& view_;
  std::optional<Opened<Incidents>> incident_;
};

absl::Status CheckPack(const CompileIncidentPackRequest& request) {
  const bool by_recipient = !request.recipient().empty() || !request.credential().empty();
  if (!request.incident().empty() || by_recipient) return absl::OkStatus();
  return FieldInvalid("recipient: is left out; name it, or a credential, or an incident");
}

}  // namespace

void AuditDesk::GetAccessReport(Incoming in, const hub::v1::GetAccessReportRequest& request,
                                Reply<hub::v1::GetAccessReportResponse> reply) const {
  using Resp = hub::v1::GetAccessReportResponse;
  StartMatterReading<Resp>(
      desks_, std::move(in), "GetAccessReport", "audit.report", SubjectRef{},
      [this, request](const CaseFile& file, ReadView&) -> absl::StatusOr<Resp> {
        const absl::Time until =
            request.has_until() ? FromTimestamp(request.until()) : file.received_at;
        const absl::Time since =
            request.has_since() ? FromTimestamp(request.since()) : until - absl::Hours(24);
        const AgencyId own = file.caller.agency();
        Resp response;
        *response.mutable_report() =
            monitor_.Report(since, until, PolicyOf(file).UseLimits(file.received_at),
                            IsOperator(file.caller) ? nullptr : &own);
        return response;
      },
      std::move(reply), request.case_reference());
}

void AuditDesk::CompileIncidentPack(Incoming in, const CompileIncidentPackRequest& request,
                                    Reply<CompileIncidentPackResponse> reply) const {
  if (absl::Status asked = CheckPack(request); !asked.ok()) {
    return Fail(in.call_id, asked, std::move(reply));
  }
  if (absl::Status unit = CheckUnit(in.caller, request.unit()); !unit.ok()) {
    return Fail(in.call_id, unit, std::move(reply));
  }
  const std::string list = PageListOf(desks_, "incidentPack", request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  StartMatterReading<CompileIncidentPackResponse>(
      desks_, std::move(in), "CompileIncidentPack", "incident.pack", SubjectRef{},
      [this, request, list, from = *after](const CaseFile& file, ReadView& view) {
        return Pack(desks_, calendar_, request, file, view).Compile(list, from);
      },
      std::move(reply), request.case_reference());
}

}  // namespace ehc
