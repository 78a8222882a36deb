#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/subscription_service.grpc.pb.h"
#include "ehchub/subscription_connection.h"

namespace ehchub {
namespace {

using Stub = v1::SubscriptionService::Stub;

class GrpcSubscriptionConnection final : public SubscriptionConnection {
 public:
  explicit GrpcSubscriptionConnection(std::shared_ptr<internal::Wire> wire)
      : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::CreateSubscriptionResponse> CreateSubscription(
      const v1::CreateSubscriptionRequest& request) override {
    return rpc_.Call(&Stub::CreateSubscription, "CreateSubscription", request);
  }

  absl::StatusOr<v1::ListSubscriptionsResponse> ListSubscriptions(
      const v1::ListSubscriptionsRequest& request) override {
    return rpc_.Call(&Stub::ListSubscriptions, "ListSubscriptions", request);
  }

  absl::StatusOr<v1::DeleteSubscriptionResponse> DeleteSubscription(
      const v1::DeleteSubscriptionRequest& request) override {
    return rpc_.Call(&Stub::DeleteSubscription, "DeleteSubscription", request);
  }

  std::unique_ptr<StreamReader<v1::StreamNotificationsResponse>> StreamNotifications(
      const v1::StreamNotificationsRequest& request) override {
    return rpc_.Stream(&Stub::StreamNotifications, "StreamNotifications", request,
                       absl::InfiniteDuration());
  }

  absl::StatusOr<v1::AcknowledgeNotificationsResponse> AcknowledgeNotifications(
      const v1::AcknowledgeNotificationsRequest& request) override {
    return rpc_.Call(&Stub::AcknowledgeNotifications, "AcknowledgeNotifications", request);
  }

 private:
  internal::Rpc<v1::SubscriptionService> rpc_;
};

}  // namespace

std::shared_ptr<SubscriptionConnection> MakeSubscriptionConnection(const Hub& hub) {
  return std::make_shared<GrpcSubscriptionConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<SubscriptionConnection>> MakeSubscriptionConnection(
    const Profile& profile, Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakeSubscriptionConnection(*hub);
}

}  // namespace ehchub
