#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/record_exchange_service.grpc.pb.h"
#include "ehchub/record_exchange_connection.h"

namespace ehchub {
namespace {

using Stub = v1::RecordExchangeService::Stub;

class GrpcRecordExchangeConnection final : public RecordExchangeConnection {
 public:
  explicit GrpcRecordExchangeConnection(std::shared_ptr<internal::Wire> wire)
      : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::GetPlanSummaryResponse> GetPlanSummary(
      const v1::GetPlanSummaryRequest& request) override {
    return rpc_.Call(&Stub::GetPlanSummary, "GetPlanSummary", request);
  }

  absl::StatusOr<v1::GetPlanResponse> GetPlan(const v1::GetPlanRequest& request) override {
    return rpc_.Call(&Stub::GetPlan, "GetPlan", request);
  }

  std::unique_ptr<StreamReader<v1::StreamPlanSectionsResponse>> StreamPlanSections(
      const v1::StreamPlanSectionsRequest& request) override {
    return rpc_.Stream(&Stub::StreamPlanSections, "StreamPlanSections", request, rpc_.deadline());
  }

  absl::StatusOr<v1::GetSupportStatusResponse> GetSupportStatus(
      const v1::GetSupportStatusRequest& request) override {
    return rpc_.Call(&Stub::GetSupportStatus, "GetSupportStatus", request);
  }

  absl::StatusOr<v1::BatchGetSupportStatusesResponse> BatchGetSupportStatuses(
      const v1::BatchGetSupportStatusesRequest& request) override {
    return rpc_.Call(&Stub::BatchGetSupportStatuses, "BatchGetSupportStatuses", request);
  }

  absl::StatusOr<v1::CreateAssessmentOutcomeResponse> CreateAssessmentOutcome(
      const v1::CreateAssessmentOutcomeRequest& request) override {
    return rpc_.Call(&Stub::CreateAssessmentOutcome, "CreateAssessmentOutcome", request);
  }

  absl::StatusOr<v1::ListAssessmentOutcomesResponse> ListAssessmentOutcomes(
      const v1::ListAssessmentOutcomesRequest& request) override {
    return rpc_.Call(&Stub::ListAssessmentOutcomes, "ListAssessmentOutcomes", request);
  }

  absl::StatusOr<v1::FindRecordsResponse> FindRecords(
      const v1::FindRecordsRequest& request) override {
    return rpc_.Call(&Stub::FindRecords, "FindRecords", request);
  }

  absl::StatusOr<v1::AttestRegistrationResponse> AttestRegistration(
      const v1::AttestRegistrationRequest& request) override {
    return rpc_.Call(&Stub::AttestRegistration, "AttestRegistration", request);
  }

  absl::StatusOr<v1::GetServiceOfferResponse> GetServiceOffer(
      const v1::GetServiceOfferRequest& request) override {
    return rpc_.Call(&Stub::GetServiceOffer, "GetServiceOffer", request);
  }

  absl::StatusOr<v1::AgencyCheckResponse> AgencyCheck(
      const v1::AgencyCheckRequest& request) override {
    return rpc_.Call(&Stub::AgencyCheck, "AgencyCheck", request);
  }

  absl::StatusOr<v1::PublishSupportStatusResponse> PublishSupportStatus(
      const v1::PublishSupportStatusRequest& request) override {
    return rpc_.Call(&Stub::PublishSupportStatus, "PublishSupportStatus", request);
  }

  absl::StatusOr<v1::PublishPlanResponse> PublishPlan(
      const v1::PublishPlanRequest& request) override {
    return rpc_.Call(&Stub::PublishPlan, "PublishPlan", request);
  }

  absl::StatusOr<v1::PublishHealthRecordResponse> PublishHealthRecord(
      const v1::PublishHealthRecordRequest& request) override {
    return rpc_.Call(&Stub::PublishHealthRecord, "PublishHealthRecord", request);
  }

  absl::StatusOr<v1::PublishCareRecordResponse> PublishCareRecord(
      const v1::PublishCareRecordRequest& request) override {
    return rpc_.Call(&Stub::PublishCareRecord, "PublishCareRecord", request);
  }

  absl::StatusOr<v1::PublishFlagResponse> PublishFlag(
      const v1::PublishFlagRequest& request) override {
    return rpc_.Call(&Stub::PublishFlag, "PublishFlag", request);
  }

  absl::StatusOr<v1::CreateRecordRequestResponse> CreateRecordRequest(
      const v1::CreateRecordRequestRequest& request) override {
    return rpc_.Call(&Stub::CreateRecordRequest, "CreateRecordRequest", request);
  }

  absl::StatusOr<v1::GetRecordRequestResponse> GetRecordRequest(
      const v1::GetRecordRequestRequest& request) override {
    return rpc_.Call(&Stub::GetRecordRequest, "GetRecordRequest", request);
  }

  absl::StatusOr<v1::ListRecordRequestsResponse> ListRecordRequests(
      const v1::ListRecordRequestsRequest& request) override {
    return rpc_.Call(&Stub::ListRecordRequests, "ListRecordRequests", request);
  }

  absl::StatusOr<v1::ApproveRecordRequestResponse> ApproveRecordRequest(
      const v1::ApproveRecordRequestRequest& request) override {
    return rpc_.Call(&Stub::ApproveRecordRequest, "ApproveRecordRequest", request);
  }

  absl::StatusOr<v1::DeclineRecordRequestResponse> DeclineRecordRequest(
      const v1::DeclineRecordRequestRequest& request) override {
    return rpc_.Call(&Stub::DeclineRecordRequest, "DeclineRecordRequest", request);
  }

  absl::StatusOr<v1::ExtendRecordRequestResponse> ExtendRecordRequest(
      const v1::ExtendRecordRequestRequest& request) override {
    return rpc_.Call(&Stub::ExtendRecordRequest, "ExtendRecordRequest", request);
  }

  absl::StatusOr<v1::AnswerNothingToShareResponse> AnswerNothingToShare(
      const v1::AnswerNothingToShareRequest& request) override {
    return rpc_.Call(&Stub::AnswerNothingToShare, "AnswerNothingToShare", request);
  }

  absl::StatusOr<v1::CancelRecordRequestResponse> CancelRecordRequest(
      const v1::CancelRecordRequestRequest& request) override {
    return rpc_.Call(&Stub::CancelRecordRequest, "CancelRecordRequest", request);
  }

  absl::StatusOr<v1::ListFlaggedRecordsResponse> ListFlaggedRecords(
      const v1::ListFlaggedRecordsRequest& request) override {
    return rpc_.Call(&Stub::ListFlaggedRecords, "ListFlaggedRecords", request);
  }

 private:
  internal::Rpc<v1::RecordExchangeService> rpc_;
};

}  // namespace

std::shared_ptr<RecordExchangeConnection> MakeRecordExchangeConnection(const Hub& hub) {
  return std::make_shared<GrpcRecordExchangeConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<RecordExchangeConnection>> MakeRecordExchangeConnection(
    const Profile& profile, Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakeRecordExchangeConnection(*hub);
}

}  // namespace ehchub
