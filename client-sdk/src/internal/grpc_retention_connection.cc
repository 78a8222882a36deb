#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/retention_service.grpc.pb.h"
#include "ehchub/retention_connection.h"

namespace ehchub {
namespace {

using Stub = v1::RetentionService::Stub;

class GrpcRetentionConnection final : public RetentionConnection {
 public:
  explicit GrpcRetentionConnection(std::shared_ptr<internal::Wire> wire) : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::PlaceLegalHoldResponse> PlaceLegalHold(
      const v1::PlaceLegalHoldRequest& request) override {
    return rpc_.Call(&Stub::PlaceLegalHold, "PlaceLegalHold", request);
  }

  absl::StatusOr<v1::LiftLegalHoldResponse> LiftLegalHold(
      const v1::LiftLegalHoldRequest& request) override {
    return rpc_.Call(&Stub::LiftLegalHold, "LiftLegalHold", request);
  }

  absl::StatusOr<v1::ListLegalHoldsResponse> ListLegalHolds(
      const v1::ListLegalHoldsRequest& request) override {
    return rpc_.Call(&Stub::ListLegalHolds, "ListLegalHolds", request);
  }

  absl::StatusOr<v1::ListRetentionDueResponse> ListRetentionDue(
      const v1::ListRetentionDueRequest& request) override {
    return rpc_.Call(&Stub::ListRetentionDue, "ListRetentionDue", request);
  }

  absl::StatusOr<v1::RequestErasureResponse> RequestErasure(
      const v1::RequestErasureRequest& request) override {
    return rpc_.Call(&Stub::RequestErasure, "RequestErasure", request);
  }

  absl::StatusOr<v1::ApproveErasureResponse> ApproveErasure(
      const v1::ApproveErasureRequest& request) override {
    return rpc_.Call(&Stub::ApproveErasure, "ApproveErasure", request);
  }

  absl::StatusOr<v1::CancelErasureResponse> CancelErasure(
      const v1::CancelErasureRequest& request) override {
    return rpc_.Call(&Stub::CancelErasure, "CancelErasure", request);
  }

  absl::StatusOr<v1::ListErasuresResponse> ListErasures(
      const v1::ListErasuresRequest& request) override {
    return rpc_.Call(&Stub::ListErasures, "ListErasures", request);
  }

 private:
  internal::Rpc<v1::RetentionService> rpc_;
};

}  // namespace

std::shared_ptr<RetentionConnection> MakeRetentionConnection(const Hub& hub) {
  return std::make_shared<GrpcRetentionConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<RetentionConnection>> MakeRetentionConnection(const Profile& profile,
                                                                             Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakeRetentionConnection(*hub);
}

}  // namespace ehchub
