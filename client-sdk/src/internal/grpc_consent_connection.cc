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

  absl::StatusOr<v1::PreviewConsentResponse> PreviewConsent(
      const v1::PreviewConsentRequest& request) override {
    return rpc_.Call(&Stub::PreviewConsent, "PreviewConsent", request);
  }

  absl::StatusOr<v1::ReconfirmConsentResponse> ReconfirmConsent(
      const v1::ReconfirmConsentRequest& request) override {
    return rpc_.Call(&Stub::ReconfirmConsent, "ReconfirmConsent", request);
  }

  absl::StatusOr<v1::ListConsentRevisionsResponse> ListConsentRevisions(
      const v1::ListConsentRevisionsRequest& request) override {
    return rpc_.Call(&Stub::ListConsentRevisions, "ListConsentRevisions", request);
  }

  absl::StatusOr<v1::RecordStandingDecisionResponse> RecordStandingDecision(
      const v1::RecordStandingDecisionRequest& request) override {
    return rpc_.Call(&Stub::RecordStandingDecision, "RecordStandingDecision", request);
  }

  absl::StatusOr<v1::EndStandingDecisionResponse> EndStandingDecision(
      const v1::EndStandingDecisionRequest& request) override {
    return rpc_.Call(&Stub::EndStandingDecision, "EndStandingDecision", request);
  }

  absl::StatusOr<v1::ListStandingDecisionsResponse> ListStandingDecisions(
      const v1::ListStandingDecisionsRequest& request) override {
    return rpc_.Call(&Stub::ListStandingDecisions, "ListStandingDecisions", request);
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
