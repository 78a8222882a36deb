#ifndef EHCHUB_AUDIT_CLIENT_H_
#define EHCHUB_AUDIT_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/audit_connection.h"

namespace ehchub {

// Reads and verifies the audit log.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class AuditClient {
 public:
  explicit AuditClient(std::shared_ptr<AuditConnection> connection)
      : connection_(std::move(connection)) {}
  explicit AuditClient(const Hub& hub) : AuditClient(MakeAuditConnection(hub)) {}

  // Returns the newest signed checkpoint, the newest that enough witnesses have signed, and the one
  // that witnesses are asked to sign.
  absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint(
      const v1::GetCheckpointRequest& request) const {
    return connection_->GetCheckpoint(request);
  }

  // Proves that an entry is in the tree of a given size (RFC 6962 section 2.1.1). Errors:
  // RESOURCE_NOT_FOUND where that tree does not hold it, FIELD_INVALID where the tree is not that
  // large.
  absl::StatusOr<v1::GetInclusionProofResponse> GetInclusionProof(
      const v1::GetInclusionProofRequest& request) const {
    return connection_->GetInclusionProof(request);
  }

  // Proves that a later tree extends an earlier one (RFC 6962 section 2.1.2). Errors: FIELD_INVALID
  // where the sizes are out of order or the log is not that large.
  absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) const {
    return connection_->GetConsistencyProof(request);
  }

  // Returns tiles of the log's tree (c2sp.org/tlog-tiles): hashes only. With all of them the whole
  // log can be verified. Errors: FIELD_INVALID where the tree of that size has no such tiles.
  absl::StatusOr<v1::GetTilesResponse> GetTiles(const v1::GetTilesRequest& request) const {
    return connection_->GetTiles(request);
  }

  // Hands in a witness's cosignature of a checkpoint that this log has signed. Signing a checkpoint
  // again replaces the signature. Errors: FIELD_INVALID for a note that is not this log's, or that
  // no witness key of the calling agency has signed; LOG_CORRUPT where the log once signed it and
  // does not hold that tree.
  absl::StatusOr<v1::SubmitWitnessSignatureResponse> SubmitWitnessSignature(
      const v1::SubmitWitnessSignatureRequest& request) const {
    return connection_->SubmitWitnessSignature(request);
  }

  // Lists entries in log order: the calling agency's own as searcher or custodian, or every entry
  // for an audit officer of the hub. Errors: POLICY_DENIED for an audience that is not the
  // caller's.
  absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(
      const v1::ListAuditEntriesRequest& request) const {
    return connection_->ListAuditEntries(request);
  }

  friend bool operator==(const AuditClient& a, const AuditClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<AuditConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_AUDIT_CLIENT_H_
