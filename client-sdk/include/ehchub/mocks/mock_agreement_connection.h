// For tests of code that uses AgreementClient.
#ifndef EHCHUB_MOCKS_MOCK_AGREEMENT_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_AGREEMENT_CONNECTION_H_

#include "ehchub/agreement_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockAgreementConnection : public AgreementConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::ListAgreementsResponse>, ListAgreements,
              (const v1::ListAgreementsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetAgreementResponse>, GetAgreement,
              (const v1::GetAgreementRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RenderAgreementResponse>, RenderAgreement,
              (const v1::RenderAgreementRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::SuspendAgreementResponse>, SuspendAgreement,
              (const v1::SuspendAgreementRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ReinstateAgreementResponse>, ReinstateAgreement,
              (const v1::ReinstateAgreementRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ActivatePolicyResponse>, ActivatePolicy,
              (const v1::ActivatePolicyRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetPolicyRevisionResponse>, GetPolicyRevision,
              (const v1::GetPolicyRevisionRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListShadowDecisionsResponse>, ListShadowDecisions,
              (const v1::ListShadowDecisionsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ExplainDecisionResponse>, ExplainDecision,
              (const v1::ExplainDecisionRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_AGREEMENT_CONNECTION_H_
