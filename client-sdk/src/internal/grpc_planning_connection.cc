#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/planning_service.grpc.pb.h"
#include "ehchub/planning_connection.h"

namespace ehchub {
namespace {

using Stub = v1::PlanningService::Stub;

class GrpcPlanningConnection final : public PlanningConnection {
 public:
  explicit GrpcPlanningConnection(std::shared_ptr<internal::Wire> wire) : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::ScoreNeedsResponse> ScoreNeeds(const v1::ScoreNeedsRequest& request) override {
    return rpc_.Call(&Stub::ScoreNeeds, "ScoreNeeds", request);
  }

  absl::StatusOr<v1::GetNeedsScoreResponse> GetNeedsScore(
      const v1::GetNeedsScoreRequest& request) override {
    return rpc_.Call(&Stub::GetNeedsScore, "GetNeedsScore", request);
  }

  absl::StatusOr<v1::ListNeedsScoresResponse> ListNeedsScores(
      const v1::ListNeedsScoresRequest& request) override {
    return rpc_.Call(&Stub::ListNeedsScores, "ListNeedsScores", request);
  }

  absl::StatusOr<v1::CreateBudgetPotResponse> CreateBudgetPot(
      const v1::CreateBudgetPotRequest& request) override {
    return rpc_.Call(&Stub::CreateBudgetPot, "CreateBudgetPot", request);
  }

  absl::StatusOr<v1::GetBudgetPotResponse> GetBudgetPot(
      const v1::GetBudgetPotRequest& request) override {
    return rpc_.Call(&Stub::GetBudgetPot, "GetBudgetPot", request);
  }

  absl::StatusOr<v1::ListBudgetPotsResponse> ListBudgetPots(
      const v1::ListBudgetPotsRequest& request) override {
    return rpc_.Call(&Stub::ListBudgetPots, "ListBudgetPots", request);
  }

  absl::StatusOr<v1::AddCohortCasesResponse> AddCohortCases(
      const v1::AddCohortCasesRequest& request) override {
    return rpc_.Call(&Stub::AddCohortCases, "AddCohortCases", request);
  }

  absl::StatusOr<v1::LockCohortResponse> LockCohort(const v1::LockCohortRequest& request) override {
    return rpc_.Call(&Stub::LockCohort, "LockCohort", request);
  }

  absl::StatusOr<v1::AllocateIndicativeBudgetResponse> AllocateIndicativeBudget(
      const v1::AllocateIndicativeBudgetRequest& request) override {
    return rpc_.Call(&Stub::AllocateIndicativeBudget, "AllocateIndicativeBudget", request);
  }

  absl::StatusOr<v1::GetBudgetResponse> GetBudget(const v1::GetBudgetRequest& request) override {
    return rpc_.Call(&Stub::GetBudget, "GetBudget", request);
  }

  absl::StatusOr<v1::ListBudgetsResponse> ListBudgets(
      const v1::ListBudgetsRequest& request) override {
    return rpc_.Call(&Stub::ListBudgets, "ListBudgets", request);
  }

  absl::StatusOr<v1::ReviseBudgetResponse> ReviseBudget(
      const v1::ReviseBudgetRequest& request) override {
    return rpc_.Call(&Stub::ReviseBudget, "ReviseBudget", request);
  }

  absl::StatusOr<v1::WithdrawBudgetResponse> WithdrawBudget(
      const v1::WithdrawBudgetRequest& request) override {
    return rpc_.Call(&Stub::WithdrawBudget, "WithdrawBudget", request);
  }

  absl::StatusOr<v1::GetFamilyBudgetResponse> GetFamilyBudget(
      const v1::GetFamilyBudgetRequest& request) override {
    return rpc_.Call(&Stub::GetFamilyBudget, "GetFamilyBudget", request);
  }

  absl::StatusOr<v1::RecordFundingResponse> RecordFunding(
      const v1::RecordFundingRequest& request) override {
    return rpc_.Call(&Stub::RecordFunding, "RecordFunding", request);
  }

  absl::StatusOr<v1::ArrangeFundsResponse> ArrangeFunds(
      const v1::ArrangeFundsRequest& request) override {
    return rpc_.Call(&Stub::ArrangeFunds, "ArrangeFunds", request);
  }

  absl::StatusOr<v1::RecordSpendResponse> RecordSpend(
      const v1::RecordSpendRequest& request) override {
    return rpc_.Call(&Stub::RecordSpend, "RecordSpend", request);
  }

  absl::StatusOr<v1::ListDirectPaymentsResponse> ListDirectPayments(
      const v1::ListDirectPaymentsRequest& request) override {
    return rpc_.Call(&Stub::ListDirectPayments, "ListDirectPayments", request);
  }

  absl::StatusOr<v1::RecordDirectPaymentCheckResponse> RecordDirectPaymentCheck(
      const v1::RecordDirectPaymentCheckRequest& request) override {
    return rpc_.Call(&Stub::RecordDirectPaymentCheck, "RecordDirectPaymentCheck", request);
  }

  absl::StatusOr<v1::SubmitSupportPlanResponse> SubmitSupportPlan(
      const v1::SubmitSupportPlanRequest& request) override {
    return rpc_.Call(&Stub::SubmitSupportPlan, "SubmitSupportPlan", request);
  }

  absl::StatusOr<v1::GetSupportPlanResponse> GetSupportPlan(
      const v1::GetSupportPlanRequest& request) override {
    return rpc_.Call(&Stub::GetSupportPlan, "GetSupportPlan", request);
  }

  absl::StatusOr<v1::ListSupportPlansResponse> ListSupportPlans(
      const v1::ListSupportPlansRequest& request) override {
    return rpc_.Call(&Stub::ListSupportPlans, "ListSupportPlans", request);
  }

  absl::StatusOr<v1::DecideSupportPlanResponse> DecideSupportPlan(
      const v1::DecideSupportPlanRequest& request) override {
    return rpc_.Call(&Stub::DecideSupportPlan, "DecideSupportPlan", request);
  }

  absl::StatusOr<v1::RecordChildViewResponse> RecordChildView(
      const v1::RecordChildViewRequest& request) override {
    return rpc_.Call(&Stub::RecordChildView, "RecordChildView", request);
  }

  absl::StatusOr<v1::RecordSupportPlanReviewResponse> RecordSupportPlanReview(
      const v1::RecordSupportPlanReviewRequest& request) override {
    return rpc_.Call(&Stub::RecordSupportPlanReview, "RecordSupportPlanReview", request);
  }

  absl::StatusOr<v1::NotifyUnmetNeedResponse> NotifyUnmetNeed(
      const v1::NotifyUnmetNeedRequest& request) override {
    return rpc_.Call(&Stub::NotifyUnmetNeed, "NotifyUnmetNeed", request);
  }

  absl::StatusOr<v1::ListUnmetNeedsResponse> ListUnmetNeeds(
      const v1::ListUnmetNeedsRequest& request) override {
    return rpc_.Call(&Stub::ListUnmetNeeds, "ListUnmetNeeds", request);
  }

  absl::StatusOr<v1::AnswerUnmetNeedResponse> AnswerUnmetNeed(
      const v1::AnswerUnmetNeedRequest& request) override {
    return rpc_.Call(&Stub::AnswerUnmetNeed, "AnswerUnmetNeed", request);
  }

 private:
  internal::Rpc<v1::PlanningService> rpc_;
};

}  // namespace

std::shared_ptr<PlanningConnection> MakePlanningConnection(const Hub& hub) {
  return std::make_shared<GrpcPlanningConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<PlanningConnection>> MakePlanningConnection(const Profile& profile,
                                                                           Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakePlanningConnection(*hub);
}

}  // namespace ehchub
