// The shipped models and planning rules, as the hub loads them.
#ifndef EHC_TESTS_UNIT_PATHWAY_MODELS_H_
#define EHC_TESTS_UNIT_PATHWAY_MODELS_H_

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "server/policy/planning_terms.h"
#include "server/policy/scoring_models.h"
#include "server/policy/snapshot.h"

namespace ehc {

inline const PolicySnapshot& ShippedPolicy() {
  static const auto* const policy = [] {
    LoadOptions options;
    options.require_signatures = false;
    auto loaded = LoadPolicyFolder(std::string(EHC_SOURCE_DIR) + "/policies", options);
    if (!loaded.ok()) ADD_FAILURE() << loaded.status();
    return new std::shared_ptr<const PolicySnapshot>(*loaded);
  }();
  return **policy;
}

inline absl::Time Day(const std::string& day) { return LondonMidnight(*ParseIsoDate(day)); }

inline const policy_proto::ScoringModel& ModelOf(const std::string& id,
                                                 const std::string& day = "2026-11-27") {
  const ScoringModelInfo* info = ShippedPolicy().scoring_models().Find(id, Day(day));
  EXPECT_NE(info, nullptr) << id;
  return info->model;
}

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_PATHWAY_MODELS_H_
