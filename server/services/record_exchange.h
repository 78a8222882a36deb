// RecordExchangeService: reading and publishing what agencies keep about children.
#ifndef EHC_SERVER_SERVICES_RECORD_EXCHANGE_H_
#define EHC_SERVER_SERVICES_RECORD_EXCHANGE_H_

#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "server/services/common.h"

namespace ehc {

class RecordExchange {
 public:
  explicit RecordExchange(const Desks& desks) : desks_(desks) {}

  void GetPlanSummary(Incoming in, const hub::v1::GetPlanSummaryRequest& request,
                      Reply<hub::v1::GetPlanSummaryResponse> reply) const;
  void GetPlan(Incoming in, const hub::v1::GetPlanRequest& request,
               Reply<hub::v1::GetPlanResponse> reply) const;
  void PublishPlan(Incoming in, const hub::v1::PublishPlanRequest& request,
                   Reply<hub::v1::PublishPlanResponse> reply) const;
  void PublishHealthRecord(Incoming in, const hub::v1::PublishHealthRecordRequest& request,
                           Reply<hub::v1::PublishHealthRecordResponse> reply) const;
  void PublishCareRecord(Incoming in, const hub::v1::PublishCareRecordRequest& request,
                         Reply<hub::v1::PublishCareRecordResponse> reply) const;
  void PublishFlag(Incoming in, const hub::v1::PublishFlagRequest& request,
                   Reply<hub::v1::PublishFlagResponse> reply) const;

 private:
  Desks desks_;
  HeldRecords held_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_RECORD_EXCHANGE_H_
