// What CustodyClient stands on: one method per RPC. Made by MakeCustodyConnection(); in tests of
// your own code, ehchub/mocks/mock_custody_connection.h takes its place.
#ifndef EHCHUB_CUSTODY_CONNECTION_H_
#define EHCHUB_CUSTODY_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/custody_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class CustodyConnection {
 public:
  virtual ~CustodyConnection() = default;

  virtual absl::StatusOr<v1::RecallRecordResponse> RecallRecord(
      const v1::RecallRecordRequest& request) = 0;
  virtual absl::StatusOr<v1::GetIncidentResponse> GetIncident(
      const v1::GetIncidentRequest& request) = 0;
  virtual absl::StatusOr<v1::ListIncidentsResponse> ListIncidents(
      const v1::ListIncidentsRequest& request) = 0;
  virtual absl::StatusOr<v1::ListNoticesResponse> ListNotices(
      const v1::ListNoticesRequest& request) = 0;
  virtual absl::StatusOr<v1::AcknowledgeNoticeResponse> AcknowledgeNotice(
      const v1::AcknowledgeNoticeRequest& request) = 0;
  virtual absl::StatusOr<v1::IssuePlanResponse> IssuePlan(const v1::IssuePlanRequest& request) = 0;
  virtual absl::StatusOr<v1::GetPlanIssueResponse> GetPlanIssue(
      const v1::GetPlanIssueRequest& request) = 0;
  virtual absl::StatusOr<v1::ListDeliveriesResponse> ListDeliveries(
      const v1::ListDeliveriesRequest& request) = 0;
  virtual absl::StatusOr<v1::ConfirmDeliveryResponse> ConfirmDelivery(
      const v1::ConfirmDeliveryRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordServiceResponse> RecordService(
      const v1::RecordServiceRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateAdviceRequestResponse> CreateAdviceRequest(
      const v1::CreateAdviceRequestRequest& request) = 0;
  virtual absl::StatusOr<v1::GetAdviceRequestResponse> GetAdviceRequest(
      const v1::GetAdviceRequestRequest& request) = 0;
  virtual absl::StatusOr<v1::ListAdviceRequestsResponse> ListAdviceRequests(
      const v1::ListAdviceRequestsRequest& request) = 0;
  virtual absl::StatusOr<v1::AnswerAdviceRequestResponse> AnswerAdviceRequest(
      const v1::AnswerAdviceRequestRequest& request) = 0;
  virtual absl::StatusOr<v1::CancelAdviceRequestResponse> CancelAdviceRequest(
      const v1::CancelAdviceRequestRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateConsultationResponse> CreateConsultation(
      const v1::CreateConsultationRequest& request) = 0;
  virtual absl::StatusOr<v1::ListConsultationsResponse> ListConsultations(
      const v1::ListConsultationsRequest& request) = 0;
  virtual absl::StatusOr<v1::AnswerConsultationResponse> AnswerConsultation(
      const v1::AnswerConsultationRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateEarlyNotificationResponse> CreateEarlyNotification(
      const v1::CreateEarlyNotificationRequest& request) = 0;
  virtual absl::StatusOr<v1::ListEarlyNotificationsResponse> ListEarlyNotifications(
      const v1::ListEarlyNotificationsRequest& request) = 0;
  virtual absl::StatusOr<v1::AcknowledgeEarlyNotificationResponse> AcknowledgeEarlyNotification(
      const v1::AcknowledgeEarlyNotificationRequest& request) = 0;
  virtual absl::StatusOr<v1::StartNeedsAssessmentResponse> StartNeedsAssessment(
      const v1::StartNeedsAssessmentRequest& request) = 0;
  virtual absl::StatusOr<v1::UpdateNeedsAssessmentResponse> UpdateNeedsAssessment(
      const v1::UpdateNeedsAssessmentRequest& request) = 0;
  virtual absl::StatusOr<v1::GetBreakGlassUseResponse> GetBreakGlassUse(
      const v1::GetBreakGlassUseRequest& request) = 0;
  virtual absl::StatusOr<v1::ListBreakGlassUsesResponse> ListBreakGlassUses(
      const v1::ListBreakGlassUsesRequest& request) = 0;
  virtual absl::StatusOr<v1::ReviewBreakGlassUseResponse> ReviewBreakGlassUse(
      const v1::ReviewBreakGlassUseRequest& request) = 0;
  virtual absl::StatusOr<v1::ResolveBreakGlassUseResponse> ResolveBreakGlassUse(
      const v1::ResolveBreakGlassUseRequest& request) = 0;
  virtual absl::StatusOr<v1::ListDisclosureNoticesResponse> ListDisclosureNotices(
      const v1::ListDisclosureNoticesRequest& request) = 0;
  virtual absl::StatusOr<v1::AcknowledgeDisclosureNoticeResponse> AcknowledgeDisclosureNotice(
      const v1::AcknowledgeDisclosureNoticeRequest& request) = 0;
  virtual absl::StatusOr<v1::AcknowledgeDisclosureNoticesResponse> AcknowledgeDisclosureNotices(
      const v1::AcknowledgeDisclosureNoticesRequest& request) = 0;
  virtual absl::StatusOr<v1::ListWorkItemsResponse> ListWorkItems(
      const v1::ListWorkItemsRequest& request) = 0;
  virtual absl::StatusOr<v1::TransferPlanResponse> TransferPlan(
      const v1::TransferPlanRequest& request) = 0;
  virtual absl::StatusOr<v1::CancelPlanTransferResponse> CancelPlanTransfer(
      const v1::CancelPlanTransferRequest& request) = 0;
  virtual absl::StatusOr<v1::AcknowledgePlanTransferResponse> AcknowledgePlanTransfer(
      const v1::AcknowledgePlanTransferRequest& request) = 0;
  virtual absl::StatusOr<v1::ListPlanTransfersResponse> ListPlanTransfers(
      const v1::ListPlanTransfersRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<CustodyConnection> MakeCustodyConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<CustodyConnection>> MakeCustodyConnection(const Profile& profile,
                                                                         Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_CUSTODY_CONNECTION_H_
