// What RetentionClient stands on: one method per RPC. Made by MakeRetentionConnection(); in tests
// of your own code, ehchub/mocks/mock_retention_connection.h takes its place.
#ifndef EHCHUB_RETENTION_CONNECTION_H_
#define EHCHUB_RETENTION_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/retention_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class RetentionConnection {
 public:
  virtual ~RetentionConnection() = default;

  virtual absl::StatusOr<v1::PlaceLegalHoldResponse> PlaceLegalHold(
      const v1::PlaceLegalHoldRequest& request) = 0;
  virtual absl::StatusOr<v1::LiftLegalHoldResponse> LiftLegalHold(
      const v1::LiftLegalHoldRequest& request) = 0;
  virtual absl::StatusOr<v1::ListLegalHoldsResponse> ListLegalHolds(
      const v1::ListLegalHoldsRequest& request) = 0;
  virtual absl::StatusOr<v1::ListRetentionDueResponse> ListRetentionDue(
      const v1::ListRetentionDueRequest& request) = 0;
  virtual absl::StatusOr<v1::RequestErasureResponse> RequestErasure(
      const v1::RequestErasureRequest& request) = 0;
  virtual absl::StatusOr<v1::ApproveErasureResponse> ApproveErasure(
      const v1::ApproveErasureRequest& request) = 0;
  virtual absl::StatusOr<v1::CancelErasureResponse> CancelErasure(
      const v1::CancelErasureRequest& request) = 0;
  virtual absl::StatusOr<v1::ListErasuresResponse> ListErasures(
      const v1::ListErasuresRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<RetentionConnection> MakeRetentionConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<RetentionConnection>> MakeRetentionConnection(const Profile& profile,
                                                                             Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_RETENTION_CONNECTION_H_
