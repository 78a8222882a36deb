// For tests of code that uses RecordExchangeClient.
#ifndef EHCHUB_MOCKS_MOCK_RECORD_EXCHANGE_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_RECORD_EXCHANGE_CONNECTION_H_

#include "ehchub/record_exchange_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockRecordExchangeConnection : public RecordExchangeConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::GetPlanSummaryResponse>, GetPlanSummary,
              (const v1::GetPlanSummaryRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetPlanResponse>, GetPlan, (const v1::GetPlanRequest&),
              (override));
  MOCK_METHOD(std::unique_ptr<StreamReader<v1::StreamPlanSectionsResponse>>, StreamPlanSections,
              (const v1::StreamPlanSectionsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetSupportStatusResponse>, GetSupportStatus,
              (const v1::GetSupportStatusRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::BatchGetSupportStatusesResponse>, BatchGetSupportStatuses,
              (const v1::BatchGetSupportStatusesRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateAssessmentOutcomeResponse>, CreateAssessmentOutcome,
              (const v1::CreateAssessmentOutcomeRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListAssessmentOutcomesResponse>, ListAssessmentOutcomes,
              (const v1::ListAssessmentOutcomesRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::FindRecordsResponse>, FindRecords, (const v1::FindRecordsRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::AttestRegistrationResponse>, AttestRegistration,
              (const v1::AttestRegistrationRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetServiceOfferResponse>, GetServiceOffer,
              (const v1::GetServiceOfferRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AgencyCheckResponse>, AgencyCheck, (const v1::AgencyCheckRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::PublishSupportStatusResponse>, PublishSupportStatus,
              (const v1::PublishSupportStatusRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::PublishPlanResponse>, PublishPlan, (const v1::PublishPlanRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::PublishHealthRecordResponse>, PublishHealthRecord,
              (const v1::PublishHealthRecordRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::PublishCareRecordResponse>, PublishCareRecord,
              (const v1::PublishCareRecordRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::PublishFlagResponse>, PublishFlag, (const v1::PublishFlagRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateRecordRequestResponse>, CreateRecordRequest,
              (const v1::CreateRecordRequestRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetRecordRequestResponse>, GetRecordRequest,
              (const v1::GetRecordRequestRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListRecordRequestsResponse>, ListRecordRequests,
              (const v1::ListRecordRequestsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ApproveRecordRequestResponse>, ApproveRecordRequest,
              (const v1::ApproveRecordRequestRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::DeclineRecordRequestResponse>, DeclineRecordRequest,
              (const v1::DeclineRecordRequestRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ExtendRecordRequestResponse>, ExtendRecordRequest,
              (const v1::ExtendRecordRequestRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AnswerNothingToShareResponse>, AnswerNothingToShare,
              (const v1::AnswerNothingToShareRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CancelRecordRequestResponse>, CancelRecordRequest,
              (const v1::CancelRecordRequestRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListFlaggedRecordsResponse>, ListFlaggedRecords,
              (const v1::ListFlaggedRecordsRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_RECORD_EXCHANGE_CONNECTION_H_
