#ifndef EHCHUB_AGREEMENT_CLIENT_H_
#define EHCHUB_AGREEMENT_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/agreement_connection.h"

namespace ehchub {

// Reads, suspends and activates data-sharing agreements, and asks why a decision is as it is.
//
// A write without a request_id is given one, kept through its retries. To repeat a write after the
// program itself was restarted, set request_id yourself and keep it with your record.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class AgreementClient {
 public:
  explicit AgreementClient(std::shared_ptr<AgreementConnection> connection)
      : connection_(std::move(connection)) {}
  explicit AgreementClient(const Hub& hub) : AgreementClient(MakeAgreementConnection(hub)) {}

  // Lists agreements by id; an agency sees those that it is a party to.
  absl::StatusOr<v1::ListAgreementsResponse> ListAgreements(
      const v1::ListAgreementsRequest& request) const {
    return connection_->ListAgreements(request);
  }

  // Returns one agreement. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetAgreementResponse> GetAgreement(
      const v1::GetAgreementRequest& request) const {
    return connection_->GetAgreement(request);
  }

  // Returns an agreement in plain English with its matrix of fields. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::RenderAgreementResponse> RenderAgreement(
      const v1::RenderAgreementRequest& request) const {
    return connection_->RenderAgreement(request);
  }

  // Suspends an agreement in the caller's name. Nothing that is committed after this call is
  // acknowledged rests on it. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT.
  absl::StatusOr<v1::SuspendAgreementResponse> SuspendAgreement(
      const v1::SuspendAgreementRequest& request) const {
    return connection_->SuspendAgreement(request);
  }

  // Takes back the caller's own suspension. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT.
  absl::StatusOr<v1::ReinstateAgreementResponse> ReinstateAgreement(
      const v1::ReinstateAgreementRequest& request) const {
    return connection_->ReinstateAgreement(request);
  }

  // Proposes a policy, or approves the one that somebody else has proposed. Errors: POLICY_INVALID
  // with file, line and column, SECOND_PERSON_REQUIRED, RESOURCE_NOT_FOUND, STATE_CONFLICT.
  absl::StatusOr<v1::ActivatePolicyResponse> ActivatePolicy(
      const v1::ActivatePolicyRequest& request) const {
    return connection_->ActivatePolicy(request);
  }

  // Returns the revision in force or the one proposed. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetPolicyRevisionResponse> GetPolicyRevision(
      const v1::GetPolicyRevisionRequest& request) const {
    return connection_->GetPolicyRevision(request);
  }

  // Lists decisions that the candidate in shadow would have changed, as cases for
  // `ehc-policy replay`.
  absl::StatusOr<v1::ListShadowDecisionsResponse> ListShadowDecisions(
      const v1::ListShadowDecisionsRequest& request) const {
    return connection_->ListShadowDecisions(request);
  }

  // Decides a made-up case and says why. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::ExplainDecisionResponse> ExplainDecision(
      const v1::ExplainDecisionRequest& request) const {
    return connection_->ExplainDecision(request);
  }

  friend bool operator==(const AgreementClient& a, const AgreementClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<AgreementConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_AGREEMENT_CLIENT_H_
