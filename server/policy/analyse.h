// What is wrong, doubtful or due in a policy, found exactly: a clause is a box of finite sets and
// intervals, so overlap and containment need no solver.
#ifndef EHC_SERVER_POLICY_ANALYSE_H_
#define EHC_SERVER_POLICY_ANALYSE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "server/model/request.h"
#include "server/policy/document.h"
#include "server/policy/snapshot.h"

namespace ehc {

enum class Severity { kError, kWarning };  // errors stop a load

struct Finding {
  Severity severity = Severity::kWarning;
  std::string code;  // "CLAUSE_UNREACHABLE", …
  Place place;
  std::string agreement;
  std::string clause;                    // empty: the agreement as a whole
  std::string sentence;                  // what is wrong and what to do
  std::optional<PolicyRequest> example;  // a request that shows it
};

struct AnalyseOptions {
  // Agencies enrolled with the hub; absent: not checked.
  std::optional<absl::flat_hash_set<AgencyId>> enrolled;
  absl::Duration lapse_warning = absl::Hours(24 * 90);
};

// By place. CLAUSE_UNREACHABLE, PERMIT_FORBIDDEN, OBLIGATIONS_CLASH, PURPOSE_WITHOUT_BASIS,
// CONSENT_AS_BASIS, CONSENT_FOR_DUTY, CONTENT_WITHOUT_GATEWAY, CONSENT_GATEWAY_UNASKED,
// PURPOSE_UNDECLARED, CODE_OUT_OF_USE, AGREEMENT_EXPIRED, AGREEMENT_LAPSING, REVIEW_OVERDUE,
// PARTY_NOT_ENROLLED, AGREEMENT_UNSIGNED.
std::vector<Finding> Analyse(const PolicySnapshot& snapshot, absl::Time now,
                             const AnalyseOptions& options = {});

// A request that only `clause` (by its place in canonical order) is there to answer.
PolicyRequest ExampleRequest(const PolicySnapshot& snapshot, size_t clause);

// The number of shapes that clauses take.
int ShapeCount(const PolicySnapshot& snapshot);

// "agreements/x.textproto:12:3: warning: CODE: sentence"
std::string FindingText(const Finding& finding);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_ANALYSE_H_
