#include "ehc/hub/v1/agreement_service.grpc.pb.h"
#include "server/services/agreement_desk.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class AgreementRpc final : public UnaryService<hub::v1::AgreementService, AgreementDesk> {
 public:
  using Desk = AgreementDesk;
  using UnaryService::UnaryService;
  EHC_SERVE(ListAgreements);
  EHC_SERVE(GetAgreement);
  EHC_SERVE(RenderAgreement);
  EHC_SERVE(SuspendAgreement);
  EHC_SERVE(ReinstateAgreement);
  EHC_SERVE(ActivatePolicy);
  EHC_SERVE(GetPolicyRevision);
  EHC_SERVE(ListShadowDecisions);
  EHC_SERVE(ExplainDecision);
};

}  // namespace

ServiceMaker Expose(const AgreementDesk& desk) { return MakerOf<AgreementRpc>(desk); }

}  // namespace ehc
