// Cases put to a policy, and how much of the policy they exercise.
#ifndef EHC_SERVER_POLICY_CASES_H_
#define EHC_SERVER_POLICY_CASES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ehc/policy/v1/policy_case.pb.h"
#include "server/model/decision.h"
#include "server/model/facts.h"
#include "server/model/request.h"
#include "server/policy/document.h"
#include "server/policy/snapshot.h"

namespace ehc {

struct PolicyCase {
  std::string name;
  Place place;
  PolicyRequest request;
  Facts facts;
  absl::Time now;
  policy_proto::CaseExpectation expect;
};

// One file of cases. INVALID_ARGUMENT lists every problem with its place.
absl::StatusOr<std::vector<PolicyCase>> ParseCases(const PolicyFile& file,
                                                   const PolicySnapshot& snapshot);

// One case that stands in no file. INVALID_ARGUMENT lists every problem, each with `place`.
absl::StatusOr<PolicyCase> ReadCase(const policy_proto::PolicyCase& source, const Place& place,
                                    const PolicySnapshot& snapshot);

// A decision on record as a case that ReadCase() reads again, with what was decided as expectation.
// It names nobody: who asked and what a person wrote is only said to be there, and the day of birth
// is one of the same age.
policy_proto::PolicyCase WriteCase(const std::string& name, const PolicyRequest& request,
                                   const Facts& facts, absl::Time now, const Decision& decision,
                                   const PolicySnapshot& snapshot);

// Every file of `folder`/tests. No folder: no cases.
absl::StatusOr<std::vector<PolicyCase>> LoadCases(const std::string& folder,
                                                  const PolicySnapshot& snapshot);

// What the decision does otherwise than expected, in words; empty: nothing.
std::string Differs(const PolicyCase& one, const Decision& decision);

struct Coverage {
  size_t clauses = 0;
  size_t clauses_hit = 0;  // permitted, forbade or referred a part in some case
  size_t guards = 0;
  size_t guards_hit = 0;  // seen to hold and seen to stop the clause, or at least decided both ways
  std::vector<std::string> missed;  // "agreements/x.textproto:12: clause …", in order
};

struct TestReport {
  size_t passed = 0;
  std::vector<std::string> failures;  // "tests/x.textproto:4:1: name: what differs"
  Coverage coverage;
};

TestReport RunCases(const std::vector<PolicyCase>& cases, const PolicySnapshot& snapshot);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_CASES_H_
