#include "server/pipeline/consent.h"

#include <algorithm>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

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

bool Concerns(const Consent& consent, const PolicyRequest& request) {
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

bool HoldsParentalResponsibility(const store::v1::Dossier& dossier, const std::string& person,
                                 const std::string& today) {
  for (const store::v1::RelationshipItem& item : dossier.relationships()) {
    const hub::v1::Relationship& value = item.value();
    if (value.kind() != hub::v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY) continue;
    if (value.person_reference() != person) continue;
    if (!value.valid_from().empty() && value.valid_from() > today) continue;
    if (!value.valid_to().empty() && value.valid_to() < today) continue;
    return true;
  }
  return false;
}

bool Decides(const store::v1::Dossier& dossier, const hub::v1::DecisionMaker& by,
             DecisionMaker decides, const std::string& today) {
  switch (decides) {
    case DecisionMaker::kYoungPerson: return by.role() == hub::v1::DECISION_MAKER_ROLE_YOUNG_PERSON;
    case DecisionMaker::kCompetentChild: return by.role() == hub::v1::DECISION_MAKER_ROLE_CHILD;
    case DecisionMaker::kRepresentative:
      return by.role() == hub::v1::DECISION_MAKER_ROLE_REPRESENTATIVE;
    case DecisionMaker::kParent:
      return by.role() == hub::v1::DECISION_MAKER_ROLE_PARENT &&
             HoldsParentalResponsibility(dossier, by.person_reference(), today);
    case DecisionMaker::kUnknown: return false;
  }
  return false;
}

using Statements = absl::InlinedVector<Statement, 4>;

Statement& StatementOf(Statements& statements, const hub::v1::DecisionMaker& by) {
  for (Statement& statement : statements) {
    if (statement.by->role() == by.role() &&
        statement.by->person_reference() == by.person_reference()) {
      return statement;
    }
  }
  statements.push_back({&by});
  return statements.back();
}

bool IsExpired(const Consent& consent, absl::Time now) {
  return consent.has_expires_at() && absl::FromUnixSeconds(consent.expires_at().seconds()) <= now;
}

// A later statement of the same person replaces the earlier one, part by part.
void Say(Statement& statement, const Consent& consent, PartMask parts, absl::Time now) {
  statement.given &= ~parts;
  statement.refused &= ~parts;
  statement.withdrawn &= ~parts;
  statement.expired &= ~parts;
  switch (consent.state()) {
    case hub::v1::CONSENT_STATE_GIVEN:
      (IsExpired(consent, now) ? statement.expired : statement.given) |= parts;
      break;
    case hub::v1::CONSENT_STATE_REFUSED: statement.refused |= parts; break;
    case hub::v1::CONSENT_STATE_WITHDRAWN: statement.withdrawn |= parts; break;
    case hub::v1::CONSENT_STATE_EXPIRED: statement.expired |= parts; break;
    default: break;
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

}  // namespace

DecisionMaker WhoDecides(const store::v1::Dossier& dossier, bool over_school_age) {
  CapacityFinding finding = hub::v1::CAPACITY_FINDING_UNSPECIFIED;
  bool represented = false;
  for (const store::v1::CapacityItem& item : dossier.capacities()) {
    const CapacityFinding latest = item.value().finding();
    const bool about_capacity = latest == hub::v1::CAPACITY_FINDING_HAS_CAPACITY ||
                                latest == hub::v1::CAPACITY_FINDING_LACKS_CAPACITY;
    if (about_capacity != over_school_age) continue;
    finding = latest;
    represented = !item.value().representative_reference().empty();
  }
  if (over_school_age) {
    if (finding != hub::v1::CAPACITY_FINDING_LACKS_CAPACITY) return DecisionMaker::kYoungPerson;
    return represented ? DecisionMaker::kRepresentative : DecisionMaker::kParent;
  }
  return finding == hub::v1::CAPACITY_FINDING_GILLICK_COMPETENT ? DecisionMaker::kCompetentChild
                                                                : DecisionMaker::kParent;
}

ConsentFacts ReadConsents(const store::v1::Dossier& dossier, DecisionMaker decides,
                          const PolicyRequest& request, const RecordSchema& schema, absl::Time now,
                          const std::string& today) {
  Statements statements;
  absl::InlinedVector<std::string, 2> ids;
  for (const store::v1::ConsentItem& item : dossier.consents()) {
    const Consent& consent = item.value();
    if (!Concerns(consent, request)) continue;
    const PartMask parts = Covered(consent, schema) & request.parts;
    if (parts == 0) continue;
    Statement& statement = StatementOf(statements, consent.decision_maker());
    Say(statement, consent, parts, now);
    ids.push_back(absl::StrCat("consent/", item.origin().number()));
  }
  for (Statement& statement : statements) {
    statement.decides = Decides(dossier, *statement.by, decides, today);
  }
  ConsentFacts facts = Combine(statements, decides);
  facts.ids = std::move(ids);
  return facts;
}

bool IsDecisionMaker(const store::v1::Dossier& dossier, const AgencyId& custodian,
                     hub::v1::DecisionMakerRole role, const std::string& person,
                     DecisionMaker decides, const std::string& today) {
  store::v1::Dossier own;
  std::string representative;
  for (const store::v1::RelationshipItem& item : dossier.relationships()) {
    if (item.origin().agency() == custodian.value()) *own.add_relationships() = item;
  }
  for (const store::v1::CapacityItem& item : dossier.capacities()) {
    if (item.origin().agency() != custodian.value()) continue;
    representative = item.value().representative_reference();
  }
  hub::v1::DecisionMaker by;
  by.set_role(role);
  by.set_person_reference(person);
  if (decides == DecisionMaker::kRepresentative && person != representative) return false;
  return Decides(own, by, decides, today);
}

}  // namespace ehc
