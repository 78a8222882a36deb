// AgencyAdminService: the agencies on the hub and the keys that speak for them.
#ifndef EHC_SERVER_SERVICES_AGENCY_ADMIN_H_
#define EHC_SERVER_SERVICES_AGENCY_ADMIN_H_

#include "ehc/hub/v1/agency_admin_service.pb.h"
#include "server/services/common.h"

namespace ehc {

class AgencyAdmin {
 public:
  explicit AgencyAdmin(const Desks& desks) : desks_(desks) {}

  void CreateAgency(Incoming in, const hub::v1::CreateAgencyRequest& request,
                    Reply<hub::v1::CreateAgencyResponse> reply) const;
  void GetAgency(Incoming in, const hub::v1::GetAgencyRequest& request,
                 Reply<hub::v1::GetAgencyResponse> reply) const;
  void ListAgencies(Incoming in, const hub::v1::ListAgenciesRequest& request,
                    Reply<hub::v1::ListAgenciesResponse> reply) const;
  void EnrolCredential(Incoming in, const hub::v1::EnrolCredentialRequest& request,
                       Reply<hub::v1::EnrolCredentialResponse> reply) const;
  void ListCredentials(Incoming in, const hub::v1::ListCredentialsRequest& request,
                       Reply<hub::v1::ListCredentialsResponse> reply) const;
  void RevokeCredential(Incoming in, const hub::v1::RevokeCredentialRequest& request,
                        Reply<hub::v1::RevokeCredentialResponse> reply) const;

 private:
  Desks desks_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_AGENCY_ADMIN_H_
