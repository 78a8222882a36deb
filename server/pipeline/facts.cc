#include "server/pipeline/facts.h"

#include <algorithm>
#include <limits>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/model/joined.h"
#include "server/pipeline/break_glass.h"
#include "server/pipeline/consent.h"
#include "server/pipeline/delegation.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/own_view.h"
#include "server/pipeline/record_request.h"
#include "server/policy/snapshot.h"

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
         std::any_of(dossier.capacities().begin(), dossier.capacities().end(), is_other) ||
         std::any_of(dossier.standing_decisions().begin(), dossier.standing_decisions().end(),
                     is_other);
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
// caller, and whoever it acts for: the custodian who did not list it did not clear it.
void AddProtections(const store::v1::Dossier& dossier, const PolicyRequest& request,
                    const std::string& today, Facts& facts) {
  uint32_t uncleared = 0;
  for (const store::v1::ProtectionItem& item : dossier.protections()) {
    const hub::v1::Protection& value = item.value();
    if (!InForce(value, today)) continue;
    const uint32_t bit = BitOf(value.label());
    facts.protections |= bit;
    const auto lists = [&](const AgencyId& agency) {
      const auto& listed = value.cleared_recipients();
      return std::any_of(listed.begin(), listed.end(),
                         [&](const std::string& name) { return IsAgency(name, agency); });
    };
    const bool cleared =
        lists(request.agency) && (!request.by.has_value() || lists(request.by->agency));
    if (!cleared) uncleared |= bit;
  }
  facts.cleared_protections = facts.protections & ~uncleared;
}

// Whether the caller named the child by an identifier that another has replaced. A dossier's types
// of identifier are numbered as the model's kinds.
bool IsSuperseded(const store::v1::Dossier& dossier, const Identifier& identifier) {
  return std::any_of(dossier.identifiers().begin(), dossier.identifiers().end(),
                     [&](const store::v1::IdentifierItem& item) {
                       return item.superseded() && item.value().value() == identifier.value &&
                              static_cast<int>(item.value().type()) ==
                                  static_cast<int>(identifier.kind);
                     });
}

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

bool Serves(const hub::v1::StandingDecision& value, const PolicyRequest& request, absl::Time now,
            const PolicySnapshot* policy) {
  if (value.has_ended_at() || value.gateway() != request.gateway) return false;
  if (ToTime(value.valid_from()) > now || now >= ToTime(value.valid_until())) return false;
  const auto covers = [&](const auto& codes,
                          bool (PolicySnapshot::*wider)(absl::string_view, absl::string_view) const,
                          const std::string& code) {
    return std::any_of(codes.begin(), codes.end(), [&](const std::string& one) {
      return one == code || (policy != nullptr && (policy->*wider)(one, code));
    });
  };
  const auto& to = value.recipients();
  return std::any_of(to.begin(), to.end(),
                     [&](const std::string& name) { return IsAgency(name, request.agency); }) &&
         covers(value.roles(), &PolicySnapshot::RoleCovers, request.role) &&
         covers(value.purposes(), &PolicySnapshot::PurposeCovers, request.purpose);
}

void AddStandingDecisions(const store::v1::Dossier& dossier, const PolicyRequest& request,
                          const RecordSchema& schema, absl::Time now, const PolicySnapshot* policy,
                          Facts& facts) {
  for (const store::v1::StandingDecisionItem& item : dossier.standing_decisions()) {
    if (!Serves(item.value(), request, now, policy)) continue;
    PartMask parts = 0;
    for (const hub::v1::ConsentScope& scope : item.value().scopes()) {
      if (scope.record_type() != schema.record_type) continue;
      for (const std::string& part : scope.parts()) {
        const int index = schema.IndexOf(part);
        if (index >= 0) parts |= PartMask{1} << index;
      }
    }
    if ((parts & request.parts) == 0) continue;
    facts.standing_decision |= parts & request.parts;
    facts.standing_ids.push_back(
        absl::StrCat("standing/", item.origin().number(), " ", item.value().decided_by_role()));
  }
}

// Rights follow the plan, at the instant of its transfer.
void AddTransfers(const store::v1::Dossier& dossier, const PolicyRequest& request, absl::Time now,
                  Facts& facts) {
  const store::v1::PlanTransferItem* moved = MovedAway(dossier, request.custodian, now);
  if (moved == nullptr) {
    for (const store::v1::PlanTransferItem& item : dossier.plan_transfers()) {
      if (item.to() == request.custodian.value() && absl::FromUnixMillis(item.at_ms()) <= now) {
        facts.custodian_relationships |= kMaintainingAuthority;
      }
    }
    return;
  }
  facts.custodian_relationships &= ~kMaintainingAuthority;
  const bool is_new_authority = moved->to() == request.agency.value();
  if (is_new_authority) facts.caller_relationships |= kMaintainingAuthority;
  facts.moved_away = !is_new_authority;
}

}  // namespace

store::v1::Dossier OwnView(const store::v1::Dossier& dossier, const AgencyId& agency) {
  store::v1::Dossier own = dossier;
  DropOthers(*own.mutable_relationships(), agency);
  DropOthers(*own.mutable_consents(), agency);
  DropOthers(*own.mutable_capacities(), agency);
  DropOthers(*own.mutable_standing_decisions(), agency);
  return own;
}

const store::v1::PlanTransferItem* MovedAway(const store::v1::Dossier& dossier,
                                             const AgencyId& authority, absl::Time now) {
  const store::v1::PlanTransferItem* last = nullptr;
  for (const store::v1::PlanTransferItem& item : dossier.plan_transfers()) {
    if (absl::FromUnixMillis(item.at_ms()) > now) continue;
    if (item.from() == authority.value() || item.to() == authority.value()) last = &item;
  }
  return last != nullptr && last->from() == authority.value() ? last : nullptr;
}

Facts AssembleFacts(const store::v1::Dossier& dossier, const PolicyRequest& request,
                    const RecordSchema* schema, absl::Time now, const Calendar& calendar,
                    const PolicySnapshot* policy) {
  if (HasOthers(dossier, request.custodian)) {
    return AssembleFacts(OwnView(dossier, request.custodian), request, schema, now, calendar,
                         policy);
  }
  Facts facts;
  facts.today = LondonDate(now);
  facts.subject_known = dossier.registered_by_size() > 0;
  const Ages ages = AgesOn(dossier, now, calendar);
  if (ages.leaving_date.has_value()) {
    facts.date_of_birth = *ParseIsoDate(dossier.person().date_of_birth());
    facts.school_leaving_date = ages.leaving_date;
  }
  facts.decision_maker =
      WhoDecides(dossier, ages.over_school_age, schema == nullptr ? "" : schema->record_type);
  AddRelationships(dossier, request, ages.today, facts);
  AddProtections(dossier, request, ages.today, facts);
  if (schema == nullptr) return facts;
  facts.consent =
      ReadConsents(dossier, facts.decision_maker, request, *schema,
                   policy == nullptr ? nullptr : policy->FindPurpose(request.purpose), ages, now);
  AddStandingDecisions(dossier, request, *schema, now, policy, facts);
  if (schema->moves_with_plan) AddTransfers(dossier, request, now, facts);
  return facts;
}

Digest DisputedDigest(const Store& store, const Identifier& identifier, const AgencyId& agency) {
  Identifier own = identifier;
  absl::StrAppend(&own.value, "\n", agency.value());
  return store.IdentifierDigest(own);
}

namespace {

// To an agency that acts on its own children, one is known once it registered it itself, and by the
// identifiers that it linked itself: what others did is not for it to see, its own audit included.
absl::StatusOr<bool> IsHiddenFromWriter(const CaseFile& file, const Store& store, ReadView& view) {
  const std::optional<Identifier>& identifier = file.ask.subject.identifier;
  if (file.ask.action.empty() || !identifier.has_value()) return false;
  if (file.caller.agency_type() == "OPERATOR") return false;  // registers nobody, decides conflicts
  const AgencyId& agency = file.caller.agency();
  EHC_ASSIGN_OR_RETURN(const SubjectId own_child,
                       view.FindSubject(DisputedDigest(store, *identifier, agency)));
  return !own_child.known() && !(IsRegisteredBy(file.dossier, agency) &&
                                 IsIdentifiedBy(file.dossier, agency, *identifier));
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

// What is counted of the acting person, where the decision may rest on it: the same for every
// child.
absl::Status FactsReader::ReadCounts(CaseFile& file, ReadView& view) const {
  if (!file.ask.action.empty() || file.snapshot == nullptr) return absl::OkStatus();
  const PolicyRequest& request = file.ask.request;
  if (PolicyOf(file).CountsDisclosures(request.agreement)) {
    EHC_ASSIGN_OR_RETURN(const int64_t count, view.ReadTally(DisclosuresTo(file)));
    file.facts.disclosures_today =
        static_cast<uint32_t>(std::min<int64_t>(count, std::numeric_limits<uint32_t>::max()));
  }
  return request.break_glass.has_value() ? ReadUses(file, view) : absl::OkStatus();
}

absl::Status FactsReader::ReadChild(CaseFile& file, ReadView& view) const {
  EHC_ASSIGN_OR_RETURN(file.named, Resolve(file, view, file.reads));
  EHC_ASSIGN_OR_RETURN(file.subject, view.RootOf(file.named));
  EHC_ASSIGN_OR_RETURN(file.dossier, view.ReadDossier(file.subject));
  file.reads.keys.push_back(SubjectKey(file.subject));
  for (const store::v1::JoinedSubject& joined : file.dossier.joined()) {
    file.reads.keys.push_back(SubjectKey(SubjectId{joined.subject()}));
  }
  for (const SubjectId rival : file.ask.rivals) file.reads.keys.push_back(SubjectKey(rival));
  EHC_ASSIGN_OR_RETURN(const bool hidden, IsHiddenFromWriter(file, store_, view));
  // A severed identity behaves as unknown, everywhere (domain §2.4).
  if (file.dossier.severed() || hidden) {
    file.dossier.Clear();
    file.subject = file.named = SubjectId{};
  }
  const auto number_for = [&](const AgencyId& agency) {
    return NumberFor(file.dossier, file.subject, file.named, agency);
  };
  file.known_as = number_for(file.caller.agency());
  file.searcher_subject = names_.SubjectName(file.caller.agency(), file.known_as);
  file.custodian_subject =
      names_.SubjectName(file.ask.request.custodian, number_for(file.ask.request.custodian));
  const std::optional<Identifier>& identifier = file.ask.subject.identifier;
  file.identifier_superseded = identifier.has_value() && IsSuperseded(file.dossier, *identifier);
  return absl::OkStatus();
}

absl::StatusOr<Informed> FactsReader::Read(Call call, ReadView& view) const {
  CaseFile& file = *call.file_;
  file.reads.position = view.position();
  file.reads.keys.clear();
  if (file.snapshot != nullptr) file.reads.keys.push_back(PolicyKey());
  file.reads.keys.push_back(CredentialKey(file.caller.credential()));
  file.reads.keys.push_back(AgencyKey(file.caller.agency()));
  EHC_RETURN_IF_ERROR(StandIn(file, view, names_));
  EHC_RETURN_IF_ERROR(ReadChild(file, view));
  file.facts = AssembleFacts(file.dossier, file.ask.request, file.decision.schema, file.received_at,
                             calendar_, static_cast<const PolicySnapshot*>(file.snapshot.get()));
  // To a caller that writes, a child is known once its own agency registered it: what others
  // registered is not for it to see.
  if (!file.ask.action.empty() && !IsRegisteredBy(file.dossier, file.caller.agency())) {
    file.facts.subject_known = false;
  }
  EHC_RETURN_IF_ERROR(ReadApproval(file, view));
  EHC_RETURN_IF_ERROR(ReadCounts(file, view));
  return Informed(std::move(call.file_));
}

}  // namespace ehc
