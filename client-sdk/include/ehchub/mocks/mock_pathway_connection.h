// For tests of code that uses PathwayClient.
#ifndef EHCHUB_MOCKS_MOCK_PATHWAY_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_PATHWAY_CONNECTION_H_

#include "ehchub/pathway_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockPathwayConnection : public PathwayConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::SubmitReferralResponse>, SubmitReferral,
              (const v1::SubmitReferralRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetReferralResponse>, GetReferral, (const v1::GetReferralRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ListReferralsResponse>, ListReferrals,
              (const v1::ListReferralsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetReferralStatusResponse>, GetReferralStatus,
              (const v1::GetReferralStatusRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RequestVerificationResponse>, RequestVerification,
              (const v1::RequestVerificationRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AnswerVerificationResponse>, AnswerVerification,
              (const v1::AnswerVerificationRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetVerificationResponse>, GetVerification,
              (const v1::GetVerificationRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListVerificationsResponse>, ListVerifications,
              (const v1::ListVerificationsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ScoreReferralResponse>, ScoreReferral,
              (const v1::ScoreReferralRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordPanelDecisionResponse>, RecordPanelDecision,
              (const v1::RecordPanelDecisionRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RatifyDecisionResponse>, RatifyDecision,
              (const v1::RatifyDecisionRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CompareScoresResponse>, CompareScores,
              (const v1::CompareScoresRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordServiceStartResponse>, RecordServiceStart,
              (const v1::RecordServiceStartRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::EscalateToStatutoryResponse>, EscalateToStatutory,
              (const v1::EscalateToStatutoryRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::WithdrawReferralResponse>, WithdrawReferral,
              (const v1::WithdrawReferralRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::HandOffResponse>, HandOff, (const v1::HandOffRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::StepReferralResponse>, StepReferral,
              (const v1::StepReferralRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListHandOffsResponse>, ListHandOffs,
              (const v1::ListHandOffsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::HandOverReferralResponse>, HandOverReferral,
              (const v1::HandOverReferralRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CloseReferralResponse>, CloseReferral,
              (const v1::CloseReferralRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordReviewResponse>, RecordReview,
              (const v1::RecordReviewRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListReviewsResponse>, ListReviews, (const v1::ListReviewsRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ReportConcernResponse>, ReportConcern,
              (const v1::ReportConcernRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListConcernsResponse>, ListConcerns,
              (const v1::ListConcernsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ResolveConcernResponse>, ResolveConcern,
              (const v1::ResolveConcernRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_PATHWAY_CONNECTION_H_
