// For tests of code that uses RetentionClient.
#ifndef EHCHUB_MOCKS_MOCK_RETENTION_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_RETENTION_CONNECTION_H_

#include "ehchub/retention_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockRetentionConnection : public RetentionConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::PlaceLegalHoldResponse>, PlaceLegalHold,
              (const v1::PlaceLegalHoldRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::LiftLegalHoldResponse>, LiftLegalHold,
              (const v1::LiftLegalHoldRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListLegalHoldsResponse>, ListLegalHolds,
              (const v1::ListLegalHoldsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListRetentionDueResponse>, ListRetentionDue,
              (const v1::ListRetentionDueRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RequestErasureResponse>, RequestErasure,
              (const v1::RequestErasureRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ApproveErasureResponse>, ApproveErasure,
              (const v1::ApproveErasureRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CancelErasureResponse>, CancelErasure,
              (const v1::CancelErasureRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListErasuresResponse>, ListErasures,
              (const v1::ListErasuresRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_RETENTION_CONNECTION_H_
