#include "server/policy/planning_terms.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ehc {

using policy_proto::FundingStreamRule;
using policy_proto::PlanningRules;

class PlanningTermsBuilder {
 public:
  PlanningTermsBuilder(const Vocabulary& vocabulary, PlanningTerms* out, Problems* problems)
      : vocabulary_(vocabulary), out_(out), problems_(problems) {}

  void Add(const ParsedPlanningRules& file) {
    const PlanningRules& rules = file.message;
    const Located root = file.root();
    Each(rules.support_plan_test(), root, rules, "support_plan_test", &out_->tests_,
         [&](const policy_proto::SupportPlanTest& test, const Place& place) {
           Require(test.part() != policy_proto::SUPPORT_PLAN_PART_UNSPECIFIED, place, "part",
                   "left out; say what answers the test");
         });
    Each(rules.payee_rule(), root, rules, "payee_rule", &out_->payees_,
         [&](const policy_proto::PayeeRule& rule, const Place& place) {
           Require(rule.kind() != policy_proto::PAYEE_KIND_UNSPECIFIED, place, "kind",
                   "left out; say who is paid");
           Require(rule.from_age() <= rule.to_age() && rule.to_age() <= 25, place, "to_age",
                   "the ages end before they begin, or after 25");
         });
    Each(rules.risk_tier(), root, rules, "risk_tier", &out_->tiers_,
         [&](const policy_proto::RiskTier& tier, const Place& place) {
           Require(tier.first_check_months() > 0 && tier.then_every_months() > 0, place,
                   "first_check_months", "say when it is checked, first and then");
         });
    Each(rules.funding_stream(), root, rules, "funding_stream", &out_->streams_,
         [&](const FundingStreamRule& stream, const Place& place) { CheckStream(stream, place); });
    Each(rules.variation(), root, rules, "variation", &out_->variations_,
         [&](const policy_proto::VariationRule& rule, const Place& place) {
           Require(rule.changed_from_basis_points() > 0, place, "changed_from_basis_points",
                   "left out; say from which variation on a budget counts as changed");
         });
    Each(rules.small_number(), root, rules, "small_number", &out_->small_numbers_,
         [&](const policy_proto::SmallNumberRule& rule, const Place& place) {
           Require(rule.least_cases() > 1, place, "least_cases",
                   "say how many cases a group has that is told of, 2 or more");
         });
  }

  void Finish() {
    std::stable_sort(out_->tiers_.begin(), out_->tiers_.end(), [](const auto& a, const auto& b) {
      return a.rule.from_points() < b.rule.from_points();
    });
    if (!out_->tiers_.empty() && out_->tiers_.front().rule.from_points() != 0) {
      problems_->Add(Place(), "risk_tier", "the lowest begins at 0, so that every case has one");
    }
  }

 private:
  void Require(bool holds, const Place& place, absl::string_view field, absl::string_view what) {
    if (!holds) problems_->Add(place, field, what);
  }

  template <typename Rules, typename Dated, typename Check>
  void Each(const Rules& rules, const Located& root, const PlanningRules& holder,
            absl::string_view field, std::vector<Dated>* out, Check check) {
    for (int i = 0; i < rules.size(); ++i) {
      const Place place = root.PlaceOf(holder, field, i);
      const policy_proto::Term& term = rules[i].term();
      Require(!term.code().empty() && !term.title().empty(), place, "term",
              "say its code and what it is called");
      Require(codes_.insert(absl::StrCat(field, "/", term.code())).second, place, "code",
              "is defined twice; remove one");
      Require(!rules[i].source().empty(), place, "source", "left out; say where it is from");
      check(rules[i], place);
      out->push_back({rules[i], FromOf(term.effective(), place), UntilOf(term.effective(), place)});
    }
  }

  absl::Time FromOf(const policy_proto::Effective& effective, const Place& place) {
    if (effective.switched_off()) return absl::InfiniteFuture();
    return LondonInstant(effective.from(), false, absl::InfinitePast(), place, "from", problems_);
  }
  absl::Time UntilOf(const policy_proto::Effective& effective, const Place& place) {
    return LondonInstant(effective.until(), true, absl::InfiniteFuture(), place, "until",
                         problems_);
  }

  void CheckStream(const FundingStreamRule& stream, const Place& place) {
    Require(!stream.agency_type().empty(), place, "agency_type", "left out; say whose money it is");
    for (const std::string& type : stream.agency_type()) {
      Require(vocabulary_.agency_types.Find(type) >= 0, place, "agency_type",
              absl::StrCat("'", type, "' is not defined"));
    }
    Require(!stream.spend_on().empty(), place, "spend_on", "left out; write ANY if on anything");
    Require(!stream.direct_payment().empty(), place, "direct_payment",
            "left out; say whether it may be a direct payment");
    for (const policy_proto::DirectPaymentRule& rule : stream.direct_payment()) {
      Require(rule.use() != policy_proto::DIRECT_PAYMENT_USE_UNSPECIFIED && !rule.source().empty(),
              place, "direct_payment", "say whether, and where that is from");
      FromOf(rule.effective(), place);
      UntilOf(rule.effective(), place);
    }
  }

  const Vocabulary& vocabulary_;
  PlanningTerms* out_;
  Problems* problems_;
  std::set<std::string> codes_;
};

namespace {

template <typename Rule, typename Dated>
std::vector<Rule> InUse(const std::vector<Dated>& all, absl::Time now) {
  std::vector<Rule> found;
  for (const Dated& one : all) {
    if (one.InUse(now)) found.push_back(one.rule);
  }
  return found;
}

}  // namespace

std::vector<policy_proto::SupportPlanTest> PlanningTerms::TestsAt(absl::Time now) const {
  return InUse<policy_proto::SupportPlanTest>(tests_, now);
}

std::vector<policy_proto::PayeeRule> PlanningTerms::PayeesAt(absl::Time now) const {
  return InUse<policy_proto::PayeeRule>(payees_, now);
}

std::vector<policy_proto::RiskTier> PlanningTerms::TiersAt(absl::Time now) const {
  return InUse<policy_proto::RiskTier>(tiers_, now);
}

const FundingStreamRule* PlanningTerms::FindStream(absl::string_view code, absl::Time now) const {
  for (const Dated<FundingStreamRule>& stream : streams_) {
    if (stream.rule.term().code() == code && stream.InUse(now)) return &stream.rule;
  }
  return nullptr;
}

policy_proto::DirectPaymentUse PlanningTerms::DirectPaymentOf(const FundingStreamRule& stream,
                                                              absl::Time now) const {
  Problems none;  // the days were checked when the rules were built
  for (const policy_proto::DirectPaymentRule& rule : stream.direct_payment()) {
    const auto& effective = rule.effective();
    if (effective.switched_off()) continue;
    const absl::Time from =
        LondonInstant(effective.from(), false, absl::InfinitePast(), Place(), "from", &none);
    const absl::Time until =
        LondonInstant(effective.until(), true, absl::InfiniteFuture(), Place(), "until", &none);
    if (from <= now && now < until) return rule.use();
  }
  return policy_proto::DIRECT_PAYMENT_USE_FORBIDDEN;
}

std::optional<uint32_t> PlanningTerms::ChangedFrom(absl::Time now) const {
  for (const Dated<policy_proto::VariationRule>& rule : variations_) {
    if (rule.InUse(now)) return rule.rule.changed_from_basis_points();
  }
  return std::nullopt;
}

std::optional<uint32_t> PlanningTerms::LeastCases(absl::Time now) const {
  for (const Dated<policy_proto::SmallNumberRule>& rule : small_numbers_) {
    if (rule.InUse(now)) return rule.rule.least_cases();
  }
  return std::nullopt;
}

PlanningTerms PlanningTerms::Build(const std::vector<ParsedPlanningRules>& files,
                                   const Vocabulary& vocabulary, Problems* problems) {
  PlanningTerms terms;
  PlanningTermsBuilder builder(vocabulary, &terms, problems);
  for (const ParsedPlanningRules& file : files) builder.Add(file);
  builder.Finish();
  return terms;
}

}  // namespace ehc
