// ScoreAnswers   a sheet of answers under a model, scored and explained item by item
//
// A model is policy data (ehc.policy.v1.ScoringModel) that the policy's loader has checked; which
// one is in use on a day is the snapshot's to say (PolicySnapshot::FindScoringModel).
#ifndef EHC_SERVER_PATHWAY_SCORING_H_
#define EHC_SERVER_PATHWAY_SCORING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ehc/hub/v1/score.pb.h"
#include "ehc/policy/v1/scoring.pb.h"

namespace ehc {

// The score without rater and times, which the caller adds. Pure: the same sheet and model always
// give the same.
//
// Every row needs exactly one answer. INVALID_ARGUMENT otherwise, with a message that begins with
// the path of the fault under `answers`: "answers[3].row: a second tick in row 'behaviour'; …",
// "answers: row 'self-care' has no answer; …", "answers[0].points: …". Never a value.
absl::StatusOr<hub::v1::Score> ScoreAnswers(
    const policy::v1::ScoringModel& model,
    const google::protobuf::RepeatedPtrField<hub::v1::NeedsAnswer>& answers);

// The least and the greatest points that the model can give.
struct PointRange {
  int64_t least = 0;
  int64_t greatest = 0;
};
PointRange RangeOf(const policy::v1::ScoringModel& model);

// Whether it gives points at all: matrices of weights and the two allocation systems do.
bool HasPoints(const policy::v1::ScoringModel& model);
// Whether a budget is set by it before the support plan.
bool HasIndicativeBudget(const policy::v1::ScoringModel& model);

// The band of these points; nullptr: below the first, or the model has none.
const policy::v1::ScoreBand* BandOf(const policy::v1::ScoringModel& model, int64_t points);

}  // namespace ehc

#endif  // EHC_SERVER_PATHWAY_SCORING_H_
