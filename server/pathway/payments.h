// To whom a direct payment may be made, how closely it is looked after, and which money may go into
// a budget. The rules are policy data (policies/planning), those in use on the day.
#ifndef EHC_SERVER_PATHWAY_PAYMENTS_H_
#define EHC_SERVER_PATHWAY_PAYMENTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ehc/hub/v1/planning.pb.h"
#include "ehc/policy/v1/planning_rules.pb.h"
#include "server/model/date.h"

namespace ehc {

// What bears on whether a person may be paid.
struct PayeeFacts {
  bool disabled = false;                 // the child, within the meaning of CA 1989 s.17
  std::optional<int> age;                // the child's, today; nothing: not known
  bool parental_responsibility = false;  // of the payee, recorded and in force, contact permitted
};

// FAILED_PRECONDITION says which condition is not met.
absl::Status CheckPayee(hub::v1::PayeeKind kind, const PayeeFacts& facts,
                        absl::Span<const policy::v1::PayeeRule> rules);

// The tier: the highest that the sum of the risks, or any one of them, reaches. nullptr: there are
// no tiers. REQUIRES: ascending.
const policy::v1::RiskTier* TierOf(const hub::v1::PaymentRisk& risk,
                                   absl::Span<const policy::v1::RiskTier> tiers);

// The day of the next check: of the first, counted from the arrangement; of later ones, from the
// last check.
Date NextCheck(const policy::v1::RiskTier& tier, Date from, bool first);

// Whether money of this stream may go into a budget, as its funding test says. `rule` is in use
// today; nullptr: no such stream is. FAILED_PRECONDITION says why not.
absl::Status CheckFunding(const policy::v1::FundingStreamRule* rule,
                          const hub::v1::FundingTest& test, absl::string_view provider_type);

// The last day on which it may be spent: as stated, and no later than the stream lapses after
// `from`. Nothing: it does not end.
std::optional<Date> LastSpendingDay(const policy::v1::FundingStreamRule& rule,
                                    absl::string_view expires_on, Date from);

// Whether a stream's money, with its own restriction, may be spent on this.
bool MayBeSpentOn(const policy::v1::FundingStreamRule& rule,
                  const google::protobuf::RepeatedPtrField<std::string>& restricted_to,
                  absl::string_view category);

// Whether a stream's money may be a direct payment.
absl::Status CheckDirectPayment(policy::v1::DirectPaymentUse use, bool approved);

}  // namespace ehc

#endif  // EHC_SERVER_PATHWAY_PAYMENTS_H_
