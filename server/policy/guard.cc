#include "server/policy/guard.h"

#include <algorithm>

namespace ehc {
namespace {

bool Holds(policy_proto::Quantifier quantifier, uint32_t present, uint32_t asked) {
  switch (quantifier) {
    case policy_proto::QUANTIFIER_ALL: return (present & asked) == asked;
    case policy_proto::QUANTIFIER_ANY: return (present & asked) != 0;
    case policy_proto::QUANTIFIER_NONE: return (present & asked) == 0;
    default: return false;
  }
}

bool Contains(const std::vector<std::string>& sorted, const std::string& code) {
  return std::binary_search(sorted.begin(), sorted.end(), code);
}

GuardAnswer Hours(const Guard& guard, absl::Time now) {
  const absl::CivilMinute minute = absl::ToCivilMinute(now, London());
  const int weekday = static_cast<int>(absl::GetWeekday(minute)) + 1;  // Monday is 1
  const int64_t of_day = minute.hour() * 60 + minute.minute();
  const bool day = guard.bits == 0 || ((guard.bits >> weekday) & 1u) != 0;
  return GuardAnswer::Of(day && guard.low <= of_day && of_day < guard.high);
}

GuardAnswer Statements(const Guard& guard, const PolicyRequest& request) {
  uint32_t stated = 0;
  if (!request.case_reference.empty()) stated |= 1u << policy_proto::STATEMENT_CASE_REFERENCE;
  if (!request.considered_by.empty()) stated |= 1u << policy_proto::STATEMENT_CONSIDERED_BY;
  if (!request.detriment_assessment.empty()) {
    stated |= 1u << policy_proto::STATEMENT_DETRIMENT_ASSESSMENT;
  }
  return GuardAnswer::Of((stated & guard.bits) == guard.bits);
}

GuardAnswer ConsentStates(uint32_t states, const ConsentFacts& consent) {
  PartMask parts = 0;
  const auto add = [&](policy_proto::ConsentState state, PartMask mask) {
    if ((states >> state) & 1u) parts |= mask;
  };
  add(policy_proto::CONSENT_STATE_GIVEN, consent.given);
  add(policy_proto::CONSENT_STATE_REFUSED, consent.refused);
  add(policy_proto::CONSENT_STATE_WITHDRAWN, consent.withdrawn);
  add(policy_proto::CONSENT_STATE_EXPIRED, consent.expired);
  add(policy_proto::CONSENT_STATE_SUPERSEDED_BY_ADULTHOOD, consent.superseded);
  add(policy_proto::CONSENT_STATE_CONFLICT, consent.conflict);
  add(policy_proto::CONSENT_STATE_NOT_ASKED,
      ~(consent.given | consent.refused | consent.withdrawn | consent.expired | consent.superseded |
        consent.conflict | consent.not_decision_maker));
  return {true, parts};
}

uint32_t KindBit(DecisionMaker maker) {
  switch (maker) {
    case DecisionMaker::kUnknown: return 0;
    case DecisionMaker::kParent: return 1u << policy_proto::DECISION_MAKER_KIND_PARENT;
    case DecisionMaker::kCompetentChild:
      return 1u << policy_proto::DECISION_MAKER_KIND_COMPETENT_CHILD;
    case DecisionMaker::kYoungPerson: return 1u << policy_proto::DECISION_MAKER_KIND_YOUNG_PERSON;
    case DecisionMaker::kRepresentative:
      return 1u << policy_proto::DECISION_MAKER_KIND_REPRESENTATIVE;
  }
  return 0;
}

// A birthday on 29 February falls on 1 March in other years.
int64_t CompletedYears(Date born, Date today) {
  const bool had_birthday =
      today.month() > born.month() || (today.month() == born.month() && today.day() >= born.day());
  return today.year() - born.year() - (had_birthday ? 0 : 1);
}

GuardAnswer Age(const Guard& guard, const Facts& facts) {
  if (!facts.date_of_birth.has_value() || facts.today < *facts.date_of_birth) {
    return GuardAnswer::NotApplicable();
  }
  const int64_t age = CompletedYears(*facts.date_of_birth, facts.today);
  return GuardAnswer::Of(guard.low <= age && age <= guard.high);
}

GuardAnswer SchoolLeaving(const Guard& guard, const Facts& facts) {
  if (!facts.school_leaving_date.has_value()) return GuardAnswer::NotApplicable();
  const bool after = facts.today > *facts.school_leaving_date;
  return GuardAnswer::Of(after == (guard.bits == policy_proto::SCHOOL_LEAVING_SIDE_AFTER));
}

}  // namespace

GuardAnswer EvaluateRequestGuard(const Guard& guard, const PolicyRequest& request, absl::Time now) {
  switch (guard.kind) {
    case GuardKind::kDateWindow: {
      const int64_t seconds = absl::ToUnixSeconds(now);
      return GuardAnswer::Of(guard.low <= seconds && seconds < guard.high);
    }
    case GuardKind::kHours: return Hours(guard, now);
    case GuardKind::kStatement: return Statements(guard, request);
    case GuardKind::kSecondPerson: return GuardAnswer::Of(request.second_person_approved);
    case GuardKind::kTraining:
      if (!request.training_valid_until.has_value()) return GuardAnswer::NotApplicable();
      return GuardAnswer::Of(now < *request.training_valid_until);
    case GuardKind::kRegion:
      if (request.region.empty()) return GuardAnswer::NotApplicable();
      return GuardAnswer::Of(Contains(guard.codes, request.region));
    case GuardKind::kStrongAuthentication: return GuardAnswer::Of(request.strong_authentication);
    default: return GuardAnswer::NotApplicable();
  }
}

GuardAnswer EvaluateFactGuard(const Guard& guard, const Facts& facts) {
  switch (guard.kind) {
    case GuardKind::kRate:
      if (!facts.disclosures_today.has_value()) return GuardAnswer::NotApplicable();
      return GuardAnswer::Of(int64_t{*facts.disclosures_today} < guard.high);
    case GuardKind::kConsentState: return ConsentStates(guard.bits, facts.consent);
    case GuardKind::kDecisionMaker:
      if (facts.decision_maker == DecisionMaker::kUnknown) return GuardAnswer::NotApplicable();
      return GuardAnswer::Of((KindBit(facts.decision_maker) & guard.bits) != 0);
    case GuardKind::kSubjectFlag:
      return GuardAnswer::Of(Holds(guard.quantifier, UnclearedProtections(facts), guard.bits));
    case GuardKind::kAge: return Age(guard, facts);
    case GuardKind::kSchoolLeaving: return SchoolLeaving(guard, facts);
    case GuardKind::kRelationship:
      return GuardAnswer::Of(
          Holds(guard.quantifier,
                guard.of_caller ? facts.caller_relationships : facts.custodian_relationships,
                guard.bits));
    case GuardKind::kArea:
      if (facts.area.empty()) return GuardAnswer::NotApplicable();
      return GuardAnswer::Of(Contains(guard.codes, facts.area));
    default: return GuardAnswer::NotApplicable();
  }
}

}  // namespace ehc
