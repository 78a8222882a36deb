#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/agreement_service.grpc.pb.h"
#include "ehchub/agreement_connection.h"

namespace ehchub {
namespace {

using Stub = v1::AgreementService::Stub;

class GrpcAgreementConnection final : public AgreementConnection {
 public:
  explicit GrpcAgreementConnection(std::shared_ptr<internal::Wire> wire) : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::ListAgreementsResponse> ListAgreements(
      const v1::ListAgreementsRequest& request) override {
    return rpc_.Call(&Stub::ListAgreements, "ListAgreements", request);
  }

  absl::StatusOr<v1::GetAgreementResponse> GetAgreement(
      const v1::GetAgreementRequest& request) override {
    return rpc_.Call(&Stub::GetAgreement, "GetAgreement", request);
  }

  absl::StatusOr<v1::RenderAgreementResponse> RenderAgreement(
      const v1::RenderAgreementRequest& request) override {
    return rpc_.Call(&Stub::RenderAgreement, "RenderAgreement", request);
  }

  absl::StatusOr<v1::SuspendAgreementResponse> SuspendAgreement(
      const v1::SuspendAgreementRequest& request) override {
    return rpc_.Call(&Stub::SuspendAgreement, "SuspendAgreement", request);
  }

  absl::StatusOr<v1::ReinstateAgreementResponse> ReinstateAgreement(
      const v1::ReinstateAgreementRequest& request) override {
    return rpc_.Call(&Stub::ReinstateAgreement, "ReinstateAgreement", request);
  }

  absl::StatusOr<v1::ActivatePolicyResponse> ActivatePolicy(
      const v1::ActivatePolicyRequest& request) override {
    return rpc_.Call(&Stub::ActivatePolicy, "ActivatePolicy", request);
  }

  absl::StatusOr<v1::GetPolicyRevisionResponse> GetPolicyRevision(
      const v1::GetPolicyRevisionRequest& request) override {
    return rpc_.Call(&Stub::GetPolicyRevision, "GetPolicyRevision", request);
  }

  absl::StatusOr<v1::ListShadowDecisionsResponse> ListShadowDecisions(
      const v1::ListShadowDecisionsRequest& request) override {
    return rpc_.Call(&Stub::ListShadowDecisions, "ListShadowDecisions", request);
  }

  absl::StatusOr<v1::ExplainDecisionResponse> ExplainDecision(
      const v1::ExplainDecisionRequest& request) override {
    return rpc_.Call(&Stub::ExplainDecision, "ExplainDecision", request);
  }

 private:
  internal::Rpc<v1::AgreementService> rpc_;
};

}  // namespace

std::shared_ptr<AgreementConnection> MakeAgreementConnection(const Hub& hub) {
  return std::make_shared<GrpcAgreementConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<AgreementConnection>> MakeAgreementConnection(const Profile& profile,
                                                                             Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakeAgreementConnection(*hub);
}

}  // namespace ehchub
