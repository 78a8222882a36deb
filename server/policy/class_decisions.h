// The standing decisions that are part of the policy: those for every child of an authority.
#ifndef EHC_SERVER_POLICY_CLASS_DECISIONS_H_
#define EHC_SERVER_POLICY_CLASS_DECISIONS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/policy/snapshot.h"

namespace ehc {

// In words, where the policy has numbers.
struct ClassDecisionTerms {
  std::string id;
  std::string title;
  std::string reason;
  std::string decided_by_role;
  std::string gateway;
  std::vector<std::string> roles;  // the narrower ones too
  std::vector<std::string> purposes;
  std::string record_type;
  std::vector<std::string> parts;
  absl::Time from;
  absl::Time until;  // exclusive
};

// In the order of the policy's file.
std::vector<ClassDecisionTerms> ClassDecisionsOf(const PolicySnapshot& snapshot,
                                                 const AgencyId& authority);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_CLASS_DECISIONS_H_
