#ifndef EHCHUB_SUBSCRIPTION_CLIENT_H_
#define EHCHUB_SUBSCRIPTION_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/notification_reader.h"
#include "ehchub/subscription_connection.h"

namespace ehchub {

// Says what an agency wants to be told of, and hears of it.
//
// A write without a request_id is given one, kept through its retries. To repeat a write after the
// program itself was restarted, set request_id yourself and keep it with your record.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class SubscriptionClient {
 public:
  explicit SubscriptionClient(std::shared_ptr<SubscriptionConnection> connection)
      : connection_(std::move(connection)) {}
  explicit SubscriptionClient(const Hub& hub)
      : SubscriptionClient(MakeSubscriptionConnection(hub)) {}

  // Asks to be told of changes from now on: of records by type and child, accepted alike for
  // children whom the hub does not know, or of the agency's own referrals, verifications and
  // reviews. Errors: FIELD_INVALID, POLICY_DENIED, AGREEMENT_NOT_IN_FORCE, QUOTA_EXCEEDED.
  absl::StatusOr<v1::CreateSubscriptionResponse> CreateSubscription(
      const v1::CreateSubscriptionRequest& request) const {
    return connection_->CreateSubscription(request);
  }

  // Lists the calling agency's subscriptions, oldest first.
  absl::StatusOr<v1::ListSubscriptionsResponse> ListSubscriptions(
      const v1::ListSubscriptionsRequest& request) const {
    return connection_->ListSubscriptions(request);
  }

  // Ends a subscription. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::DeleteSubscriptionResponse> DeleteSubscription(
      const v1::DeleteSubscriptionRequest& request) const {
    return connection_->DeleteSubscription(request);
  }

  // Notifications of one subscription, or of all; after the cursor stated, else after what was
  // acknowledged. Opens its first stream when it is first asked.
  NotificationReader Notifications(const v1::StreamNotificationsRequest& from) const {
    return NotificationReader(connection_, from);
  }

  // Remembers at the hub that everything up to the cursor has arrived. Errors: FIELD_INVALID,
  // RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::AcknowledgeNotificationsResponse> AcknowledgeNotifications(
      const v1::AcknowledgeNotificationsRequest& request) const {
    return connection_->AcknowledgeNotifications(request);
  }

  friend bool operator==(const SubscriptionClient& a, const SubscriptionClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<SubscriptionConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_SUBSCRIPTION_CLIENT_H_
