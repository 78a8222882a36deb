// Agreements made up for measuring: many clauses in many shapes, with requests that hit or just
// miss them. Not for deciding anything.
#ifndef EHC_SERVER_POLICY_GENERATE_H_
#define EHC_SERVER_POLICY_GENERATE_H_

#include <cstdint>
#include <vector>

#include "server/model/facts.h"
#include "server/model/request.h"
#include "server/policy/snapshot.h"
#include "server/policy/source.h"

namespace ehc {

struct GeneratedWork {
  PolicySource source;
  std::vector<PolicyRequest> requests;
  std::vector<Facts> facts;  // parallel to requests
  absl::Time now;
};

// About `clauses` clauses over the vocabulary files of `base`: at least eight shapes, 5 % forbids,
// guards on a third, obligations on half. About half of the requests are allowed; the rest differ
// from one that would be in one thing.
GeneratedWork GenerateWork(const PolicySource& base, int clauses, int requests, uint64_t seed);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_GENERATE_H_
