// AgencyAdminService: the agencies on the hub and the keys that speak for them; admin_proposals.cc
// has what takes two people, readiness.cc the checklist and the quota, enrolments.cc the tokens for
// a first certificate, delegations.cc who acts for whom.
#ifndef EHC_SERVER_SERVICES_AGENCY_ADMIN_H_
#define EHC_SERVER_SERVICES_AGENCY_ADMIN_H_

#include "ehc/hub/v1/agency_admin_service.pb.h"
#include "server/model/calendar.h"
#include "server/services/common.h"

namespace ehc {

class AgencyAdmin {
 public:
  AgencyAdmin(const Desks& desks, const Calendar& calendar) : desks_(desks), calendar_(calendar) {}

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

  void GetReadiness(Incoming in, const hub::v1::GetReadinessRequest& request,
                    Reply<hub::v1::GetReadinessResponse> reply) const;
  void DeclareReadiness(Incoming in, const hub::v1::DeclareReadinessRequest& request,
                        Reply<hub::v1::DeclareReadinessResponse> reply) const;
  void ActivateAgency(Incoming in, const hub::v1::ActivateAgencyRequest& request,
                      Reply<hub::v1::ActivateAgencyResponse> reply) const;
  void SuspendAgency(Incoming in, const hub::v1::SuspendAgencyRequest& request,
                     Reply<hub::v1::SuspendAgencyResponse> reply) const;
  void ReinstateAgency(Incoming in, const hub::v1::ReinstateAgencyRequest& request,
                       Reply<hub::v1::ReinstateAgencyResponse> reply) const;
  void ApproveProposal(Incoming in, const hub::v1::ApproveProposalRequest& request,
                       Reply<hub::v1::ApproveProposalResponse> reply) const;
  void WithdrawProposal(Incoming in, const hub::v1::WithdrawProposalRequest& request,
                        Reply<hub::v1::WithdrawProposalResponse> reply) const;
  void ListProposals(Incoming in, const hub::v1::ListProposalsRequest& request,
                     Reply<hub::v1::ListProposalsResponse> reply) const;
  void GetUsage(Incoming in, const hub::v1::GetUsageRequest& request,
                Reply<hub::v1::GetUsageResponse> reply) const;

  void CreateEnrolment(Incoming in, const hub::v1::CreateEnrolmentRequest& request,
                       Reply<hub::v1::CreateEnrolmentResponse> reply) const;
  void CancelEnrolment(Incoming in, const hub::v1::CancelEnrolmentRequest& request,
                       Reply<hub::v1::CancelEnrolmentResponse> reply) const;
  void ListEnrolments(Incoming in, const hub::v1::ListEnrolmentsRequest& request,
                      Reply<hub::v1::ListEnrolmentsResponse> reply) const;

  void GrantDelegation(Incoming in, const hub::v1::GrantDelegationRequest& request,
                       Reply<hub::v1::GrantDelegationResponse> reply) const;
  void AcceptDelegation(Incoming in, const hub::v1::AcceptDelegationRequest& request,
                        Reply<hub::v1::AcceptDelegationResponse> reply) const;
  void EndDelegation(Incoming in, const hub::v1::EndDelegationRequest& request,
                     Reply<hub::v1::EndDelegationResponse> reply) const;
  void ListDelegations(Incoming in, const hub::v1::ListDelegationsRequest& request,
                       Reply<hub::v1::ListDelegationsResponse> reply) const;

 private:
  Desks desks_;
  const Calendar& calendar_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_AGENCY_ADMIN_H_
