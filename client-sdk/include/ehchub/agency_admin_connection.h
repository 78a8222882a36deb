// What AgencyAdminClient stands on: one method per RPC. Made by MakeAgencyAdminConnection(); in
// tests of your own code, ehchub/mocks/mock_agency_admin_connection.h takes its place.
#ifndef EHCHUB_AGENCY_ADMIN_CONNECTION_H_
#define EHCHUB_AGENCY_ADMIN_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/agency_admin_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class AgencyAdminConnection {
 public:
  virtual ~AgencyAdminConnection() = default;

  virtual absl::StatusOr<v1::CreateAgencyResponse> CreateAgency(
      const v1::CreateAgencyRequest& request) = 0;
  virtual absl::StatusOr<v1::GetAgencyResponse> GetAgency(const v1::GetAgencyRequest& request) = 0;
  virtual absl::StatusOr<v1::ListAgenciesResponse> ListAgencies(
      const v1::ListAgenciesRequest& request) = 0;
  virtual absl::StatusOr<v1::EnrolCredentialResponse> EnrolCredential(
      const v1::EnrolCredentialRequest& request) = 0;
  virtual absl::StatusOr<v1::ListCredentialsResponse> ListCredentials(
      const v1::ListCredentialsRequest& request) = 0;
  virtual absl::StatusOr<v1::RevokeCredentialResponse> RevokeCredential(
      const v1::RevokeCredentialRequest& request) = 0;
  virtual absl::StatusOr<v1::GetReadinessResponse> GetReadiness(
      const v1::GetReadinessRequest& request) = 0;
  virtual absl::StatusOr<v1::DeclareReadinessResponse> DeclareReadiness(
      const v1::DeclareReadinessRequest& request) = 0;
  virtual absl::StatusOr<v1::ActivateAgencyResponse> ActivateAgency(
      const v1::ActivateAgencyRequest& request) = 0;
  virtual absl::StatusOr<v1::SuspendAgencyResponse> SuspendAgency(
      const v1::SuspendAgencyRequest& request) = 0;
  virtual absl::StatusOr<v1::ReinstateAgencyResponse> ReinstateAgency(
      const v1::ReinstateAgencyRequest& request) = 0;
  virtual absl::StatusOr<v1::ApproveProposalResponse> ApproveProposal(
      const v1::ApproveProposalRequest& request) = 0;
  virtual absl::StatusOr<v1::WithdrawProposalResponse> WithdrawProposal(
      const v1::WithdrawProposalRequest& request) = 0;
  virtual absl::StatusOr<v1::ListProposalsResponse> ListProposals(
      const v1::ListProposalsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetUsageResponse> GetUsage(const v1::GetUsageRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateEnrolmentResponse> CreateEnrolment(
      const v1::CreateEnrolmentRequest& request) = 0;
  virtual absl::StatusOr<v1::CancelEnrolmentResponse> CancelEnrolment(
      const v1::CancelEnrolmentRequest& request) = 0;
  virtual absl::StatusOr<v1::ListEnrolmentsResponse> ListEnrolments(
      const v1::ListEnrolmentsRequest& request) = 0;
  virtual absl::StatusOr<v1::GrantDelegationResponse> GrantDelegation(
      const v1::GrantDelegationRequest& request) = 0;
  virtual absl::StatusOr<v1::AcceptDelegationResponse> AcceptDelegation(
      const v1::AcceptDelegationRequest& request) = 0;
  virtual absl::StatusOr<v1::EndDelegationResponse> EndDelegation(
      const v1::EndDelegationRequest& request) = 0;
  virtual absl::StatusOr<v1::ListDelegationsResponse> ListDelegations(
      const v1::ListDelegationsRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<AgencyAdminConnection> MakeAgencyAdminConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<AgencyAdminConnection>> MakeAgencyAdminConnection(
    const Profile& profile, Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_AGENCY_ADMIN_CONNECTION_H_
