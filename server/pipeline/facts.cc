#include "server/pipeline/facts.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/pipeline/consent.h"
#include "server/pipeline/own_view.h"
#include "server/pipeline/record_request.h"

namespace ehc {
namespace {

uint32_t BitOf(hub::v1::RelationshipKind kind) {
  switch (kind) {
    case hub::v1::RELATIONSHIP_KIND_NAMED_INSTITUTION: return kNamedInstitution;
    case hub::v1::RELATIONSHIP_KIND_RESPONSIBLE_COMMISSIONER: return kResponsibleCommissioner;
    case hub::v1::RELATIONSHIP_KIND_ENROLMENT: return kEnrolled;
    case hub::v1::RELATIONSHIP_KIND_KEY_WORKER: return kKeyWorker;
    case hub::v1::RELATIONSHIP_KIND_MAINTAINING_AUTHORITY: return kMaintainingAuthority;
    case hub::v1::RELATIONSHIP_KIND_REPRESENTATIVE: return kRepresentative;
    case hub::v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY: return kCorporateParent;
    default: return 0;
  }
}

uint32_t BitOf(hub::v1::ProtectionLabel label) {
  switch (label) {
    case hub::v1::PROTECTION_LABEL_ADDRESS_RESTRICTED: return kAddressRestricted;
    case hub::v1::PROTECTION_LABEL_ADOPTED:
    case hub::v1::PROTECTION_LABEL_IDENTITY_SEVERED: return kIdentitySevered;
    case hub::v1::PROTECTION_LABEL_THIRD_PARTY: return kThirdParty;
    case hub::v1::PROTECTION_LABEL_SENSITIVE_SERVICE: return kSensitiveService;
    case hub::v1::PROTECTION_LABEL_POLICE_INTEL:
    case hub::v1::PROTECTION_LABEL_COVERT_ENQUIRY: return kPoliceIntelligence;
    case hub::v1::PROTECTION_LABEL_YOUTH_JUSTICE: return kYouthJustice;
    case hub::v1::PROTECTION_LABEL_COURT_RESTRICTED: return kCourtRestricted;
    case hub::v1::PROTECTION_LABEL_HOMELESSNESS: return kHomelessness;
    case hub::v1::PROTECTION_LABEL_GANG: return kGang;
    case hub::v1::PROTECTION_LABEL_FGM: return kFgm;
    default: return 0;
  }
}

// ISO dates compare as text. Empty ends are open; both ends are included.
template <typename T>
bool InForce(const T& value, const std::string& today) {
  return (value.valid_from().empty() || value.valid_from() <= today) &&
         (value.valid_to().empty() || value.valid_to() >= today);
}

bool IsAgency(const std::string& name, const AgencyId& agency) {
  absl::string_view rest(name);
  constexpr absl::string_view kPrefix = "agencies/";
  if (absl::StartsWith(rest, kPrefix)) rest.remove_prefix(kPrefix.size());
  return rest == agency.value();
}

// Only what the custodian itself has recorded speaks for or against reading its records: another
// agency could otherwise name itself a recipient by right, or a parent who consents.
template <typename Item>
void DropOthers(google::protobuf::RepeatedPtrField<Item>& items, const AgencyId& custodian) {
  items.erase(
      std::remove_if(items.begin(), items.end(),
                     [&](const Item& item) { return item.origin().agency() != custodian.value(); }),
      items.end());
}

bool HasOthers(const store::v1::Dossier& dossier, const AgencyId& custodian) {
  auto is_other = [&](const auto& item) { return item.origin().agency() != custodian.value(); };
  return std::any_of(dossier.relationships().begin(), dossier.relationships().end(), is_other) ||
         std::any_of(dossier.consents().begin(), dossier.consents().end(), is_other) ||
         std::any_of(dossier.capacities().begin(), dossier.capacities().end(), is_other);
}

void AddRelationships(const store::v1::Dossier& dossier, const PolicyRequest& request,
                      const std::string& today, Facts& facts) {
  for (const store::v1::RelationshipItem& item : dossier.relationships()) {
    const hub::v1::Relationship& value = item.value();
    if (value.agency().empty() || !InForce(value, today)) continue;
    if (IsAgency(value.agency(), request.agency)) facts.caller_relationships |= BitOf(value.kind());
    if (IsAgency(value.agency(), request.custodian)) {
      facts.custodian_relationships |= BitOf(value.kind());
    }
  }
}

// A caller is cleared of a label only when every protection in force that carries it lists the
// caller: the custodian who did not list it did not clear it.
void AddProtections(const store::v1::Dossier& dossier, const PolicyRequest& request,
                    const std::string& today, Facts& facts) {
  uint32_t uncleared = 0;
  for (const store::v1::ProtectionItem& item : dossier.protections()) {
    const hub::v1::Protection& value = item.value();
    if (!InForce(value, today)) continue;
    const uint32_t bit = BitOf(value.label());
    facts.protections |= bit;
    const auto& listed = value.cleared_recipients();
    const bool cleared = std::any_of(listed.begin(), listed.end(), [&](const std::string& name) {
      return IsAgency(name, request.agency);
    });
    if (!cleared) uncleared |= bit;
  }
  facts.cleared_protections = facts.protections & ~uncleared;
}

}  // namespace

Facts AssembleFacts(const store::v1::Dossier& dossier, const PolicyRequest& request,
                    const RecordSchema* schema, absl::Time now, const Calendar& calendar) {
  if (HasOthers(dossier, request.custodian)) {
    store::v1::Dossier own = dossier;
    DropOthers(*own.mutable_relationships(), request.custodian);
    DropOthers(*own.mutable_consents(), request.custodian);
    DropOthers(*own.mutable_capacities(), request.custodian);
    return AssembleFacts(own, request, schema, now, calendar);
  }
  Facts facts;
  facts.today = LondonDate(now);
  facts.subject_known = dossier.registered_by_size() > 0;
  bool over_school_age = false;
  if (absl::StatusOr<Date> birth = ParseIsoDate(dossier.person().date_of_birth()); birth.ok()) {
    facts.date_of_birth = *birth;
    facts.school_leaving_date = calendar.SchoolLeavingDate(*birth);
    over_school_age = facts.today > *facts.school_leaving_date;
  }
  const std::string today = FormatDate(facts.today);
  facts.decision_maker = WhoDecides(dossier, over_school_age);
  AddRelationships(dossier, request, today, facts);
  AddProtections(dossier, request, today, facts);
  // Uses are not yet counted nor reviewed, so nobody may break the glass here: refused and audited.
  facts.break_glass_suspended = true;
  if (schema != nullptr) {
    facts.consent = ReadConsents(dossier, facts.decision_maker, request, *schema, now, today);
  }
  return facts;
}

Digest DisputedDigest(const Store& store, const Identifier& identifier, const AgencyId& agency) {
  Identifier own = identifier;
  absl::StrAppend(&own.value, "\n", agency.value());
  return store.IdentifierDigest(own);
}

namespace {

// To a caller that writes, a child is known by the identifiers that its own agency linked: what
// others linked is not for it to see.
absl::StatusOr<bool> IsHiddenFromWriter(const CaseFile& file, const Store& store, ReadView& view) {
  const std::optional<Identifier>& identifier = file.ask.subject.identifier;
  if (file.ask.action.empty() || !identifier.has_value()) return false;
  const AgencyId& agency = file.caller.agency();
  EHC_ASSIGN_OR_RETURN(const SubjectId own_child,
                       view.FindSubject(DisputedDigest(store, *identifier, agency)));
  return !own_child.known() && IsRegisteredBy(file.dossier, agency) &&
         !IsIdentifiedBy(file.dossier, agency, *identifier);
}

}  // namespace

absl::StatusOr<SubjectId> FactsReader::Resolve(const CaseFile& file, ReadView& view,
                                               ReadSet& reads) const {
  const SubjectRef& ref = file.ask.subject;
  if (ref.identifier.has_value()) {
    if (!file.ask.action.empty()) {
      const Digest own = DisputedDigest(store_, *ref.identifier, file.caller.agency());
      reads.keys.push_back(IdentifierKey(DigestView(own)));
      EHC_ASSIGN_OR_RETURN(SubjectId disputed, view.FindSubject(own));
      if (disputed.known()) return disputed;
    }
    const Digest digest = store_.IdentifierDigest(*ref.identifier);
    reads.keys.push_back(IdentifierKey(DigestView(digest)));
    return view.FindSubject(digest);
  }
  return ref.subject.value_or(SubjectId{});
}

// What a person at the custodian said yes to, where the call rests on that.
absl::Status FactsReader::ReadApproval(CaseFile& file, ReadView& view) const {
  file.approved_by.clear();
  const MatterId number = file.ask.record_request;
  if (!number.known()) return absl::OkStatus();
  file.reads.keys.push_back(MatterKey(number));
  EHC_ASSIGN_OR_RETURN(const std::optional<Matter> matter,
                       view.FindMatter(kRecordRequestKind, number));
  if (!matter.has_value()) return absl::OkStatus();
  EHC_ASSIGN_OR_RETURN(const store::v1::RecordRequestPaper paper, ReadPaper(*matter));
  file.facts.approved = ApprovedParts(*matter, paper, file);
  if (file.facts.approved == 0) return absl::OkStatus();
  file.approved_by =
      absl::StrCat(names_.MatterName(kRecordRequests, number), " ", paper.approved_by_role());
  return absl::OkStatus();
}

absl::StatusOr<Informed> FactsReader::Read(Call call, ReadView& view) const {
  CaseFile& file = *call.file_;
  file.reads.position = view.position();
  file.reads.keys.clear();
  file.reads.keys.push_back(PolicyKey());
  file.reads.keys.push_back(CredentialKey(file.caller.credential()));
  file.reads.keys.push_back(AgencyKey(file.caller.agency()));
  EHC_ASSIGN_OR_RETURN(file.subject, Resolve(file, view, file.reads));
  EHC_ASSIGN_OR_RETURN(file.dossier, view.ReadDossier(file.subject));
  file.reads.keys.push_back(SubjectKey(file.subject));
  EHC_ASSIGN_OR_RETURN(const bool hidden, IsHiddenFromWriter(file, store_, view));
  // A severed identity behaves as unknown, everywhere (domain §2.4).
  if (file.dossier.severed() || hidden) {
    file.dossier.Clear();
    file.subject = SubjectId{};
  }
  file.searcher_subject = names_.SubjectName(file.caller.agency(), file.subject);
  file.custodian_subject = names_.SubjectName(file.ask.request.custodian, file.subject);
  file.facts = AssembleFacts(file.dossier, file.ask.request, file.decision.schema, file.received_at,
                             calendar_);
  // To a caller that writes, a child is known once its own agency registered it: what others
  // registered is not for it to see.
  if (!file.ask.action.empty() && !IsRegisteredBy(file.dossier, file.caller.agency())) {
    file.facts.subject_known = false;
  }
  EHC_RETURN_IF_ERROR(ReadApproval(file, view));
  return Informed(std::move(call.file_));
}

}  // namespace ehc
