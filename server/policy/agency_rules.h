// What the policy asks of agencies themselves: the readiness checklist, how much each may ask of
// the hub, and which purposes are served first.
#ifndef EHC_SERVER_POLICY_AGENCY_RULES_H_
#define EHC_SERVER_POLICY_AGENCY_RULES_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/quota_book.h"

namespace ehc {

struct ReadinessRule {
  std::string item;
  std::string title;
  std::string description;
  int version = 0;
  absl::Duration holds = absl::InfiniteDuration();  // from its declaration
  std::set<std::string> agency_types;               // empty: any
  absl::Time from;                                  // until is exclusive
  absl::Time until;
};

struct QuotaRule {
  std::set<std::string> agencies;      // empty: any
  std::set<std::string> agency_types;  // empty: any
  QuotaLimits limits;
  absl::Time from;  // until is exclusive
  absl::Time until;
};

struct AgencyRules {
  std::vector<ReadinessRule> readiness;
  std::vector<QuotaRule> quotas;
  std::set<std::string> safeguarding_purposes;  // with the narrower ones

  // What an agency of this type declares, in the files' order.
  std::vector<const ReadinessRule*> ReadinessOf(absl::string_view agency_type,
                                                absl::Time now) const;
  // The first that fits; nullptr: no limit.
  const QuotaRule* QuotaOf(absl::string_view agency, absl::string_view agency_type,
                           absl::Time now) const;
};

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_AGENCY_RULES_H_
