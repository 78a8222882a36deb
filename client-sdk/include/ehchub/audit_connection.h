// What AuditClient stands on: one method per RPC. Made by MakeAuditConnection(); in tests of
// your own code, ehchub/mocks/mock_audit_connection.h takes its place.
#ifndef EHCHUB_AUDIT_CONNECTION_H_
#define EHCHUB_AUDIT_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/audit_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class AuditConnection {
 public:
  virtual ~AuditConnection() = default;

  virtual absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint(
      const v1::GetCheckpointRequest& request) = 0;
  virtual absl::StatusOr<v1::GetInclusionProofResponse> GetInclusionProof(
      const v1::GetInclusionProofRequest& request) = 0;
  virtual absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) = 0;
  virtual absl::StatusOr<v1::GetTilesResponse> GetTiles(const v1::GetTilesRequest& request) = 0;
  virtual absl::StatusOr<v1::SubmitWitnessSignatureResponse> SubmitWitnessSignature(
      const v1::SubmitWitnessSignatureRequest& request) = 0;
  virtual absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(
      const v1::ListAuditEntriesRequest& request) = 0;
  virtual absl::StatusOr<v1::ListSubjectDisclosuresResponse> ListSubjectDisclosures(
      const v1::ListSubjectDisclosuresRequest& request) = 0;
  virtual absl::StatusOr<v1::ListWithheldDisclosuresResponse> ListWithheldDisclosures(
      const v1::ListWithheldDisclosuresRequest& request) = 0;
  virtual absl::StatusOr<v1::ReviewWithheldDisclosureResponse> ReviewWithheldDisclosure(
      const v1::ReviewWithheldDisclosureRequest& request) = 0;
  virtual absl::StatusOr<v1::PlaceDisclosureHoldResponse> PlaceDisclosureHold(
      const v1::PlaceDisclosureHoldRequest& request) = 0;
  virtual absl::StatusOr<v1::ReviewDisclosureHoldResponse> ReviewDisclosureHold(
      const v1::ReviewDisclosureHoldRequest& request) = 0;
  virtual absl::StatusOr<v1::ListDisclosureHoldsResponse> ListDisclosureHolds(
      const v1::ListDisclosureHoldsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetAccessReportResponse> GetAccessReport(
      const v1::GetAccessReportRequest& request) = 0;
  virtual absl::StatusOr<v1::CompileIncidentPackResponse> CompileIncidentPack(
      const v1::CompileIncidentPackRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<AuditConnection> MakeAuditConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<AuditConnection>> MakeAuditConnection(const Profile& profile,
                                                                     Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_AUDIT_CONNECTION_H_
