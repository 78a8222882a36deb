#ifndef EHC_TESTS_UNIT_MATCHING_COMMITTED_RULES_H_
#define EHC_TESTS_UNIT_MATCHING_COMMITTED_RULES_H_

#include <memory>

#include "gtest/gtest.h"
#include "server/matching/rules.h"
#include "server/model/demographics.h"

namespace ehc {

// policies/matching as it is committed.
inline std::shared_ptr<const MatchRules> CommittedRules() {
  static const std::shared_ptr<const MatchRules> rules = [] {
    auto made = MatchRules::Load(EHC_SOURCE_DIR "/policies/matching");
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }();
  return rules;
}

inline Date AnyDay() { return Date(2026, 11, 23); }

inline Demographics Person(const char* given, const char* family, Date birth,
                           const char* postcode = "", RecordedSex sex = RecordedSex::kUnknown) {
  return {given, family, birth, false, sex, postcode};
}

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_MATCHING_COMMITTED_RULES_H_
