// The rules of policies/planning/, checked: what a support plan shows, whom a direct payment may go
// to, how it is looked after, which money may go into a budget, and which groups are too small to
// be told of.
#ifndef EHC_SERVER_POLICY_PLANNING_TERMS_H_
#define EHC_SERVER_POLICY_PLANNING_TERMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/policy/document.h"
#include "server/policy/vocabulary.h"

namespace ehc {

// Immutable once built.
class PlanningTerms {
 public:
  // Those in use at `now`, in the files' order.
  std::vector<policy_proto::SupportPlanTest> TestsAt(absl::Time now) const;
  std::vector<policy_proto::PayeeRule> PayeesAt(absl::Time now) const;
  // By points, ascending.
  std::vector<policy_proto::RiskTier> TiersAt(absl::Time now) const;
  // nullptr: no such stream, or not in use.
  const policy_proto::FundingStreamRule* FindStream(absl::string_view code, absl::Time now) const;
  // Whether the stream's money may be a direct payment then; FORBIDDEN where no rule is in use.
  policy_proto::DirectPaymentUse DirectPaymentOf(const policy_proto::FundingStreamRule& stream,
                                                 absl::Time now) const;
  // Hundredths of a per cent; nothing: no rule is in use.
  std::optional<uint32_t> ChangedFrom(absl::Time now) const;
  // How many cases a group has at least that a report tells of; nothing: no rule is in use.
  std::optional<uint32_t> LeastCases(absl::Time now) const;

  // What is wrong goes to `problems`; the result is then not to be used.
  static PlanningTerms Build(const std::vector<ParsedPlanningRules>& files,
                             const Vocabulary& vocabulary, Problems* problems);

 private:
  template <typename Rule>
  struct Dated {
    Rule rule;
    absl::Time from;
    absl::Time until;  // exclusive
    bool InUse(absl::Time now) const { return from <= now && now < until; }
  };
  friend class PlanningTermsBuilder;

  std::vector<Dated<policy_proto::SupportPlanTest>> tests_;
  std::vector<Dated<policy_proto::PayeeRule>> payees_;
  std::vector<Dated<policy_proto::RiskTier>> tiers_;
  std::vector<Dated<policy_proto::FundingStreamRule>> streams_;
  std::vector<Dated<policy_proto::VariationRule>> variations_;
  std::vector<Dated<policy_proto::SmallNumberRule>> small_numbers_;
};

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_PLANNING_TERMS_H_
