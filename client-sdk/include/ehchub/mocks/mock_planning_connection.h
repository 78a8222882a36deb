// For tests of code that uses PlanningClient.
#ifndef EHCHUB_MOCKS_MOCK_PLANNING_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_PLANNING_CONNECTION_H_

#include "ehchub/planning_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockPlanningConnection : public PlanningConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::ScoreNeedsResponse>, ScoreNeeds, (const v1::ScoreNeedsRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::GetNeedsScoreResponse>, GetNeedsScore,
              (const v1::GetNeedsScoreRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListNeedsScoresResponse>, ListNeedsScores,
              (const v1::ListNeedsScoresRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateBudgetPotResponse>, CreateBudgetPot,
              (const v1::CreateBudgetPotRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetBudgetPotResponse>, GetBudgetPot,
              (const v1::GetBudgetPotRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListBudgetPotsResponse>, ListBudgetPots,
              (const v1::ListBudgetPotsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AddCohortCasesResponse>, AddCohortCases,
              (const v1::AddCohortCasesRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::LockCohortResponse>, LockCohort, (const v1::LockCohortRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::AllocateIndicativeBudgetResponse>, AllocateIndicativeBudget,
              (const v1::AllocateIndicativeBudgetRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetBudgetResponse>, GetBudget, (const v1::GetBudgetRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ListBudgetsResponse>, ListBudgets, (const v1::ListBudgetsRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ReviseBudgetResponse>, ReviseBudget,
              (const v1::ReviseBudgetRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::WithdrawBudgetResponse>, WithdrawBudget,
              (const v1::WithdrawBudgetRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetFamilyBudgetResponse>, GetFamilyBudget,
              (const v1::GetFamilyBudgetRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordFundingResponse>, RecordFunding,
              (const v1::RecordFundingRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ArrangeFundsResponse>, ArrangeFunds,
              (const v1::ArrangeFundsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordSpendResponse>, RecordSpend, (const v1::RecordSpendRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ListDirectPaymentsResponse>, ListDirectPayments,
              (const v1::ListDirectPaymentsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordDirectPaymentCheckResponse>, RecordDirectPaymentCheck,
              (const v1::RecordDirectPaymentCheckRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::SubmitSupportPlanResponse>, SubmitSupportPlan,
              (const v1::SubmitSupportPlanRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetSupportPlanResponse>, GetSupportPlan,
              (const v1::GetSupportPlanRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListSupportPlansResponse>, ListSupportPlans,
              (const v1::ListSupportPlansRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::DecideSupportPlanResponse>, DecideSupportPlan,
              (const v1::DecideSupportPlanRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordChildViewResponse>, RecordChildView,
              (const v1::RecordChildViewRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordSupportPlanReviewResponse>, RecordSupportPlanReview,
              (const v1::RecordSupportPlanReviewRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::NotifyUnmetNeedResponse>, NotifyUnmetNeed,
              (const v1::NotifyUnmetNeedRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListUnmetNeedsResponse>, ListUnmetNeeds,
              (const v1::ListUnmetNeedsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AnswerUnmetNeedResponse>, AnswerUnmetNeed,
              (const v1::AnswerUnmetNeedRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_PLANNING_CONNECTION_H_
