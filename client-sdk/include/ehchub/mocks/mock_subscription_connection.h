// For tests of code that uses SubscriptionClient.
#ifndef EHCHUB_MOCKS_MOCK_SUBSCRIPTION_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_SUBSCRIPTION_CONNECTION_H_

#include "ehchub/subscription_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockSubscriptionConnection : public SubscriptionConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::CreateSubscriptionResponse>, CreateSubscription,
              (const v1::CreateSubscriptionRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListSubscriptionsResponse>, ListSubscriptions,
              (const v1::ListSubscriptionsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::DeleteSubscriptionResponse>, DeleteSubscription,
              (const v1::DeleteSubscriptionRequest&), (override));
  MOCK_METHOD(std::unique_ptr<StreamReader<v1::StreamNotificationsResponse>>, StreamNotifications,
              (const v1::StreamNotificationsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::AcknowledgeNotificationsResponse>, AcknowledgeNotifications,
              (const v1::AcknowledgeNotificationsRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_SUBSCRIPTION_CONNECTION_H_
