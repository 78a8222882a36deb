#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/custody_service.grpc.pb.h"
#include "ehchub/custody_connection.h"

namespace ehchub {
namespace {

using Stub = v1::CustodyService::Stub;

class GrpcCustodyConnection final : public CustodyConnection {
 public:
  explicit GrpcCustodyConnection(std::shared_ptr<internal::Wire> wire) : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::RecallRecordResponse> RecallRecord(
      const v1::RecallRecordRequest& request) override {
    return rpc_.Call(&Stub::RecallRecord, "RecallRecord", request);
  }

  absl::StatusOr<v1::GetIncidentResponse> GetIncident(
      const v1::GetIncidentRequest& request) override {
    return rpc_.Call(&Stub::GetIncident, "GetIncident", request);
  }

  absl::StatusOr<v1::ListIncidentsResponse> ListIncidents(
      const v1::ListIncidentsRequest& request) override {
    return rpc_.Call(&Stub::ListIncidents, "ListIncidents", request);
  }

  absl::StatusOr<v1::ListNoticesResponse> ListNotices(
      const v1::ListNoticesRequest& request) override {
    return rpc_.Call(&Stub::ListNotices, "ListNotices", request);
  }

  absl::StatusOr<v1::AcknowledgeNoticeResponse> AcknowledgeNotice(
      const v1::AcknowledgeNoticeRequest& request) override {
    return rpc_.Call(&Stub::AcknowledgeNotice, "AcknowledgeNotice", request);
  }

  absl::StatusOr<v1::IssuePlanResponse> IssuePlan(const v1::IssuePlanRequest& request) override {
    return rpc_.Call(&Stub::IssuePlan, "IssuePlan", request);
  }

  absl::StatusOr<v1::GetPlanIssueResponse> GetPlanIssue(
      const v1::GetPlanIssueRequest& request) override {
    return rpc_.Call(&Stub::GetPlanIssue, "GetPlanIssue", request);
  }

  absl::StatusOr<v1::ListDeliveriesResponse> ListDeliveries(
      const v1::ListDeliveriesRequest& request) override {
    return rpc_.Call(&Stub::ListDeliveries, "ListDeliveries", request);
  }

  absl::StatusOr<v1::ConfirmDeliveryResponse> ConfirmDelivery(
      const v1::ConfirmDeliveryRequest& request) override {
    return rpc_.Call(&Stub::ConfirmDelivery, "ConfirmDelivery", request);
  }

  absl::StatusOr<v1::RecordServiceResponse> RecordService(
      const v1::RecordServiceRequest& request) override {
    return rpc_.Call(&Stub::RecordService, "RecordService", request);
  }

  absl::StatusOr<v1::CreateAdviceRequestResponse> CreateAdviceRequest(
      const v1::CreateAdviceRequestRequest& request) override {
    return rpc_.Call(&Stub::CreateAdviceRequest, "CreateAdviceRequest", request);
  }

  absl::StatusOr<v1::GetAdviceRequestResponse> GetAdviceRequest(
      const v1::GetAdviceRequestRequest& request) override {
    return rpc_.Call(&Stub::GetAdviceRequest, "GetAdviceRequest", request);
  }

  absl::StatusOr<v1::ListAdviceRequestsResponse> ListAdviceRequests(
      const v1::ListAdviceRequestsRequest& request) override {
    return rpc_.Call(&Stub::ListAdviceRequests, "ListAdviceRequests", request);
  }

  absl::StatusOr<v1::AnswerAdviceRequestResponse> AnswerAdviceRequest(
      const v1::AnswerAdviceRequestRequest& request) override {
    return rpc_.Call(&Stub::AnswerAdviceRequest, "AnswerAdviceRequest", request);
  }

  absl::StatusOr<v1::CancelAdviceRequestResponse> CancelAdviceRequest(
      const v1::CancelAdviceRequestRequest& request) override {
    return rpc_.Call(&Stub::CancelAdviceRequest, "CancelAdviceRequest", request);
  }

  absl::StatusOr<v1::CreateConsultationResponse> CreateConsultation(
      const v1::CreateConsultationRequest& request) override {
    return rpc_.Call(&Stub::CreateConsultation, "CreateConsultation", request);
  }

  absl::StatusOr<v1::ListConsultationsResponse> ListConsultations(
      const v1::ListConsultationsRequest& request) override {
    return rpc_.Call(&Stub::ListConsultations, "ListConsultations", request);
  }

  absl::StatusOr<v1::AnswerConsultationResponse> AnswerConsultation(
      const v1::AnswerConsultationRequest& request) override {
    return rpc_.Call(&Stub::AnswerConsultation, "AnswerConsultation", request);
  }

  absl::StatusOr<v1::CreateEarlyNotificationResponse> CreateEarlyNotification(
      const v1::CreateEarlyNotificationRequest& request) override {
    return rpc_.Call(&Stub::CreateEarlyNotification, "CreateEarlyNotification", request);
  }

  absl::StatusOr<v1::ListEarlyNotificationsResponse> ListEarlyNotifications(
      const v1::ListEarlyNotificationsRequest& request) override {
    return rpc_.Call(&Stub::ListEarlyNotifications, "ListEarlyNotifications", request);
  }

  absl::StatusOr<v1::AcknowledgeEarlyNotificationResponse> AcknowledgeEarlyNotification(
      const v1::AcknowledgeEarlyNotificationRequest& request) override {
    return rpc_.Call(&Stub::AcknowledgeEarlyNotification, "AcknowledgeEarlyNotification", request);
  }

  absl::StatusOr<v1::StartNeedsAssessmentResponse> StartNeedsAssessment(
      const v1::StartNeedsAssessmentRequest& request) override {
    return rpc_.Call(&Stub::StartNeedsAssessment, "StartNeedsAssessment", request);
  }

  absl::StatusOr<v1::UpdateNeedsAssessmentResponse> UpdateNeedsAssessment(
      const v1::UpdateNeedsAssessmentRequest& request) override {
    return rpc_.Call(&Stub::UpdateNeedsAssessment, "UpdateNeedsAssessment", request);
  }

  absl::StatusOr<v1::GetBreakGlassUseResponse> GetBreakGlassUse(
      const v1::GetBreakGlassUseRequest& request) override {
    return rpc_.Call(&Stub::GetBreakGlassUse, "GetBreakGlassUse", request);
  }

  absl::StatusOr<v1::ListBreakGlassUsesResponse> ListBreakGlassUses(
      const v1::ListBreakGlassUsesRequest& request) override {
    return rpc_.Call(&Stub::ListBreakGlassUses, "ListBreakGlassUses", request);
  }

  absl::StatusOr<v1::ReviewBreakGlassUseResponse> ReviewBreakGlassUse(
      const v1::ReviewBreakGlassUseRequest& request) override {
    return rpc_.Call(&Stub::ReviewBreakGlassUse, "ReviewBreakGlassUse", request);
  }

  absl::StatusOr<v1::ResolveBreakGlassUseResponse> ResolveBreakGlassUse(
      const v1::ResolveBreakGlassUseRequest& request) override {
    return rpc_.Call(&Stub::ResolveBreakGlassUse, "ResolveBreakGlassUse", request);
  }

  absl::StatusOr<v1::ListDisclosureNoticesResponse> ListDisclosureNotices(
      const v1::ListDisclosureNoticesRequest& request) override {
    return rpc_.Call(&Stub::ListDisclosureNotices, "ListDisclosureNotices", request);
  }

  absl::StatusOr<v1::AcknowledgeDisclosureNoticeResponse> AcknowledgeDisclosureNotice(
      const v1::AcknowledgeDisclosureNoticeRequest& request) override {
    return rpc_.Call(&Stub::AcknowledgeDisclosureNotice, "AcknowledgeDisclosureNotice", request);
  }

  absl::StatusOr<v1::AcknowledgeDisclosureNoticesResponse> AcknowledgeDisclosureNotices(
      const v1::AcknowledgeDisclosureNoticesRequest& request) override {
    return rpc_.Call(&Stub::AcknowledgeDisclosureNotices, "AcknowledgeDisclosureNotices", request);
  }

  absl::StatusOr<v1::ListWorkItemsResponse> ListWorkItems(
      const v1::ListWorkItemsRequest& request) override {
    return rpc_.Call(&Stub::ListWorkItems, "ListWorkItems", request);
  }

  absl::StatusOr<v1::TransferPlanResponse> TransferPlan(
      const v1::TransferPlanRequest& request) override {
    return rpc_.Call(&Stub::TransferPlan, "TransferPlan", request);
  }

  absl::StatusOr<v1::CancelPlanTransferResponse> CancelPlanTransfer(
      const v1::CancelPlanTransferRequest& request) override {
    return rpc_.Call(&Stub::CancelPlanTransfer, "CancelPlanTransfer", request);
  }

  absl::StatusOr<v1::AcknowledgePlanTransferResponse> AcknowledgePlanTransfer(
      const v1::AcknowledgePlanTransferRequest& request) override {
    return rpc_.Call(&Stub::AcknowledgePlanTransfer, "AcknowledgePlanTransfer", request);
  }

  absl::StatusOr<v1::ListPlanTransfersResponse> ListPlanTransfers(
      const v1::ListPlanTransfersRequest& request) override {
    return rpc_.Call(&Stub::ListPlanTransfers, "ListPlanTransfers", request);
  }

 private:
  internal::Rpc<v1::CustodyService> rpc_;
};

}  // namespace

std::shared_ptr<CustodyConnection> MakeCustodyConnection(const Hub& hub) {
  return std::make_shared<GrpcCustodyConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<CustodyConnection>> MakeCustodyConnection(const Profile& profile,
                                                                         Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakeCustodyConnection(*hub);
}

}  // namespace ehchub
