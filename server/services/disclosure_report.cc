#include "server/services/disclosure_report.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/audit/entry.h"
#include "server/pipeline/consent.h"

namespace ehc {
namespace {

using hub::v1::DISCLOSURE_VIEW_FAMILY;

constexpr char kRelay[] = "agencies/hub-relay";

// Who was disclosed to, and under what, told by names.
constexpr AuditFieldMask kOrganisations =
    MaskOf(AuditField::kSearcherAgency) | MaskOf(AuditField::kSearcherUnit) |
    MaskOf(AuditField::kCustodianAgency) | MaskOf(AuditField::kCustodianUnit) |
    MaskOf(AuditField::kAgreement) | MaskOf(AuditField::kAgreementVersion);

// Numbers of consents count what others have recorded.
constexpr AuditFieldMask kNeverForFamily = MaskOf(AuditField::kConsent);

std::vector<std::string> ListOf(const std::string& value) {
  return absl::StrSplit(value, ',', absl::SkipEmpty());
}

hub::v1::DisclosedKind KindOf(const AuditRecord& record) {
  const std::string& code = record[AuditField::kDisclosure];
  if (code == "EXISTENCE") return hub::v1::DISCLOSED_KIND_EXISTENCE;
  return code == "NOTIFY" ? hub::v1::DISCLOSED_KIND_CHANGE : hub::v1::DISCLOSED_KIND_CONTENT;
}

std::string DayAndTime(absl::Time at) {
  return absl::FormatTime("%-d %B %Y at %H:%M", at, London());
}

bool StartsWithVowel(const std::string& word) {
  return !word.empty() && absl::string_view("aeiouAEIOU").find(word[0]) != absl::string_view::npos;
}

std::string WithArticle(const std::string& words) {
  return absl::StrCat(StartsWithVowel(words) ? "an " : "a ", words);
}

}  // namespace

DisclosureTeller::DisclosureTeller(const CaseFile& file, hub::v1::DisclosureView for_whom)
    : words_(PolicyOf(file)),
      for_whom_(for_whom),
      today_(FormatDate(LondonDate(file.received_at))) {}

absl::StatusOr<DisclosureTeller> DisclosureTeller::Create(const CaseFile& file, ReadView& view,
                                                          hub::v1::DisclosureView for_whom) {
  DisclosureTeller teller(file, for_whom);
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
  for (const hub::v1::Agency& agency : agencies) {
    teller.names_[ReadAgency(agency.name()).value()] = agency.display_name();
  }
  for (const store::v1::ProtectionItem& item : file.dossier.protections()) {
    if (item.value().label() != hub::v1::PROTECTION_LABEL_ADDRESS_RESTRICTED) continue;
    teller.restricted_.push_back({item.value().valid_from(), item.value().valid_to()});
  }
  return teller;
}

// On the day of the disclosure or today: where the child was may be where the child is.
bool DisclosureTeller::IsBehindRelay(absl::Time at) const {
  if (for_whom_ != DISCLOSURE_VIEW_FAMILY) return false;
  const std::string day = FormatDate(LondonDate(at));
  return std::any_of(restricted_.begin(), restricted_.end(), [&](const Period& period) {
    const auto within = [&](const std::string& on) {
      return (period.from.empty() || period.from <= on) && (period.to.empty() || on <= period.to);
    };
    return within(day) || within(today_);
  });
}

void DisclosureTeller::Sentence(const DisclosureEntry& entry,
                                hub::v1::SubjectDisclosure& out) const {
  const std::string who =
      absl::StrCat(out.role().empty() ? "a computer system" : WithArticle(out.role()), " of ",
                   out.organisation_name().empty() ? "an organisation whose name is protected"
                                                   : out.organisation_name());
  std::string what;
  if (out.kind() == hub::v1::DISCLOSED_KIND_EXISTENCE) {
    what = absl::StrCat("was told whether there is ", WithArticle(out.record_title()));
  } else if (out.kind() == hub::v1::DISCLOSED_KIND_CHANGE) {
    what = absl::StrCat("was told that the ", out.record_title(), " had changed");
  } else {
    const std::string parts =
        absl::StrJoin(out.parts(), ", ", [](std::string* text, const hub::v1::DisclosedPart& part) {
          absl::StrAppend(text, part.title(), " (", part.code(), ")");
        });
    what = absl::StrCat("received the ", out.record_title(),
                        parts.empty() ? "" : absl::StrCat(": ", parts));
  }
  std::string text = absl::StrCat("On ", DayAndTime(entry.at), ", ", who, " ", what, ".");
  if (!out.purpose_title().empty()) absl::StrAppend(&text, " Why: ", out.purpose_title(), ".");
  if (!out.basis().empty()) absl::StrAppend(&text, " In law: ", out.basis(), ".");
  out.set_sentence(text);
}

absl::StatusOr<hub::v1::SubjectDisclosure> DisclosureTeller::Tell(
    const StoredEntry& stored, const DisclosureEntry& entry) const {
  const AuditRecord& record = entry.record;
  const bool relay = IsBehindRelay(entry.at);
  const bool family = for_whom_ == DISCLOSURE_VIEW_FAMILY;
  hub::v1::SubjectDisclosure out;
  *out.mutable_disclosed_at() = ToTimestamp(entry.at);
  out.set_kind(KindOf(record));
  const AgencyId searcher(record[AuditField::kSearcherAgency]);
  out.set_organisation(relay ? kRelay : AgencyNameOf(searcher));
  if (!relay) {
    const auto name = names_.find(searcher.value());
    out.set_organisation_name(name == names_.end() ? searcher.value() : name->second);
    out.set_unit(record[AuditField::kSearcherUnit]);
    if (!record[AuditField::kAgreement].empty()) {
      out.set_agreement(absl::StrCat("agreements/", record[AuditField::kAgreement]));
    }
  }
  if (!record[AuditField::kRole].empty()) out.set_role(words_.Role(record[AuditField::kRole]));
  out.set_record_type(record[AuditField::kRecordType]);
  out.set_record_title(words_.RecordType(record[AuditField::kRecordType]));
  for (const std::string& code : ListOf(record[AuditField::kReleasedParts])) {
    hub::v1::DisclosedPart& part = *out.add_parts();
    part.set_code(code);
    part.set_title(words_.Part(record[AuditField::kRecordType], code));
  }
  out.set_purpose(record[AuditField::kPurpose]);
  out.set_purpose_title(words_.Purpose(record[AuditField::kPurpose]));
  std::vector<std::string> bases;
  for (const AuditField field : {AuditField::kLawfulBasis, AuditField::kGateway}) {
    for (const std::string& code : ListOf(record[field])) bases.push_back(words_.Basis(code));
  }
  out.set_basis(absl::StrJoin(bases, "; "));
  Sentence(entry, out);
  out.set_leaf_hash(entry.leaf_hash.data(), entry.leaf_hash.size());
  EHC_ASSIGN_OR_RETURN(const Opening opening, Opening::Parse(stored.row.opening));
  const EntryView view =
      family ? opening.OpenFor(Audience::kFamily, kNeverForFamily | (relay ? kOrganisations : 0))
             : opening.OpenFor(Audience::kCustodian);
  EHC_ASSIGN_OR_RETURN(*out.mutable_view(), view.Encode());
  return out;
}

// Whoever decides for the child today (C&F Act 2014 s.80): a parent's view ends when the young
// person's begins, and with a child who is competent to decide.
absl::Status DisclosureReport::CheckRequester(const CaseFile& file) const {
  if (request_.view() != DISCLOSURE_VIEW_FAMILY) return absl::OkStatus();
  const hub::v1::AccessRequester& by = request_.requester();
  if (IsDecisionMaker(file.dossier, file.caller.agency(), by.role(), by.person_reference(),
                      file.facts.decision_maker, FormatDate(file.facts.today))) {
    return absl::OkStatus();
  }
  return RefusalError(absl::StatusCode::kFailedPrecondition, "NOT_DECISION_MAKER",
                      "requester: does not decide for this child today, by what your agency has "
                      "recorded; the report is for whoever does");
}

bool DisclosureReport::InPeriod(absl::Time at) const {
  return (!request_.has_since() || at >= FromTimestamp(request_.since())) &&
         (!request_.has_until() || at < FromTimestamp(request_.until()));
}

bool DisclosureReport::IsAskedFor(const CaseFile& file, const DisclosureEntry& entry) const {
  return InPeriod(entry.at) && IsOfUnit(file, entry.record[AuditField::kCustodianUnit]);
}

hub::v1::SubjectDisclosure DisclosureReport::Erased(const StoredEntry& stored) const {
  hub::v1::SubjectDisclosure out;
  *out.mutable_disclosed_at() = ToTimestamp(stored.row.recorded_at);
  out.set_leaf_hash(stored.row.leaf_hash.data(), stored.row.leaf_hash.size());
  out.set_erased(true);
  return out;
}

absl::StatusOr<std::optional<DisclosurePage>> DisclosureReport::Fetch(const CaseFile& file,
                                                                      ReadView& view) const {
  if (!file.facts.subject_known) return std::nullopt;
  EHC_RETURN_IF_ERROR(CheckRequester(file));
  const bool family = request_.view() == DISCLOSURE_VIEW_FAMILY;
  EHC_ASSIGN_OR_RETURN(
      const Withholdings withholdings,
      Withholdings::Read(view, file.subject, file.caller.agency(), file.dossier, file.received_at));
  EHC_ASSIGN_OR_RETURN(const DisclosureTeller teller,
                       DisclosureTeller::Create(file, view, request_.view()));
  const size_t wanted = static_cast<size_t>(PageSize(request_.page_size()));
  EntryFilter filter;
  filter.subject = file.subject;
  filter.custodian = file.caller.agency();
  filter.after = after_ - 1;
  DisclosurePage page;
  int64_t last_shown = 0;
  while (true) {
    EHC_ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries, view.ListEntries(filter));
    for (const StoredEntry& stored : entries) {
      filter.after = stored.index;
      EHC_ASSIGN_OR_RETURN(const std::optional<DisclosureEntry> entry, ReadDisclosure(stored));
      const bool shown_erased =
          stored.erased && !family && !stored.row.denial && InPeriod(stored.row.recorded_at);
      if (!entry.has_value() && !shown_erased) continue;
      if (entry.has_value() &&
          (!IsAskedFor(file, *entry) || (family && withholdings.Hides(*entry)))) {
        continue;
      }
      if (page.disclosures.size() == wanted) {  // one more that may be seen: there is a next page
        page.next_page_token =
            desks_.rooms.names.SealPage(file.caller.agency(), list_, last_shown + 1);
        return page;
      }
      last_shown = stored.index;
      if (!entry.has_value()) {
        page.disclosures.push_back(Erased(stored));
        continue;
      }
      EHC_ASSIGN_OR_RETURN(hub::v1::SubjectDisclosure told, teller.Tell(stored, *entry));
      const auto found = withholdings.Of(*entry);
      if (!family && found.has_value()) {
        FillWithholding(desks_.rooms, file, *found, *told.mutable_withholding());
      }
      page.disclosures.push_back(std::move(told));
    }
    if (static_cast<int>(entries.size()) < filter.limit) return page;
  }
}

}  // namespace ehc
