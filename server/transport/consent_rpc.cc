#include "ehc/hub/v1/consent_service.grpc.pb.h"
#include "server/services/consent_desk.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class ConsentRpc final : public UnaryService<hub::v1::ConsentService, ConsentDesk> {
 public:
  using Desk = ConsentDesk;
  using UnaryService::UnaryService;
  EHC_SERVE(RecordConsent);
  EHC_SERVE(PreviewConsent);
  EHC_SERVE(GetConsent);
  EHC_SERVE(ListConsents);
  EHC_SERVE(WithdrawConsent);
  EHC_SERVE(ReconfirmConsent);
  EHC_SERVE(ListConsentRevisions);
  EHC_SERVE(RecordStandingDecision);
  EHC_SERVE(EndStandingDecision);
  EHC_SERVE(ListStandingDecisions);
};

}  // namespace

ServiceMaker Expose(const ConsentDesk& desk) { return MakerOf<ConsentRpc>(desk); }

}  // namespace ehc
