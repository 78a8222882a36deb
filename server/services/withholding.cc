#include "server/services/withholding.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "server/audit/entry.h"
#include "server/model/deadline.h"

namespace ehc {
namespace {

constexpr char kDoNotTell[] = "DO_NOT_TELL_FAMILY";

bool SaysDoNotTell(const AuditRecord& record) {
  const std::vector<absl::string_view> codes =
      absl::StrSplit(record[AuditField::kObligations], ',');
  return std::find(codes.begin(), codes.end(), kDoNotTell) != codes.end();
}

// Held back by whoever keeps the record or whoever received it, while it was in force: a hold that
// was lifted still covers what went before.
bool Covers(const Opened<DisclosureHolds>& hold, const AgencyId& custodian,
            const DisclosureEntry& entry) {
  const store::v1::DisclosureHoldBody& body = hold.body;
  const bool speaks =
      hold.matter.opener == custodian || hold.matter.opener.value() == body.recipient();
  const bool in_time = body.lifted_ms() == 0 || absl::ToUnixMillis(entry.at) <= body.lifted_ms();
  return speaks && in_time && body.recipient() == entry.record[AuditField::kSearcherAgency];
}

template <typename Kind, typename Take>
absl::Status ForEachMatterOf(ReadView& view, SubjectId subject, Take take) {
  MatterFilter filter;
  filter.kind = Kind::kKind;
  filter.subject = subject;
  while (true) {
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      filter.after = matter.id;
      EHC_ASSIGN_OR_RETURN(Opened<Kind> opened, Unpack<Kind>(std::move(matter)));
      take(std::move(opened));
    }
    if (static_cast<int>(matters.size()) < filter.limit) return absl::OkStatus();
  }
}

bool IsPoliceLabel(hub::v1::ProtectionLabel label) {
  return label == hub::v1::PROTECTION_LABEL_POLICE_INTEL ||
         label == hub::v1::PROTECTION_LABEL_COVERT_ENQUIRY;
}

void FillDecision(const store::v1::WithholdingDecision& decision,
                  hub::v1::WithholdingDecision& out) {
  *out.mutable_decided_at() = ToTimestamp(absl::FromUnixMillis(decision.at_ms()));
  out.set_role(decision.role());
  out.set_released(decision.released());
  if (decision.keep_until_ms() != 0) {
    *out.mutable_keep_until() = ToTimestamp(absl::FromUnixMillis(decision.keep_until_ms()));
  }
  out.set_reason(decision.reason());
}

bool IsReleased(const Opened<WithheldDisclosures>& opened) {
  const auto& decisions = opened.body.decisions();
  return !decisions.empty() && decisions.rbegin()->released();
}

}  // namespace

std::string WithheldDisclosures::UnitOf(const Opened<WithheldDisclosures>& opened, Side) {
  return opened.body.unit();
}

std::string DisclosureHolds::UnitOf(const Opened<DisclosureHolds>& opened, Side) {
  return opened.body.unit();
}

absl::StatusOr<std::optional<DisclosureEntry>> ReadDisclosure(const StoredEntry& entry) {
  if (entry.erased || entry.row.denial) return std::nullopt;
  EHC_ASSIGN_OR_RETURN(const Opening opening, Opening::Parse(entry.row.opening));
  const AuditRecord& record = opening.record();
  if (record[AuditField::kDisclosure].empty() ||
      !absl::StartsWith(record[AuditField::kAnswer], "OK")) {
    return std::nullopt;
  }
  return DisclosureEntry{entry.index, entry.row.leaf_hash, entry.row.recorded_at, entry.row.subject,
                         record};
}

absl::StatusOr<Withholdings> Withholdings::Read(ReadView& view, SubjectId subject,
                                                const AgencyId& custodian,
                                                const store::v1::Dossier& dossier, absl::Time now) {
  Withholdings all;
  all.today_ = FormatDate(LondonDate(now));
  EHC_RETURN_IF_ERROR(
      ForEachMatterOf<WithheldDisclosures>(view, subject, [&](Opened<WithheldDisclosures> opened) {
        if (opened.matter.opener != custodian) return;
        std::string leaf = opened.body.leaf_hash();
        all.matters_.insert_or_assign(std::move(leaf), std::move(opened));
      }));
  EHC_RETURN_IF_ERROR(ForEachMatterOf<DisclosureHolds>(
      view, subject,
      [&](Opened<DisclosureHolds> opened) { all.holds_.push_back(std::move(opened)); }));
  for (const store::v1::ProtectionItem& item : dossier.protections()) {
    if (!IsPoliceLabel(item.value().label())) continue;
    all.police_intelligence_.push_back(
        {item.value().valid_from(), item.value().valid_to(), item.origin().agency()});
  }
  if (all.police_intelligence_.empty()) return all;
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
  for (const hub::v1::Agency& agency : agencies) {
    if (agency.type() != hub::v1::AGENCY_TYPE_POLICE_FORCE) continue;
    all.police_.insert(ReadAgency(agency.name()).value());
  }
  return all;
}

// On the day of the disclosure, or today: what became intelligence later is not told either.
bool Withholdings::IsPoliceMatter(const DisclosureEntry& entry) const {
  const std::string& searcher = entry.record[AuditField::kSearcherAgency];
  const std::string day = FormatDate(LondonDate(entry.at));
  return std::any_of(police_intelligence_.begin(), police_intelligence_.end(),
                     [&](const Period& period) {
                       const auto within = [&](const std::string& at) {
                         return (period.from.empty() || period.from <= at) &&
                                (period.to.empty() || at <= period.to);
                       };
                       return (within(day) || within(today_)) &&
                              (police_.contains(searcher) || period.recorded_by == searcher);
                     });
}

std::optional<Withholdings::Found> Withholdings::Of(const DisclosureEntry& entry) const {
  Found found;
  const auto matter = matters_.find(std::string(DigestView(entry.leaf_hash)));
  if (matter != matters_.end()) found.matter = &matter->second;
  found.released = found.matter != nullptr && IsReleased(*found.matter);
  bool covered = false;
  const AgencyId custodian(entry.record[AuditField::kCustodianAgency]);
  for (const Opened<DisclosureHolds>& hold : holds_) {
    if (!Covers(hold, custodian, entry)) continue;
    covered = true;
    if (hold.body.lifted_ms() == 0) found.hold = &hold;
  }
  if (SaysDoNotTell(entry.record)) {
    found.cause = hub::v1::WITHHOLDING_CAUSE_DO_NOT_TELL_FAMILY;
  } else if (covered) {
    found.cause = hub::v1::WITHHOLDING_CAUSE_HOLD;
  } else if (IsPoliceMatter(entry)) {
    found.cause = hub::v1::WITHHOLDING_CAUSE_POLICE_INTELLIGENCE;
  } else if (found.matter != nullptr) {
    found.cause = static_cast<hub::v1::WithholdingCause>(found.matter->body.cause());
  } else {
    return std::nullopt;
  }
  return found;
}

void FillWithholding(const Rooms& rooms, const CaseFile& file, const Withholdings::Found& found,
                     hub::v1::Withholding& out) {
  out.set_cause(found.cause);
  out.set_released(found.released);
  if (found.hold != nullptr && found.hold->matter.opener == file.caller.agency()) {
    out.set_hold(rooms.names.MatterName(DisclosureHolds::kCollection, found.hold->matter.id));
  }
  if (found.matter == nullptr) return;
  for (const store::v1::WithholdingDecision& decision : found.matter->body.decisions()) {
    FillDecision(decision, *out.add_decisions());
  }
  const absl::Time due = found.matter->matter.due_at;
  if (found.released || due == absl::InfiniteFuture()) return;
  *out.mutable_review_at() = ToTimestamp(due);
  out.set_review_overdue(due <= file.received_at);
}

MatterShow<WithheldDisclosures> WithheldShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<WithheldDisclosures>& opened) {
    hub::v1::WithheldDisclosure out;
    ShowHeader(rooms, file, opened, out);
    out.set_unit(opened.body.unit());
    out.set_leaf_hash(opened.body.leaf_hash());
    *out.mutable_disclosed_at() = ToTimestamp(absl::FromUnixMillis(opened.body.disclosed_ms()));
    out.set_recipient(AgencyNameOf(AgencyId(opened.body.recipient())));
    Withholdings::Found found;
    found.cause = static_cast<hub::v1::WithholdingCause>(opened.body.cause());
    found.released = IsReleased(opened);
    found.matter = &opened;
    FillWithholding(rooms, file, found, *out.mutable_withholding());
    return out;
  };
}

MatterShow<DisclosureHolds> HoldShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<DisclosureHolds>& opened) {
    hub::v1::DisclosureHold out;
    ShowHeader(rooms, file, opened, out);
    out.set_placed_by(AgencyNameOf(opened.matter.opener));
    out.set_unit(opened.body.unit());
    out.set_recipient(AgencyNameOf(AgencyId(opened.body.recipient())));
    out.set_reason(opened.body.reason());
    *out.mutable_placed_at() = ToTimestamp(absl::FromUnixMillis(opened.body.placed_ms()));
    if (opened.body.lifted_ms() != 0) {
      *out.mutable_lifted_at() = ToTimestamp(absl::FromUnixMillis(opened.body.lifted_ms()));
      return out;
    }
    *out.mutable_review_at() = ToTimestamp(opened.matter.due_at);
    out.set_review_overdue(opened.matter.due_at <= file.received_at);
    return out;
  };
}

absl::StatusOr<Opened<WithheldDisclosures>> NewWithheld(Store& store, const AgencyId& custodian,
                                                        SubjectId subject, absl::Time due) {
  EHC_ASSIGN_OR_RETURN(Opened<WithheldDisclosures> opened,
                       NewMatter<WithheldDisclosures>(store, custodian, custodian, subject));
  opened.matter.due_at = due;
  return opened;
}

void Describe(const DisclosureEntry& entry, hub::v1::WithholdingCause cause,
              store::v1::WithheldBody& body) {
  body.set_unit(entry.record[AuditField::kCustodianUnit]);
  body.set_leaf_hash(std::string(DigestView(entry.leaf_hash)));
  body.set_disclosed_ms(absl::ToUnixMillis(entry.at));
  body.set_recipient(entry.record[AuditField::kSearcherAgency]);
  body.set_cause(cause);
}

absl::StatusOr<std::vector<Change>> WithholdingDuty::ChangesFor(const CaseFile& file,
                                                                const Release& release,
                                                                const EntryRow& entry) const {
  const auto& obligations = file.decision.obligations;
  const bool withheld =
      file.subject.known() &&
      std::any_of(obligations.begin(), obligations.end(),
                  [](const Obligation& obligation) { return obligation.what->code == kDoNotTell; });
  if (!withheld) return std::vector<Change>();
  // A policy without the clock does not stop a child protection enquiry: it is due at once.
  absl::StatusOr<absl::Time> due = ClockDue(file, calendar_, "WITHHELD_REVIEW", entry.recorded_at);
  EHC_ASSIGN_OR_RETURN(
      Opened<WithheldDisclosures> opened,
      NewWithheld(store_, release.custodian,
                  NumberMeantBy(file.dossier, file.subject, file.named, release.custodian),
                  due.value_or(entry.recorded_at)));
  opened.body.set_unit(release.unit.value());
  opened.body.set_leaf_hash(std::string(DigestView(entry.leaf_hash)));
  opened.body.set_disclosed_ms(absl::ToUnixMillis(entry.recorded_at));
  opened.body.set_recipient(file.caller.agency().value());
  opened.body.set_cause(hub::v1::WITHHOLDING_CAUSE_DO_NOT_TELL_FAMILY);
  std::vector<Change> changes;
  changes.push_back(Put(opened));
  return changes;
}

}  // namespace ehc
