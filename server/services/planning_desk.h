// PlanningService: from a sheet of answers to a budget, and from a support plan to what was spent.
// planning_*.cc have the calls; planning_kinds.h what they share; server/pathway the arithmetic.
#ifndef EHC_SERVER_SERVICES_PLANNING_DESK_H_
#define EHC_SERVER_SERVICES_PLANNING_DESK_H_

#include "ehc/hub/v1/planning_service.pb.h"
#include "server/model/calendar.h"
#include "server/services/common.h"

namespace ehc {

class PlanningDesk {
 public:
  PlanningDesk(const Desks& desks, const Calendar& calendar) : desks_(desks), calendar_(calendar) {}

  void ScoreNeeds(Incoming in, const hub::v1::ScoreNeedsRequest& request,
                  Reply<hub::v1::ScoreNeedsResponse> reply) const;
  void GetNeedsScore(Incoming in, const hub::v1::GetNeedsScoreRequest& request,
                     Reply<hub::v1::GetNeedsScoreResponse> reply) const;
  void ListNeedsScores(Incoming in, const hub::v1::ListNeedsScoresRequest& request,
                       Reply<hub::v1::ListNeedsScoresResponse> reply) const;
  void CreateBudgetPot(Incoming in, const hub::v1::CreateBudgetPotRequest& request,
                       Reply<hub::v1::CreateBudgetPotResponse> reply) const;
  void GetBudgetPot(Incoming in, const hub::v1::GetBudgetPotRequest& request,
                    Reply<hub::v1::GetBudgetPotResponse> reply) const;
  void ListBudgetPots(Incoming in, const hub::v1::ListBudgetPotsRequest& request,
                      Reply<hub::v1::ListBudgetPotsResponse> reply) const;
  void AddCohortCases(Incoming in, const hub::v1::AddCohortCasesRequest& request,
                      Reply<hub::v1::AddCohortCasesResponse> reply) const;
  void LockCohort(Incoming in, const hub::v1::LockCohortRequest& request,
                  Reply<hub::v1::LockCohortResponse> reply) const;
  void AllocateIndicativeBudget(Incoming in,
                                const hub::v1::AllocateIndicativeBudgetRequest& request,
                                Reply<hub::v1::AllocateIndicativeBudgetResponse> reply) const;
  void GetBudget(Incoming in, const hub::v1::GetBudgetRequest& request,
                 Reply<hub::v1::GetBudgetResponse> reply) const;
  void ListBudgets(Incoming in, const hub::v1::ListBudgetsRequest& request,
                   Reply<hub::v1::ListBudgetsResponse> reply) const;
  void ReviseBudget(Incoming in, const hub::v1::ReviseBudgetRequest& request,
                    Reply<hub::v1::ReviseBudgetResponse> reply) const;
  void WithdrawBudget(Incoming in, const hub::v1::WithdrawBudgetRequest& request,
                      Reply<hub::v1::WithdrawBudgetResponse> reply) const;
  void GetFamilyBudget(Incoming in, const hub::v1::GetFamilyBudgetRequest& request,
                       Reply<hub::v1::GetFamilyBudgetResponse> reply) const;
  void RecordFunding(Incoming in, const hub::v1::RecordFundingRequest& request,
                     Reply<hub::v1::RecordFundingResponse> reply) const;
  void ArrangeFunds(Incoming in, const hub::v1::ArrangeFundsRequest& request,
                    Reply<hub::v1::ArrangeFundsResponse> reply) const;
  void RecordSpend(Incoming in, const hub::v1::RecordSpendRequest& request,
                   Reply<hub::v1::RecordSpendResponse> reply) const;
  void ListDirectPayments(Incoming in, const hub::v1::ListDirectPaymentsRequest& request,
                          Reply<hub::v1::ListDirectPaymentsResponse> reply) const;
  void RecordDirectPaymentCheck(Incoming in,
                                const hub::v1::RecordDirectPaymentCheckRequest& request,
                                Reply<hub::v1::RecordDirectPaymentCheckResponse> reply) const;
  void SubmitSupportPlan(Incoming in, const hub::v1::SubmitSupportPlanRequest& request,
                         Reply<hub::v1::SubmitSupportPlanResponse> reply) const;
  void GetSupportPlan(Incoming in, const hub::v1::GetSupportPlanRequest& request,
                      Reply<hub::v1::GetSupportPlanResponse> reply) const;
  void ListSupportPlans(Incoming in, const hub::v1::ListSupportPlansRequest& request,
                        Reply<hub::v1::ListSupportPlansResponse> reply) const;
  void DecideSupportPlan(Incoming in, const hub::v1::DecideSupportPlanRequest& request,
                         Reply<hub::v1::DecideSupportPlanResponse> reply) const;
  void RecordChildView(Incoming in, const hub::v1::RecordChildViewRequest& request,
                       Reply<hub::v1::RecordChildViewResponse> reply) const;
  void RecordSupportPlanReview(Incoming in, const hub::v1::RecordSupportPlanReviewRequest& request,
                               Reply<hub::v1::RecordSupportPlanReviewResponse> reply) const;
  void NotifyUnmetNeed(Incoming in, const hub::v1::NotifyUnmetNeedRequest& request,
                       Reply<hub::v1::NotifyUnmetNeedResponse> reply) const;
  void ListUnmetNeeds(Incoming in, const hub::v1::ListUnmetNeedsRequest& request,
                      Reply<hub::v1::ListUnmetNeedsResponse> reply) const;
  void AnswerUnmetNeed(Incoming in, const hub::v1::AnswerUnmetNeedRequest& request,
                       Reply<hub::v1::AnswerUnmetNeedResponse> reply) const;

 private:
  Desks desks_;
  const Calendar& calendar_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PLANNING_DESK_H_
