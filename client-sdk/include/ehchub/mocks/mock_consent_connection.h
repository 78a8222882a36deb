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
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_CONSENT_CONNECTION_H_
