// A decision written down as a case: what a candidate in shadow leaves behind.
#include <algorithm>

#include "absl/strings/string_view.h"
#include "server/policy/cases.h"
#include "server/policy/compiled.h"

namespace ehc {
namespace {

using policy_proto::CaseFacts;
using policy_proto::CaseRequest;
using Codes = google::protobuf::RepeatedPtrField<std::string>;

constexpr char kStated[] = "stated";

std::string IfStated(const std::string& text) { return text.empty() ? "" : kStated; }

void AddParts(PartMask parts, const RecordSchema* schema, Codes* codes) {
  for (size_t i = 0; schema != nullptr && i < schema->parts.size(); ++i) {
    if ((parts >> i) & 1u) *codes->Add() = schema->parts[i].code;
  }
}

void WriteRequest(const PolicyRequest& from, const RecordSchema* schema, CaseRequest* to) {
  to->set_agency(from.agency.value());
  to->set_agency_type(from.agency_type);
  to->set_region(from.region);
  to->set_unit(from.unit.value());
  to->set_user(from.user.empty() ? "" : "person");
  to->set_role(from.role);
  if (from.training_valid_until.has_value()) {
    to->set_training_until(
        FormatDate(LondonDate(*from.training_valid_until - absl::Nanoseconds(1))));
  }
  to->set_strong_authentication(from.strong_authentication);
  to->set_second_person_approved(from.second_person_approved);
  to->set_disclosure(static_cast<policy_proto::Disclosure>(static_cast<int>(from.disclosure) + 1));
  to->set_custodian(from.custodian.value());
  to->set_custodian_unit(from.custodian_unit.value());
  to->set_custodian_type(from.custodian_type);
  to->set_custodian_region(from.custodian_region);
  to->set_record_type(from.record_type);
  AddParts(from.parts, schema, to->mutable_part());
  to->set_agreement(from.agreement.value());
  to->set_purpose(from.purpose);
  to->set_lawful_basis(from.lawful_basis);
  to->set_special_category_basis(from.special_category_basis);
  to->set_gateway(from.gateway);
  to->set_case_reference(IfStated(from.case_reference));
  to->set_considered_by(IfStated(from.considered_by));
  to->set_detriment_assessment(IfStated(from.detriment_assessment));
  if (from.break_glass.has_value()) {
    to->set_break_glass_reason(kStated);
    to->set_second_factor(from.break_glass->second_factor);
  }
}

// A day on which somebody was born who is as many years old today.
std::string DayOfTheSameAge(const Date& born, const Date& today) {
  int years = today.year() - born.year();
  if (std::make_pair(today.month(), today.day()) < std::make_pair(born.month(), born.day())) {
    --years;
  }
  const bool leap_day = today.month() == 2 && today.day() == 29;
  return FormatDate(Date(today.year() - years, today.month(), leap_day ? 28 : today.day()));
}

void AddFlags(uint32_t bits, const Vocabulary& words, Codes* codes) {
  for (int i = 0; i < words.flags.size(); ++i) {
    if ((bits & words.flag_bits[i]) == 0) continue;
    *codes->Add() = words.flags[i].code;
    bits &= ~words.flag_bits[i];
  }
}

void AddRelationships(uint32_t bits, google::protobuf::RepeatedField<int>* relationships) {
  for (int i = 0; bits >> i != 0; ++i) {
    // RelationshipBit has the enumeration's order (facts.h, agreement.proto).
    if (((bits >> i) & 1u) && policy_proto::Relationship_IsValid(i + 1)) relationships->Add(i + 1);
  }
}

void AddConsent(policy_proto::ConsentState state, PartMask parts, const RecordSchema* schema,
                CaseFacts* to) {
  if (schema == nullptr || (parts & schema->AllParts()) == 0) return;
  policy_proto::CaseConsent& consent = *to->add_consent();
  consent.set_state(state);
  AddParts(parts, schema, consent.mutable_part());
}

void WriteFacts(const Facts& from, const RecordSchema* schema, const Vocabulary& words,
                CaseFacts* to) {
  if (from.date_of_birth.has_value()) {
    to->set_date_of_birth(DayOfTheSameAge(*from.date_of_birth, from.today));
  }
  if (from.school_leaving_date.has_value()) {
    to->set_school_leaving_date(FormatDate(*from.school_leaving_date));
  }
  to->set_decision_maker(
      static_cast<policy_proto::DecisionMakerKind>(static_cast<int>(from.decision_maker)));
  AddRelationships(from.caller_relationships, to->mutable_caller());
  AddRelationships(from.custodian_relationships, to->mutable_custodian());
  AddFlags(from.protections, words, to->mutable_flag());
  AddFlags(from.cleared_protections, words, to->mutable_cleared_flag());
  AddConsent(policy_proto::CONSENT_STATE_GIVEN, from.consent.given, schema, to);
  AddConsent(policy_proto::CONSENT_STATE_REFUSED, from.consent.refused, schema, to);
  AddConsent(policy_proto::CONSENT_STATE_WITHDRAWN, from.consent.withdrawn, schema, to);
  AddConsent(policy_proto::CONSENT_STATE_EXPIRED, from.consent.expired, schema, to);
  AddConsent(policy_proto::CONSENT_STATE_SUPERSEDED_BY_ADULTHOOD, from.consent.superseded, schema,
             to);
  AddConsent(policy_proto::CONSENT_STATE_CONFLICT, from.consent.conflict, schema, to);
  AddParts(from.consent.not_decision_maker, schema, to->mutable_not_decision_maker());
  AddParts(from.standing_decision, schema, to->mutable_standing_decision());
  AddParts(from.approved, schema, to->mutable_approved());
  to->set_area(from.area);
  if (from.disclosures_today.has_value()) to->set_disclosures_today(*from.disclosures_today);
  to->set_break_glass_uses_today(from.break_glass_uses_today);
  to->set_break_glass_suspended(from.break_glass_suspended);
}

}  // namespace

policy_proto::PolicyCase WriteCase(const std::string& name, const PolicyRequest& request,
                                   const Facts& facts, absl::Time now, const Decision& decision,
                                   const PolicySnapshot& snapshot) {
  const RecordSchema* schema = snapshot.FindSchema(request.record_type);
  policy_proto::PolicyCase one;
  one.set_name(name);
  one.set_at(absl::FormatTime("%Y-%m-%d %H:%M", now, London()));
  WriteRequest(request, schema, one.mutable_request());
  WriteFacts(facts, schema, snapshot.compiled().vocabulary, one.mutable_facts());
  policy_proto::CaseExpectation& expect = *one.mutable_expect();
  expect.set_outcome(std::string(OutcomeCode(decision.outcome)));
  expect.set_reason(std::string(ReasonCode(decision.reason)));
  AddParts(decision.granted, schema, expect.mutable_granted());
  for (const Obligation& obligation : decision.obligations) {
    expect.add_obligation(obligation.what->code);
  }
  return one;
}

}  // namespace ehc
