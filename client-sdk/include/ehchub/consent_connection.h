// What ConsentClient stands on: one method per RPC. Made by MakeConsentConnection(); in tests of
// your own code, ehchub/mocks/mock_consent_connection.h takes its place.
#ifndef EHCHUB_CONSENT_CONNECTION_H_
#define EHCHUB_CONSENT_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/consent_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class ConsentConnection {
 public:
  virtual ~ConsentConnection() = default;

  virtual absl::StatusOr<v1::RecordConsentResponse> RecordConsent(
      const v1::RecordConsentRequest& request) = 0;
  virtual absl::StatusOr<v1::GetConsentResponse> GetConsent(
      const v1::GetConsentRequest& request) = 0;
  virtual absl::StatusOr<v1::ListConsentsResponse> ListConsents(
      const v1::ListConsentsRequest& request) = 0;
  virtual absl::StatusOr<v1::WithdrawConsentResponse> WithdrawConsent(
      const v1::WithdrawConsentRequest& request) = 0;
  virtual absl::StatusOr<v1::PreviewConsentResponse> PreviewConsent(
      const v1::PreviewConsentRequest& request) = 0;
  virtual absl::StatusOr<v1::ReconfirmConsentResponse> ReconfirmConsent(
      const v1::ReconfirmConsentRequest& request) = 0;
  virtual absl::StatusOr<v1::ListConsentRevisionsResponse> ListConsentRevisions(
      const v1::ListConsentRevisionsRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordStandingDecisionResponse> RecordStandingDecision(
      const v1::RecordStandingDecisionRequest& request) = 0;
  virtual absl::StatusOr<v1::EndStandingDecisionResponse> EndStandingDecision(
      const v1::EndStandingDecisionRequest& request) = 0;
  virtual absl::StatusOr<v1::ListStandingDecisionsResponse> ListStandingDecisions(
      const v1::ListStandingDecisionsRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<ConsentConnection> MakeConsentConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<ConsentConnection>> MakeConsentConnection(const Profile& profile,
                                                                         Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_CONSENT_CONNECTION_H_
