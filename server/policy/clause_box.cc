#include "server/policy/clause_box.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

using policy_proto::Agreement;
using policy_proto::Clause;
using policy_proto::OrganisationSelector;
using Codes = google::protobuf::RepeatedPtrField<std::string>;

bool IsShortId(absl::string_view id) {
  return !id.empty() && id.size() <= 80 && absl::ascii_isalnum(id[0]) &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

bool IsAny(const Codes& codes) { return codes.size() == 1 && codes[0] == "ANY"; }

class ClauseReader {
 public:
  ClauseReader(const ParsedAgreement& agreement, int index, const Vocabulary& vocabulary,
               Problems* problems)
      : agreement_(agreement.message),
        root_(agreement.root()),
        index_(index),
        vocabulary_(vocabulary),
        problems_(problems) {
    from_ = LondonInstant(agreement_.valid_from(), false, absl::InfinitePast(), root_.place(), "",
                          &ignored_);
    until_ = LondonInstant(agreement_.valid_until(), true, absl::InfiniteFuture(), root_.place(),
                           "", &ignored_);
    for (const auto& party : agreement_.party()) {
      party_agencies_.insert(party.agency());
      party_by_type_ = party_by_type_ || !party.agency_type().empty();
    }
    for (const auto& group : agreement_.group()) groups_[group.id()] = &group;
  }

  ClauseBox Read(int number);

 private:
  void ReadEffect(const Clause& clause, const Located& at, ClauseBox* box);
  void ReadWhat(const Clause& clause, const Located& at, ClauseBox* box);
  void ReadGround(const Clause& clause, const Located& at, ClauseBox* box);
  void ReadValidity(const Clause& clause, const Located& at, ClauseBox* box);
  void ReadGuards(const Clause& clause, const Located& at, ClauseBox* box);
  void ReadObligations(const Clause& clause, const Located& at, ClauseBox* box);
  void ReadBreakGlass(const Clause& clause, const Located& at, ClauseBox* box);
  void ReadConsent(const Clause& clause, const Located& at, ClauseBox* box);
  void ReadUnattended(const Clause& clause, const Located& at, ClauseBox* box);
  void ReadOrganisation(const OrganisationSelector& selector, const Located& at, bool supplier,
                        std::vector<OrganisationBox>* boxes);
  void AddTypes(const Codes& types, const Codes& regions, const Located& at,
                const google::protobuf::Message& holder, std::vector<std::string> units,
                std::vector<OrganisationBox>* boxes);
  void AddAgency(const std::string& agency, const Place& place, std::vector<std::string> units,
                 std::vector<OrganisationBox>* boxes);
  PartMask PartsOf(const Clause& clause, const Located& at, int record_type);
  uint64_t BitsOf(const Codes& codes, const TermList& list, const Clause& clause, const Located& at,
                  absl::string_view field);
  std::vector<int> NumbersOf(const Codes& codes, const TermList& list, const Clause& clause,
                             const Located& at, absl::string_view field);
  void Wrong(const Place& place, absl::string_view field, absl::string_view what) {
    problems_->Add(place, field, what);
  }
  void LeftOut(const Located& at, absl::string_view field) {
    problems_->Add(at.place(), field, "left out; say it, or write ANY if everything is meant");
  }

  const Agreement& agreement_;
  const Located root_;
  const int index_;
  const Vocabulary& vocabulary_;
  Problems* problems_;
  Problems ignored_;  // the agreement's own dates are reported with the agreement
  absl::Time from_;
  absl::Time until_;
  std::set<std::string> party_agencies_;
  bool party_by_type_ = false;
  absl::flat_hash_map<std::string, const policy_proto::Group*> groups_;
};

std::vector<int> ClauseReader::NumbersOf(const Codes& codes, const TermList& list,
                                         const Clause& clause, const Located& at,
                                         absl::string_view field) {
  std::set<int> numbers;
  for (int i = 0; i < codes.size(); ++i) {
    const int number = list.Find(codes[i]);
    if (number < 0) {
      Wrong(at.PlaceOf(clause, field, i), field,
            codes[i] == "ANY" ? std::string("ANY stands alone")
                              : absl::StrCat("'", codes[i], "' is not in the vocabulary"));
      continue;
    }
    for (int narrower : list.WithNarrower(number)) numbers.insert(narrower);
  }
  return {numbers.begin(), numbers.end()};
}

uint64_t ClauseReader::BitsOf(const Codes& codes, const TermList& list, const Clause& clause,
                              const Located& at, absl::string_view field) {
  if (IsAny(codes)) return ~uint64_t{0};
  uint64_t bits = 0;
  for (int number : NumbersOf(codes, list, clause, at, field)) bits |= uint64_t{1} << number;
  return bits;
}

void ClauseReader::AddAgency(const std::string& agency, const Place& place,
                             std::vector<std::string> units, std::vector<OrganisationBox>* boxes) {
  if (party_agencies_.count(agency) == 0 && !party_by_type_) {
    Wrong(place, "agency", absl::StrCat("'", agency, "' is no party; add a party or correct it"));
  }
  OrganisationBox box;
  box.kind = OrganisationBox::Kind::kAgency;
  box.agency = agency;
  box.units = std::move(units);
  boxes->push_back(std::move(box));
}

void ClauseReader::AddTypes(const Codes& types, const Codes& regions, const Located& at,
                            const google::protobuf::Message& holder, std::vector<std::string> units,
                            std::vector<OrganisationBox>* boxes) {
  for (int i = 0; i < types.size(); ++i) {
    const int type = vocabulary_.agency_types.Find(types[i]);
    if (type < 0) {
      Wrong(at.PlaceOf(holder, "agency_type", i), "agency_type",
            absl::StrCat("'", types[i], "' is not in the vocabulary"));
      continue;
    }
    for (int narrower : vocabulary_.agency_types.WithNarrower(type)) {
      OrganisationBox box;
      box.type = narrower;
      box.units = units;
      box.kind = OrganisationBox::Kind::kType;
      if (regions.empty() || IsAny(regions)) {
        boxes->push_back(box);
        continue;
      }
      box.kind = OrganisationBox::Kind::kTypeInRegion;
      for (const std::string& region :
           vocabulary_.WithSuccessors({regions.begin(), regions.end()})) {
        box.region = region;
        boxes->push_back(box);
      }
    }
  }
}

void ClauseReader::ReadOrganisation(const OrganisationSelector& selector, const Located& at,
                                    bool supplier, std::vector<OrganisationBox>* boxes) {
  std::vector<std::string> units(selector.unit().begin(), selector.unit().end());
  if (units.empty()) LeftOut(at, "unit");
  if (IsAny(selector.unit())) units.clear();
  std::sort(units.begin(), units.end());
  switch (selector.organisation_case()) {
    case OrganisationSelector::kAgency:
      if (selector.agency() == "ANY") {
        OrganisationBox box;
        box.units = std::move(units);
        boxes->push_back(std::move(box));
      } else {
        AddAgency(selector.agency(), at.PlaceOf(selector, "agency"), std::move(units), boxes);
      }
      return;
    case OrganisationSelector::kAgencyType: {
      Codes types;
      *types.Add() = selector.agency_type();
      AddTypes(types, selector.region(), at, selector, std::move(units), boxes);
      return;
    }
    case OrganisationSelector::kGroup: {
      const auto group = groups_.find(selector.group());
      if (group == groups_.end()) {
        Wrong(at.PlaceOf(selector, "group"), "group",
              absl::StrCat("'", selector.group(), "' is not a group of this agreement"));
        return;
      }
      for (const std::string& agency : group->second->agency()) {
        AddAgency(agency, at.place(), units, boxes);
      }
      AddTypes(group->second->agency_type(), group->second->region(), at, *group->second, units,
               boxes);
      return;
    }
    case OrganisationSelector::ORGANISATION_NOT_SET:
      LeftOut(at, supplier ? "supplier" : "recipient");
  }
}

void ClauseReader::ReadEffect(const Clause& clause, const Located& at, ClauseBox* box) {
  switch (clause.effect()) {
    case policy_proto::EFFECT_PERMIT: box->effect = Effect::kPermit; break;
    case policy_proto::EFFECT_FORBID: box->effect = Effect::kForbid; break;
    case policy_proto::EFFECT_REFER: box->effect = Effect::kRefer; break;
    default: Wrong(at.place(), "effect", "left out; say PERMIT, FORBID or REFER");
  }
  for (int i = 0; i < clause.recipient_size(); ++i) {
    ReadOrganisation(clause.recipient(i), at.Nested(clause, "recipient", i), false,
                     &box->recipients);
  }
  for (int i = 0; i < clause.supplier_size(); ++i) {
    ReadOrganisation(clause.supplier(i), at.Nested(clause, "supplier", i), true, &box->suppliers);
  }
  if (clause.recipient().empty()) LeftOut(at, "recipient");
  if (clause.supplier().empty()) LeftOut(at, "supplier");
  box->any_role = IsAny(clause.role());
  if (clause.role().empty()) LeftOut(at, "role");
  if (box->any_role) return;
  for (int role : NumbersOf(clause.role(), vocabulary_.roles, clause, at, "role")) {
    box->roles.set(role);
  }
}

PartMask ClauseReader::PartsOf(const Clause& clause, const Located& at, int record_type) {
  const RecordSchema& schema = vocabulary_.record_info[record_type].schema;
  if (IsAny(clause.part())) return schema.AllParts();
  PartMask parts = 0;
  for (int i = 0; i < clause.part_size(); ++i) {
    const int part = schema.IndexOf(clause.part(i));
    if (part < 0) {
      Wrong(at.PlaceOf(clause, "part", i), "part",
            absl::StrCat("'", clause.part(i), "' is no part of ", schema.record_type));
      continue;
    }
    parts |= PartMask{1} << part;
  }
  return parts;
}

void ClauseReader::ReadWhat(const Clause& clause, const Located& at, ClauseBox* box) {
  std::vector<int> types;
  if (IsAny(clause.record_type())) {
    for (int i = 0; i < vocabulary_.record_types.size(); ++i) types.push_back(i);
  } else {
    types = NumbersOf(clause.record_type(), vocabulary_.record_types, clause, at, "record_type");
  }
  if (clause.record_type().empty()) LeftOut(at, "record_type");
  if (clause.part().empty()) LeftOut(at, "part");
  for (int type : types) {
    if (vocabulary_.record_info[type].schema.parts.empty()) continue;  // a group of types
    box->covers.push_back({type, PartsOf(clause, at, type)});
  }
  for (int kind : clause.disclosure()) {
    switch (kind) {
      case policy_proto::DISCLOSURE_EXISTENCE:
        box->disclosures |= DisclosureBit(DisclosureKind::kExistence);
        if (box->effect == Effect::kForbid) box->disclosures = kEveryDisclosure;
        break;
      case policy_proto::DISCLOSURE_CONTENT:
        box->disclosures |= DisclosureBit(DisclosureKind::kContent);
        break;
      case policy_proto::DISCLOSURE_NOTIFY:
        box->disclosures |= DisclosureBit(DisclosureKind::kNotify);
        break;
      default: Wrong(at.place(), "disclosure", "UNSPECIFIED says nothing");
    }
  }
  if (clause.disclosure().empty()) LeftOut(at, "disclosure");
}

void ClauseReader::ReadGround(const Clause& clause, const Located& at, ClauseBox* box) {
  box->any_purpose = IsAny(clause.purpose());
  if (clause.purpose().empty()) LeftOut(at, "purpose");
  if (!box->any_purpose) {
    box->purposes = NumbersOf(clause.purpose(), vocabulary_.purposes, clause, at, "purpose");
  }
  if (clause.lawful_basis().empty()) LeftOut(at, "lawful_basis");
  box->lawful_bases =
      BitsOf(clause.lawful_basis(), vocabulary_.lawful_bases, clause, at, "lawful_basis");
  box->special_bases = BitsOf(clause.special_category_basis(), vocabulary_.special_bases, clause,
                              at, "special_category_basis");
  box->gateways = BitsOf(clause.gateway(), vocabulary_.gateways, clause, at, "gateway");
}

void ClauseReader::ReadConsent(const Clause& clause, const Located& at, ClauseBox* box) {
  const bool content = (box->disclosures & DisclosureBit(DisclosureKind::kContent)) != 0;
  switch (clause.consent_rule()) {
    case policy_proto::CONSENT_RULE_REQUIRED: box->consent = ConsentRule::kRequired; break;
    case policy_proto::CONSENT_RULE_NOT_REFUSED: box->consent = ConsentRule::kNotRefused; break;
    case policy_proto::CONSENT_RULE_NOT_CONSULTED: break;
    default:
      if (content && box->effect == Effect::kPermit) {
        Wrong(at.place(), "consent_rule",
              "left out; say REQUIRED, NOT_REFUSED or NOT_CONSULTED for a permit of content");
      }
  }
  if (box->consent == ConsentRule::kNotConsulted) return;
  const Place place = at.PlaceOf(clause, "consent_rule");
  if (box->effect != Effect::kPermit) {
    Wrong(place, "consent_rule", "only a PERMIT consults consent; use a consent_state guard");
  }
  if (box->disclosures != DisclosureBit(DisclosureKind::kContent)) {
    Wrong(place, "consent_rule", "consulted for content only; give existence its own clause");
  }
}

void ClauseReader::ReadValidity(const Clause& clause, const Located& at, ClauseBox* box) {
  const Located here = at.Nested(clause, "validity");
  const policy_proto::Validity& validity = clause.validity();
  const absl::Time from = LondonInstant(validity.from(), false, from_,
                                        here.PlaceOf(validity, "from"), "from", problems_);
  const absl::Time until = LondonInstant(validity.until(), true, until_,
                                         here.PlaceOf(validity, "until"), "until", problems_);
  if (clause.has_validity() && from >= until) {
    Wrong(here.place(), "validity", "ends before it begins; put the days right");
  }
  box->from = std::max(from, from_);
  box->until = std::min(until, until_);
}

void ClauseReader::ReadGuards(const Clause& clause, const Located& at, ClauseBox* box) {
  if (clause.has_cohort()) {
    CompileCohort(clause.cohort(), at.Nested(clause, "cohort"), vocabulary_, problems_,
                  &box->guards);
  }
  for (int i = 0; i < clause.guard_size(); ++i) {
    std::optional<Guard> guard =
        CompileGuard(clause.guard(i), at.Nested(clause, "guard", i), vocabulary_, problems_);
    if (guard.has_value()) box->guards.push_back(*std::move(guard));
  }
  std::stable_sort(box->guards.begin(), box->guards.end(),
                   [](const Guard& a, const Guard& b) { return a.stage() < b.stage(); });
}

void ClauseReader::ReadObligations(const Clause& clause, const Located& at, ClauseBox* box) {
  for (int i = 0; i < clause.obligation_size(); ++i) {
    const policy_proto::ObligationUse& use = clause.obligation(i);
    const Located here = at.Nested(clause, "obligation", i);
    const int number = vocabulary_.obligations.Find(use.code());
    if (number < 0) {
      Wrong(here.PlaceOf(use, "code"), "obligation",
            absl::StrCat("'", use.code(), "' is not in the vocabulary"));
      continue;
    }
    if (vocabulary_.obligation_info[number].needs_detail && use.detail().empty()) {
      Wrong(here.place(), "detail", absl::StrCat("left out; '", use.code(), "' needs one"));
    }
    box->obligations.push_back({use.code(), use.detail()});
  }
  if (box->effect == Effect::kForbid && clause.obligation_size() > 0) {
    Wrong(at.PlaceOf(clause, "obligation"), "obligation",
          "a FORBID discloses nothing, so there is nothing to oblige; remove it");
  }
}

void ClauseReader::ReadBreakGlass(const Clause& clause, const Located& at, ClauseBox* box) {
  box->break_glass_may_override = clause.break_glass_may_override();
  if (clause.break_glass_may_override() && box->effect != Effect::kForbid) {
    Wrong(at.place(), "break_glass_may_override", "only a FORBID can be overridden; remove it");
  }
  if (!clause.has_break_glass()) return;
  const Located here = at.Nested(clause, "break_glass");
  const policy_proto::BreakGlassClass& use = clause.break_glass();
  if (use.minutes() < 1 || use.max_uses_per_person_per_day() < 1) {
    Wrong(here.place(), "break_glass", "minutes and max_uses_per_person_per_day are at least 1");
  }
  if (box->effect != Effect::kPermit || clause.unattended()) {
    Wrong(here.place(), "break_glass", "only a PERMIT for a named person can break the glass");
  }
  box->break_glass =
      BreakGlassBox{use.minutes(), static_cast<uint32_t>(use.max_uses_per_person_per_day())};
  for (int i = 0; i < vocabulary_.obligations.size(); ++i) {
    if (!vocabulary_.obligation_info[i].required_for_break_glass) continue;
    const std::string& code = vocabulary_.obligations[i].code;
    const bool carried =
        std::any_of(box->obligations.begin(), box->obligations.end(),
                    [&](const ObligationInfo& obligation) { return obligation.code == code; });
    if (!carried) {
      Wrong(here.place(), "break_glass", absl::StrCat("must carry the obligation ", code));
    }
  }
}

void ClauseReader::ReadUnattended(const Clause& clause, const Located& at, ClauseBox* box) {
  box->unattended = clause.unattended();
  if (!box->unattended || (box->disclosures & DisclosureBit(DisclosureKind::kContent)) == 0) return;
  for (const CoverBox& cover : box->covers) {
    if (vocabulary_.record_info[cover.record_type].status_only) continue;
    Wrong(at.PlaceOf(clause, "unattended"), "unattended",
          absl::StrCat("the content of ", vocabulary_.record_types[cover.record_type].code,
                       " needs a named person; remove it"));
    return;
  }
}

ClauseBox ClauseReader::Read(int number) {
  const Clause& clause = agreement_.clause(number);
  const Located at = root_.Nested(agreement_, "clause", number);
  ClauseBox box;
  box.place = at.place();
  box.title = clause.title();
  box.agreement = index_;
  box.info = {AgreementId(agreement_.id()), agreement_.version(), clause.id(), box.place.file,
              box.place.line};
  if (!IsShortId(clause.id())) {
    Wrong(at.PlaceOf(clause, "id"), "id", "give the clause an id of lower case, digits, hyphens");
  }
  if (clause.title().empty()) Wrong(at.place(), "title", "left out; say it in one sentence");
  ReadEffect(clause, at, &box);
  ReadWhat(clause, at, &box);
  ReadGround(clause, at, &box);
  ReadConsent(clause, at, &box);
  ReadValidity(clause, at, &box);
  ReadGuards(clause, at, &box);
  ReadObligations(clause, at, &box);
  ReadBreakGlass(clause, at, &box);
  ReadUnattended(clause, at, &box);
  return box;
}

}  // namespace

std::vector<ClauseBox> ResolveClauses(const ParsedAgreement& agreement, int agreement_index,
                                      const Vocabulary& vocabulary, Problems* problems) {
  ClauseReader reader(agreement, agreement_index, vocabulary, problems);
  std::vector<ClauseBox> boxes;
  absl::flat_hash_map<std::string, Place> ids;
  boxes.reserve(agreement.message.clause_size());
  for (int i = 0; i < agreement.message.clause_size(); ++i) {
    boxes.push_back(reader.Read(i));
    const auto [found, added] = ids.emplace(boxes.back().info.id, boxes.back().place);
    if (!added) {
      problems->Add(boxes.back().place, "id",
                    absl::StrCat("clause '", found->first, "' stands already at ",
                                 found->second.ToString(), "; give one another id"));
    }
  }
  return boxes;
}

}  // namespace ehc
