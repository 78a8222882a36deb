// Scores of need, with what models in shadow make of the same sheet.
#include <utility>

#include "server/pathway/scoring.h"
#include "server/services/planning_desk.h"
#include "server/services/planning_kinds.h"
#include "server/services/planning_shadows.h"

namespace ehc {
namespace {

using hub::v1::ScoreNeedsRequest;

// Who said so, when, and by which policy.
void Attribute(const CaseFile& file, const ScoreNeedsRequest& request, hub::v1::Score& score) {
  score.set_rater(UserOf(file));
  score.set_rater_role(RoleCodeOf(file));
  score.set_assessed_on(request.assessed_on());
  *score.mutable_scored_at() = ToTimestamp(file.received_at);
  score.set_policy_revision(file.policy_revision);
}

MatterOpening<NeedsScores>::Fill Scoring(const Desks& desks, const ScoreNeedsRequest& request) {
  return [&desks, request](const CaseFile& file, ReadView&,
                           Plan& plan) -> absl::StatusOr<Opened<NeedsScores>> {
    const ScoringModelInfo* info =
        PolicyOf(file).scoring_models().Find(request.model(), file.received_at);
    EHC_RETURN_IF_ERROR(CheckModel(file, info));
    EHC_RETURN_IF_ERROR(CheckNotFuture(file, request.assessed_on(), "assessed_on"));
    absl::StatusOr<hub::v1::Score> score = ScoreAnswers(info->model, request.answers());
    if (!score.ok()) return FromPathway(score.status(), "", "STATE_CONFLICT");
    Attribute(file, request, *score);
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(Opened<NeedsScores> opened,
                         NewMatter<NeedsScores>(desks.rooms.store, own, own, file.known_as));
    opened.matter.open = false;
    opened.body.set_unit(file.ask.request.custodian_unit.value());
    *opened.body.mutable_score() = *std::move(score);
    *opened.body.mutable_answers() = request.answers();
    for (hub::v1::Score& shadow : ScoreInShadow(PolicyOf(file), info->model.instrument(),
                                                own.value(), file.received_at, request.answers())) {
      Attribute(file, request, shadow);
      *opened.body.add_shadow_scores() = std::move(shadow);
    }
    plan.changes.push_back(Put(opened));
    return opened;
  };
}

}  // namespace

void PlanningDesk::ScoreNeeds(Incoming in, const ScoreNeedsRequest& request,
                              Reply<hub::v1::ScoreNeedsResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "ScoreNeeds", "planning.score", request,
                       ReadSubject(desks_, in.caller, request.subject()));
  if (ask.ok()) RestOnDuty(*ask, "CHILD_IN_NEED");
  StartMutation<hub::v1::ScoreNeedsResponse>(desks_, std::move(in), std::move(ask),
                                             std::make_shared<MatterOpening<NeedsScores>>(
                                                 Scoring(desks_, request), ScoreShow(desks_, true)),
                                             ShapeFirstField<hub::v1::ScoreNeedsResponse>,
                                             std::move(reply));
}

void PlanningDesk::GetNeedsScore(Incoming in, const hub::v1::GetNeedsScoreRequest& request,
                                 Reply<hub::v1::GetNeedsScoreResponse> reply) const {
  StartOwnReading<NeedsScores>(desks_, std::move(in), "GetNeedsScore", "planning.read", request,
                               ScoreShow(desks_, true), std::move(reply));
}

void PlanningDesk::ListNeedsScores(Incoming in, const hub::v1::ListNeedsScoresRequest& request,
                                   Reply<hub::v1::ListNeedsScoresResponse> reply) const {
  StartMatterList<NeedsScores>(desks_, std::move(in), "ListNeedsScores", "planning.read", request,
                               Side::kOpener, ScoreShow(desks_, false), std::move(reply));
}

}  // namespace ehc
