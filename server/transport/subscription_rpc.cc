#include "ehc/hub/v1/subscription_service.grpc.pb.h"
#include "server/services/subscription_desk.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class SubscriptionRpc final : public UnaryService<hub::v1::SubscriptionService, SubscriptionDesk> {
 public:
  using Desk = SubscriptionDesk;
  using UnaryService::UnaryService;
  EHC_SERVE(CreateSubscription);
  EHC_SERVE(ListSubscriptions);
  EHC_SERVE(DeleteSubscription);
  EHC_STREAM(StreamNotifications);
  EHC_SERVE(AcknowledgeNotifications);
};

}  // namespace

ServiceMaker Expose(const SubscriptionDesk& desk) { return MakerOf<SubscriptionRpc>(desk); }

}  // namespace ehc
