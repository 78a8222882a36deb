#include "ehc/hub/v1/planning_service.grpc.pb.h"
#include "server/services/planning_desk.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class PlanningRpc final : public UnaryService<hub::v1::PlanningService, PlanningDesk> {
 public:
  using Desk = PlanningDesk;
  using UnaryService::UnaryService;
  EHC_SERVE(ScoreNeeds);
  EHC_SERVE(GetNeedsScore);
  EHC_SERVE(ListNeedsScores);
  EHC_SERVE(CreateBudgetPot);
  EHC_SERVE(GetBudgetPot);
  EHC_SERVE(ListBudgetPots);
  EHC_SERVE(AddCohortCases);
  EHC_SERVE(LockCohort);
  EHC_SERVE(AllocateIndicativeBudget);
  EHC_SERVE(GetBudget);
  EHC_SERVE(ListBudgets);
  EHC_SERVE(ReviseBudget);
  EHC_SERVE(WithdrawBudget);
  EHC_SERVE(GetFamilyBudget);
  EHC_SERVE(RecordFunding);
  EHC_SERVE(ArrangeFunds);
  EHC_SERVE(RecordSpend);
  EHC_SERVE(ListDirectPayments);
  EHC_SERVE(RecordDirectPaymentCheck);
  EHC_SERVE(SubmitSupportPlan);
  EHC_SERVE(GetSupportPlan);
  EHC_SERVE(ListSupportPlans);
  EHC_SERVE(DecideSupportPlan);
  EHC_SERVE(RecordChildView);
  EHC_SERVE(RecordSupportPlanReview);
  EHC_SERVE(NotifyUnmetNeed);
  EHC_SERVE(ListUnmetNeeds);
  EHC_SERVE(AnswerUnmetNeed);
};

}  // namespace

ServiceMaker Expose(const PlanningDesk& desk) { return MakerOf<PlanningRpc>(desk); }

}  // namespace ehc
