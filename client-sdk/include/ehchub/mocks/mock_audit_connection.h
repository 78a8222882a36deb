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
  MOCK_METHOD(absl::StatusOr<v1::ListSubjectDisclosuresResponse>, ListSubjectDisclosures,
              (const v1::ListSubjectDisclosuresRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListWithheldDisclosuresResponse>, ListWithheldDisclosures,
              (const v1::ListWithheldDisclosuresRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ReviewWithheldDisclosureResponse>, ReviewWithheldDisclosure,
              (const v1::ReviewWithheldDisclosureRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::PlaceDisclosureHoldResponse>, PlaceDisclosureHold,
              (const v1::PlaceDisclosureHoldRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ReviewDisclosureHoldResponse>, ReviewDisclosureHold,
              (const v1::ReviewDisclosureHoldRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListDisclosureHoldsResponse>, ListDisclosureHolds,
              (const v1::ListDisclosureHoldsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetAccessReportResponse>, GetAccessReport,
              (const v1::GetAccessReportRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CompileIncidentPackResponse>, CompileIncidentPack,
              (const v1::CompileIncidentPackRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_AUDIT_CONNECTION_H_
