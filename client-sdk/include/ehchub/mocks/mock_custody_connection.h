// For tests of code that uses CustodyClient.
#ifndef EHCHUB_MOCKS_MOCK_CUSTODY_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_CUSTODY_CONNECTION_H_

#include "ehchub/custody_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockCustodyConnection : public CustodyConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::RecallRecordResponse>, RecallRecord,
              (const v1::RecallRecordRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetIncidentResponse>, GetIncident, (const v1::GetIncidentRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ListIncidentsResponse>, ListIncidents,
              (const v1::ListIncidentsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListNoticesResponse>, ListNotices, (const v1::ListNoticesRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::AcknowledgeNoticeResponse>, AcknowledgeNotice,
              (const v1::AcknowledgeNoticeRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::IssuePlanResponse>, IssuePlan, (const v1::IssuePlanRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::GetPlanIssueResponse>, GetPlanIssue,
              (const v1::GetPlanIssueRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListDeliveriesResponse>, ListDeliveries,
              (const v1::ListDeliveriesRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ConfirmDeliveryResponse>, ConfirmDelivery,
              (const v1::ConfirmDeliveryRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordServiceResponse>, RecordService,
              (const v1::RecordServiceRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateAdviceRequestResponse>, CreateAdviceRequest,
              (const v1::CreateAdviceRequestRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetAdviceRequestResponse>, GetAdviceRequest,
              (const v1::GetAdviceRequestRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListAdviceRequestsResponse>, ListAdviceRequests,
              (const v1::ListAdviceRequestsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AnswerAdviceRequestResponse>, AnswerAdviceRequest,
              (const v1::AnswerAdviceRequestRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CancelAdviceRequestResponse>, CancelAdviceRequest,
              (const v1::CancelAdviceRequestRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateConsultationResponse>, CreateConsultation,
              (const v1::CreateConsultationRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListConsultationsResponse>, ListConsultations,
              (const v1::ListConsultationsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AnswerConsultationResponse>, AnswerConsultation,
              (const v1::AnswerConsultationRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateEarlyNotificationResponse>, CreateEarlyNotification,
              (const v1::CreateEarlyNotificationRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListEarlyNotificationsResponse>, ListEarlyNotifications,
              (const v1::ListEarlyNotificationsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AcknowledgeEarlyNotificationResponse>,
              AcknowledgeEarlyNotification, (const v1::AcknowledgeEarlyNotificationRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::StartNeedsAssessmentResponse>, StartNeedsAssessment,
              (const v1::StartNeedsAssessmentRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::UpdateNeedsAssessmentResponse>, UpdateNeedsAssessment,
              (const v1::UpdateNeedsAssessmentRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetBreakGlassUseResponse>, GetBreakGlassUse,
              (const v1::GetBreakGlassUseRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListBreakGlassUsesResponse>, ListBreakGlassUses,
              (const v1::ListBreakGlassUsesRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ReviewBreakGlassUseResponse>, ReviewBreakGlassUse,
              (const v1::ReviewBreakGlassUseRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ResolveBreakGlassUseResponse>, ResolveBreakGlassUse,
              (const v1::ResolveBreakGlassUseRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListDisclosureNoticesResponse>, ListDisclosureNotices,
              (const v1::ListDisclosureNoticesRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AcknowledgeDisclosureNoticeResponse>, AcknowledgeDisclosureNotice,
              (const v1::AcknowledgeDisclosureNoticeRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AcknowledgeDisclosureNoticesResponse>,
              AcknowledgeDisclosureNotices, (const v1::AcknowledgeDisclosureNoticesRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ListWorkItemsResponse>, ListWorkItems,
              (const v1::ListWorkItemsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::TransferPlanResponse>, TransferPlan,
              (const v1::TransferPlanRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CancelPlanTransferResponse>, CancelPlanTransfer,
              (const v1::CancelPlanTransferRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AcknowledgePlanTransferResponse>, AcknowledgePlanTransfer,
              (const v1::AcknowledgePlanTransferRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListPlanTransfersResponse>, ListPlanTransfers,
              (const v1::ListPlanTransfersRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_CUSTODY_CONNECTION_H_
