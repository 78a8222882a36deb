// What AgreementClient stands on: one method per RPC. Made by MakeAgreementConnection(); in tests
// of your own code, ehchub/mocks/mock_agreement_connection.h takes its place.
#ifndef EHCHUB_AGREEMENT_CONNECTION_H_
#define EHCHUB_AGREEMENT_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/agreement_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class AgreementConnection {
 public:
  virtual ~AgreementConnection() = default;

  virtual absl::StatusOr<v1::ListAgreementsResponse> ListAgreements(
      const v1::ListAgreementsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetAgreementResponse> GetAgreement(
      const v1::GetAgreementRequest& request) = 0;
  virtual absl::StatusOr<v1::RenderAgreementResponse> RenderAgreement(
      const v1::RenderAgreementRequest& request) = 0;
  virtual absl::StatusOr<v1::SuspendAgreementResponse> SuspendAgreement(
      const v1::SuspendAgreementRequest& request) = 0;
  virtual absl::StatusOr<v1::ReinstateAgreementResponse> ReinstateAgreement(
      const v1::ReinstateAgreementRequest& request) = 0;
  virtual absl::StatusOr<v1::ActivatePolicyResponse> ActivatePolicy(
      const v1::ActivatePolicyRequest& request) = 0;
  virtual absl::StatusOr<v1::GetPolicyRevisionResponse> GetPolicyRevision(
      const v1::GetPolicyRevisionRequest& request) = 0;
  virtual absl::StatusOr<v1::ListShadowDecisionsResponse> ListShadowDecisions(
      const v1::ListShadowDecisionsRequest& request) = 0;
  virtual absl::StatusOr<v1::ExplainDecisionResponse> ExplainDecision(
      const v1::ExplainDecisionRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<AgreementConnection> MakeAgreementConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<AgreementConnection>> MakeAgreementConnection(const Profile& profile,
                                                                             Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_AGREEMENT_CONNECTION_H_
