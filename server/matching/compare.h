// Comparing two descriptions, field by field, and what the outcome is worth. Pure.
#ifndef EHC_SERVER_MATCHING_COMPARE_H_
#define EHC_SERVER_MATCHING_COMPARE_H_

#include <array>
#include <functional>

#include "absl/functional/function_ref.h"
#include "server/matching/person.h"
#include "server/matching/rules.h"

namespace ehc {

// A word's share of the people compared with; see NameLore::Frequency.
using FrequencyOf = absl::FunctionRef<double(NameUse, const NameWord&)>;

// One comparison and its weight: what a reviewer is shown. No personal data.
struct MatchTerm {
  MatchField field = MatchField::kGiven;
  MatchLevel level = MatchLevel::kAbsent;
  double bits = 0;
};

struct Comparison {
  std::array<MatchTerm, kMatchFields> terms;  // by MatchField
  double prior_bits = 0;
  double bits = 0;                  // prior and terms together
  double probability = 0;           // 1 / (1 + 2^-bits)
  const MatchStep* step = nullptr;  // the first that is satisfied; null: none
  double score = 0;  // the smaller of probability and the step's ceiling; 0 without a step

  MatchLevels levels() const;
};

MatchLevels CompareFields(const PersonView& asked, const PersonView& known,
                          const MatchRevision& revision, const NameLore& lore,
                          FrequencyOf frequency);

// `people`: how many are in the index; the prior never assumes fewer than the revision does.
Comparison Compare(const PersonView& asked, const PersonView& known, int64_t people,
                   const MatchRevision& revision, const NameLore& lore, FrequencyOf frequency);

}  // namespace ehc

#endif  // EHC_SERVER_MATCHING_COMPARE_H_
