// RetentionService: legal holds, what is due for erasure, and erasure by two people.
#ifndef EHC_SERVER_SERVICES_RETENTION_DESK_H_
#define EHC_SERVER_SERVICES_RETENTION_DESK_H_

#include "ehc/hub/v1/retention_service.pb.h"
#include "server/model/calendar.h"
#include "server/services/common.h"

namespace ehc {

class RetentionDesk {
 public:
  RetentionDesk(const Desks& desks, const Calendar& calendar)
      : desks_(desks), calendar_(calendar) {}

  void PlaceLegalHold(Incoming in, const hub::v1::PlaceLegalHoldRequest& request,
                      Reply<hub::v1::PlaceLegalHoldResponse> reply) const;
  void LiftLegalHold(Incoming in, const hub::v1::LiftLegalHoldRequest& request,
                     Reply<hub::v1::LiftLegalHoldResponse> reply) const;
  void ListLegalHolds(Incoming in, const hub::v1::ListLegalHoldsRequest& request,
                      Reply<hub::v1::ListLegalHoldsResponse> reply) const;
  void ListRetentionDue(Incoming in, const hub::v1::ListRetentionDueRequest& request,
                        Reply<hub::v1::ListRetentionDueResponse> reply) const;
  void RequestErasure(Incoming in, const hub::v1::RequestErasureRequest& request,
                      Reply<hub::v1::RequestErasureResponse> reply) const;
  void ApproveErasure(Incoming in, const hub::v1::ApproveErasureRequest& request,
                      Reply<hub::v1::ApproveErasureResponse> reply) const;
  void CancelErasure(Incoming in, const hub::v1::CancelErasureRequest& request,
                     Reply<hub::v1::CancelErasureResponse> reply) const;
  void ListErasures(Incoming in, const hub::v1::ListErasuresRequest& request,
                    Reply<hub::v1::ListErasuresResponse> reply) const;

 private:
  Desks desks_;
  const Calendar& calendar_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_RETENTION_DESK_H_
