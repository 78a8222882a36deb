#include "ehc/hub/v1/record_exchange_service.grpc.pb.h"
#include "server/services/record_exchange.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class RecordExchangeRpc final
    : public UnaryService<hub::v1::RecordExchangeService, RecordExchange> {
 public:
  using Desk = RecordExchange;
  using UnaryService::UnaryService;
  EHC_SERVE_AT_ONCE(GetPlanSummary);
  EHC_SERVE_AT_ONCE(GetPlan);
  EHC_STREAM(StreamPlanSections);
  EHC_SERVE_AT_ONCE(GetSupportStatus);
  EHC_SERVE(BatchGetSupportStatuses);
  EHC_SERVE_AT_ONCE(CreateAssessmentOutcome);
  EHC_SERVE(ListAssessmentOutcomes);
  EHC_SERVE(FindRecords);
  EHC_SERVE(AttestRegistration);
  EHC_SERVE(GetServiceOffer);
  EHC_SERVE(AgencyCheck);
  EHC_SERVE_AT_ONCE(PublishSupportStatus);
  EHC_SERVE_AT_ONCE(PublishPlan);
  EHC_SERVE_AT_ONCE(PublishHealthRecord);
  EHC_SERVE_AT_ONCE(PublishCareRecord);
  EHC_SERVE_AT_ONCE(PublishFlag);
  EHC_SERVE(CreateRecordRequest);
  EHC_SERVE(GetRecordRequest);
  EHC_SERVE(ListRecordRequests);
  EHC_SERVE(ApproveRecordRequest);
  EHC_SERVE(DeclineRecordRequest);
  EHC_SERVE(ExtendRecordRequest);
  EHC_SERVE(AnswerNothingToShare);
  EHC_SERVE(CancelRecordRequest);
  EHC_SERVE(ListFlaggedRecords);
};

}  // namespace

ServiceMaker Expose(const RecordExchange& desk) { return MakerOf<RecordExchangeRpc>(desk); }

}  // namespace ehc
