#include "server/pipeline/consent.h"

#include <algorithm>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/pipeline/facts.h"

namespace ehc {
namespace {

using hub::v1::CapacityFinding;
using hub::v1::Consent;
using hub::v1::ConsentState;
using hub::v1::DecisionMakerRole;

// What one person has last said, part by part.
struct Statement {
  const hub::v1::DecisionMaker* by = nullptr;
  bool decides = false;
  bool carer = false;  // a holder of parental responsibility
  PartMask given = 0;
  PartMask refused = 0;
  PartMask withdrawn = 0;
  PartMask expired = 0;
};

bool Names(const google::protobuf::RepeatedPtrField<std::string>& names, absl::string_view prefix,
           absl::string_view wanted) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    absl::string_view rest(name);
    if (!prefix.empty() && absl::StartsWith(rest, prefix)) rest.remove_prefix(prefix.size());
    return rest == wanted;
  });
}

// Consent to one approved study is none to another.
bool Concerns(const Consent& consent, const PolicyRequest& request, const PurposeTerms* terms) {
  if (consent.state() == hub::v1::CONSENT_STATE_NOT_ASKED) return false;
  if (terms != nullptr && terms->needs_approval_reference &&
      consent.approval_reference() != request.case_reference) {
    return false;
  }
  return Names(consent.recipients(), "agencies/", request.agency.value()) &&
         Names(consent.purposes(), "", request.purpose);
}

PartMask Covered(const Consent& consent, const RecordSchema& schema) {
  PartMask covered = 0;
  for (const hub::v1::ConsentScope& scope : consent.scopes()) {
    if (scope.record_type() != schema.record_type) continue;
    for (const std::string& part : scope.parts()) {
      const int index = schema.IndexOf(part);
      if (index >= 0) covered |= PartMask{1} << index;
    }
  }
  return covered;
}

bool InForce(const hub::v1::Relationship& value, const std::string& today) {
  return (value.valid_from().empty() || value.valid_from() <= today) &&
         (value.valid_to().empty() || value.valid_to() >= today);
}

// Whom a court forbids this step neither consents nor refuses, whatever their responsibility. An
// authority holds it by a care order (Children Act 1989 s.33).
bool HoldsParentalResponsibility(const store::v1::Dossier& dossier,
                                 const hub::v1::DecisionMaker& by, const std::string& today) {
  const bool authority = by.role() == hub::v1::DECISION_MAKER_ROLE_LOCAL_AUTHORITY;
  for (const store::v1::RelationshipItem& item : dossier.relationships()) {
    const hub::v1::Relationship& value = item.value();
    if (value.kind() != hub::v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY) continue;
    if (value.contact_prohibited() || !InForce(value, today)) continue;
    if (authority ? !value.agency().empty() : value.person_reference() == by.person_reference()) {
      return true;
    }
  }
  return false;
}

bool IsCarer(const store::v1::Dossier& dossier, const hub::v1::DecisionMaker& by,
             const std::string& today) {
  return (by.role() == hub::v1::DECISION_MAKER_ROLE_PARENT ||
          by.role() == hub::v1::DECISION_MAKER_ROLE_LOCAL_AUTHORITY) &&
         HoldsParentalResponsibility(dossier, by, today);
}

bool Represents(const store::v1::Dossier& dossier, const std::string& person,
                const std::string& today) {
  if (person.empty()) return false;
  const store::v1::CapacityItem* assessment = AssessmentFor(dossier, true, "");
  if (assessment != nullptr && assessment->value().representative_reference() == person) {
    return true;
  }
  return std::any_of(dossier.relationships().begin(), dossier.relationships().end(),
                     [&](const store::v1::RelationshipItem& item) {
                       const hub::v1::Relationship& value = item.value();
                       return value.kind() == hub::v1::RELATIONSHIP_KIND_REPRESENTATIVE &&
                              value.person_reference() == person && InForce(value, today);
                     });
}

bool IsAbout(const hub::v1::CapacityAssessment& assessment, absl::string_view record_type) {
  absl::string_view decision = assessment.decision();
  if (decision.empty() || decision == "SHARE_RECORDS") return true;
  if (!absl::ConsumePrefix(&decision, "SHARE_")) return false;
  return record_type.empty() || decision == record_type;
}

using Statements = absl::InlinedVector<Statement, 4>;

Statement& StatementOf(Statements& statements, const hub::v1::DecisionMaker& by) {
  for (Statement& statement : statements) {
    if (IsSubject(*statement.by) && IsSubject(by)) return statement;
    if (statement.by->role() == by.role() &&
        statement.by->person_reference() == by.person_reference()) {
      return statement;
    }
  }
  statements.push_back({&by});
  return statements.back();
}

Date DayOf(const google::protobuf::Timestamp& time) {
  return LondonDate(absl::FromUnixSeconds(time.seconds()));
}

// By its own terms, or because what was agreed as long as there could be a plan outlives it.
bool IsExpired(const Consent& consent, const Ages& ages, absl::Time now) {
  if (consent.has_expires_at() && absl::FromUnixSeconds(consent.expires_at().seconds()) <= now) {
    return true;
  }
  return ages.plan_ends.has_value() && ages.today > FormatDate(*ages.plan_ends) &&
         DayOf(consent.given_at()) <= *ages.plan_ends;
}

// A later statement of the same person replaces the earlier one, part by part.
void Say(Statement& statement, hub::v1::ConsentState state, PartMask parts) {
  statement.given &= ~parts;
  statement.refused &= ~parts;
  statement.withdrawn &= ~parts;
  statement.expired &= ~parts;
  switch (state) {
    case hub::v1::CONSENT_STATE_GIVEN: statement.given |= parts; break;
    case hub::v1::CONSENT_STATE_REFUSED: statement.refused |= parts; break;
    case hub::v1::CONSENT_STATE_WITHDRAWN: statement.withdrawn |= parts; break;
    case hub::v1::CONSENT_STATE_EXPIRED: statement.expired |= parts; break;
    default: break;
  }
}

// Where a carer consents and then the child: what the child says before the carer is not yet said,
// and what a carer says anew the child is asked anew.
void SayInTurn(Statements& statements, Statement& statement, hub::v1::ConsentState state,
               PartMask parts) {
  PartMask by_carers = 0;
  for (const Statement& other : statements) {
    if (other.carer) by_carers |= other.given;
  }
  const bool given = state == hub::v1::CONSENT_STATE_GIVEN;
  if (given && IsSubject(*statement.by)) parts &= by_carers;
  Say(statement, state, parts);
  if (!given || !statement.carer) return;
  for (Statement& other : statements) {
    if (IsSubject(*other.by)) other.given &= ~(parts & ~by_carers);
  }
}

// Several people may decide together (holders of parental responsibility); where one gave and
// another refused or took back, a human decides.
ConsentFacts Combine(const Statements& statements, DecisionMaker decides) {
  ConsentFacts facts;
  PartMask outsiders = 0;
  for (const Statement& statement : statements) {
    if (!statement.decides) {
      outsiders |= statement.given;
      continue;
    }
    facts.given |= statement.given;
    facts.refused |= statement.refused;
    facts.withdrawn |= statement.withdrawn;
    facts.expired |= statement.expired;
  }
  facts.conflict = facts.given & (facts.refused | facts.withdrawn);
  facts.given &= ~facts.conflict;
  facts.refused &= ~facts.conflict;
  facts.withdrawn &= ~(facts.conflict | facts.refused);
  facts.expired &= ~(facts.given | facts.conflict | facts.refused | facts.withdrawn);
  outsiders &= ~(facts.given | facts.conflict | facts.refused | facts.withdrawn | facts.expired);
  (decides == DecisionMaker::kYoungPerson ? facts.superseded : facts.not_decision_maker) =
      outsiders;
  return facts;
}

// Both have to agree; a no of either is one.
ConsentFacts CombineInTurn(const Statements& statements) {
  ConsentFacts carers;
  ConsentFacts child;
  for (const Statement& statement : statements) {
    if (!statement.carer && !IsSubject(*statement.by)) continue;
    ConsentFacts& side = statement.carer ? carers : child;
    side.given |= statement.given;
    side.refused |= statement.refused;
    side.withdrawn |= statement.withdrawn;
    side.expired |= statement.expired;
  }
  ConsentFacts facts;
  facts.conflict = carers.given & (carers.refused | carers.withdrawn) & ~child.refused;
  facts.refused = (carers.refused | child.refused) & ~facts.conflict;
  facts.withdrawn = (carers.withdrawn | child.withdrawn) & ~(facts.conflict | facts.refused);
  facts.expired =
      (carers.expired | child.expired) & ~(facts.conflict | facts.refused | facts.withdrawn);
  facts.given = carers.given & child.given &
                ~(facts.conflict | facts.refused | facts.withdrawn | facts.expired);
  return facts;
}

bool TakeTurns(const PurposeTerms* terms, const Ages& ages) {
  return terms != nullptr && terms->carer_then_child_from_age > 0 && !ages.over_school_age &&
         ages.years >= terms->carer_then_child_from_age;
}

}  // namespace

Ages AgesOn(const store::v1::Dossier& dossier, absl::Time now, const Calendar& calendar) {
  Ages ages;
  const Date today = LondonDate(now);
  ages.today = FormatDate(today);
  const absl::StatusOr<Date> birth = ParseIsoDate(dossier.person().date_of_birth());
  if (!birth.ok()) return ages;
  ages.years = AgeOn(*birth, today);
  ages.leaving_date = calendar.SchoolLeavingDate(*birth);
  ages.over_school_age = today > *ages.leaving_date;
  ages.plan_ends = calendar.PlanAgeLimitDate(*birth);
  return ages;
}

bool IsSubject(const hub::v1::DecisionMaker& by) {
  return by.role() == hub::v1::DECISION_MAKER_ROLE_CHILD ||
         by.role() == hub::v1::DECISION_MAKER_ROLE_YOUNG_PERSON;
}

const store::v1::CapacityItem* AssessmentFor(const store::v1::Dossier& dossier,
                                             bool over_school_age, absl::string_view record_type) {
  const store::v1::CapacityItem* newest = nullptr;
  for (const store::v1::CapacityItem& item : dossier.capacities()) {
    const CapacityFinding found = item.value().finding();
    const bool about_capacity = found == hub::v1::CAPACITY_FINDING_HAS_CAPACITY ||
                                found == hub::v1::CAPACITY_FINDING_LACKS_CAPACITY;
    if (about_capacity == over_school_age && IsAbout(item.value(), record_type)) newest = &item;
  }
  return newest;
}

bool Decides(const store::v1::Dossier& dossier, const hub::v1::DecisionMaker& by,
             DecisionMaker decides, const std::string& today) {
  switch (decides) {
    case DecisionMaker::kYoungPerson:
    case DecisionMaker::kCompetentChild: return IsSubject(by);
    case DecisionMaker::kRepresentative:
      return by.role() == hub::v1::DECISION_MAKER_ROLE_REPRESENTATIVE &&
             Represents(dossier, by.person_reference(), today);
    case DecisionMaker::kParent: return IsCarer(dossier, by, today);
    case DecisionMaker::kUnknown: return false;
  }
  return false;
}

DecisionMaker WhoDecides(const store::v1::Dossier& dossier, bool over_school_age,
                         absl::string_view record_type) {
  const store::v1::CapacityItem* item = AssessmentFor(dossier, over_school_age, record_type);
  const CapacityFinding finding =
      item == nullptr ? hub::v1::CAPACITY_FINDING_UNSPECIFIED : item->value().finding();
  if (over_school_age) {
    if (finding != hub::v1::CAPACITY_FINDING_LACKS_CAPACITY) return DecisionMaker::kYoungPerson;
    return item->value().representative_reference().empty() ? DecisionMaker::kParent
                                                            : DecisionMaker::kRepresentative;
  }
  return finding == hub::v1::CAPACITY_FINDING_GILLICK_COMPETENT ? DecisionMaker::kCompetentChild
                                                                : DecisionMaker::kParent;
}

hub::v1::ConsentState StateNow(const store::v1::Dossier& dossier, const Consent& consent,
                               absl::Time now, const Calendar& calendar) {
  if (consent.state() != hub::v1::CONSENT_STATE_GIVEN) return consent.state();
  const Ages ages = AgesOn(dossier, now, calendar);
  if (IsExpired(consent, ages, now)) return hub::v1::CONSENT_STATE_EXPIRED;
  const bool by_carer =
      consent.decision_maker().role() == hub::v1::DECISION_MAKER_ROLE_PARENT ||
      consent.decision_maker().role() == hub::v1::DECISION_MAKER_ROLE_LOCAL_AUTHORITY;
  const std::string type =
      consent.scopes_size() == 1 ? consent.scopes(0).record_type() : std::string();
  if (by_carer && ages.over_school_age &&
      WhoDecides(dossier, true, type) == DecisionMaker::kYoungPerson) {
    return hub::v1::CONSENT_STATE_SUPERSEDED_BY_ADULTHOOD;
  }
  return hub::v1::CONSENT_STATE_GIVEN;
}

ConsentFacts ReadConsents(const store::v1::Dossier& dossier, DecisionMaker decides,
                          const PolicyRequest& request, const RecordSchema& schema,
                          const PurposeTerms* terms, const Ages& ages, absl::Time now) {
  const bool in_turn = TakeTurns(terms, ages);
  Statements statements;
  absl::InlinedVector<std::string, 2> ids;
  for (const store::v1::ConsentItem& item : dossier.consents()) {
    const Consent& consent = item.value();
    if (!Concerns(consent, request, terms)) continue;
    const PartMask parts = Covered(consent, schema) & request.parts;
    if (parts == 0) continue;
    hub::v1::ConsentState state = consent.state();
    if (state == hub::v1::CONSENT_STATE_GIVEN && IsExpired(consent, ages, now)) {
      state = hub::v1::CONSENT_STATE_EXPIRED;
    }
    Statement& statement = StatementOf(statements, consent.decision_maker());
    statement.carer = IsCarer(dossier, *statement.by, ages.today);
    if (in_turn) {
      SayInTurn(statements, statement, state, parts);
    } else {
      Say(statement, state, parts);
    }
    ids.push_back(absl::StrCat("consent/", item.origin().number()));
  }
  for (Statement& statement : statements) {
    statement.decides = Decides(dossier, *statement.by, decides, ages.today);
  }
  ConsentFacts facts = in_turn ? CombineInTurn(statements) : Combine(statements, decides);
  facts.ids = std::move(ids);
  return facts;
}

bool IsDecisionMaker(const store::v1::Dossier& dossier, const AgencyId& custodian,
                     hub::v1::DecisionMakerRole role, const std::string& person,
                     DecisionMaker decides, const std::string& today) {
  hub::v1::DecisionMaker by;
  by.set_role(role);
  by.set_person_reference(person);
  return Decides(OwnView(dossier, custodian), by, decides, today);
}

}  // namespace ehc
