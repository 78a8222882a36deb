#include "tests/support/policy_oracle/oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/model/date.h"

namespace ehc {
namespace {

using policy::v1::Agreement;
using policy::v1::Clause;
using policy::v1::Vocabulary;
namespace pb = policy::v1;

enum class Truth { kNo, kYes, kUnknown };
Truth Yes(bool value) { return value ? Truth::kYes : Truth::kNo; }

template <typename List>
bool Has(const List& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

absl::Time DayBegins(const std::string& day) {
  absl::CivilDay civil;
  absl::ParseCivilTime(day, &civil);
  return absl::FromCivil(civil, London());
}

bool Between(const std::string& from, const std::string& until, absl::Time now) {
  if (!from.empty() && now < DayBegins(from)) return false;
  if (until.empty()) return true;
  absl::CivilDay last;
  absl::ParseCivilTime(until, &last);
  return now < absl::FromCivil(absl::CivilDay(last + 1), London());
}

class Evaluation {
 public:
  Evaluation(const OraclePolicy& policy, const PolicyRequest& request, const Facts& facts,
             absl::Time now)
      : policy_(policy), words_(policy.vocabulary), request_(request), facts_(facts), now_(now) {}

  OracleAnswer Run();

 private:
  // ---- words

  template <typename Get>
  const pb::Term* FindTerm(int count, const Get& get, const std::string& code) const {
    for (int i = 0; i < count; ++i) {
      if (get(i).code() == code) return &get(i);
    }
    return nullptr;
  }
  const pb::Term* Term(const std::string& list, const std::string& code) const {
    const auto plain = [&](const auto& terms) {
      return FindTerm(
          terms.size(), [&](int i) -> const pb::Term& { return terms[i]; }, code);
    };
    const auto wrapped = [&](const auto& terms) {
      return FindTerm(
          terms.size(), [&](int i) -> const pb::Term& { return terms[i].term(); }, code);
    };
    if (list == "type") return plain(words_.agency_type());
    if (list == "role") return plain(words_.role());
    if (list == "purpose") return wrapped(words_.purpose());
    if (list == "basis") return wrapped(words_.lawful_basis());
    if (list == "special") return plain(words_.special_category_basis());
    if (list == "gateway") return wrapped(words_.gateway());
    return wrapped(words_.record_type());
  }
  bool InUse(const std::string& list, const std::string& code) const {
    const pb::Term* term = Term(list, code);
    return term != nullptr && !term->effective().switched_off() &&
           Between(term->effective().from(), term->effective().until(), now_);
  }
  // Whether a clause's list covers the word that the request states.
  template <typename List>
  bool Covers(const std::string& list, const List& stated_by_clause,
              const std::string& word) const {
    if (!InUse(list, word)) return false;
    for (const std::string& code : stated_by_clause) {
      if (code == "ANY") return true;
      for (const pb::Term* at = Term(list, word); at != nullptr;
           at = at->parent().empty() ? nullptr : Term(list, at->parent())) {
        if (at->code() == code) return true;
      }
    }
    return false;
  }
  const pb::RecordType* Type() const {
    for (const pb::RecordType& type : words_.record_type()) {
      if (type.term().code() == request_.record_type && type.part_size() > 0) return &type;
    }
    return nullptr;
  }
  const pb::Gateway* GatewayStated() const {
    for (const pb::Gateway& gateway : words_.gateway()) {
      if (gateway.term().code() == request_.gateway) return &gateway;
    }
    return nullptr;
  }

  // ---- agreements

  const Agreement* Find(const std::string& id) const {
    for (const Agreement& agreement : policy_.agreements) {
      if (agreement.id() == id) return &agreement;
    }
    return nullptr;
  }
  std::vector<const Agreement*> Lineage() const {
    std::vector<const Agreement*> line;
    for (const Agreement* at = Find(request_.agreement.value()); at != nullptr;
         at = at->parent_id().empty() ? nullptr : Find(at->parent_id())) {
      line.push_back(at);
    }
    return line;
  }
  bool Suspended(const Agreement& agreement) const {
    return agreement.has_suspension() || policy_.suspended.count(agreement.id()) > 0;
  }
  bool Signed(const Agreement& agreement) const {
    return !policy_.require_signatures ||
           policy_.signatures.count({agreement.id(), request_.custodian.value()}) > 0;
  }

  // ---- organisations

  bool UnitCovered(const pb::OrganisationSelector& selector, const UnitId& unit) const {
    return Has(selector.unit(), "ANY") || (!unit.empty() && Has(selector.unit(), unit.value()));
  }
  template <typename Regions>
  bool TypeCovered(const std::string& wanted, const Regions& regions, const std::string& type,
                   const std::string& region) const {
    const std::vector<std::string> list = {wanted};
    return Covers("type", list, type) &&
           (regions.empty() || Has(regions, "ANY") || (!region.empty() && Has(regions, region)));
  }
  bool Organisation(const Agreement& agreement, const pb::OrganisationSelector& selector,
                    const AgencyId& agency, const std::string& type, const std::string& region,
                    const UnitId& unit) const {
    if (!UnitCovered(selector, unit)) return false;
    if (selector.has_agency()) {
      return selector.agency() == "ANY" || selector.agency() == agency.value();
    }
    if (selector.has_agency_type()) {
      return TypeCovered(selector.agency_type(), selector.region(), type, region);
    }
    for (const pb::Group& group : agreement.group()) {
      if (group.id() != selector.group()) continue;
      if (Has(group.agency(), agency.value())) return true;
      for (const std::string& wanted : group.agency_type()) {
        if (TypeCovered(wanted, group.region(), type, region)) return true;
      }
    }
    return false;
  }
  bool Sides(const Agreement& agreement, const Clause& clause) const {
    bool from = false;
    bool to = false;
    for (const auto& selector : clause.recipient()) {
      from = from || Organisation(agreement, selector, request_.agency, request_.agency_type,
                                  request_.region, request_.unit);
    }
    for (const auto& selector : clause.supplier()) {
      to = to || Organisation(agreement, selector, request_.custodian, request_.custodian_type,
                              request_.custodian_region, request_.custodian_unit);
    }
    return from && to;
  }

  // ---- guards

  static bool Quantified(pb::Quantifier quantifier, int present, int asked) {
    if (quantifier == pb::QUANTIFIER_ALL) return present == asked;
    if (quantifier == pb::QUANTIFIER_ANY) return present > 0;
    return present == 0;
  }
  bool HasFlag(const std::string& flag) const {
    static const std::map<std::string, uint32_t> bits = {{"ADDRESS_RESTRICTED", kAddressRestricted},
                                                         {"POLICE_INTEL", kPoliceIntelligence},
                                                         {"GANG", kGang},
                                                         {"FGM", kFgm},
                                                         {"IDENTITY_SEVERED", kIdentitySevered}};
    return (facts_.protections & bits.at(flag)) != 0 &&
           (facts_.cleared_protections & bits.at(flag)) == 0;
  }
  Truth Flags(const pb::FlagGuard& guard) const {
    int present = 0;
    for (const std::string& flag : guard.flag()) present += HasFlag(flag) ? 1 : 0;
    return Yes(Quantified(guard.quantifier(), present, guard.flag_size()));
  }
  Truth Age(const pb::AgeGuard& guard) const {
    if (!facts_.date_of_birth.has_value() || facts_.today < *facts_.date_of_birth) {
      return Truth::kUnknown;
    }
    int years = 0;
    const Date born = *facts_.date_of_birth;
    while (Date(born.year() + years + 1, born.month(), born.day()) <= facts_.today) ++years;
    return Yes(years >= guard.min_years() &&
               (guard.max_years() == 0 || years <= guard.max_years()));
  }
  Truth Relation(const pb::RelationshipGuard& guard) const {
    const uint32_t held = guard.holder() == pb::HOLDER_CALLER ? facts_.caller_relationships
                                                              : facts_.custodian_relationships;
    int present = 0;
    for (int relationship : guard.relationship()) {
      present += ((held >> (relationship - 1)) & 1u) != 0 ? 1 : 0;
    }
    return Yes(Quantified(guard.quantifier(), present, guard.relationship_size()));
  }
  bool States(int statement) const {
    if (statement == pb::STATEMENT_CASE_REFERENCE) return !request_.case_reference.empty();
    if (statement == pb::STATEMENT_CONSIDERED_BY) return !request_.considered_by.empty();
    return !request_.detriment_assessment.empty();
  }
  Truth ConsentState(const pb::ConsentStateGuard& guard, int part) const {
    const auto in = [&](PartMask mask) { return ((mask >> part) & 1) != 0; };
    const ConsentFacts& consent = facts_.consent;
    bool any = in(consent.not_decision_maker);
    bool holds = false;
    const auto look = [&](int state, PartMask mask) {
      any = any || in(mask);
      holds = holds || (in(mask) && std::find(guard.state().begin(), guard.state().end(), state) !=
                                        guard.state().end());
    };
    look(pb::CONSENT_STATE_GIVEN, consent.given);
    look(pb::CONSENT_STATE_REFUSED, consent.refused);
    look(pb::CONSENT_STATE_WITHDRAWN, consent.withdrawn);
    look(pb::CONSENT_STATE_EXPIRED, consent.expired);
    look(pb::CONSENT_STATE_SUPERSEDED_BY_ADULTHOOD, consent.superseded);
    look(pb::CONSENT_STATE_CONFLICT, consent.conflict);
    const bool not_asked = std::find(guard.state().begin(), guard.state().end(),
                                     pb::CONSENT_STATE_NOT_ASKED) != guard.state().end();
    return Yes(holds || (!any && not_asked));
  }
  Truth Hours(const pb::HoursGuard& guard) const {
    const absl::CivilMinute local = absl::ToCivilMinute(now_, London());
    static const std::map<absl::Weekday, int> numbers = {
        {absl::Weekday::monday, 1},   {absl::Weekday::tuesday, 2}, {absl::Weekday::wednesday, 3},
        {absl::Weekday::thursday, 4}, {absl::Weekday::friday, 5},  {absl::Weekday::saturday, 6},
        {absl::Weekday::sunday, 7}};
    const int today = numbers.at(absl::GetWeekday(local));
    const bool day =
        guard.weekday().empty() ||
        std::find(guard.weekday().begin(), guard.weekday().end(), today) != guard.weekday().end();
    const std::string clock = absl::FormatTime("%H:%M", now_, London());
    return Yes(day && guard.start() <= clock && clock < guard.end());
  }
  Truth Maker(const pb::DecisionMakerGuard& guard) const {
    if (facts_.decision_maker == DecisionMaker::kUnknown) return Truth::kUnknown;
    const int kind = static_cast<int>(facts_.decision_maker);
    return Yes(std::find(guard.one_of().begin(), guard.one_of().end(), kind) !=
               guard.one_of().end());
  }
  Truth Holds(const pb::Guard& guard, int part) const {
    switch (guard.kind_case()) {
      case pb::Guard::kDateWindow:
        return Yes(Between(guard.date_window().from(), guard.date_window().until(), now_));
      case pb::Guard::kHours: return Hours(guard.hours());
      case pb::Guard::kConsentState: return ConsentState(guard.consent_state(), part);
      case pb::Guard::kDecisionMaker: return Maker(guard.decision_maker());
      case pb::Guard::kSubjectFlag: return Flags(guard.subject_flag());
      case pb::Guard::kAge: return Age(guard.age());
      case pb::Guard::kSchoolLeaving:
        if (!facts_.school_leaving_date.has_value()) return Truth::kUnknown;
        return Yes((facts_.today <= *facts_.school_leaving_date) ==
                   (guard.school_leaving().side() == pb::SCHOOL_LEAVING_SIDE_UP_TO));
      case pb::Guard::kRelationship: return Relation(guard.relationship());
      case pb::Guard::kStatement:
        for (int statement : guard.statement().statement()) {
          if (!States(statement)) return Truth::kNo;
        }
        return Truth::kYes;
      case pb::Guard::kSecondPerson: return Yes(request_.second_person_approved);
      case pb::Guard::kTraining:
        if (!request_.training_valid_until.has_value()) return Truth::kUnknown;
        return Yes(now_ < *request_.training_valid_until);
      case pb::Guard::kRate:
        if (!facts_.disclosures_today.has_value()) return Truth::kUnknown;
        return Yes(static_cast<int64_t>(*facts_.disclosures_today) + 1 <=
                   guard.rate().max_per_person_per_day());
      case pb::Guard::kRegion:
        if (request_.region.empty()) return Truth::kUnknown;
        return Yes(Has(guard.region().one_of(), request_.region));
      case pb::Guard::kStrongAuthentication: return Yes(request_.strong_authentication);
      default: return Truth::kNo;
    }
  }
  bool GuardsHold(const Clause& clause, int part) const {
    const bool unknown_holds = clause.effect() != pb::EFFECT_PERMIT;
    const auto good = [&](Truth truth) {
      return truth == Truth::kUnknown ? unknown_holds : truth == Truth::kYes;
    };
    for (const pb::Guard& guard : clause.guard()) {
      if (!good(Holds(guard, part))) return false;
    }
    const pb::Cohort& cohort = clause.cohort();
    if (cohort.has_age() && !good(Age(cohort.age()))) return false;
    if (cohort.has_flag() && !good(Flags(cohort.flag()))) return false;
    if (!cohort.area().empty()) {
      const Truth truth =
          facts_.area.empty() ? Truth::kUnknown : Yes(Has(cohort.area(), facts_.area));
      if (!good(truth)) return false;
    }
    return true;
  }
  static bool AboutTheChild(const Clause& clause) {
    if (clause.has_cohort()) return true;
    for (const pb::Guard& guard : clause.guard()) {
      switch (guard.kind_case()) {
        case pb::Guard::kConsentState:
        case pb::Guard::kDecisionMaker:
        case pb::Guard::kSubjectFlag:
        case pb::Guard::kAge:
        case pb::Guard::kSchoolLeaving:
        case pb::Guard::kRelationship:
        case pb::Guard::kRate: return true;
        default: break;
      }
    }
    return false;
  }

  // ---- clauses

  bool Discloses(const Clause& clause, pb::Disclosure kind) const {
    for (int disclosure : clause.disclosure()) {
      if (disclosure == kind) return true;
      if (clause.effect() == pb::EFFECT_FORBID && disclosure == pb::DISCLOSURE_EXISTENCE) {
        return true;
      }
    }
    return false;
  }
  pb::Disclosure Asked() const {
    if (request_.disclosure == DisclosureKind::kExistence) return pb::DISCLOSURE_EXISTENCE;
    if (request_.disclosure == DisclosureKind::kContent) return pb::DISCLOSURE_CONTENT;
    return pb::DISCLOSURE_NOTIFY;
  }
  bool Grounds(const Clause& clause, bool gateway_matters) const {
    const bool forbid = clause.effect() == pb::EFFECT_FORBID;
    const auto stated = [&](const std::string& list, const auto& wanted, const std::string& word) {
      if (wanted.empty() || (forbid && Has(wanted, "ANY"))) return true;
      return Covers(list, wanted, word);
    };
    if (!stated("basis", clause.lawful_basis(), request_.lawful_basis)) return false;
    if (!stated("special", clause.special_category_basis(), request_.special_category_basis)) {
      return false;
    }
    if (!gateway_matters || clause.gateway().empty()) return true;
    if (forbid && Has(clause.gateway(), "ANY")) return true;
    const pb::Gateway* gateway = GatewayStated();
    if (gateway == nullptr) return false;
    for (int statement : gateway->must_state()) {
      if (!States(statement)) return false;
    }
    return Covers("gateway", clause.gateway(), request_.gateway);
  }
  bool Person(const Clause& clause) const {
    if (clause.effect() != pb::EFFECT_FORBID && request_.user.empty()) return clause.unattended();
    return Has(clause.role(), "ANY") || Covers("role", clause.role(), request_.role);
  }
  bool InForce(const Agreement& agreement, const Clause& clause) const {
    return Between(agreement.valid_from(), agreement.valid_until(), now_) &&
           Between(clause.validity().from(), clause.validity().until(), now_);
  }
  // Everything but guards, gateway, parts and disclosure.
  bool Applies(const Agreement& agreement, const Clause& clause, bool gateway_matters) const {
    const bool purpose =
        Has(clause.purpose(), "ANY") || Covers("purpose", clause.purpose(), request_.purpose);
    return Signed(agreement) && InForce(agreement, clause) && Sides(agreement, clause) && purpose &&
           Covers("record", clause.record_type(), request_.record_type) &&
           Grounds(clause, gateway_matters) && Person(clause);
  }
  bool CoversPart(const Clause& clause, const std::string& part) const {
    return Asked() != pb::DISCLOSURE_CONTENT || Has(clause.part(), "ANY") ||
           Has(clause.part(), part);
  }

  // ---- one part

  enum class Ruling { kNothing, kForbidden, kReferred, kGranted };
  struct PartAnswer {
    Ruling ruling = Ruling::kNothing;
    bool emergency = false;
    std::vector<std::pair<const Agreement*, const Clause*>> contributors;
  };
  PartAnswer Part(int number, const pb::PartTerm& part) const;
  // Whether an applicable permit grants the part, leaves it to a human, or does neither.
  enum class Permit { kNo, kYes, kHuman };
  Permit Permits(const Clause& clause, int number) const;
  bool ExistenceGranted() const;

  const OraclePolicy& policy_;
  const Vocabulary& words_;
  const PolicyRequest& request_;
  const Facts& facts_;
  const absl::Time now_;
};

Evaluation::Permit Evaluation::Permits(const Clause& clause, int number) const {
  const auto in = [&](PartMask mask) { return ((mask >> number) & 1) != 0; };
  if (clause.has_break_glass()) {
    const bool allowed = request_.break_glass.has_value() &&
                         !request_.break_glass->reason.empty() &&
                         request_.break_glass->second_factor && !facts_.break_glass_suspended &&
                         static_cast<int>(facts_.break_glass_uses_today) <
                             clause.break_glass().max_uses_per_person_per_day();
    if (!allowed) return Permit::kNo;
  }
  const ConsentFacts& consent = facts_.consent;
  if (clause.consent_rule() == pb::CONSENT_RULE_REQUIRED) {
    if (in(consent.refused)) return Permit::kNo;
    if (in(consent.conflict) && !in(facts_.approved)) return Permit::kHuman;
    if (!in(consent.conflict) && !in(consent.given)) return Permit::kNo;
  }
  if (clause.consent_rule() == pb::CONSENT_RULE_NOT_REFUSED &&
      (in(consent.refused) || in(consent.withdrawn))) {
    return Permit::kNo;
  }
  if (clause.gateway().empty() || clause.has_break_glass() || Asked() != pb::DISCLOSURE_CONTENT) {
    return Permit::kYes;
  }
  if (in(facts_.approved)) return Permit::kYes;
  const pb::HumanDecision human = GatewayStated()->human_decision();
  if (human == pb::HUMAN_DECISION_UNLESS_STANDING_DECISION && !in(facts_.standing_decision)) {
    return Permit::kHuman;
  }
  if (human == pb::HUMAN_DECISION_UNLESS_APPROVED && !request_.second_person_approved) {
    return Permit::kHuman;
  }
  return Permit::kYes;
}

Evaluation::PartAnswer Evaluation::Part(int number, const pb::PartTerm& part) const {
  bool forbidden = false;
  bool forbidden_absolutely = false;
  for (const Agreement& agreement : policy_.agreements) {
    for (const Clause& clause : agreement.clause()) {
      if (clause.effect() != pb::EFFECT_FORBID || !Discloses(clause, Asked()) ||
          !CoversPart(clause, part.code()) || !Applies(agreement, clause, true) ||
          !GuardsHold(clause, number)) {
        continue;
      }
      forbidden = true;
      forbidden_absolutely = forbidden_absolutely || !clause.break_glass_may_override();
    }
  }
  bool hidden = HasFlag("IDENTITY_SEVERED");
  if (Asked() == pb::DISCLOSURE_CONTENT && part.location_revealing()) {
    hidden = hidden || HasFlag("ADDRESS_RESTRICTED");
  }
  std::vector<std::pair<const Agreement*, const Clause*>> plain, emergency, refer;
  bool human = false;
  for (const Agreement* agreement : Lineage()) {
    for (const Clause& clause : agreement->clause()) {
      if (clause.effect() == pb::EFFECT_FORBID || !Discloses(clause, Asked()) ||
          !CoversPart(clause, part.code()) || !Applies(*agreement, clause, true) ||
          !GuardsHold(clause, number)) {
        continue;
      }
      if (clause.effect() == pb::EFFECT_REFER) {
        const bool approved = ((facts_.approved >> number) & 1) != 0;
        (approved ? plain : refer).emplace_back(agreement, &clause);
        continue;
      }
      switch (Permits(clause, number)) {
        case Permit::kNo: break;
        case Permit::kHuman: human = true; break;
        case Permit::kYes:
          (clause.has_break_glass() ? emergency : plain).emplace_back(agreement, &clause);
      }
    }
  }
  PartAnswer answer;
  const bool by_plain = !plain.empty() && !forbidden && refer.empty() && !hidden;
  const bool by_emergency = !emergency.empty() && !forbidden_absolutely && !hidden;
  if (by_plain || by_emergency) {
    answer.ruling = Ruling::kGranted;
    answer.emergency = !by_plain;
    // Every permit for the part contributes to it; emergency ones where no other was enough.
    answer.contributors = plain;
    if (!by_plain) {
      answer.contributors.insert(answer.contributors.end(), emergency.begin(), emergency.end());
    }
  } else if (forbidden || hidden) {
    answer.ruling = Ruling::kForbidden;
  } else if (!refer.empty() || human) {
    answer.ruling = Ruling::kReferred;
    answer.contributors = refer;
  }
  return answer;
}

bool Evaluation::ExistenceGranted() const {
  bool granted = false;
  for (const Agreement* agreement : Lineage()) {
    for (const Clause& clause : agreement->clause()) {
      granted = granted || (clause.effect() == pb::EFFECT_PERMIT && !clause.has_break_glass() &&
                            Discloses(clause, pb::DISCLOSURE_EXISTENCE) && !AboutTheChild(clause) &&
                            Applies(*agreement, clause, false) && GuardsHold(clause, 0));
    }
  }
  for (const Agreement& agreement : policy_.agreements) {
    for (const Clause& clause : agreement.clause()) {
      if (clause.effect() == pb::EFFECT_FORBID && !AboutTheChild(clause) &&
          Discloses(clause, pb::DISCLOSURE_EXISTENCE) && Applies(agreement, clause, true) &&
          GuardsHold(clause, 0)) {
        granted = false;
      }
    }
  }
  return granted;
}

OracleAnswer Evaluation::Run() {
  OracleAnswer answer;
  if (!facts_.complete) return answer;
  answer.outcome = Outcome::kDeny;
  const pb::RecordType* type = Type();
  if (type == nullptr || !InUse("record", request_.record_type) || Lineage().empty()) return answer;
  for (const Agreement* agreement : Lineage()) {
    if (Suspended(*agreement) ||
        !Between(agreement->valid_from(), agreement->valid_until(), now_)) {
      return answer;
    }
  }
  answer.existence_granted = ExistenceGranted();
  size_t asked = 0;
  for (int i = 0; i < type->part_size(); ++i) {
    if (Asked() == pb::DISCLOSURE_CONTENT && ((request_.parts >> i) & 1) == 0) continue;
    ++asked;
    const std::string& code = type->part(i).code();
    const PartAnswer part = Part(i, type->part(i));
    if (part.ruling == Ruling::kGranted) answer.granted.insert(code);
    if (part.ruling == Ruling::kReferred) answer.referred.insert(code);
    answer.break_glass_used = answer.break_glass_used || part.emergency;
    for (const auto& [agreement, clause] : part.contributors) {
      const std::string name = absl::StrCat(agreement->id(), "/", clause->id());
      if (part.ruling == Ruling::kGranted) {
        std::string& first = answer.rulings[code];
        if (first.empty() || name < first) first = name;
      }
      for (const pb::ObligationUse& use : clause->obligation()) {
        std::string& first = answer.obligations[absl::StrCat(use.code(), "|", use.detail())];
        if (first.empty() || name < first) first = name;
      }
    }
  }
  if (!answer.granted.empty()) {
    answer.outcome = answer.granted.size() == asked ? Outcome::kPermit : Outcome::kPermitRedacted;
  } else if (!answer.referred.empty()) {
    answer.outcome = Outcome::kReferToHuman;
  }
  return answer;
}

std::string NameOf(const ClauseInfo* clause) {
  return absl::StrCat(clause->agreement.value(), "/", clause->id);
}

}  // namespace

std::string OracleAnswer::ToString() const {
  std::string text = absl::StrCat(OutcomeCode(outcome), existence_granted ? " exists" : "",
                                  break_glass_used ? " glass" : "", "; granted");
  for (const std::string& part : granted) {
    const auto by = rulings.find(part);
    absl::StrAppend(&text, " ", part, "=", by == rulings.end() ? "" : by->second);
  }
  absl::StrAppend(&text, "; referred");
  for (const std::string& part : referred) absl::StrAppend(&text, " ", part);
  absl::StrAppend(&text, "; obligations");
  for (const auto& [what, clause] : obligations) absl::StrAppend(&text, " ", what, "=", clause);
  return text;
}

OracleAnswer AskOracle(const OraclePolicy& policy, const PolicyRequest& request, const Facts& facts,
                       absl::Time now) {
  return Evaluation(policy, request, facts, now).Run();
}

OracleAnswer FromDecision(const Decision& decision) {
  OracleAnswer answer;
  answer.outcome = decision.outcome;
  answer.existence_granted = decision.existence_granted;
  answer.break_glass_used = decision.break_glass_used;
  if (decision.schema == nullptr) return answer;
  for (size_t i = 0; i < decision.schema->parts.size(); ++i) {
    const std::string& code = decision.schema->parts[i].code;
    if (((decision.granted >> i) & 1) != 0) {
      answer.granted.insert(code);
      answer.rulings[code] = NameOf(decision.parts[i].clause);
    }
    if (((decision.referred >> i) & 1) != 0) answer.referred.insert(code);
  }
  for (const Obligation& obligation : decision.obligations) {
    answer.obligations[absl::StrCat(obligation.what->code, "|", obligation.what->detail)] =
        NameOf(obligation.clause);
  }
  return answer;
}

}  // namespace ehc
