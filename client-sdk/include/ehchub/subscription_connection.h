// What SubscriptionClient stands on: one method per RPC. Made by MakeSubscriptionConnection(); in
// tests of your own code, ehchub/mocks/mock_subscription_connection.h takes its place.
#ifndef EHCHUB_SUBSCRIPTION_CONNECTION_H_
#define EHCHUB_SUBSCRIPTION_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/subscription_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"
#include "ehchub/stream_reader.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class SubscriptionConnection {
 public:
  virtual ~SubscriptionConnection() = default;

  virtual absl::StatusOr<v1::CreateSubscriptionResponse> CreateSubscription(
      const v1::CreateSubscriptionRequest& request) = 0;
  virtual absl::StatusOr<v1::ListSubscriptionsResponse> ListSubscriptions(
      const v1::ListSubscriptionsRequest& request) = 0;
  virtual absl::StatusOr<v1::DeleteSubscriptionResponse> DeleteSubscription(
      const v1::DeleteSubscriptionRequest& request) = 0;
  // One stream as the hub gives it; NotificationReader opens one after the other.
  virtual std::unique_ptr<StreamReader<v1::StreamNotificationsResponse>> StreamNotifications(
      const v1::StreamNotificationsRequest& request) = 0;
  virtual absl::StatusOr<v1::AcknowledgeNotificationsResponse> AcknowledgeNotifications(
      const v1::AcknowledgeNotificationsRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<SubscriptionConnection> MakeSubscriptionConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<SubscriptionConnection>> MakeSubscriptionConnection(
    const Profile& profile, Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_SUBSCRIPTION_CONNECTION_H_
