// RecordExchangeService: reading and publishing what agencies keep about children.
#ifndef EHC_SERVER_SERVICES_RECORD_EXCHANGE_H_
#define EHC_SERVER_SERVICES_RECORD_EXCHANGE_H_

#include <atomic>
#include <memory>

#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "server/pipeline/stream.h"
#include "server/services/common.h"
#include "server/services/record_request.h"
#include "server/services/searches.h"

namespace ehc {

class RecordExchange {
 public:
  explicit RecordExchange(const Desks& desks) : desks_(desks) {}

  void GetPlanSummary(Incoming in, const hub::v1::GetPlanSummaryRequest& request,
                      Reply<hub::v1::GetPlanSummaryResponse> reply) const;
  void GetPlan(Incoming in, const hub::v1::GetPlanRequest& request,
               Reply<hub::v1::GetPlanResponse> reply) const;
  std::unique_ptr<AnswerStream<hub::v1::StreamPlanSectionsResponse>> StreamPlanSections(
      Incoming in, const hub::v1::StreamPlanSectionsRequest& request) const;
  void GetSupportStatus(Incoming in, const hub::v1::GetSupportStatusRequest& request,
                        Reply<hub::v1::GetSupportStatusResponse> reply) const;
  void BatchGetSupportStatuses(Incoming in, const hub::v1::BatchGetSupportStatusesRequest& request,
                               Reply<hub::v1::BatchGetSupportStatusesResponse> reply) const;
  void CreateAssessmentOutcome(Incoming in, const hub::v1::CreateAssessmentOutcomeRequest& request,
                               Reply<hub::v1::CreateAssessmentOutcomeResponse> reply) const;
  void ListAssessmentOutcomes(Incoming in, const hub::v1::ListAssessmentOutcomesRequest& request,
                              Reply<hub::v1::ListAssessmentOutcomesResponse> reply) const;
  void FindRecords(Incoming in, const hub::v1::FindRecordsRequest& request,
                   Reply<hub::v1::FindRecordsResponse> reply) const;
  void AttestRegistration(Incoming in, const hub::v1::AttestRegistrationRequest& request,
                          Reply<hub::v1::AttestRegistrationResponse> reply) const;
  void GetServiceOffer(Incoming in, const hub::v1::GetServiceOfferRequest& request,
                       Reply<hub::v1::GetServiceOfferResponse> reply) const;
  void AgencyCheck(Incoming in, const hub::v1::AgencyCheckRequest& request,
                   Reply<hub::v1::AgencyCheckResponse> reply) const;
  void PublishSupportStatus(Incoming in, const hub::v1::PublishSupportStatusRequest& request,
                            Reply<hub::v1::PublishSupportStatusResponse> reply) const;
  void PublishPlan(Incoming in, const hub::v1::PublishPlanRequest& request,
                   Reply<hub::v1::PublishPlanResponse> reply) const;
  void PublishHealthRecord(Incoming in, const hub::v1::PublishHealthRecordRequest& request,
                           Reply<hub::v1::PublishHealthRecordResponse> reply) const;
  void PublishCareRecord(Incoming in, const hub::v1::PublishCareRecordRequest& request,
                         Reply<hub::v1::PublishCareRecordResponse> reply) const;
  void PublishFlag(Incoming in, const hub::v1::PublishFlagRequest& request,
                   Reply<hub::v1::PublishFlagResponse> reply) const;
  // Record requests: record_request_desk.cc.
  void CreateRecordRequest(Incoming in, const hub::v1::CreateRecordRequestRequest& request,
                           Reply<hub::v1::CreateRecordRequestResponse> reply) const;
  void GetRecordRequest(Incoming in, const hub::v1::GetRecordRequestRequest& request,
                        Reply<hub::v1::GetRecordRequestResponse> reply) const;
  void ListRecordRequests(Incoming in, const hub::v1::ListRecordRequestsRequest& request,
                          Reply<hub::v1::ListRecordRequestsResponse> reply) const;
  void ApproveRecordRequest(Incoming in, const hub::v1::ApproveRecordRequestRequest& request,
                            Reply<hub::v1::ApproveRecordRequestResponse> reply) const;
  void DeclineRecordRequest(Incoming in, const hub::v1::DeclineRecordRequestRequest& request,
                            Reply<hub::v1::DeclineRecordRequestResponse> reply) const;
  void ExtendRecordRequest(Incoming in, const hub::v1::ExtendRecordRequestRequest& request,
                           Reply<hub::v1::ExtendRecordRequestResponse> reply) const;
  void AnswerNothingToShare(Incoming in, const hub::v1::AnswerNothingToShareRequest& request,
                            Reply<hub::v1::AnswerNothingToShareResponse> reply) const;
  void CancelRecordRequest(Incoming in, const hub::v1::CancelRecordRequestRequest& request,
                           Reply<hub::v1::CancelRecordRequestResponse> reply) const;
  void ListFlaggedRecords(Incoming in, const hub::v1::ListFlaggedRecordsRequest& request,
                          Reply<hub::v1::ListFlaggedRecordsResponse> reply) const;

 private:
  // Rolls answered at a time: the workers left go on answering single calls.
  static constexpr int kRollsAtATime = 2;

  Desks desks_;
  HeldRecords held_;
  HeldRecordSets held_sets_;
  ExistingRecords existing_;
  ServiceOffers offers_;
  ApprovedRecords approved_;
  mutable std::atomic<int> rolls_{0};
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_RECORD_EXCHANGE_H_
