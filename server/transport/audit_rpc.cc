#include "ehc/hub/v1/audit_service.grpc.pb.h"
#include "server/services/audit_desk.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class AuditRpc final : public UnaryService<hub::v1::AuditService, AuditDesk> {
 public:
  using Desk = AuditDesk;
  using UnaryService::UnaryService;
  EHC_SERVE_AT_ONCE(GetCheckpoint);
  EHC_SERVE_AT_ONCE(GetInclusionProof);
  EHC_SERVE_AT_ONCE(GetConsistencyProof);
  EHC_SERVE_AT_ONCE(GetTiles);
  EHC_SERVE_AT_ONCE(SubmitWitnessSignature);
  EHC_SERVE(ListAuditEntries);
  EHC_SERVE(ListSubjectDisclosures);
  EHC_SERVE(ListWithheldDisclosures);
  EHC_SERVE(ReviewWithheldDisclosure);
  EHC_SERVE(PlaceDisclosureHold);
  EHC_SERVE(ReviewDisclosureHold);
  EHC_SERVE(ListDisclosureHolds);
  EHC_SERVE(GetAccessReport);
  EHC_SERVE(CompileIncidentPack);
};

}  // namespace

ServiceMaker Expose(const AuditDesk& desk) { return MakerOf<AuditRpc>(desk); }

}  // namespace ehc
