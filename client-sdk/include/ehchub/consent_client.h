#ifndef EHCHUB_CONSENT_CLIENT_H_
#define EHCHUB_CONSENT_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/consent_connection.h"

namespace ehchub {

// Previews, records, reads, renews and withdraws what decision-makers said about sharing, and keeps
// an authority's standing decisions.
//
// A write without a request_id is given one, kept through its retries. To repeat a write after the
// program itself was restarted, set request_id yourself and keep it with your record.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class ConsentClient {
 public:
  explicit ConsentClient(std::shared_ptr<ConsentConnection> connection)
      : connection_(std::move(connection)) {}
  explicit ConsentClient(const Hub& hub) : ConsentClient(MakeConsentConnection(hub)) {}

  // Records a consent, a refusal, or that nobody was asked. It counts from the next decision.
  absl::StatusOr<v1::RecordConsentResponse> RecordConsent(
      const v1::RecordConsentRequest& request) const {
    return connection_->RecordConsent(request);
  }

  // Returns one consent. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetConsentResponse> GetConsent(const v1::GetConsentRequest& request) const {
    return connection_->GetConsent(request);
  }

  // Lists the consents that the calling agency recorded, newest first.
  absl::StatusOr<v1::ListConsentsResponse> ListConsents(
      const v1::ListConsentsRequest& request) const {
    return connection_->ListConsents(request);
  }

  // Withdraws a consent. No disclosure committed after this call is acknowledged rests on it; what
  // was disclosed before is not undone. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT
  // where it is not GIVEN.
  absl::StatusOr<v1::WithdrawConsentResponse> WithdrawConsent(
      const v1::WithdrawConsentRequest& request) const {
    return connection_->WithdrawConsent(request);
  }

  // Says who could read which parts, for what and until when, if this were recorded; in plain
  // English, to be shown before anybody agrees. Checks what RecordConsent checks and stores nothing
  // but the audit entry. Errors: FIELD_INVALID, NOT_DECISION_MAKER.
  absl::StatusOr<v1::PreviewConsentResponse> PreviewConsent(
      const v1::PreviewConsentRequest& request) const {
    return connection_->PreviewConsent(request);
  }

  // Says a consent again. By whoever gave it: it is renewed in its place. By the young person, from
  // six months before they decide: their own consent takes the place of the parent's, and counts
  // from the day on which they do. Closes the tasks that asked for it. Errors: RESOURCE_NOT_FOUND,
  // ETAG_MISMATCH, NOT_DECISION_MAKER, STATE_CONFLICT where it was withdrawn or refused, or where
  // it is too early.
  absl::StatusOr<v1::ReconfirmConsentResponse> ReconfirmConsent(
      const v1::ReconfirmConsentRequest& request) const {
    return connection_->ReconfirmConsent(request);
  }

  // Lists every state that a consent was written down in, oldest first. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::ListConsentRevisionsResponse> ListConsentRevisions(
      const v1::ListConsentRevisionsRequest& request) const {
    return connection_->ListConsentRevisions(request);
  }

  // Records the authority's decision that it is in a child's interests that named agencies' people
  // in some roles read some parts for some time (SEND Regs 2014 reg 17). By the authority's named
  // officer alone; it counts from the next decision that states its gateway. Errors: STATE_CONFLICT
  // where it would last longer than the policy lets it.
  absl::StatusOr<v1::RecordStandingDecisionResponse> RecordStandingDecision(
      const v1::RecordStandingDecisionRequest& request) const {
    return connection_->RecordStandingDecision(request);
  }

  // Ends a standing decision. No disclosure committed after this call is acknowledged rests on it.
  // Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where it has ended.
  absl::StatusOr<v1::EndStandingDecisionResponse> EndStandingDecision(
      const v1::EndStandingDecisionRequest& request) const {
    return connection_->EndStandingDecision(request);
  }

  // Lists the calling authority's standing decisions about one child, oldest first, and those that
  // it made for every child, which are part of the policy.
  absl::StatusOr<v1::ListStandingDecisionsResponse> ListStandingDecisions(
      const v1::ListStandingDecisionsRequest& request) const {
    return connection_->ListStandingDecisions(request);
  }

  friend bool operator==(const ConsentClient& a, const ConsentClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<ConsentConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_CONSENT_CLIENT_H_
