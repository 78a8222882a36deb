#include "server/services/planning_shadows.h"

#include <utility>

#include "server/pathway/scoring.h"
#include "server/policy/scoring_models.h"

namespace ehc {

std::vector<hub::v1::Score> ScoreInShadow(
    const PolicySnapshot& policy, absl::string_view instrument, absl::string_view agency,
    absl::Time now, const google::protobuf::RepeatedPtrField<hub::v1::NeedsAnswer>& answers) {
  std::vector<hub::v1::Score> scores;
  for (const ScoringModelInfo* shadow : policy.scoring_models().Shadows(instrument, agency, now)) {
    absl::StatusOr<hub::v1::Score> score = ScoreAnswers(shadow->model, answers);
    if (score.ok()) scores.push_back(*std::move(score));
  }
  return scores;
}

}  // namespace ehc
