// SubscriptionService: who wants to be told of changes, and telling them.
#ifndef EHC_SERVER_SERVICES_SUBSCRIPTION_DESK_H_
#define EHC_SERVER_SERVICES_SUBSCRIPTION_DESK_H_

#include <memory>

#include "ehc/hub/v1/subscription_service.pb.h"
#include "server/pipeline/stream.h"
#include "server/services/common.h"

namespace ehc {

class SubscriptionDesk {
 public:
  explicit SubscriptionDesk(const Desks& desks) : desks_(desks) {}

  void CreateSubscription(Incoming in, const hub::v1::CreateSubscriptionRequest& request,
                          Reply<hub::v1::CreateSubscriptionResponse> reply) const;
  void ListSubscriptions(Incoming in, const hub::v1::ListSubscriptionsRequest& request,
                         Reply<hub::v1::ListSubscriptionsResponse> reply) const;
  void DeleteSubscription(Incoming in, const hub::v1::DeleteSubscriptionRequest& request,
                          Reply<hub::v1::DeleteSubscriptionResponse> reply) const;
  std::unique_ptr<AnswerStream<hub::v1::StreamNotificationsResponse>> StreamNotifications(
      Incoming in, const hub::v1::StreamNotificationsRequest& request) const;
  void AcknowledgeNotifications(Incoming in,
                                const hub::v1::AcknowledgeNotificationsRequest& request,
                                Reply<hub::v1::AcknowledgeNotificationsResponse> reply) const;

 private:
  Desks desks_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_SUBSCRIPTION_DESK_H_
