// ConsentService: what the people who decide for a child have said about sharing, and what an
// authority decided in their place. consent_*.cc and standing_decision_desk.cc have the calls.
#ifndef EHC_SERVER_SERVICES_CONSENT_DESK_H_
#define EHC_SERVER_SERVICES_CONSENT_DESK_H_

#include "ehc/hub/v1/consent_service.pb.h"
#include "server/services/common.h"

namespace ehc {

class ConsentDesk {
 public:
  explicit ConsentDesk(const Desks& desks) : desks_(desks) {}

  void RecordConsent(Incoming in, const hub::v1::RecordConsentRequest& request,
                     Reply<hub::v1::RecordConsentResponse> reply) const;
  void PreviewConsent(Incoming in, const hub::v1::PreviewConsentRequest& request,
                      Reply<hub::v1::PreviewConsentResponse> reply) const;
  void GetConsent(Incoming in, const hub::v1::GetConsentRequest& request,
                  Reply<hub::v1::GetConsentResponse> reply) const;
  void ListConsents(Incoming in, const hub::v1::ListConsentsRequest& request,
                    Reply<hub::v1::ListConsentsResponse> reply) const;
  void WithdrawConsent(Incoming in, const hub::v1::WithdrawConsentRequest& request,
                       Reply<hub::v1::WithdrawConsentResponse> reply) const;
  void ReconfirmConsent(Incoming in, const hub::v1::ReconfirmConsentRequest& request,
                        Reply<hub::v1::ReconfirmConsentResponse> reply) const;
  void ListConsentRevisions(Incoming in, const hub::v1::ListConsentRevisionsRequest& request,
                            Reply<hub::v1::ListConsentRevisionsResponse> reply) const;
  void RecordStandingDecision(Incoming in, const hub::v1::RecordStandingDecisionRequest& request,
                              Reply<hub::v1::RecordStandingDecisionResponse> reply) const;
  void EndStandingDecision(Incoming in, const hub::v1::EndStandingDecisionRequest& request,
                           Reply<hub::v1::EndStandingDecisionResponse> reply) const;
  void ListStandingDecisions(Incoming in, const hub::v1::ListStandingDecisionsRequest& request,
                             Reply<hub::v1::ListStandingDecisionsResponse> reply) const;

 private:
  Desks desks_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_CONSENT_DESK_H_
