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

  // Lists who saw the calling custodian's records about a child, for whoever decides for the child
  // today, or for an officer. A page is filled from what its reader may see: nothing tells that
  // anything else is there. Errors: NOT_DECISION_MAKER where the requester does not decide today;
  // NOT_AVAILABLE for a child that the calling agency has not registered.
  absl::StatusOr<v1::ListSubjectDisclosuresResponse> ListSubjectDisclosures(
      const v1::ListSubjectDisclosuresRequest& request) const {
    return connection_->ListSubjectDisclosures(request);
  }

  // Lists disclosures by the calling custodian that are kept from families, by when an officer is
  // to look at them.
  absl::StatusOr<v1::ListWithheldDisclosuresResponse> ListWithheldDisclosures(
      const v1::ListWithheldDisclosuresRequest& request) const {
    return connection_->ListWithheldDisclosures(request);
  }

  // Keeps a withheld disclosure from the family until another date, or releases it. Nothing is
  // released without this. Errors: RESOURCE_NOT_FOUND where the custodian disclosed no such thing;
  // STATE_CONFLICT where it is not withheld, was released, or is held back by a hold in force.
  absl::StatusOr<v1::ReviewWithheldDisclosureResponse> ReviewWithheldDisclosure(
      const v1::ReviewWithheldDisclosureRequest& request) const {
    return connection_->ReviewWithheldDisclosure(request);
  }

  // Keeps disclosures about a child to one agency, past and to come, from the family. An agency
  // that is not the custodian may hold back disclosures to itself. Errors: RESOURCE_NOT_FOUND for a
  // child that the calling agency has not registered; STATE_CONFLICT where it has such a hold.
  absl::StatusOr<v1::PlaceDisclosureHoldResponse> PlaceDisclosureHold(
      const v1::PlaceDisclosureHoldRequest& request) const {
    return connection_->PlaceDisclosureHold(request);
  }

  // Keeps a hold until another date, or lifts it. What a lifted hold covered waits for the
  // custodian's officer. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where it was
  // lifted.
  absl::StatusOr<v1::ReviewDisclosureHoldResponse> ReviewDisclosureHold(
      const v1::ReviewDisclosureHoldRequest& request) const {
    return connection_->ReviewDisclosureHold(request);
  }

  // Lists the holds that the calling agency placed, oldest first.
  absl::StatusOr<v1::ListDisclosureHoldsResponse> ListDisclosureHolds(
      const v1::ListDisclosureHoldsRequest& request) const {
    return connection_->ListDisclosureHolds(request);
  }

  // Reports how agencies used the hub: volumes, refusals, broken glass, who shares with whom and
  // who went over a limit. The hub's auditor sees all; an agency what it is a party to.
  absl::StatusOr<v1::GetAccessReportResponse> GetAccessReport(
      const v1::GetAccessReportRequest& request) const {
    return connection_->GetAccessReport(request);
  }

  // Lists the calling custodian's disclosures that a suspected breach may have touched, with the
  // clock: of one of its incidents, or to one recipient in a period. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::CompileIncidentPackResponse> CompileIncidentPack(
      const v1::CompileIncidentPackRequest& request) const {
    return connection_->CompileIncidentPack(request);
  }

  friend bool operator==(const AuditClient& a, const AuditClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<AuditConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_AUDIT_CLIENT_H_
