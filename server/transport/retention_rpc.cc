#include "ehc/hub/v1/retention_service.grpc.pb.h"
#include "server/services/retention_desk.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class RetentionRpc final : public UnaryService<hub::v1::RetentionService, RetentionDesk> {
 public:
  using Desk = RetentionDesk;
  using UnaryService::UnaryService;
  EHC_SERVE(PlaceLegalHold);
  EHC_SERVE(LiftLegalHold);
  EHC_SERVE(ListLegalHolds);
  EHC_SERVE(ListRetentionDue);
  EHC_SERVE(RequestErasure);
  EHC_SERVE(ApproveErasure);
  EHC_SERVE(CancelErasure);
  EHC_SERVE(ListErasures);
};

}  // namespace

ServiceMaker Expose(const RetentionDesk& desk) { return MakerOf<RetentionRpc>(desk); }

}  // namespace ehc
