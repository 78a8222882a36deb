#ifndef EHCHUB_RECORD_EXCHANGE_CLIENT_H_
#define EHCHUB_RECORD_EXCHANGE_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/record_exchange_connection.h"

namespace ehchub {

// Reads and publishes records: what the hub exists for.
//
// A write without a request_id is given one, kept through its retries. To repeat a write after the
// program itself was restarted, set request_id yourself and keep it with your record.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class RecordExchangeClient {
 public:
  explicit RecordExchangeClient(std::shared_ptr<RecordExchangeConnection> connection)
      : connection_(std::move(connection)) {}
  explicit RecordExchangeClient(const Hub& hub)
      : RecordExchangeClient(MakeRecordExchangeConnection(hub)) {}

  // Returns a health professional's view of a child's plan: headline parts and sections C, E and G,
  // as far as released. Errors: NOT_AVAILABLE, POLICY_DENIED, AGREEMENT_NOT_IN_FORCE, and to a
  // caller that may know of the plan CONSENT_REQUIRED, NOT_DECISION_MAKER, SUBJECT_MATCH_AMBIGUOUS
  // or RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetPlanSummaryResponse> GetPlanSummary(
      const v1::GetPlanSummaryRequest& request) const {
    return connection_->GetPlanSummary(request);
  }

  // Returns the sections asked for, as far as released. Errors as GetPlanSummary.
  absl::StatusOr<v1::GetPlanResponse> GetPlan(const v1::GetPlanRequest& request) const {
    return connection_->GetPlan(request);
  }

  // Reads a plan part by part: the headline, then section by section, each disclosed by itself at
  // the moment it is read; the last message brings none. Refusals come from the first Next(), as
  // GetPlan's. The whole stream is bounded by Options::deadline.
  std::unique_ptr<StreamReader<v1::StreamPlanSectionsResponse>> StreamPlanSections(
      const v1::StreamPlanSectionsRequest& request) const {
    return connection_->StreamPlanSections(request);
  }

  // Returns a child's SEN status: provision, needs, whether a plan exists, dates, whom to ring.
  // Errors as GetPlanSummary.
  absl::StatusOr<v1::GetSupportStatusResponse> GetSupportStatus(
      const v1::GetSupportStatusRequest& request) const {
    return connection_->GetSupportStatus(request);
  }

  // Returns the SEN status of each child of a roll, in the order asked; a child of whom nothing is
  // available gets the one generic item. A whole roll may take seconds: mind Options::deadline.
  absl::StatusOr<v1::BatchGetSupportStatusesResponse> BatchGetSupportStatuses(
      const v1::BatchGetSupportStatusesRequest& request) const {
    return connection_->BatchGetSupportStatuses(request);
  }

  // Records what an assessment came to, once. Errors: FIELD_INVALID, POLICY_DENIED,
  // RESOURCE_NOT_FOUND, STATE_CONFLICT (closed case, or recorded before with other content),
  // REQUEST_ID_REUSED.
  absl::StatusOr<v1::CreateAssessmentOutcomeResponse> CreateAssessmentOutcome(
      const v1::CreateAssessmentOutcomeRequest& request) const {
    return connection_->CreateAssessmentOutcome(request);
  }

  // Returns what one custodian's assessments came to, as far as released; with no agreement stated,
  // the calling unit's own. Errors as GetPlanSummary.
  absl::StatusOr<v1::ListAssessmentOutcomesResponse> ListAssessmentOutcomes(
      const v1::ListAssessmentOutcomesRequest& request) const {
    return connection_->ListAssessmentOutcomes(request);
  }

  // Says which kinds of record a custodian holds about a child. Errors: NOT_AVAILABLE or
  // POLICY_DENIED where the caller may not learn of any.
  absl::StatusOr<v1::FindRecordsResponse> FindRecords(const v1::FindRecordsRequest& request) const {
    return connection_->FindRecords(request);
  }

  // Says whether a custodian has the child on a register. Errors as FindRecords.
  absl::StatusOr<v1::AttestRegistrationResponse> AttestRegistration(
      const v1::AttestRegistrationRequest& request) const {
    return connection_->AttestRegistration(request);
  }

  // Lists the services that a child has: codes and dates, no text. Errors as GetPlanSummary.
  absl::StatusOr<v1::GetServiceOfferResponse> GetServiceOffer(
      const v1::GetServiceOfferRequest& request) const {
    return connection_->GetServiceOffer(request);
  }

  // Returns, of what is asked for, what the calling agency may already see. Errors as FindRecords.
  absl::StatusOr<v1::AgencyCheckResponse> AgencyCheck(const v1::AgencyCheckRequest& request) const {
    return connection_->AgencyCheck(request);
  }

  // Stores a new version of a child's SEN status. Errors as PublishPlan.
  absl::StatusOr<v1::PublishSupportStatusResponse> PublishSupportStatus(
      const v1::PublishSupportStatusRequest& request) const {
    return connection_->PublishSupportStatus(request);
  }

  // Stores a new version of a child's plan. The calling agency becomes its custodian. Errors:
  // FIELD_INVALID, NOT_AVAILABLE, ETAG_MISMATCH, REQUEST_ID_REUSED.
  absl::StatusOr<v1::PublishPlanResponse> PublishPlan(const v1::PublishPlanRequest& request) const {
    return connection_->PublishPlan(request);
  }

  // Stores a new version of a health record. Errors as PublishPlan; STATE_CONFLICT where the record
  // type is not a health record's.
  absl::StatusOr<v1::PublishHealthRecordResponse> PublishHealthRecord(
      const v1::PublishHealthRecordRequest& request) const {
    return connection_->PublishHealthRecord(request);
  }

  // Stores a new version of a social care record. Errors as PublishPlan; STATE_CONFLICT where the
  // record type is not a care record's.
  absl::StatusOr<v1::PublishCareRecordResponse> PublishCareRecord(
      const v1::PublishCareRecordRequest& request) const {
    return connection_->PublishCareRecord(request);
  }

  // Stores a new version of a flag. Errors as PublishPlan; STATE_CONFLICT where the record type is
  // not a flag's.
  absl::StatusOr<v1::PublishFlagResponse> PublishFlag(const v1::PublishFlagRequest& request) const {
    return connection_->PublishFlag(request);
  }

  // Asks a custodian for records that a person there must decide about. Alike for every child.
  // Errors: FIELD_INVALID, POLICY_DENIED, AGREEMENT_NOT_IN_FORCE, QUOTA_EXCEEDED,
  // REQUEST_ID_REUSED.
  absl::StatusOr<v1::CreateRecordRequestResponse> CreateRecordRequest(
      const v1::CreateRecordRequestRequest& request) const {
    return connection_->CreateRecordRequest(request);
  }

  // Returns a request to either of its parties. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetRecordRequestResponse> GetRecordRequest(
      const v1::GetRecordRequestRequest& request) const {
    return connection_->GetRecordRequest(request);
  }

  // Lists the requests that the calling unit made, or those that its agency is asked.
  absl::StatusOr<v1::ListRecordRequestsResponse> ListRecordRequests(
      const v1::ListRecordRequestsRequest& request) const {
    return connection_->ListRecordRequests(request);
  }

  // Says yes to some of the parts asked for, until a moment. Errors: RESOURCE_NOT_FOUND,
  // POLICY_DENIED, STATE_CONFLICT, ETAG_MISMATCH, REQUEST_ID_REUSED.
  absl::StatusOr<v1::ApproveRecordRequestResponse> ApproveRecordRequest(
      const v1::ApproveRecordRequestRequest& request) const {
    return connection_->ApproveRecordRequest(request);
  }

  // Says no: in confidence, unless told otherwise. Errors as ApproveRecordRequest.
  absl::StatusOr<v1::DeclineRecordRequestResponse> DeclineRecordRequest(
      const v1::DeclineRecordRequestRequest& request) const {
    return connection_->DeclineRecordRequest(request);
  }

  // Takes more time for the custodian's own people; for the asking agency nothing moves. Errors as
  // ApproveRecordRequest.
  absl::StatusOr<v1::ExtendRecordRequestResponse> ExtendRecordRequest(
      const v1::ExtendRecordRequestRequest& request) const {
    return connection_->ExtendRecordRequest(request);
  }

  // Says that there is nothing to share; the asking agency is not told. Errors as
  // ApproveRecordRequest.
  absl::StatusOr<v1::AnswerNothingToShareResponse> AnswerNothingToShare(
      const v1::AnswerNothingToShareRequest& request) const {
    return connection_->AnswerNothingToShare(request);
  }

  // Takes back a request; an approval ends with it. Errors: RESOURCE_NOT_FOUND, STATE_CONFLICT,
  // ETAG_MISMATCH.
  absl::StatusOr<v1::CancelRecordRequestResponse> CancelRecordRequest(
      const v1::CancelRecordRequestRequest& request) const {
    return connection_->CancelRecordRequest(request);
  }

  // Returns the approved parts, decided anew. Errors: RESOURCE_NOT_FOUND, STATE_CONFLICT unless the
  // request is APPROVED now, and as GetPlanSummary.
  absl::StatusOr<v1::ListFlaggedRecordsResponse> ListFlaggedRecords(
      const v1::ListFlaggedRecordsRequest& request) const {
    return connection_->ListFlaggedRecords(request);
  }

  friend bool operator==(const RecordExchangeClient& a, const RecordExchangeClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<RecordExchangeConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_RECORD_EXCHANGE_CLIENT_H_
