// The same request under two policies: what somebody would get more or less of.
#ifndef EHC_SERVER_POLICY_COMPARE_H_
#define EHC_SERVER_POLICY_COMPARE_H_

#include <string>
#include <vector>

#include "server/model/decision.h"
#include "server/model/facts.h"
#include "server/model/request.h"
#include "server/policy/snapshot.h"

namespace ehc {

// `request` and `facts`, whose parts are numbered as in `from`, by the numbers of `to`. Parts that
// `to` lacks are left out.
PolicyRequest RequestIn(const PolicySnapshot& to, const PolicySnapshot& from,
                        PolicyRequest request);
Facts FactsIn(const PolicySnapshot& to, const PolicySnapshot& from, const std::string& record_type,
              Facts facts);

// The codes of the parts granted, in the schema's order.
std::vector<std::string> GrantedCodes(const Decision& decision);

struct GrantChange {
  std::vector<std::string> gained;  // part codes
  std::vector<std::string> lost;
  bool other = false;  // the same parts by another outcome or for another reason

  bool any() const { return other || !gained.empty() || !lost.empty(); }
};

// What has another decision than outcome, reason and granted parts before.
GrantChange ChangeFrom(absl::string_view outcome, absl::string_view reason,
                       const std::vector<std::string>& granted, const Decision& after);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_COMPARE_H_
