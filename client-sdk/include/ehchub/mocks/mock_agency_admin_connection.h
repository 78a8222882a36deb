// For tests of code that uses AgencyAdminClient.
#ifndef EHCHUB_MOCKS_MOCK_AGENCY_ADMIN_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_AGENCY_ADMIN_CONNECTION_H_

#include "ehchub/agency_admin_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockAgencyAdminConnection : public AgencyAdminConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::CreateAgencyResponse>, CreateAgency,
              (const v1::CreateAgencyRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetAgencyResponse>, GetAgency, (const v1::GetAgencyRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ListAgenciesResponse>, ListAgencies,
              (const v1::ListAgenciesRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::EnrolCredentialResponse>, EnrolCredential,
              (const v1::EnrolCredentialRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListCredentialsResponse>, ListCredentials,
              (const v1::ListCredentialsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RevokeCredentialResponse>, RevokeCredential,
              (const v1::RevokeCredentialRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetReadinessResponse>, GetReadiness,
              (const v1::GetReadinessRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::DeclareReadinessResponse>, DeclareReadiness,
              (const v1::DeclareReadinessRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ActivateAgencyResponse>, ActivateAgency,
              (const v1::ActivateAgencyRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::SuspendAgencyResponse>, SuspendAgency,
              (const v1::SuspendAgencyRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ReinstateAgencyResponse>, ReinstateAgency,
              (const v1::ReinstateAgencyRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ApproveProposalResponse>, ApproveProposal,
              (const v1::ApproveProposalRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::WithdrawProposalResponse>, WithdrawProposal,
              (const v1::WithdrawProposalRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListProposalsResponse>, ListProposals,
              (const v1::ListProposalsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetUsageResponse>, GetUsage, (const v1::GetUsageRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateEnrolmentResponse>, CreateEnrolment,
              (const v1::CreateEnrolmentRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CancelEnrolmentResponse>, CancelEnrolment,
              (const v1::CancelEnrolmentRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListEnrolmentsResponse>, ListEnrolments,
              (const v1::ListEnrolmentsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GrantDelegationResponse>, GrantDelegation,
              (const v1::GrantDelegationRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AcceptDelegationResponse>, AcceptDelegation,
              (const v1::AcceptDelegationRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::EndDelegationResponse>, EndDelegation,
              (const v1::EndDelegationRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListDelegationsResponse>, ListDelegations,
              (const v1::ListDelegationsRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_AGENCY_ADMIN_CONNECTION_H_
