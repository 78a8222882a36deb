// For tests of code that uses AuditClient.
#ifndef EHCHUB_MOCKS_MOCK_AUDIT_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_AUDIT_CONNECTION_H_

#include "ehchub/audit_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockAuditConnection : public AuditConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::GetCheckpointResponse>, GetCheckpoint,
              (const v1::GetCheckpointRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetInclusionProofResponse>, GetInclusionProof,
              (const v1::GetInclusionProofRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetConsistencyProofResponse>, GetConsistencyProof,
              (const v1::GetConsistencyProofRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetTilesResponse>, GetTiles, (const v1::GetTilesRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::SubmitWitnessSignatureResponse>, SubmitWitnessSignature,
              (const v1::SubmitWitnessSignatureRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListAuditEntriesResponse>, ListAuditEntries,
              (const v1::ListAuditEntriesRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_AUDIT_CONNECTION_H_
