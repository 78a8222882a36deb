// The figures by which two descriptions are taken for one person, from policies/matching.
// Immutable, thread safe. docs/matching.md has the formula.
#ifndef EHC_SERVER_MATCHING_RULES_H_
#define EHC_SERVER_MATCHING_RULES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ehc/policy/v1/matching.pb.h"
#include "server/matching/names.h"
#include "server/model/date.h"

namespace ehc {

enum class MatchField : uint8_t { kGiven, kFamily, kBirth, kSex, kPostcode };
inline constexpr size_t kMatchFields = 5;

// Ascending agreement; the numbers of policy::v1::MatchingLevel.
enum class MatchLevel : uint8_t {
  kDifferent = 1,
  kAbsent = 2,
  kDistant = 3,
  kSimilar = 4,
  kPart = 5,
  kVariant = 6,
  kExact = 7,
};
inline constexpr size_t kMatchLevels = 8;

absl::string_view MatchFieldCode(MatchField field);  // "GIVEN"
absl::string_view MatchLevelCode(MatchLevel level);  // "SIMILAR"

using MatchLevels = std::array<MatchLevel, kMatchFields>;  // by MatchField

struct MatchStep {
  std::string code;
  std::string title;
  std::array<uint8_t, kMatchFields> least{};  // 0: any
  double ceiling = 0;

  bool IsSatisfiedBy(const MatchLevels& levels) const;
};

struct MatchWeight {
  double m = 1;
  double u = 1;
  double bits = 0;  // log2(m/u)
};

struct MatchRevision {
  Date effective_from;
  double match = 1;
  double potential = 1;
  double low = 0;
  double population = 1;
  std::vector<MatchStep> steps;
  std::array<std::array<MatchWeight, kMatchLevels>, kMatchFields> weights{};
  std::vector<policy::v1::DefaultBirthDay> default_birth_days;
  int near_birth_days = 0;
  int expected_birth_days = 0;
  double duplicate = 2;                  // least score of a pair that an officer is shown
  double duplicate_despite_numbers = 2;  // where both have a verified NHS number of their own
  int most_duplicates = 0;               // open at a time, of one child

  const MatchWeight& WeightOf(MatchField field, MatchLevel level) const {
    return weights[static_cast<size_t>(field)][static_cast<size_t>(level)];
  }
};

class MatchRules {
 public:
  // rules.textproto and names.textproto of a folder (policies/matching). NOT_FOUND, and
  // INVALID_ARGUMENT that says file and line or what is wrong.
  static absl::StatusOr<std::shared_ptr<const MatchRules>> Load(const std::string& folder);

  // INVALID_ARGUMENT naming what is wrong: thresholds out of order, a weight that is missing, a
  // ceiling above one, no revision.
  static absl::StatusOr<std::shared_ptr<const MatchRules>> Create(
      const policy::v1::MatchingRules& rules, const policy::v1::NameLore& names);

  // What holds on a day; before the first revision, the first.
  const MatchRevision& On(Date day) const;
  const NameLore& names() const { return names_; }

 private:
  explicit MatchRules(NameLore names) : names_(std::move(names)) {}

  std::vector<MatchRevision> revisions_;  // by effective_from
  NameLore names_;
};

}  // namespace ehc

#endif  // EHC_SERVER_MATCHING_RULES_H_
