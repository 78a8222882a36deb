// How need is scored, and what holds for support plans and their money, in a policy.
#ifndef EHC_SERVER_POLICY_PLANNING_POLICY_H_
#define EHC_SERVER_POLICY_PLANNING_POLICY_H_

#include "server/policy/compiled.h"
#include "server/policy/snapshot.h"

namespace ehc {

inline const ScoringModels& ScoringModelsOf(const PolicySnapshot& policy) {
  return policy.compiled().scoring_models;
}
inline const PlanningTerms& PlanningTermsOf(const PolicySnapshot& policy) {
  return policy.compiled().planning_terms;
}

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_PLANNING_POLICY_H_
