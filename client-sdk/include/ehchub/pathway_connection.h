// What PathwayClient stands on: one method per RPC. Made by MakePathwayConnection(); in tests
// of your own code, ehchub/mocks/mock_pathway_connection.h takes its place.
#ifndef EHCHUB_PATHWAY_CONNECTION_H_
#define EHCHUB_PATHWAY_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/pathway_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class PathwayConnection {
 public:
  virtual ~PathwayConnection() = default;

  virtual absl::StatusOr<v1::SubmitReferralResponse> SubmitReferral(
      const v1::SubmitReferralRequest& request) = 0;
  virtual absl::StatusOr<v1::GetReferralResponse> GetReferral(
      const v1::GetReferralRequest& request) = 0;
  virtual absl::StatusOr<v1::ListReferralsResponse> ListReferrals(
      const v1::ListReferralsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetReferralStatusResponse> GetReferralStatus(
      const v1::GetReferralStatusRequest& request) = 0;
  virtual absl::StatusOr<v1::RequestVerificationResponse> RequestVerification(
      const v1::RequestVerificationRequest& request) = 0;
  virtual absl::StatusOr<v1::AnswerVerificationResponse> AnswerVerification(
      const v1::AnswerVerificationRequest& request) = 0;
  virtual absl::StatusOr<v1::GetVerificationResponse> GetVerification(
      const v1::GetVerificationRequest& request) = 0;
  virtual absl::StatusOr<v1::ListVerificationsResponse> ListVerifications(
      const v1::ListVerificationsRequest& request) = 0;
  virtual absl::StatusOr<v1::ScoreReferralResponse> ScoreReferral(
      const v1::ScoreReferralRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordPanelDecisionResponse> RecordPanelDecision(
      const v1::RecordPanelDecisionRequest& request) = 0;
  virtual absl::StatusOr<v1::RatifyDecisionResponse> RatifyDecision(
      const v1::RatifyDecisionRequest& request) = 0;
  virtual absl::StatusOr<v1::CompareScoresResponse> CompareScores(
      const v1::CompareScoresRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordServiceStartResponse> RecordServiceStart(
      const v1::RecordServiceStartRequest& request) = 0;
  virtual absl::StatusOr<v1::EscalateToStatutoryResponse> EscalateToStatutory(
      const v1::EscalateToStatutoryRequest& request) = 0;
  virtual absl::StatusOr<v1::WithdrawReferralResponse> WithdrawReferral(
      const v1::WithdrawReferralRequest& request) = 0;
  virtual absl::StatusOr<v1::HandOffResponse> HandOff(const v1::HandOffRequest& request) = 0;
  virtual absl::StatusOr<v1::StepReferralResponse> StepReferral(
      const v1::StepReferralRequest& request) = 0;
  virtual absl::StatusOr<v1::ListHandOffsResponse> ListHandOffs(
      const v1::ListHandOffsRequest& request) = 0;
  virtual absl::StatusOr<v1::HandOverReferralResponse> HandOverReferral(
      const v1::HandOverReferralRequest& request) = 0;
  virtual absl::StatusOr<v1::CloseReferralResponse> CloseReferral(
      const v1::CloseReferralRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordReviewResponse> RecordReview(
      const v1::RecordReviewRequest& request) = 0;
  virtual absl::StatusOr<v1::ListReviewsResponse> ListReviews(
      const v1::ListReviewsRequest& request) = 0;
  virtual absl::StatusOr<v1::ReportConcernResponse> ReportConcern(
      const v1::ReportConcernRequest& request) = 0;
  virtual absl::StatusOr<v1::ListConcernsResponse> ListConcerns(
      const v1::ListConcernsRequest& request) = 0;
  virtual absl::StatusOr<v1::ResolveConcernResponse> ResolveConcern(
      const v1::ResolveConcernRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<PathwayConnection> MakePathwayConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<PathwayConnection>> MakePathwayConnection(const Profile& profile,
                                                                         Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_PATHWAY_CONNECTION_H_
