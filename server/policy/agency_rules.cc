#include "server/policy/agency_rules.h"

namespace ehc {
namespace {

template <typename Rule>
bool IsInUse(const Rule& rule, absl::Time now) {
  return rule.from <= now && now < rule.until;
}

bool Fits(const std::set<std::string>& names, absl::string_view name) {
  return names.empty() || names.count(std::string(name)) > 0;
}

}  // namespace

std::vector<const ReadinessRule*> AgencyRules::ReadinessOf(absl::string_view agency_type,
                                                           absl::Time now) const {
  std::vector<const ReadinessRule*> rules;
  for (const ReadinessRule& rule : readiness) {
    if (IsInUse(rule, now) && Fits(rule.agency_types, agency_type)) rules.push_back(&rule);
  }
  return rules;
}

const QuotaRule* AgencyRules::QuotaOf(absl::string_view agency, absl::string_view agency_type,
                                      absl::Time now) const {
  for (const QuotaRule& rule : quotas) {
    if (IsInUse(rule, now) && Fits(rule.agencies, agency) && Fits(rule.agency_types, agency_type)) {
      return &rule;
    }
  }
  return nullptr;
}

}  // namespace ehc
