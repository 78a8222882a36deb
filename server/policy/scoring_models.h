// The scoring models of policies/scoring/, checked.
#ifndef EHC_SERVER_POLICY_SCORING_MODELS_H_
#define EHC_SERVER_POLICY_SCORING_MODELS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/policy/document.h"

namespace ehc {

enum class ModelState { kInUse, kUnknown, kNotYet, kRetired };

struct ScoringModelInfo {
  policy_proto::ScoringModel model;
  absl::Time from;
  absl::Time until;  // exclusive

  ModelState StateAt(absl::Time now) const {
    if (now < from) return ModelState::kNotYet;
    return now < until ? ModelState::kInUse : ModelState::kRetired;
  }
  // Whether this agency may use it.
  bool IsFor(absl::string_view agency) const;
};

// Immutable once built.
class ScoringModels {
 public:
  // One of a model's versions; nullptr: there is none.
  const ScoringModelInfo* Find(absl::string_view id, uint32_t version) const;
  // The version in use; without one, the newest that was, or the first that will be; nullptr: no
  // such model.
  const ScoringModelInfo* Find(absl::string_view id, absl::Time now) const;
  // The models of an instrument that run beside the live one, by id.
  std::vector<const ScoringModelInfo*> Shadows(absl::string_view instrument,
                                               absl::string_view agency, absl::Time now) const;
  // Every version, by id and number.
  std::vector<const ScoringModelInfo*> All() const;

  // What is wrong goes to `problems`; the result is then not to be used.
  static ScoringModels Build(const std::vector<ParsedScoringModel>& files, Problems* problems);

 private:
  std::map<std::pair<std::string, uint32_t>, ScoringModelInfo> models_;
};

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_SCORING_MODELS_H_
