#ifndef EHCHUB_AGENCY_ADMIN_CLIENT_H_
#define EHCHUB_AGENCY_ADMIN_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/agency_admin_connection.h"

namespace ehchub {

// Enrols agencies and their credentials.
//
// A write without a request_id is given one, kept through its retries. To repeat a write after the
// program itself was restarted, set request_id yourself and keep it with your record.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class AgencyAdminClient {
 public:
  explicit AgencyAdminClient(std::shared_ptr<AgencyAdminConnection> connection)
      : connection_(std::move(connection)) {}
  explicit AgencyAdminClient(const Hub& hub) : AgencyAdminClient(MakeAgencyAdminConnection(hub)) {}

  // Creates an agency, ONBOARDING and without credentials. Operators only. It takes part once it
  // has declared its readiness and two people have activated it. Errors: STATE_CONFLICT where the
  // id is taken.
  absl::StatusOr<v1::CreateAgencyResponse> CreateAgency(
      const v1::CreateAgencyRequest& request) const {
    return connection_->CreateAgency(request);
  }

  // Returns one agency. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetAgencyResponse> GetAgency(const v1::GetAgencyRequest& request) const {
    return connection_->GetAgency(request);
  }

  // Lists agencies by id.
  absl::StatusOr<v1::ListAgenciesResponse> ListAgencies(
      const v1::ListAgenciesRequest& request) const {
    return connection_->ListAgencies(request);
  }

  // Enrols a certificate or public key. It is honoured from the moment this call is acknowledged;
  // an operator's credential and a key that signs agreements are proposed instead, by an operator,
  // and honoured once another has approved. Errors: STATE_CONFLICT where that key is enrolled
  // already, for this agency or another.
  absl::StatusOr<v1::EnrolCredentialResponse> EnrolCredential(
      const v1::EnrolCredentialRequest& request) const {
    return connection_->EnrolCredential(request);
  }

  // Lists an agency's credentials, newest first.
  absl::StatusOr<v1::ListCredentialsResponse> ListCredentials(
      const v1::ListCredentialsRequest& request) const {
    return connection_->ListCredentials(request);
  }

  // Revokes a credential for ever. Once acknowledged, no call made with it is answered, and its
  // open connections are shut. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where it
  // is revoked already.
  absl::StatusOr<v1::RevokeCredentialResponse> RevokeCredential(
      const v1::RevokeCredentialRequest& request) const {
    return connection_->RevokeCredential(request);
  }

  // The readiness checklist in force for an agency, and what it has declared of it. Errors:
  // RESOURCE_NOT_FOUND, alike for another's agency unless the caller is an operator.
  absl::StatusOr<v1::GetReadinessResponse> GetReadiness(
      const v1::GetReadinessRequest& request) const {
    return connection_->GetReadiness(request);
  }

  // An agency declares items of the checklist for itself, in the name of one of its people. Errors:
  // FIELD_INVALID for an item or a version that is not in force, ETAG_MISMATCH.
  absl::StatusOr<v1::DeclareReadinessResponse> DeclareReadiness(
      const v1::DeclareReadinessRequest& request) const {
    return connection_->DeclareReadiness(request);
  }

  // Proposes that an agency goes live. Operators only; another one approves. Errors:
  // READINESS_INCOMPLETE naming the items that lack, now and again when it is approved;
  // STATE_CONFLICT unless it is ONBOARDING.
  absl::StatusOr<v1::ActivateAgencyResponse> ActivateAgency(
      const v1::ActivateAgencyRequest& request) const {
    return connection_->ActivateAgency(request);
  }

  // Proposes that an agency be suspended. Operators only; once another one has approved, no call of
  // it is answered, and its open connections are shut. Revoking a credential takes one person
  // alone, where minutes count. Errors: STATE_CONFLICT unless it is ACTIVE, or for the operator's
  // own agency.
  absl::StatusOr<v1::SuspendAgencyResponse> SuspendAgency(
      const v1::SuspendAgencyRequest& request) const {
    return connection_->SuspendAgency(request);
  }

  // Proposes that a suspended agency takes part again. Operators only; another one approves.
  // Errors: STATE_CONFLICT unless it is SUSPENDED.
  absl::StatusOr<v1::ReinstateAgencyResponse> ReinstateAgency(
      const v1::ReinstateAgencyRequest& request) const {
    return connection_->ReinstateAgency(request);
  }

  // The second person's word: what was proposed is done, at once and in the same commit. The
  // assertion carries a one-time approval of this very request. Errors: RESOURCE_NOT_FOUND,
  // SECOND_PERSON_REQUIRED to whoever proposed it, ASSERTION_INVALID without an approval or with
  // one that was used, FIELD_INVALID where the digest is of something else, STATE_CONFLICT where it
  // is decided, has lapsed or can no longer be done.
  absl::StatusOr<v1::ApproveProposalResponse> ApproveProposal(
      const v1::ApproveProposalRequest& request) const {
    return connection_->ApproveProposal(request);
  }

  // Ends a proposal undone; its proposer or any other operator may. Errors: RESOURCE_NOT_FOUND,
  // STATE_CONFLICT where it is decided.
  absl::StatusOr<v1::WithdrawProposalResponse> WithdrawProposal(
      const v1::WithdrawProposalRequest& request) const {
    return connection_->WithdrawProposal(request);
  }

  // Lists proposals of the caller's operator agency, the oldest first.
  absl::StatusOr<v1::ListProposalsResponse> ListProposals(
      const v1::ListProposalsRequest& request) const {
    return connection_->ListProposals(request);
  }

  // How much of its quota an agency uses, on this hub and since it started. An agency sees its own,
  // an operator anybody's. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetUsageResponse> GetUsage(const v1::GetUsageRequest& request) const {
    return connection_->GetUsage(request);
  }

  // Lets an agency ask once for a certificate, with a token of which the hub is told the digest
  // alone. Operators only; for an operator's own agency, and where the policy asks for two people,
  // it is proposed instead. Errors: RESOURCE_NOT_FOUND, STATE_CONFLICT where this hub has no folder
  // to hand enrolments over in.
  absl::StatusOr<v1::CreateEnrolmentResponse> CreateEnrolment(
      const v1::CreateEnrolmentRequest& request) const {
    return connection_->CreateEnrolment(request);
  }

  // Takes a token back: it is refused from then on. A certificate that was issued stays; nobody
  // need enrol it. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where it is over.
  absl::StatusOr<v1::CancelEnrolmentResponse> CancelEnrolment(
      const v1::CancelEnrolmentRequest& request) const {
    return connection_->CancelEnrolment(request);
  }

  // Lists the operator's enrolments with what was issued for them, the oldest first.
  absl::StatusOr<v1::ListEnrolmentsResponse> ListEnrolments(
      const v1::ListEnrolmentsRequest& request) const {
    return connection_->ListEnrolments(request);
  }

  // An authority lets people of a provider act for it. It counts once the provider has accepted.
  // Errors: FIELD_INVALID for a unit that is not the authority's, an agency, role, purpose or
  // record type that there is not, and an end that is past or too far away.
  absl::StatusOr<v1::GrantDelegationResponse> GrantDelegation(
      const v1::GrantDelegationRequest& request) const {
    return connection_->GrantDelegation(request);
  }

  // The provider accepts what it was offered. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT where it is not open to be accepted.
  absl::StatusOr<v1::AcceptDelegationResponse> AcceptDelegation(
      const v1::AcceptDelegationRequest& request) const {
    return connection_->AcceptDelegation(request);
  }

  // Either of the two ends it, whoever granted it; the provider declines an offer by this too. Once
  // acknowledged, nothing more is disclosed by it. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT where it has ended.
  absl::StatusOr<v1::EndDelegationResponse> EndDelegation(
      const v1::EndDelegationRequest& request) const {
    return connection_->EndDelegation(request);
  }

  // Lists the delegations that an agency granted, or those that it was given, the oldest first.
  absl::StatusOr<v1::ListDelegationsResponse> ListDelegations(
      const v1::ListDelegationsRequest& request) const {
    return connection_->ListDelegations(request);
  }

  friend bool operator==(const AgencyAdminClient& a, const AgencyAdminClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<AgencyAdminConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_AGENCY_ADMIN_CLIENT_H_
