#include "ehc/hub/v1/custody_service.grpc.pb.h"
#include "server/services/custody_desk.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class CustodyRpc final : public UnaryService<hub::v1::CustodyService, CustodyDesk> {
 public:
  using Desk = CustodyDesk;
  using UnaryService::UnaryService;
  EHC_SERVE(RecallRecord);
  EHC_SERVE(GetIncident);
  EHC_SERVE(ListIncidents);
  EHC_SERVE(ListNotices);
  EHC_SERVE(AcknowledgeNotice);
  EHC_SERVE(IssuePlan);
  EHC_SERVE(GetPlanIssue);
  EHC_SERVE(ListDeliveries);
  EHC_SERVE(ConfirmDelivery);
  EHC_SERVE(RecordService);
  EHC_SERVE(CreateAdviceRequest);
  EHC_SERVE(GetAdviceRequest);
  EHC_SERVE(ListAdviceRequests);
  EHC_SERVE(AnswerAdviceRequest);
  EHC_SERVE(CancelAdviceRequest);
  EHC_SERVE(CreateConsultation);
  EHC_SERVE(ListConsultations);
  EHC_SERVE(AnswerConsultation);
  EHC_SERVE(CreateEarlyNotification);
  EHC_SERVE(ListEarlyNotifications);
  EHC_SERVE(AcknowledgeEarlyNotification);
  EHC_SERVE(StartNeedsAssessment);
  EHC_SERVE(UpdateNeedsAssessment);
  EHC_SERVE(TransferPlan);
  EHC_SERVE(CancelPlanTransfer);
  EHC_SERVE(AcknowledgePlanTransfer);
  EHC_SERVE(ListPlanTransfers);
  EHC_SERVE(GetBreakGlassUse);
  EHC_SERVE(ListBreakGlassUses);
  EHC_SERVE(ReviewBreakGlassUse);
  EHC_SERVE(ResolveBreakGlassUse);
  EHC_SERVE(ListDisclosureNotices);
  EHC_SERVE(AcknowledgeDisclosureNotice);
  EHC_SERVE(AcknowledgeDisclosureNotices);
  EHC_SERVE(ListWorkItems);
};

}  // namespace

ServiceMaker Expose(const CustodyDesk& desk) { return MakerOf<CustodyRpc>(desk); }

}  // namespace ehc
