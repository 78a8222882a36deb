// CustodyService: recalling a wrong push, issuing a plan, and the matters that agencies settle
// about a child. custody_*.cc have the calls; matters.h what they share.
#ifndef EHC_SERVER_SERVICES_CUSTODY_DESK_H_
#define EHC_SERVER_SERVICES_CUSTODY_DESK_H_

#include "ehc/hub/v1/custody_service.pb.h"
#include "server/model/calendar.h"
#include "server/services/common.h"

namespace ehc {

class CustodyDesk {
 public:
  CustodyDesk(const Desks& desks, const Calendar& calendar) : desks_(desks), calendar_(calendar) {}

  void RecallRecord(Incoming in, const hub::v1::RecallRecordRequest& request,
                    Reply<hub::v1::RecallRecordResponse> reply) const;
  void GetIncident(Incoming in, const hub::v1::GetIncidentRequest& request,
                   Reply<hub::v1::GetIncidentResponse> reply) const;
  void ListIncidents(Incoming in, const hub::v1::ListIncidentsRequest& request,
                     Reply<hub::v1::ListIncidentsResponse> reply) const;
  void ListNotices(Incoming in, const hub::v1::ListNoticesRequest& request,
                   Reply<hub::v1::ListNoticesResponse> reply) const;
  void AcknowledgeNotice(Incoming in, const hub::v1::AcknowledgeNoticeRequest& request,
                         Reply<hub::v1::AcknowledgeNoticeResponse> reply) const;
  void IssuePlan(Incoming in, const hub::v1::IssuePlanRequest& request,
                 Reply<hub::v1::IssuePlanResponse> reply) const;
  void GetPlanIssue(Incoming in, const hub::v1::GetPlanIssueRequest& request,
                    Reply<hub::v1::GetPlanIssueResponse> reply) const;
  void ListDeliveries(Incoming in, const hub::v1::ListDeliveriesRequest& request,
                      Reply<hub::v1::ListDeliveriesResponse> reply) const;
  void ConfirmDelivery(Incoming in, const hub::v1::ConfirmDeliveryRequest& request,
                       Reply<hub::v1::ConfirmDeliveryResponse> reply) const;
  void RecordService(Incoming in, const hub::v1::RecordServiceRequest& request,
                     Reply<hub::v1::RecordServiceResponse> reply) const;
  void CreateAdviceRequest(Incoming in, const hub::v1::CreateAdviceRequestRequest& request,
                           Reply<hub::v1::CreateAdviceRequestResponse> reply) const;
  void GetAdviceRequest(Incoming in, const hub::v1::GetAdviceRequestRequest& request,
                        Reply<hub::v1::GetAdviceRequestResponse> reply) const;
  void ListAdviceRequests(Incoming in, const hub::v1::ListAdviceRequestsRequest& request,
                          Reply<hub::v1::ListAdviceRequestsResponse> reply) const;
  void AnswerAdviceRequest(Incoming in, const hub::v1::AnswerAdviceRequestRequest& request,
                           Reply<hub::v1::AnswerAdviceRequestResponse> reply) const;
  void CancelAdviceRequest(Incoming in, const hub::v1::CancelAdviceRequestRequest& request,
                           Reply<hub::v1::CancelAdviceRequestResponse> reply) const;
  void CreateConsultation(Incoming in, const hub::v1::CreateConsultationRequest& request,
                          Reply<hub::v1::CreateConsultationResponse> reply) const;
  void ListConsultations(Incoming in, const hub::v1::ListConsultationsRequest& request,
                         Reply<hub::v1::ListConsultationsResponse> reply) const;
  void AnswerConsultation(Incoming in, const hub::v1::AnswerConsultationRequest& request,
                          Reply<hub::v1::AnswerConsultationResponse> reply) const;
  void CreateEarlyNotification(Incoming in, const hub::v1::CreateEarlyNotificationRequest& request,
                               Reply<hub::v1::CreateEarlyNotificationResponse> reply) const;
  void ListEarlyNotifications(Incoming in, const hub::v1::ListEarlyNotificationsRequest& request,
                              Reply<hub::v1::ListEarlyNotificationsResponse> reply) const;
  void AcknowledgeEarlyNotification(
      Incoming in, const hub::v1::AcknowledgeEarlyNotificationRequest& request,
      Reply<hub::v1::AcknowledgeEarlyNotificationResponse> reply) const;
  void StartNeedsAssessment(Incoming in, const hub::v1::StartNeedsAssessmentRequest& request,
                            Reply<hub::v1::StartNeedsAssessmentResponse> reply) const;
  void UpdateNeedsAssessment(Incoming in, const hub::v1::UpdateNeedsAssessmentRequest& request,
                             Reply<hub::v1::UpdateNeedsAssessmentResponse> reply) const;
  void TransferPlan(Incoming in, const hub::v1::TransferPlanRequest& request,
                    Reply<hub::v1::TransferPlanResponse> reply) const;
  void CancelPlanTransfer(Incoming in, const hub::v1::CancelPlanTransferRequest& request,
                          Reply<hub::v1::CancelPlanTransferResponse> reply) const;
  void AcknowledgePlanTransfer(Incoming in, const hub::v1::AcknowledgePlanTransferRequest& request,
                               Reply<hub::v1::AcknowledgePlanTransferResponse> reply) const;
  void ListPlanTransfers(Incoming in, const hub::v1::ListPlanTransfersRequest& request,
                         Reply<hub::v1::ListPlanTransfersResponse> reply) const;
  void GetBreakGlassUse(Incoming in, const hub::v1::GetBreakGlassUseRequest& request,
                        Reply<hub::v1::GetBreakGlassUseResponse> reply) const;
  void ListBreakGlassUses(Incoming in, const hub::v1::ListBreakGlassUsesRequest& request,
                          Reply<hub::v1::ListBreakGlassUsesResponse> reply) const;
  void ReviewBreakGlassUse(Incoming in, const hub::v1::ReviewBreakGlassUseRequest& request,
                           Reply<hub::v1::ReviewBreakGlassUseResponse> reply) const;
  void ResolveBreakGlassUse(Incoming in, const hub::v1::ResolveBreakGlassUseRequest& request,
                            Reply<hub::v1::ResolveBreakGlassUseResponse> reply) const;
  void ListDisclosureNotices(Incoming in, const hub::v1::ListDisclosureNoticesRequest& request,
                             Reply<hub::v1::ListDisclosureNoticesResponse> reply) const;
  void AcknowledgeDisclosureNotice(Incoming in,
                                   const hub::v1::AcknowledgeDisclosureNoticeRequest& request,
                                   Reply<hub::v1::AcknowledgeDisclosureNoticeResponse> reply) const;
  void AcknowledgeDisclosureNotices(
      Incoming in, const hub::v1::AcknowledgeDisclosureNoticesRequest& request,
      Reply<hub::v1::AcknowledgeDisclosureNoticesResponse> reply) const;
  void ListWorkItems(Incoming in, const hub::v1::ListWorkItemsRequest& request,
                     Reply<hub::v1::ListWorkItemsResponse> reply) const;

 private:
  Desks desks_;
  const Calendar& calendar_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_CUSTODY_DESK_H_
