#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/audit_service.grpc.pb.h"
#include "ehchub/audit_connection.h"

namespace ehchub {
namespace {

using Stub = v1::AuditService::Stub;

class GrpcAuditConnection final : public AuditConnection {
 public:
  explicit GrpcAuditConnection(std::shared_ptr<internal::Wire> wire) : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint(
      const v1::GetCheckpointRequest& request) override {
    return rpc_.Call(&Stub::GetCheckpoint, "GetCheckpoint", request);
  }

  absl::StatusOr<v1::GetInclusionProofResponse> GetInclusionProof(
      const v1::GetInclusionProofRequest& request) override {
    return rpc_.Call(&Stub::GetInclusionProof, "GetInclusionProof", request);
  }

  absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) override {
    return rpc_.Call(&Stub::GetConsistencyProof, "GetConsistencyProof", request);
  }

  absl::StatusOr<v1::GetTilesResponse> GetTiles(const v1::GetTilesRequest& request) override {
    return rpc_.Call(&Stub::GetTiles, "GetTiles", request);
  }

  absl::StatusOr<v1::SubmitWitnessSignatureResponse> SubmitWitnessSignature(
      const v1::SubmitWitnessSignatureRequest& request) override {
    return rpc_.Call(&Stub::SubmitWitnessSignature, "SubmitWitnessSignature", request);
  }

  absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(
      const v1::ListAuditEntriesRequest& request) override {
    return rpc_.Call(&Stub::ListAuditEntries, "ListAuditEntries", request);
  }

  absl::StatusOr<v1::ListSubjectDisclosuresResponse> ListSubjectDisclosures(
      const v1::ListSubjectDisclosuresRequest& request) override {
    return rpc_.Call(&Stub::ListSubjectDisclosures, "ListSubjectDisclosures", request);
  }

  absl::StatusOr<v1::ListWithheldDisclosuresResponse> ListWithheldDisclosures(
      const v1::ListWithheldDisclosuresRequest& request) override {
    return rpc_.Call(&Stub::ListWithheldDisclosures, "ListWithheldDisclosures", request);
  }

  absl::StatusOr<v1::ReviewWithheldDisclosureResponse> ReviewWithheldDisclosure(
      const v1::ReviewWithheldDisclosureRequest& request) override {
    return rpc_.Call(&Stub::ReviewWithheldDisclosure, "ReviewWithheldDisclosure", request);
  }

  absl::StatusOr<v1::PlaceDisclosureHoldResponse> PlaceDisclosureHold(
      const v1::PlaceDisclosureHoldRequest& request) override {
    return rpc_.Call(&Stub::PlaceDisclosureHold, "PlaceDisclosureHold", request);
  }

  absl::StatusOr<v1::ReviewDisclosureHoldResponse> ReviewDisclosureHold(
      const v1::ReviewDisclosureHoldRequest& request) override {
    return rpc_.Call(&Stub::ReviewDisclosureHold, "ReviewDisclosureHold", request);
  }

  absl::StatusOr<v1::ListDisclosureHoldsResponse> ListDisclosureHolds(
      const v1::ListDisclosureHoldsRequest& request) override {
    return rpc_.Call(&Stub::ListDisclosureHolds, "ListDisclosureHolds", request);
  }

  absl::StatusOr<v1::GetAccessReportResponse> GetAccessReport(
      const v1::GetAccessReportRequest& request) override {
    return rpc_.Call(&Stub::GetAccessReport, "GetAccessReport", request);
  }

  absl::StatusOr<v1::CompileIncidentPackResponse> CompileIncidentPack(
      const v1::CompileIncidentPackRequest& request) override {
    return rpc_.Call(&Stub::CompileIncidentPack, "CompileIncidentPack", request);
  }

 private:
  internal::Rpc<v1::AuditService> rpc_;
};

}  // namespace

namespace internal {

std::shared_ptr<AuditConnection> MakeAuditConnectionOn(std::shared_ptr<Wire> wire) {
  return std::make_shared<GrpcAuditConnection>(std::move(wire));
}

}  // namespace internal

std::shared_ptr<AuditConnection> MakeAuditConnection(const Hub& hub) {
  return std::make_shared<GrpcAuditConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<AuditConnection>> MakeAuditConnection(const Profile& profile,
                                                                     Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakeAuditConnection(*hub);
}

}  // namespace ehchub
