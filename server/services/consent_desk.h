// ConsentService: what the people who decide for a child have said about sharing.
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
  void GetConsent(Incoming in, const hub::v1::GetConsentRequest& request,
                  Reply<hub::v1::GetConsentResponse> reply) const;
  void ListConsents(Incoming in, const hub::v1::ListConsentsRequest& request,
                    Reply<hub::v1::ListConsentsResponse> reply) const;
  void WithdrawConsent(Incoming in, const hub::v1::WithdrawConsentRequest& request,
                       Reply<hub::v1::WithdrawConsentResponse> reply) const;

 private:
  Desks desks_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_CONSENT_DESK_H_
