#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/consent_service.grpc.pb.h"
#include "ehchub/consent_connection.h"

namespace ehchub {
namespace {

using Stub = v1::ConsentService::Stub;

class GrpcConsentConnection final : public ConsentConnection {
 public:
  explicit GrpcConsentConnection(std::shared_ptr<internal::Wire> wire) : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::RecordConsentResponse> RecordConsent(
      const v1::RecordConsentRequest& request) override {
    return rpc_.Call(&Stub::RecordConsent, "RecordConsent", request);
  }

  absl::StatusOr<v1::GetConsentResponse> GetConsent(const v1::GetConsentRequest& request) override {
    return rpc_.Call(&Stub::GetConsent, "GetConsent", request);
  }

  absl::StatusOr<v1::ListConsentsResponse> ListConsents(
      const v1::ListConsentsRequest& request) override {
    return rpc_.Call(&Stub::ListConsents, "ListConsents", request);
  }

  absl::StatusOr<v1::WithdrawConsentResponse> WithdrawConsent(
      const v1::WithdrawConsentRequest& request) override {
    return rpc_.Call(&Stub::WithdrawConsent, "WithdrawConsent", request);
  }

 private:
  internal::Rpc<v1::ConsentService> rpc_;
};

}  // namespace

std::shared_ptr<ConsentConnection> MakeConsentConnection(const Hub& hub) {
  return std::make_shared<GrpcConsentConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<ConsentConnection>> MakeConsentConnection(const Profile& profile,
                                                                         Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakeConsentConnection(*hub);
}

}  // namespace ehchub
