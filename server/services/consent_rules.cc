#include "server/services/consent_rules.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/facts.h"

namespace ehc {
namespace {

using hub::v1::CapacityBasis;
using hub::v1::CapacityFinding;
using hub::v1::Consent;
using hub::v1::DecisionMakerRole;

using Texts = google::protobuf::RepeatedPtrField<std::string>;

absl::Status NotDecisionMaker(absl::string_view message) {
  return RefusalError(absl::StatusCode::kFailedPrecondition, "NOT_DECISION_MAKER", message);
}

bool Holds(const Texts& texts, const std::string& wanted) {
  return std::find(texts.begin(), texts.end(), wanted) != texts.end();
}

bool HoldsPart(const ConsentScopes& scopes, const std::string& record_type,
               const std::string& part) {
  return std::any_of(scopes.begin(), scopes.end(), [&](const hub::v1::ConsentScope& scope) {
    return scope.record_type() == record_type && Holds(scope.parts(), part);
  });
}

bool FitTogether(DecisionMakerRole role, CapacityBasis right) {
  switch (right) {
    case hub::v1::CAPACITY_BASIS_GILLICK_COMPETENCE:
    case hub::v1::CAPACITY_BASIS_ASSENT: return role == hub::v1::DECISION_MAKER_ROLE_CHILD;
    case hub::v1::CAPACITY_BASIS_PARENTAL_RESPONSIBILITY:
      return role == hub::v1::DECISION_MAKER_ROLE_PARENT ||
             role == hub::v1::DECISION_MAKER_ROLE_LOCAL_AUTHORITY;
    case hub::v1::CAPACITY_BASIS_OVER_COMPULSORY_SCHOOL_AGE:
      return role == hub::v1::DECISION_MAKER_ROLE_YOUNG_PERSON;
    case hub::v1::CAPACITY_BASIS_REPRESENTATION:
      return role == hub::v1::DECISION_MAKER_ROLE_REPRESENTATIVE;
    case hub::v1::CAPACITY_BASIS_PARENT_OF_INCAPACITATED:
      return role == hub::v1::DECISION_MAKER_ROLE_PARENT;
    default: return false;
  }
}

// What an assessment has to have found for somebody to decide in this right; UNSPECIFIED: none is
// needed.
CapacityFinding FindingNeeded(CapacityBasis right) {
  switch (right) {
    case hub::v1::CAPACITY_BASIS_GILLICK_COMPETENCE:
      return hub::v1::CAPACITY_FINDING_GILLICK_COMPETENT;
    case hub::v1::CAPACITY_BASIS_REPRESENTATION:
    case hub::v1::CAPACITY_BASIS_PARENT_OF_INCAPACITATED:
      return hub::v1::CAPACITY_FINDING_LACKS_CAPACITY;
    default: return hub::v1::CAPACITY_FINDING_UNSPECIFIED;
  }
}

// As this agency recorded it: that is what will count.
const store::v1::CapacityItem* FindAssessment(const Desks& desks, const CaseFile& file,
                                              const std::string& name) {
  const AgencyId& own = file.caller.agency();
  const ItemName item = ReadItemName(desks.rooms.names, own, name, CapacityItems::kCollection);
  if (item.subject != file.searcher_subject) return nullptr;
  for (const store::v1::CapacityItem& one : file.dossier.capacities()) {
    if (one.origin().number() == item.number && one.origin().agency() == own.value()) return &one;
  }
  return nullptr;
}

absl::Status CheckAssessment(const Desks& desks, const CaseFile& file, const Consent& about,
                             const hub::v1::DecisionMaker& by, absl::string_view field) {
  const CapacityFinding needed = FindingNeeded(by.capacity_basis());
  if (needed == hub::v1::CAPACITY_FINDING_UNSPECIFIED) return absl::OkStatus();
  const std::string at = absl::StrCat(field, ".capacity_assessment: ");
  if (by.capacity_assessment().empty()) {
    return FieldInvalid(
        absl::StrCat(at,
                     "is left out; record who assessed this person, when and for which decision "
                     "(RecordCapacity), and name that assessment"));
  }
  const store::v1::CapacityItem* named = FindAssessment(desks, file, by.capacity_assessment());
  if (named == nullptr || named->value().finding() != needed) {
    return FieldInvalid(absl::StrCat(
        at, "is no assessment of this child by your agency that found what this right rests on"));
  }
  const store::v1::Dossier own = OwnView(file.dossier, file.caller.agency());
  const bool over = needed == hub::v1::CAPACITY_FINDING_LACKS_CAPACITY;
  for (const hub::v1::ConsentScope& scope : about.scopes()) {
    const store::v1::CapacityItem* newest = AssessmentFor(own, over, scope.record_type());
    if (newest == nullptr || newest->origin().number() != named->origin().number()) {
      return FieldInvalid(absl::StrCat(
          at, "is not the newest assessment for the decision to share this type of record"));
    }
  }
  const bool represented = by.role() == hub::v1::DECISION_MAKER_ROLE_REPRESENTATIVE;
  if (represented && named->value().representative_reference() != by.person_reference()) {
    return FieldInvalid(absl::StrCat(
        field, ".person_reference: is not whom the assessment names as representative"));
  }
  return absl::OkStatus();
}

// A relationship that is named has to be of that person.
absl::Status CheckRelationship(const Desks& desks, const CaseFile& file,
                               const hub::v1::DecisionMaker& by, absl::string_view field) {
  if (by.relationship().empty()) return absl::OkStatus();
  const AgencyId& own = file.caller.agency();
  const ItemName item =
      ReadItemName(desks.rooms.names, own, by.relationship(), RelationshipItems::kCollection);
  for (const store::v1::RelationshipItem& one : file.dossier.relationships()) {
    if (item.subject == file.searcher_subject && one.origin().number() == item.number &&
        one.origin().agency() == own.value() &&
        one.value().person_reference() == by.person_reference()) {
      return absl::OkStatus();
    }
  }
  return FieldInvalid(absl::StrCat(field,
                                   ".relationship: is none that your agency recorded "
                                   "between this child and this person"));
}

bool InTurn(const CaseFile& file, const Ages& ages, const Consent& consent) {
  return std::any_of(
      consent.purposes().begin(), consent.purposes().end(), [&](const std::string& purpose) {
        const PurposeTerms* terms = PolicyOf(file).FindPurpose(purpose);
        return terms != nullptr && terms->carer_then_child_from_age > 0 && !ages.over_school_age &&
               ages.years >= terms->carer_then_child_from_age;
      });
}

// The carer has consented to all of it, and no later than the child.
absl::Status CheckCarerCameFirst(const store::v1::Dossier& own, const Ages& ages,
                                 const Consent& consent) {
  for (const store::v1::ConsentItem& item : own.consents()) {
    const Consent& earlier = item.value();
    if (earlier.state() == hub::v1::CONSENT_STATE_GIVEN &&
        Decides(own, earlier.decision_maker(), DecisionMaker::kParent, ages.today) &&
        Covers(earlier, consent) &&
        FromTimestamp(earlier.given_at()) <= FromTimestamp(consent.given_at())) {
      return absl::OkStatus();
    }
  }
  return StateConflict(
      "consent: for this purpose and age a carer consents first, under the same approval; record "
      "that consent, then ask the child");
}

absl::Status CheckApproval(const CaseFile& file, const Consent& consent) {
  if (!consent.approval_reference().empty()) return absl::OkStatus();
  for (const std::string& purpose : consent.purposes()) {
    const PurposeTerms* terms = PolicyOf(file).FindPurpose(purpose);
    if (terms == nullptr || !terms->needs_approval_reference) continue;
    return FieldInvalid(
        "consent.approval_reference: is left out; consent for this purpose names the approval that "
        "it is for");
  }
  return absl::OkStatus();
}

absl::Status CheckDates(const CaseFile& file, const Consent& consent) {
  if (FromTimestamp(consent.given_at()) > file.received_at + absl::Minutes(1)) {
    return FieldInvalid("consent.given_at: lies in the future");
  }
  if (consent.has_expires_at() && FromTimestamp(consent.expires_at()) <= file.received_at) {
    return FieldInvalid("consent.expires_at: has passed; such a consent would permit nothing");
  }
  return absl::OkStatus();
}

}  // namespace

DecisionMakerRole RoleOf(DecisionMaker decides) {
  switch (decides) {
    case DecisionMaker::kYoungPerson: return hub::v1::DECISION_MAKER_ROLE_YOUNG_PERSON;
    case DecisionMaker::kCompetentChild: return hub::v1::DECISION_MAKER_ROLE_CHILD;
    case DecisionMaker::kRepresentative: return hub::v1::DECISION_MAKER_ROLE_REPRESENTATIVE;
    default: return hub::v1::DECISION_MAKER_ROLE_PARENT;
  }
}

absl::Status CheckScopes(const CaseFile& file, const ConsentScopes& scopes,
                         absl::string_view field) {
  for (const hub::v1::ConsentScope& scope : scopes) {
    const RecordSchema* schema = PolicyOf(file).FindSchema(scope.record_type());
    if (schema == nullptr) {
      return FieldInvalid(
          absl::StrCat(field, ".record_type: is not in the vocabulary; see docs/record-types.md"));
    }
    for (const std::string& part : scope.parts()) {
      if (schema->IndexOf(part) < 0) {
        return FieldInvalid(absl::StrCat(
            field, ".parts: the record type has no such part; see docs/record-types.md"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAgencies(ReadView& view, const Texts& names, absl::string_view field) {
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
  for (const std::string& name : names) {
    const bool known = std::any_of(agencies.begin(), agencies.end(),
                                   [&](const auto& agency) { return agency.name() == name; });
    if (!known) {
      return FieldInvalid(absl::StrCat(field, ": is not an agency of this hub; see ListAgencies"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPurposes(const CaseFile& file, const Texts& purposes, absl::string_view field) {
  for (const std::string& purpose : purposes) {
    if (PolicyOf(file).FindPurpose(purpose) == nullptr) {
      return FieldInvalid(absl::StrCat(field, ": is no purpose of the vocabulary"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckEvidence(const Desks& desks, const CaseFile& file, const Consent& about,
                           const hub::v1::DecisionMaker& by, absl::string_view field) {
  if (!FitTogether(by.role(), by.capacity_basis())) {
    return FieldInvalid(absl::StrCat(field,
                                     ".capacity_basis: is no right in which this role "
                                     "decides; say in which right they did"));
  }
  if (by.capacity_basis() == hub::v1::CAPACITY_BASIS_ASSENT) {
    const Ages ages = AgesOn(file.dossier, file.received_at, desks.rooms.facts.calendar());
    if (!InTurn(file, ages, about)) {
      return FieldInvalid(absl::StrCat(field,
                                       ".capacity_basis: no purpose named asks for a child's "
                                       "word beside a carer's at this age"));
    }
  }
  EHC_RETURN_IF_ERROR(CheckAssessment(desks, file, about, by, field));
  return CheckRelationship(desks, file, by, field);
}

absl::Status CheckForm(const Desks& desks, const CaseFile& file, ReadView& view,
                       const Consent& consent) {
  const hub::v1::ConsentState state = consent.state();
  if (state != hub::v1::CONSENT_STATE_GIVEN && state != hub::v1::CONSENT_STATE_REFUSED &&
      state != hub::v1::CONSENT_STATE_NOT_ASKED) {
    return FieldInvalid("consent.state: record what was said, GIVEN or REFUSED, or NOT_ASKED");
  }
  EHC_RETURN_IF_ERROR(CheckDates(file, consent));
  EHC_RETURN_IF_ERROR(CheckScopes(file, consent.scopes(), "consent.scopes"));
  EHC_RETURN_IF_ERROR(CheckPurposes(file, consent.purposes(), "consent.purposes"));
  EHC_RETURN_IF_ERROR(CheckAgencies(view, consent.recipients(), "consent.recipients"));
  if (state == hub::v1::CONSENT_STATE_NOT_ASKED) {
    if (!consent.has_decision_maker()) return absl::OkStatus();
    return FieldInvalid(
        "consent.decision_maker: nobody was asked, so nobody decided; leave it out");
  }
  if (!consent.has_decision_maker()) {
    return FieldInvalid("consent.decision_maker: is left out; say who decided, and in which right");
  }
  EHC_RETURN_IF_ERROR(CheckApproval(file, consent));
  return CheckEvidence(desks, file, consent, consent.decision_maker(), "consent.decision_maker");
}

absl::Status CheckDecides(const Desks& desks, const CaseFile& file,
                          const hub::v1::DecisionMaker& by, const ConsentScopes& scopes,
                          absl::string_view field) {
  const store::v1::Dossier own = OwnView(file.dossier, file.caller.agency());
  const Ages ages = AgesOn(own, file.received_at, desks.rooms.facts.calendar());
  for (const hub::v1::ConsentScope& scope : scopes) {
    const DecisionMaker decides = WhoDecides(own, ages.over_school_age, scope.record_type());
    const bool shared = decides == DecisionMaker::kParent &&
                        by.role() == hub::v1::DECISION_MAKER_ROLE_LOCAL_AUTHORITY;
    if (by.role() != RoleOf(decides) && !shared) {
      return NotDecisionMaker(
          absl::StrCat(field, ": somebody else decides for this child today; ask that person"));
    }
    if (!Decides(own, by, decides, ages.today)) {
      return NotDecisionMaker(absl::StrCat(
          field,
          ": this person is not on record as the one who decides; record the relationship "
          "and its evidence first"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckMayGive(const Desks& desks, const CaseFile& file, const Consent& consent) {
  if (consent.state() != hub::v1::CONSENT_STATE_GIVEN) return absl::OkStatus();
  const store::v1::Dossier own = OwnView(file.dossier, file.caller.agency());
  const Ages ages = AgesOn(own, file.received_at, desks.rooms.facts.calendar());
  if (!InTurn(file, ages, consent)) {
    return CheckDecides(desks, file, consent.decision_maker(), consent.scopes(),
                        "consent.decision_maker");
  }
  if (IsSubject(consent.decision_maker())) return CheckCarerCameFirst(own, ages, consent);
  if (Decides(own, consent.decision_maker(), DecisionMaker::kParent, ages.today)) {
    return absl::OkStatus();
  }
  return NotDecisionMaker(
      "consent.decision_maker: no parental responsibility is recorded for this person; record the "
      "relationship and its evidence first");
}

bool Covers(const Consent& later, const Consent& earlier) {
  const auto all = [](const Texts& wanted, const Texts& there) {
    return std::all_of(wanted.begin(), wanted.end(),
                       [&](const std::string& one) { return Holds(there, one); });
  };
  return later.approval_reference() == earlier.approval_reference() &&
         all(earlier.recipients(), later.recipients()) &&
         all(earlier.purposes(), later.purposes()) &&
         Remaining(earlier.scopes(), later.scopes()).empty();
}

ConsentScopes Remaining(const ConsentScopes& scopes, const ConsentScopes& taken) {
  ConsentScopes left;
  for (const hub::v1::ConsentScope& scope : scopes) {
    hub::v1::ConsentScope rest;
    rest.set_record_type(scope.record_type());
    for (const std::string& part : scope.parts()) {
      if (!HoldsPart(taken, scope.record_type(), part)) rest.add_parts(part);
    }
    if (rest.parts_size() > 0) *left.Add() = std::move(rest);
  }
  return left;
}

}  // namespace ehc
