#include "server/pathway/payments.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

absl::Status No(absl::string_view why) { return absl::FailedPreconditionError(why); }

policy::v1::PayeeKind AsPolicy(hub::v1::PayeeKind kind) {
  switch (kind) {
    case hub::v1::PAYEE_KIND_PARENTAL_RESPONSIBILITY:
      return policy::v1::PAYEE_KIND_PARENTAL_RESPONSIBILITY;
    case hub::v1::PAYEE_KIND_YOUNG_PERSON: return policy::v1::PAYEE_KIND_YOUNG_PERSON;
    default: return policy::v1::PAYEE_KIND_UNSPECIFIED;
  }
}

bool Names(const google::protobuf::RepeatedPtrField<std::string>& codes, absl::string_view code) {
  return std::any_of(codes.begin(), codes.end(),
                     [&](const std::string& one) { return one == code || one == "ANY"; });
}

}  // namespace

absl::Status CheckPayee(hub::v1::PayeeKind kind, const PayeeFacts& facts,
                        absl::Span<const policy::v1::PayeeRule> rules) {
  if (!facts.disabled) return No("the child is not said to be disabled");
  if (!facts.age.has_value()) return No("the child's age is not known; register the day of birth");
  if (kind == hub::v1::PAYEE_KIND_PARENTAL_RESPONSIBILITY && !facts.parental_responsibility) {
    return No("no parental responsibility of this person is recorded and in force");
  }
  for (const policy::v1::PayeeRule& rule : rules) {
    if (rule.kind() == AsPolicy(kind) && static_cast<int>(rule.from_age()) <= *facts.age &&
        *facts.age <= static_cast<int>(rule.to_age())) {
      return absl::OkStatus();
    }
  }
  return No("the child is not of an age at which this kind of person may be paid");
}

const policy::v1::RiskTier* TierOf(const hub::v1::PaymentRisk& risk,
                                   absl::Span<const policy::v1::RiskTier> tiers) {
  const uint32_t sum = risk.complexity() + risk.cost() + risk.safeguarding() + risk.other();
  const uint32_t highest =
      std::max({risk.complexity(), risk.cost(), risk.safeguarding(), risk.other()});
  const policy::v1::RiskTier* found = nullptr;
  for (const policy::v1::RiskTier& tier : tiers) {
    const bool by_one = tier.any_risk_from() != 0 && highest >= tier.any_risk_from();
    if (sum >= tier.from_points() || by_one) found = &tier;
  }
  return found;
}

Date NextCheck(const policy::v1::RiskTier& tier, Date from, bool first) {
  const uint32_t months = first ? tier.first_check_months() : tier.then_every_months();
  return AddMonths(from, static_cast<int>(std::min(months, 120u)));
}

absl::Status CheckFunding(const policy::v1::FundingStreamRule* rule,
                          const hub::v1::FundingTest& test, absl::string_view provider_type) {
  if (rule == nullptr) return No("funding.stream: no such stream is in use today");
  if (!Names(rule->agency_type(), provider_type)) {
    return No("funding.provider: money of this stream is not this kind of agency's");
  }
  if (rule->universal() && !test.individually_assessed()) {
    return No(
        "funding.test.individually_assessed: universal services that are given without an "
        "individual assessment are no part of a budget");
  }
  if (!test.overcomes_barriers()) {
    return No("funding.test.overcomes_barriers: the money has to help over a barrier");
  }
  if (!test.addresses_additional_need()) {
    return No("funding.test.addresses_additional_need: the money has to be for an additional need");
  }
  return absl::OkStatus();
}

std::optional<Date> LastSpendingDay(const policy::v1::FundingStreamRule& rule,
                                    absl::string_view expires_on, Date from) {
  std::optional<Date> last;
  if (!expires_on.empty()) {
    if (const absl::StatusOr<Date> stated = ParseIsoDate(expires_on); stated.ok()) last = *stated;
  }
  if (rule.lapses_after_days() == 0) return last;
  const Date lapses = from + static_cast<int>(std::min(rule.lapses_after_days(), 36500u));
  return last.has_value() ? std::min(*last, lapses) : lapses;
}

bool MayBeSpentOn(const policy::v1::FundingStreamRule& rule,
                  const google::protobuf::RepeatedPtrField<std::string>& restricted_to,
                  absl::string_view category) {
  return Names(rule.spend_on(), category) &&
         (restricted_to.empty() || Names(restricted_to, category));
}

absl::Status CheckDirectPayment(policy::v1::DirectPaymentUse use, bool approved) {
  switch (use) {
    case policy::v1::DIRECT_PAYMENT_USE_ALLOWED: return absl::OkStatus();
    case policy::v1::DIRECT_PAYMENT_USE_IF_APPROVED:
      if (approved) return absl::OkStatus();
      return No("the body whose money it is has not approved a direct payment for this child");
    default: return No("the law does not let money of this stream be paid directly");
  }
}

}  // namespace ehc
