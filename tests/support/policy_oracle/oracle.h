// An independent evaluator of agreements: no index, no compilation, one clause and one part at a
// time, written from the design's rules of combination. It shares no code with server/policy but
// the messages, so that the two can be held against each other.
#ifndef EHC_TESTS_SUPPORT_POLICY_ORACLE_ORACLE_H_
#define EHC_TESTS_SUPPORT_POLICY_ORACLE_ORACLE_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "ehc/policy/v1/agreement.pb.h"
#include "ehc/policy/v1/vocabulary.pb.h"
#include "server/model/decision.h"
#include "server/model/facts.h"
#include "server/model/request.h"

namespace ehc {

struct OraclePolicy {
  policy::v1::Vocabulary vocabulary;
  std::vector<policy::v1::Agreement> agreements;
  std::set<std::string> suspended;
  bool require_signatures = false;
  std::set<std::pair<std::string, std::string>> signatures;  // agreement, agency
};

struct OracleAnswer {
  Outcome outcome = Outcome::kUnavailable;
  std::set<std::string> granted;
  std::set<std::string> referred;
  std::map<std::string, std::string> rulings;      // granted part → agreement/clause
  std::map<std::string, std::string> obligations;  // "code|detail" → agreement/clause
  bool existence_granted = false;
  bool break_glass_used = false;

  std::string ToString() const;
};

OracleAnswer AskOracle(const OraclePolicy& policy, const PolicyRequest& request, const Facts& facts,
                       absl::Time now);

// The same form from the engine's decision.
OracleAnswer FromDecision(const Decision& decision);

}  // namespace ehc

#endif  // EHC_TESTS_SUPPORT_POLICY_ORACLE_ORACLE_H_
