#ifndef EHCHUB_PLANNING_CLIENT_H_
#define EHCHUB_PLANNING_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/planning_connection.h"

namespace ehchub {

// Scores, budgets, support plans and the money in them.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class PlanningClient {
 public:
  explicit PlanningClient(std::shared_ptr<PlanningConnection> connection)
      : connection_(std::move(connection)) {}
  explicit PlanningClient(const Hub& hub) : PlanningClient(MakePlanningConnection(hub)) {}

  // Scores a sheet of answers. Models of the same instrument that run in shadow score it too:
  // what they give is kept beside it and never shown. Errors: MODEL_NOT_IN_USE,
  // RESOURCE_NOT_FOUND for a child that the calling agency has not registered.
  absl::StatusOr<v1::ScoreNeedsResponse> ScoreNeeds(const v1::ScoreNeedsRequest& request) const {
    return connection_->ScoreNeeds(request);
  }

  // Gets one score. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetNeedsScoreResponse> GetNeedsScore(
      const v1::GetNeedsScoreRequest& request) const {
    return connection_->GetNeedsScore(request);
  }

  // Lists the unit's scores, oldest first, without their sheets.
  absl::StatusOr<v1::ListNeedsScoresResponse> ListNeedsScores(
      const v1::ListNeedsScoresRequest& request) const {
    return connection_->ListNeedsScores(request);
  }

  // Makes a pot. Errors: MODEL_NOT_IN_USE, FUNDING_NOT_ELIGIBLE for a stream that is not in
  // use.
  absl::StatusOr<v1::CreateBudgetPotResponse> CreateBudgetPot(
      const v1::CreateBudgetPotRequest& request) const {
    return connection_->CreateBudgetPot(request);
  }

  // Gets one pot. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetBudgetPotResponse> GetBudgetPot(
      const v1::GetBudgetPotRequest& request) const {
    return connection_->GetBudgetPot(request);
  }

  // Lists the unit's pots, oldest first.
  absl::StatusOr<v1::ListBudgetPotsResponse> ListBudgetPots(
      const v1::ListBudgetPotsRequest& request) const {
    return connection_->ListBudgetPots(request);
  }

  // Adds cases to the cohort that prices a pot. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // COHORT_LOCKED.
  absl::StatusOr<v1::AddCohortCasesResponse> AddCohortCases(
      const v1::AddCohortCasesRequest& request) const {
    return connection_->AddCohortCases(request);
  }

  // Locks the cohort: from then on its price or table stands, and budgets may be set by it.
  // Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, COHORT_LOCKED, STATE_CONFLICT for a cohort of
  // too few cases.
  absl::StatusOr<v1::LockCohortResponse> LockCohort(const v1::LockCohortRequest& request) const {
    return connection_->LockCohort(request);
  }

  // Sets a child's indicative budget and takes it from the pot. Errors: POT_OVERSPENT,
  // STATE_CONFLICT where the cohort is open or the child has a budget from this pot,
  // RESOURCE_NOT_FOUND, MODEL_NOT_IN_USE.
  absl::StatusOr<v1::AllocateIndicativeBudgetResponse> AllocateIndicativeBudget(
      const v1::AllocateIndicativeBudgetRequest& request) const {
    return connection_->AllocateIndicativeBudget(request);
  }

  // Gets one budget with every step of it. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetBudgetResponse> GetBudget(const v1::GetBudgetRequest& request) const {
    return connection_->GetBudget(request);
  }

  // Lists the unit's budgets, oldest first, without their steps.
  absl::StatusOr<v1::ListBudgetsResponse> ListBudgets(const v1::ListBudgetsRequest& request) const {
    return connection_->ListBudgets(request);
  }

  // Moderates a budget that is not final: from the model's figure to what the family is shown.
  // The final figure is set by DecideSupportPlan alone. Errors: RESOURCE_NOT_FOUND,
  // ETAG_MISMATCH, POT_OVERSPENT, STATE_CONFLICT.
  absl::StatusOr<v1::ReviseBudgetResponse> ReviseBudget(
      const v1::ReviseBudgetRequest& request) const {
    return connection_->ReviseBudget(request);
  }

  // Takes a budget back: what of it was not spent returns to the pot. Errors:
  // RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT.
  absl::StatusOr<v1::WithdrawBudgetResponse> WithdrawBudget(
      const v1::WithdrawBudgetRequest& request) const {
    return connection_->WithdrawBudget(request);
  }

  // What the family is shown of a budget. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetFamilyBudgetResponse> GetFamilyBudget(
      const v1::GetFamilyBudgetRequest& request) const {
    return connection_->GetFamilyBudget(request);
  }

  // Adds money of a stream to a budget. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // FUNDING_NOT_ELIGIBLE, STATE_CONFLICT.
  absl::StatusOr<v1::RecordFundingResponse> RecordFunding(
      const v1::RecordFundingRequest& request) const {
    return connection_->RecordFunding(request);
  }

  // Says who manages the money of a final budget, and of direct payments how closely they are
  // looked after. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT, TOTAL_MISMATCH,
  // PAYEE_NOT_ELIGIBLE, FUNDING_NOT_ELIGIBLE.
  absl::StatusOr<v1::ArrangeFundsResponse> ArrangeFunds(
      const v1::ArrangeFundsRequest& request) const {
    return connection_->ArrangeFunds(request);
  }

  // Records money spent. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT,
  // SPEND_ABOVE_LINE, FUNDING_NOT_ELIGIBLE.
  absl::StatusOr<v1::RecordSpendResponse> RecordSpend(const v1::RecordSpendRequest& request) const {
    return connection_->RecordSpend(request);
  }

  // Lists the calling agency's direct payments, oldest first: the tier and the dates.
  absl::StatusOr<v1::ListDirectPaymentsResponse> ListDirectPayments(
      const v1::ListDirectPaymentsRequest& request) const {
    return connection_->ListDirectPayments(request);
  }

  // Records that a direct payment was looked at; the next date follows from its tier. Errors:
  // RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT.
  absl::StatusOr<v1::RecordDirectPaymentCheckResponse> RecordDirectPaymentCheck(
      const v1::RecordDirectPaymentCheckRequest& request) const {
    return connection_->RecordDirectPaymentCheck(request);
  }

  // Submits a support plan for decision. It has to pass every test and to add up to the penny.
  // Errors: RESOURCE_NOT_FOUND, SUPPORT_PLAN_INCOMPLETE, TOTAL_MISMATCH, FUNDING_NOT_ELIGIBLE,
  // STATE_CONFLICT where one waits for a decision already.
  absl::StatusOr<v1::SubmitSupportPlanResponse> SubmitSupportPlan(
      const v1::SubmitSupportPlanRequest& request) const {
    return connection_->SubmitSupportPlan(request);
  }

  // Gets one support plan. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetSupportPlanResponse> GetSupportPlan(
      const v1::GetSupportPlanRequest& request) const {
    return connection_->GetSupportPlan(request);
  }

  // Lists the unit's support plans, oldest first.
  absl::StatusOr<v1::ListSupportPlansResponse> ListSupportPlans(
      const v1::ListSupportPlansRequest& request) const {
    return connection_->ListSupportPlans(request);
  }

  // Approves a support plan, and with it the final budget, or returns it. Errors:
  // RESOURCE_NOT_FOUND, ETAG_MISMATCH, SECOND_PERSON_REQUIRED for its author, STATE_CONFLICT,
  // POT_OVERSPENT, FUNDING_NOT_ELIGIBLE.
  absl::StatusOr<v1::DecideSupportPlanResponse> DecideSupportPlan(
      const v1::DecideSupportPlanRequest& request) const {
    return connection_->DecideSupportPlan(request);
  }

  // Adds the child's own view to a support plan. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT.
  absl::StatusOr<v1::RecordChildViewResponse> RecordChildView(
      const v1::RecordChildViewRequest& request) const {
    return connection_->RecordChildView(request);
  }

  // Records a review of an approved plan; the next one is due from that day. Errors:
  // RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT.
  absl::StatusOr<v1::RecordSupportPlanReviewResponse> RecordSupportPlanReview(
      const v1::RecordSupportPlanReviewRequest& request) const {
    return connection_->RecordSupportPlanReview(request);
  }

  // Tells another agency of a need for education or health. Errors: RESOURCE_NOT_FOUND,
  // STATE_CONFLICT where the address is restricted and the text is not checked.
  absl::StatusOr<v1::NotifyUnmetNeedResponse> NotifyUnmetNeed(
      const v1::NotifyUnmetNeedRequest& request) const {
    return connection_->NotifyUnmetNeed(request);
  }

  // Lists needs that the unit was told of, or told others of, oldest first.
  absl::StatusOr<v1::ListUnmetNeedsResponse> ListUnmetNeeds(
      const v1::ListUnmetNeedsRequest& request) const {
    return connection_->ListUnmetNeeds(request);
  }

  // Answers a notice. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT.
  absl::StatusOr<v1::AnswerUnmetNeedResponse> AnswerUnmetNeed(
      const v1::AnswerUnmetNeedRequest& request) const {
    return connection_->AnswerUnmetNeed(request);
  }

  friend bool operator==(const PlanningClient& a, const PlanningClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<PlanningConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_PLANNING_CLIENT_H_
