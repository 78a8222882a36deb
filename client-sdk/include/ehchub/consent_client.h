#ifndef EHCHUB_CONSENT_CLIENT_H_
#define EHCHUB_CONSENT_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/consent_connection.h"

namespace ehchub {

// Records, reads and withdraws what decision-makers said about sharing.
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

  friend bool operator==(const ConsentClient& a, const ConsentClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<ConsentConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_CONSENT_CLIENT_H_
