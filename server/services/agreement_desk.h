// AgreementService: reading agreements, suspending them, activating policies, explaining decisions.
#ifndef EHC_SERVER_SERVICES_AGREEMENT_DESK_H_
#define EHC_SERVER_SERVICES_AGREEMENT_DESK_H_

#include "ehc/hub/v1/agreement_service.pb.h"
#include "server/pipeline/policy_keeper.h"
#include "server/services/common.h"

namespace ehc {

class AgreementDesk {
 public:
  AgreementDesk(const Desks& desks, PolicyKeeper& keeper) : desks_(desks), keeper_(keeper) {}

  void ListAgreements(Incoming in, const hub::v1::ListAgreementsRequest& request,
                      Reply<hub::v1::ListAgreementsResponse> reply) const;
  void GetAgreement(Incoming in, const hub::v1::GetAgreementRequest& request,
                    Reply<hub::v1::GetAgreementResponse> reply) const;
  void RenderAgreement(Incoming in, const hub::v1::RenderAgreementRequest& request,
                       Reply<hub::v1::RenderAgreementResponse> reply) const;
  void SuspendAgreement(Incoming in, const hub::v1::SuspendAgreementRequest& request,
                        Reply<hub::v1::SuspendAgreementResponse> reply) const;
  void ReinstateAgreement(Incoming in, const hub::v1::ReinstateAgreementRequest& request,
                          Reply<hub::v1::ReinstateAgreementResponse> reply) const;
  void ActivatePolicy(Incoming in, const hub::v1::ActivatePolicyRequest& request,
                      Reply<hub::v1::ActivatePolicyResponse> reply) const;
  void GetPolicyRevision(Incoming in, const hub::v1::GetPolicyRevisionRequest& request,
                         Reply<hub::v1::GetPolicyRevisionResponse> reply) const;
  void ListShadowDecisions(Incoming in, const hub::v1::ListShadowDecisionsRequest& request,
                           Reply<hub::v1::ListShadowDecisionsResponse> reply) const;
  void ExplainDecision(Incoming in, const hub::v1::ExplainDecisionRequest& request,
                       Reply<hub::v1::ExplainDecisionResponse> reply) const;

 private:
  Desks desks_;
  PolicyKeeper& keeper_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_AGREEMENT_DESK_H_
