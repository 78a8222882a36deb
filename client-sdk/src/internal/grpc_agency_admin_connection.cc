#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/agency_admin_service.grpc.pb.h"
#include "ehchub/agency_admin_connection.h"

namespace ehchub {
namespace {

using Stub = v1::AgencyAdminService::Stub;

class GrpcAgencyAdminConnection final : public AgencyAdminConnection {
 public:
  explicit GrpcAgencyAdminConnection(std::shared_ptr<internal::Wire> wire)
      : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::CreateAgencyResponse> CreateAgency(
      const v1::CreateAgencyRequest& request) override {
    return rpc_.Call(&Stub::CreateAgency, "CreateAgency", request);
  }

  absl::StatusOr<v1::GetAgencyResponse> GetAgency(const v1::GetAgencyRequest& request) override {
    return rpc_.Call(&Stub::GetAgency, "GetAgency", request);
  }

  absl::StatusOr<v1::ListAgenciesResponse> ListAgencies(
      const v1::ListAgenciesRequest& request) override {
    return rpc_.Call(&Stub::ListAgencies, "ListAgencies", request);
  }

  absl::StatusOr<v1::EnrolCredentialResponse> EnrolCredential(
      const v1::EnrolCredentialRequest& request) override {
    return rpc_.Call(&Stub::EnrolCredential, "EnrolCredential", request);
  }

  absl::StatusOr<v1::ListCredentialsResponse> ListCredentials(
      const v1::ListCredentialsRequest& request) override {
    return rpc_.Call(&Stub::ListCredentials, "ListCredentials", request);
  }

  absl::StatusOr<v1::RevokeCredentialResponse> RevokeCredential(
      const v1::RevokeCredentialRequest& request) override {
    return rpc_.Call(&Stub::RevokeCredential, "RevokeCredential", request);
  }

  absl::StatusOr<v1::GetReadinessResponse> GetReadiness(
      const v1::GetReadinessRequest& request) override {
    return rpc_.Call(&Stub::GetReadiness, "GetReadiness", request);
  }

  absl::StatusOr<v1::DeclareReadinessResponse> DeclareReadiness(
      const v1::DeclareReadinessRequest& request) override {
    return rpc_.Call(&Stub::DeclareReadiness, "DeclareReadiness", request);
  }

  absl::StatusOr<v1::ActivateAgencyResponse> ActivateAgency(
      const v1::ActivateAgencyRequest& request) override {
    return rpc_.Call(&Stub::ActivateAgency, "ActivateAgency", request);
  }

  absl::StatusOr<v1::SuspendAgencyResponse> SuspendAgency(
      const v1::SuspendAgencyRequest& request) override {
    return rpc_.Call(&Stub::SuspendAgency, "SuspendAgency", request);
  }

  absl::StatusOr<v1::ReinstateAgencyResponse> ReinstateAgency(
      const v1::ReinstateAgencyRequest& request) override {
    return rpc_.Call(&Stub::ReinstateAgency, "ReinstateAgency", request);
  }

  absl::StatusOr<v1::ApproveProposalResponse> ApproveProposal(
      const v1::ApproveProposalRequest& request) override {
    return rpc_.CallApproved(&Stub::ApproveProposal, request);
  }

  absl::StatusOr<v1::WithdrawProposalResponse> WithdrawProposal(
      const v1::WithdrawProposalRequest& request) override {
    return rpc_.Call(&Stub::WithdrawProposal, "WithdrawProposal", request);
  }

  absl::StatusOr<v1::ListProposalsResponse> ListProposals(
      const v1::ListProposalsRequest& request) override {
    return rpc_.Call(&Stub::ListProposals, "ListProposals", request);
  }

  absl::StatusOr<v1::GetUsageResponse> GetUsage(const v1::GetUsageRequest& request) override {
    return rpc_.Call(&Stub::GetUsage, "GetUsage", request);
  }

  absl::StatusOr<v1::CreateEnrolmentResponse> CreateEnrolment(
      const v1::CreateEnrolmentRequest& request) override {
    return rpc_.Call(&Stub::CreateEnrolment, "CreateEnrolment", request);
  }

  absl::StatusOr<v1::CancelEnrolmentResponse> CancelEnrolment(
      const v1::CancelEnrolmentRequest& request) override {
    return rpc_.Call(&Stub::CancelEnrolment, "CancelEnrolment", request);
  }

  absl::StatusOr<v1::ListEnrolmentsResponse> ListEnrolments(
      const v1::ListEnrolmentsRequest& request) override {
    return rpc_.Call(&Stub::ListEnrolments, "ListEnrolments", request);
  }

  absl::StatusOr<v1::GrantDelegationResponse> GrantDelegation(
      const v1::GrantDelegationRequest& request) override {
    return rpc_.Call(&Stub::GrantDelegation, "GrantDelegation", request);
  }

  absl::StatusOr<v1::AcceptDelegationResponse> AcceptDelegation(
      const v1::AcceptDelegationRequest& request) override {
    return rpc_.Call(&Stub::AcceptDelegation, "AcceptDelegation", request);
  }

  absl::StatusOr<v1::EndDelegationResponse> EndDelegation(
      const v1::EndDelegationRequest& request) override {
    return rpc_.Call(&Stub::EndDelegation, "EndDelegation", request);
  }

  absl::StatusOr<v1::ListDelegationsResponse> ListDelegations(
      const v1::ListDelegationsRequest& request) override {
    return rpc_.Call(&Stub::ListDelegations, "ListDelegations", request);
  }

 private:
  internal::Rpc<v1::AgencyAdminService> rpc_;
};

}  // namespace

std::shared_ptr<AgencyAdminConnection> MakeAgencyAdminConnection(const Hub& hub) {
  return std::make_shared<GrpcAgencyAdminConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<AgencyAdminConnection>> MakeAgencyAdminConnection(
    const Profile& profile, Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakeAgencyAdminConnection(*hub);
}

}  // namespace ehchub
