// For tests of code that uses ConsentClient.
#ifndef EHCHUB_MOCKS_MOCK_CONSENT_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_CONSENT_CONNECTION_H_

#include "ehchub/consent_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockConsentConnection : public ConsentConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::RecordConsentResponse>, RecordConsent,
              (const v1::RecordConsentRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetConsentResponse>, GetConsent, (const v1::GetConsentRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ListConsentsResponse>, ListConsents,
              (const v1::ListConsentsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::WithdrawConsentResponse>, WithdrawConsent,
              (const v1::WithdrawConsentRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::PreviewConsentResponse>, PreviewConsent,
              (const v1::PreviewConsentRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ReconfirmConsentResponse>, ReconfirmConsent,
              (const v1::ReconfirmConsentRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListConsentRevisionsResponse>, ListConsentRevisions,
              (const v1::ListConsentRevisionsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordStandingDecisionResponse>, RecordStandingDecision,
              (const v1::RecordStandingDecisionRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::EndStandingDecisionResponse>, EndStandingDecision,
              (const v1::EndStandingDecisionRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListStandingDecisionsResponse>, ListStandingDecisions,
              (const v1::ListStandingDecisionsRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_CONSENT_CONNECTION_H_
