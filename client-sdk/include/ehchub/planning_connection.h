// What PlanningClient stands on: one method per RPC. Made by MakePlanningConnection(); in tests
// of your own code, ehchub/mocks/mock_planning_connection.h takes its place.
#ifndef EHCHUB_PLANNING_CONNECTION_H_
#define EHCHUB_PLANNING_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/planning_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class PlanningConnection {
 public:
  virtual ~PlanningConnection() = default;

  virtual absl::StatusOr<v1::ScoreNeedsResponse> ScoreNeeds(
      const v1::ScoreNeedsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetNeedsScoreResponse> GetNeedsScore(
      const v1::GetNeedsScoreRequest& request) = 0;
  virtual absl::StatusOr<v1::ListNeedsScoresResponse> ListNeedsScores(
      const v1::ListNeedsScoresRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateBudgetPotResponse> CreateBudgetPot(
      const v1::CreateBudgetPotRequest& request) = 0;
  virtual absl::StatusOr<v1::GetBudgetPotResponse> GetBudgetPot(
      const v1::GetBudgetPotRequest& request) = 0;
  virtual absl::StatusOr<v1::ListBudgetPotsResponse> ListBudgetPots(
      const v1::ListBudgetPotsRequest& request) = 0;
  virtual absl::StatusOr<v1::AddCohortCasesResponse> AddCohortCases(
      const v1::AddCohortCasesRequest& request) = 0;
  virtual absl::StatusOr<v1::LockCohortResponse> LockCohort(
      const v1::LockCohortRequest& request) = 0;
  virtual absl::StatusOr<v1::AllocateIndicativeBudgetResponse> AllocateIndicativeBudget(
      const v1::AllocateIndicativeBudgetRequest& request) = 0;
  virtual absl::StatusOr<v1::GetBudgetResponse> GetBudget(const v1::GetBudgetRequest& request) = 0;
  virtual absl::StatusOr<v1::ListBudgetsResponse> ListBudgets(
      const v1::ListBudgetsRequest& request) = 0;
  virtual absl::StatusOr<v1::ReviseBudgetResponse> ReviseBudget(
      const v1::ReviseBudgetRequest& request) = 0;
  virtual absl::StatusOr<v1::WithdrawBudgetResponse> WithdrawBudget(
      const v1::WithdrawBudgetRequest& request) = 0;
  virtual absl::StatusOr<v1::GetFamilyBudgetResponse> GetFamilyBudget(
      const v1::GetFamilyBudgetRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordFundingResponse> RecordFunding(
      const v1::RecordFundingRequest& request) = 0;
  virtual absl::StatusOr<v1::ArrangeFundsResponse> ArrangeFunds(
      const v1::ArrangeFundsRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordSpendResponse> RecordSpend(
      const v1::RecordSpendRequest& request) = 0;
  virtual absl::StatusOr<v1::ListDirectPaymentsResponse> ListDirectPayments(
      const v1::ListDirectPaymentsRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordDirectPaymentCheckResponse> RecordDirectPaymentCheck(
      const v1::RecordDirectPaymentCheckRequest& request) = 0;
  virtual absl::StatusOr<v1::SubmitSupportPlanResponse> SubmitSupportPlan(
      const v1::SubmitSupportPlanRequest& request) = 0;
  virtual absl::StatusOr<v1::GetSupportPlanResponse> GetSupportPlan(
      const v1::GetSupportPlanRequest& request) = 0;
  virtual absl::StatusOr<v1::ListSupportPlansResponse> ListSupportPlans(
      const v1::ListSupportPlansRequest& request) = 0;
  virtual absl::StatusOr<v1::DecideSupportPlanResponse> DecideSupportPlan(
      const v1::DecideSupportPlanRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordChildViewResponse> RecordChildView(
      const v1::RecordChildViewRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordSupportPlanReviewResponse> RecordSupportPlanReview(
      const v1::RecordSupportPlanReviewRequest& request) = 0;
  virtual absl::StatusOr<v1::NotifyUnmetNeedResponse> NotifyUnmetNeed(
      const v1::NotifyUnmetNeedRequest& request) = 0;
  virtual absl::StatusOr<v1::ListUnmetNeedsResponse> ListUnmetNeeds(
      const v1::ListUnmetNeedsRequest& request) = 0;
  virtual absl::StatusOr<v1::AnswerUnmetNeedResponse> AnswerUnmetNeed(
      const v1::AnswerUnmetNeedRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<PlanningConnection> MakePlanningConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<PlanningConnection>> MakePlanningConnection(const Profile& profile,
                                                                           Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_PLANNING_CONNECTION_H_
