#include "server/services/incidents.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ehc {
namespace {

using store::v1::IncidentParty;
using store::v1::SeenDisclosure;

// Whether an entry lets out one of the versions recalled.
bool IsOf(const Opened<Incidents>& incident, const AuditRecord& record) {
  const std::string name = absl::StrCat("record/", incident.body.record());
  bool named = false;
  for (absl::string_view one : absl::StrSplit(record[AuditField::kRecord], ',')) {
    named = named || one == name;
  }
  if (!named) return false;
  int64_t version = 0;
  if (!absl::SimpleAtoi(record[AuditField::kRecordVersion], &version)) return true;
  return version >= incident.body.first_version() && version <= incident.body.last_version();
}

IncidentParty* FindParty(store::v1::IncidentBody& body, const SeenDisclosure& seen) {
  for (IncidentParty& party : *body.mutable_parties()) {
    if (party.agency() == seen.agency() && party.unit() == seen.unit()) return &party;
  }
  return nullptr;
}

void FillRecipients(const SubjectNames& names, const store::v1::IncidentBody& body,
                    hub::v1::Incident& out) {
  for (const IncidentParty& party : body.parties()) {
    hub::v1::IncidentRecipient& recipient = *out.add_recipients();
    recipient.set_agency(absl::StrCat("agencies/", party.agency()));
    recipient.set_unit(party.unit());
    for (const SeenDisclosure& seen : body.seen()) {
      if (seen.agency() == party.agency() && seen.unit() == party.unit()) {
        ShowSeen(seen, *recipient.add_disclosures());
      }
    }
    if (party.notice() != 0) {
      recipient.set_notice(names.MatterName(Notices::kCollection, MatterId{party.notice()}));
    }
    ShowAnswer(party.answer(), recipient);
  }
}

void FillClock(const CaseFile& file, const Opened<Incidents>& incident,
               hub::v1::ReportClock& clock) {
  clock.set_rule("BREACH_REPORT");
  *clock.mutable_due_at() = ToTimestamp(incident.matter.due_at);
  clock.set_passed(incident.matter.due_at <= file.received_at);
}

// Where the log has such disclosures: under the child, and under numbers that it was once joined
// with; of a split, under the other child's number alone: it is there only while both were one.
absl::StatusOr<std::vector<EntryFilter>> PlacesOf(const Opened<Incidents>& incident,
                                                  ReadView& view) {
  EntryFilter filter;
  filter.custodian = incident.matter.opener;
  filter.subject = incident.matter.subject;
  if (incident.body.disclosed_as() != 0) {
    filter.subject = SubjectId{incident.body.disclosed_as()};
    filter.this_number_only = true;
    return std::vector<EntryFilter>{filter};
  }
  std::vector<EntryFilter> places = {filter};
  EHC_ASSIGN_OR_RETURN(const SubjectId root, view.RootOf(incident.matter.subject));
  EHC_ASSIGN_OR_RETURN(const store::v1::Dossier dossier, view.ReadDossier(root));
  filter.this_number_only = true;
  for (const int64_t former : dossier.parted_from()) {
    filter.subject = SubjectId{former};
    places.push_back(filter);
  }
  return places;
}

}  // namespace

std::string Incidents::UnitOf(const Opened<Incidents>& opened, Side) { return opened.body.unit(); }

bool AwaitsRecipients(const Opened<Incidents>& incident) {
  const auto& parties = incident.body.parties();
  return std::any_of(parties.begin(), parties.end(),
                     [](const IncidentParty& party) { return party.answer().handling() == 0; });
}

absl::StatusOr<std::vector<SeenDisclosure>> DisclosuresMissingFrom(
    const Opened<Incidents>& incident, ReadView& view) {
  absl::flat_hash_set<std::string> known;
  for (const SeenDisclosure& seen : incident.body.seen()) known.insert(seen.leaf_hash());
  std::vector<SeenDisclosure> missing;
  EHC_ASSIGN_OR_RETURN(const std::vector<EntryFilter> places, PlacesOf(incident, view));
  for (const EntryFilter& place : places) {
    EHC_ASSIGN_OR_RETURN(
        const std::vector<SeenDisclosure> some,
        DisclosuresSeen(
            view, place, [&](const AuditRecord& record) { return IsOf(incident, record); }, known));
    missing.insert(missing.end(), some.begin(), some.end());
  }
  return missing;
}

absl::Status SendNotices(const Desks& desks, const CaseFile& file, ReadView& view,
                         std::vector<SeenDisclosure> missing, Opened<Incidents>& incident,
                         Plan& plan) {
  std::vector<Opened<Notices>> notices;
  for (const SeenDisclosure& seen : missing) {
    *incident.body.add_seen() = seen;
    IncidentParty* party = FindParty(incident.body, seen);
    auto notice = std::find_if(notices.begin(), notices.end(), [&](const Opened<Notices>& one) {
      return party != nullptr && one.matter.id.value == party->notice();
    });
    if (party == nullptr) {
      EHC_ASSIGN_OR_RETURN(Opened<Notices> made,
                           NewNotice(desks, file, "RECALL_NOTICE", incident.matter.opener,
                                     incident.matter.subject, seen));
      made.body.set_incident(incident.matter.id.value);
      made.body.set_record(incident.body.record());
      made.body.set_record_type(incident.body.record_type());
      made.body.set_reason(incident.body.reason());
      party = incident.body.add_parties();
      party->set_agency(seen.agency());
      party->set_unit(seen.unit());
      party->set_notice(made.matter.id.value);
      notice = notices.insert(notices.end(), std::move(made));
    } else if (notice == notices.end()) {
      EHC_ASSIGN_OR_RETURN(Opened<Notices> held,
                           FindMatterOf<Notices>(view, MatterId{party->notice()},
                                                 incident.matter.opener, Side::kOpener));
      Reopen(held);
      party->clear_answer();
      notice = notices.insert(notices.end(), std::move(held));
    }
    *notice->body.add_seen() = seen;
  }
  for (const Opened<Notices>& notice : notices) plan.changes.push_back(Put(notice));
  incident.matter.open = AwaitsRecipients(incident);
  return absl::OkStatus();
}

absl::Status AddUnlisted(ReadView& view, Opened<Incidents>& incident) {
  EHC_ASSIGN_OR_RETURN(const std::vector<SeenDisclosure> missing,
                       DisclosuresMissingFrom(incident, view));
  for (const SeenDisclosure& seen : missing) {
    *incident.body.add_seen() = seen;
    if (FindParty(incident.body, seen) != nullptr) continue;
    IncidentParty& party = *incident.body.add_parties();
    party.set_agency(seen.agency());
    party.set_unit(seen.unit());
  }
  return absl::OkStatus();
}

MatterShow<Incidents> IncidentShow(const Desks& desks, bool with_recipients) {
  return [&names = desks.rooms.names, &rooms = desks.rooms, with_recipients](
             const CaseFile& file, const Opened<Incidents>& incident) {
    const store::v1::IncidentBody& body = incident.body;
    hub::v1::Incident out;
    ShowHeader(rooms, file, incident, out);
    out.set_unit(body.unit());
    out.set_record(names.RecordName(file.caller.agency(), RecordId{body.record()}));
    out.set_record_type(body.record_type());
    out.set_first_version(static_cast<uint32_t>(body.first_version()));
    out.set_last_version(static_cast<uint32_t>(body.last_version()));
    out.set_reason(static_cast<hub::v1::RecallReason>(body.reason()));
    out.set_explanation(body.explanation());
    *out.mutable_became_aware_at() = ToTimestamp(absl::FromUnixMillis(body.aware_ms()));
    *out.mutable_recalled_at() = ToTimestamp(absl::FromUnixMillis(body.recalled_ms()));
    FillClock(file, incident, *out.mutable_report_clock());
    out.set_state(AwaitsRecipients(incident) ? hub::v1::INCIDENT_STATE_AWAITING_RECIPIENTS
                                             : hub::v1::INCIDENT_STATE_ACKNOWLEDGED);
    if (with_recipients) FillRecipients(names, body, out);
    out.set_recipient_count(static_cast<uint32_t>(body.parties_size()));
    out.set_acknowledged_count(static_cast<uint32_t>(
        std::count_if(body.parties().begin(), body.parties().end(),
                      [](const IncidentParty& party) { return party.answer().handling() != 0; })));
    return out;
  };
}

}  // namespace ehc
