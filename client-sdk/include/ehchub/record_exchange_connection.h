// What RecordExchangeClient stands on: one method per RPC. Made by MakeRecordExchangeConnection();
// in tests of your own code, ehchub/mocks/mock_record_exchange_connection.h takes its place.
#ifndef EHCHUB_RECORD_EXCHANGE_CONNECTION_H_
#define EHCHUB_RECORD_EXCHANGE_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"
#include "ehchub/stream_reader.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class RecordExchangeConnection {
 public:
  virtual ~RecordExchangeConnection() = default;

  virtual absl::StatusOr<v1::GetPlanSummaryResponse> GetPlanSummary(
      const v1::GetPlanSummaryRequest& request) = 0;
  virtual absl::StatusOr<v1::GetPlanResponse> GetPlan(const v1::GetPlanRequest& request) = 0;
  virtual std::unique_ptr<StreamReader<v1::StreamPlanSectionsResponse>> StreamPlanSections(
      const v1::StreamPlanSectionsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetSupportStatusResponse> GetSupportStatus(
      const v1::GetSupportStatusRequest& request) = 0;
  virtual absl::StatusOr<v1::BatchGetSupportStatusesResponse> BatchGetSupportStatuses(
      const v1::BatchGetSupportStatusesRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateAssessmentOutcomeResponse> CreateAssessmentOutcome(
      const v1::CreateAssessmentOutcomeRequest& request) = 0;
  virtual absl::StatusOr<v1::ListAssessmentOutcomesResponse> ListAssessmentOutcomes(
      const v1::ListAssessmentOutcomesRequest& request) = 0;
  virtual absl::StatusOr<v1::FindRecordsResponse> FindRecords(
      const v1::FindRecordsRequest& request) = 0;
  virtual absl::StatusOr<v1::AttestRegistrationResponse> AttestRegistration(
      const v1::AttestRegistrationRequest& request) = 0;
  virtual absl::StatusOr<v1::GetServiceOfferResponse> GetServiceOffer(
      const v1::GetServiceOfferRequest& request) = 0;
  virtual absl::StatusOr<v1::AgencyCheckResponse> AgencyCheck(
      const v1::AgencyCheckRequest& request) = 0;
  virtual absl::StatusOr<v1::PublishSupportStatusResponse> PublishSupportStatus(
      const v1::PublishSupportStatusRequest& request) = 0;
  virtual absl::StatusOr<v1::PublishPlanResponse> PublishPlan(
      const v1::PublishPlanRequest& request) = 0;
  virtual absl::StatusOr<v1::PublishHealthRecordResponse> PublishHealthRecord(
      const v1::PublishHealthRecordRequest& request) = 0;
  virtual absl::StatusOr<v1::PublishCareRecordResponse> PublishCareRecord(
      const v1::PublishCareRecordRequest& request) = 0;
  virtual absl::StatusOr<v1::PublishFlagResponse> PublishFlag(
      const v1::PublishFlagRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateRecordRequestResponse> CreateRecordRequest(
      const v1::CreateRecordRequestRequest& request) = 0;
  virtual absl::StatusOr<v1::GetRecordRequestResponse> GetRecordRequest(
      const v1::GetRecordRequestRequest& request) = 0;
  virtual absl::StatusOr<v1::ListRecordRequestsResponse> ListRecordRequests(
      const v1::ListRecordRequestsRequest& request) = 0;
  virtual absl::StatusOr<v1::ApproveRecordRequestResponse> ApproveRecordRequest(
      const v1::ApproveRecordRequestRequest& request) = 0;
  virtual absl::StatusOr<v1::DeclineRecordRequestResponse> DeclineRecordRequest(
      const v1::DeclineRecordRequestRequest& request) = 0;
  virtual absl::StatusOr<v1::ExtendRecordRequestResponse> ExtendRecordRequest(
      const v1::ExtendRecordRequestRequest& request) = 0;
  virtual absl::StatusOr<v1::AnswerNothingToShareResponse> AnswerNothingToShare(
      const v1::AnswerNothingToShareRequest& request) = 0;
  virtual absl::StatusOr<v1::CancelRecordRequestResponse> CancelRecordRequest(
      const v1::CancelRecordRequestRequest& request) = 0;
  virtual absl::StatusOr<v1::ListFlaggedRecordsResponse> ListFlaggedRecords(
      const v1::ListFlaggedRecordsRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<RecordExchangeConnection> MakeRecordExchangeConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<RecordExchangeConnection>> MakeRecordExchangeConnection(
    const Profile& profile, Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_RECORD_EXCHANGE_CONNECTION_H_
