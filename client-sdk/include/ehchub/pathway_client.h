#ifndef EHCHUB_PATHWAY_CLIENT_H_
#define EHCHUB_PATHWAY_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/pathway_connection.h"

namespace ehchub {

// Referrals, verification, decisions, reviews and concerns.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class PathwayClient {
 public:
  explicit PathwayClient(std::shared_ptr<PathwayConnection> connection)
      : connection_(std::move(connection)) {}
  explicit PathwayClient(const Hub& hub) : PathwayClient(MakePathwayConnection(hub)) {}

  // Refers a child whom the calling agency has registered. Referring the same child under the same
  // pathway while the referral is open answers with that one. Errors: PATHWAY_NOT_AVAILABLE,
  // RESOURCE_NOT_FOUND for a child that the calling agency has not registered.
  absl::StatusOr<v1::SubmitReferralResponse> SubmitReferral(
      const v1::SubmitReferralRequest& request) const {
    return connection_->SubmitReferral(request);
  }

  // Returns one referral: to its referrer what it wrote, the stage and the outcome.
  absl::StatusOr<v1::GetReferralResponse> GetReferral(const v1::GetReferralRequest& request) const {
    return connection_->GetReferral(request);
  }

  // Lists referrals, received or opened, without what was written in them.
  absl::StatusOr<v1::ListReferralsResponse> ListReferrals(
      const v1::ListReferralsRequest& request) const {
    return connection_->ListReferrals(request);
  }

  // Returns the stage and the expected day of a referral or a hand-off, and nothing else.
  absl::StatusOr<v1::GetReferralStatusResponse> GetReferralStatus(
      const v1::GetReferralStatusRequest& request) const {
    return connection_->GetReferralStatus(request);
  }

  // Asks a school or voluntary body to confirm named claims.
  absl::StatusOr<v1::RequestVerificationResponse> RequestVerification(
      const v1::RequestVerificationRequest& request) const {
    return connection_->RequestVerification(request);
  }

  // Answers every claim of a request. Late answers are taken and marked.
  absl::StatusOr<v1::AnswerVerificationResponse> AnswerVerification(
      const v1::AnswerVerificationRequest& request) const {
    return connection_->AnswerVerification(request);
  }

  // Returns one request for verification.
  absl::StatusOr<v1::GetVerificationResponse> GetVerification(
      const v1::GetVerificationRequest& request) const {
    return connection_->GetVerification(request);
  }

  // Lists requests for verification, received or opened, without their answers.
  absl::StatusOr<v1::ListVerificationsResponse> ListVerifications(
      const v1::ListVerificationsRequest& request) const {
    return connection_->ListVerifications(request);
  }

  // Scores the answers by the pathway's model. A score decides nothing. Errors:
  // REFERRAL_NOT_VERIFIED, SAFEGUARDING_ROUTE_REQUIRED, SCORING_MODEL_RETIRED.
  absl::StatusOr<v1::ScoreReferralResponse> ScoreReferral(
      const v1::ScoreReferralRequest& request) const {
    return connection_->ScoreReferral(request);
  }

  // Records what a panel decided, in the name of a person who approves this very request. Not tried
  // again once the hub may have had it: to repeat it, set request_id and call anew. Errors:
  // PANEL_NOT_QUORATE, WRONG_PANEL, OUTCOME_NOT_LISTED, DATES_OUT_OF_ORDER.
  absl::StatusOr<v1::RecordPanelDecisionResponse> RecordPanelDecision(
      const v1::RecordPanelDecisionRequest& request) const {
    return connection_->RecordPanelDecision(request);
  }

  // Confirms what was scored or decided, or sends it back, in the name of a person who approves
  // this very request. Not tried again once the hub may have had it. Errors: SCORER_MAY_NOT_RATIFY,
  // OUTCOME_NOT_LISTED, DATES_OUT_OF_ORDER.
  absl::StatusOr<v1::RatifyDecisionResponse> RatifyDecision(
      const v1::RatifyDecisionRequest& request) const {
    return connection_->RatifyDecision(request);
  }

  // Compares what models in shadow made of the calling authority's sheets with what the live ones
  // did: by model and version, never by case. Groups and counts that are too small are not told of.
  absl::StatusOr<v1::CompareScoresResponse> CompareScores(
      const v1::CompareScoresRequest& request) const {
    return connection_->CompareScores(request);
  }

  // Records that the service began: the decision is not the service. Errors: DATES_OUT_OF_ORDER.
  absl::StatusOr<v1::RecordServiceStartResponse> RecordServiceStart(
      const v1::RecordServiceStartRequest& request) const {
    return connection_->RecordServiceStart(request);
  }

  // Asks for a statutory assessment as of right, in any state, by the referrer or the authority.
  // No score, panel or closure stands against it: a closed referral is in the authority's work
  // queue again.
  absl::StatusOr<v1::EscalateToStatutoryResponse> EscalateToStatutory(
      const v1::EscalateToStatutoryRequest& request) const {
    return connection_->EscalateToStatutory(request);
  }

  // Takes a referral back: by its referrer, or by the authority at the family's wish.
  absl::StatusOr<v1::WithdrawReferralResponse> WithdrawReferral(
      const v1::WithdrawReferralRequest& request) const {
    return connection_->WithdrawReferral(request);
  }

  // Hands a family to volunteers or early help, with as little as they need.
  absl::StatusOr<v1::HandOffResponse> HandOff(const v1::HandOffRequest& request) const {
    return connection_->HandOff(request);
  }

  // Steps support up or down. The hand-offs that are open end.
  absl::StatusOr<v1::StepReferralResponse> StepReferral(
      const v1::StepReferralRequest& request) const {
    return connection_->StepReferral(request);
  }

  // Lists hand-offs, received or opened.
  absl::StatusOr<v1::ListHandOffsResponse> ListHandOffs(
      const v1::ListHandOffsRequest& request) const {
    return connection_->ListHandOffs(request);
  }

  // Hands the referral of a family that moved over to its new authority, which receives it as of
  // the day on which it was first received. Errors: PATHWAY_NOT_AVAILABLE.
  absl::StatusOr<v1::HandOverReferralResponse> HandOverReferral(
      const v1::HandOverReferralRequest& request) const {
    return connection_->HandOverReferral(request);
  }

  // Closes a referral whose days are complete. Errors: STAGE_DATES_MISSING, DATES_OUT_OF_ORDER.
  absl::StatusOr<v1::CloseReferralResponse> CloseReferral(
      const v1::CloseReferralRequest& request) const {
    return connection_->CloseReferral(request);
  }

  // Records a review, linked to the one before. One that is held for an authority is the
  // authority's too, at once. Errors: DATES_OUT_OF_ORDER, RESOURCE_NOT_FOUND for a child that the
  // calling agency has not registered, and for a predecessor that is not the calling agency's.
  absl::StatusOr<v1::RecordReviewResponse> RecordReview(
      const v1::RecordReviewRequest& request) const {
    return connection_->RecordReview(request);
  }

  // Lists reviews, held for the calling agency or by it.
  absl::StatusOr<v1::ListReviewsResponse> ListReviews(const v1::ListReviewsRequest& request) const {
    return connection_->ListReviews(request);
  }

  // Reports a concern to an authority, one way: the answer says that it came, and nothing else can
  // be read of it again. The same for a child that nobody knows.
  absl::StatusOr<v1::ReportConcernResponse> ReportConcern(
      const v1::ReportConcernRequest& request) const {
    return connection_->ReportConcern(request);
  }

  // Lists concerns that were reported to the calling authority.
  absl::StatusOr<v1::ListConcernsResponse> ListConcerns(
      const v1::ListConcernsRequest& request) const {
    return connection_->ListConcerns(request);
  }

  // Says what was done about a concern.
  absl::StatusOr<v1::ResolveConcernResponse> ResolveConcern(
      const v1::ResolveConcernRequest& request) const {
    return connection_->ResolveConcern(request);
  }

  friend bool operator==(const PathwayClient& a, const PathwayClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<PathwayConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_PATHWAY_CLIENT_H_
