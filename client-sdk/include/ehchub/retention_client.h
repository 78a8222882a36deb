#ifndef EHCHUB_RETENTION_CLIENT_H_
#define EHCHUB_RETENTION_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/retention_connection.h"

namespace ehchub {

// Legal holds, what is due for erasure, and erasure by two people.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class RetentionClient {
 public:
  explicit RetentionClient(std::shared_ptr<RetentionConnection> connection)
      : connection_(std::move(connection)) {}
  explicit RetentionClient(const Hub& hub) : RetentionClient(MakeRetentionConnection(hub)) {}

  // Places a legal hold. Errors: RESOURCE_NOT_FOUND for a child that the calling agency has not
  // registered.
  absl::StatusOr<v1::PlaceLegalHoldResponse> PlaceLegalHold(
      const v1::PlaceLegalHoldRequest& request) const {
    return connection_->PlaceLegalHold(request);
  }

  // Lifts a legal hold. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where it was
  // lifted.
  absl::StatusOr<v1::LiftLegalHoldResponse> LiftLegalHold(
      const v1::LiftLegalHoldRequest& request) const {
    return connection_->LiftLegalHold(request);
  }

  // Lists the calling agency's legal holds, oldest first.
  absl::StatusOr<v1::ListLegalHoldsResponse> ListLegalHolds(
      const v1::ListLegalHoldsRequest& request) const {
    return connection_->ListLegalHolds(request);
  }

  // Lists the calling custodian's records whose retention has run out by a day, or all of them.
  absl::StatusOr<v1::ListRetentionDueResponse> ListRetentionDue(
      const v1::ListRetentionDueRequest& request) const {
    return connection_->ListRetentionDue(request);
  }

  // Asks for an erasure; a second person approves it. Errors: RESOURCE_NOT_FOUND where the calling
  // agency keeps nothing of it; STATE_CONFLICT where a legal hold covers it, where retention is
  // the ground and has not run out, or where such a request is open.
  absl::StatusOr<v1::RequestErasureResponse> RequestErasure(
      const v1::RequestErasureRequest& request) const {
    return connection_->RequestErasure(request);
  }

  // Approves an erasure and carries it out before it answers. Errors: RESOURCE_NOT_FOUND,
  // ETAG_MISMATCH, SECOND_PERSON_REQUIRED for whoever asked for it, STATE_CONFLICT where it is
  // closed, or a legal hold has come, or the retention rules changed.
  absl::StatusOr<v1::ApproveErasureResponse> ApproveErasure(
      const v1::ApproveErasureRequest& request) const {
    return connection_->ApproveErasure(request);
  }

  // Takes back or refuses an erasure that is not done. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT where it is closed.
  absl::StatusOr<v1::CancelErasureResponse> CancelErasure(
      const v1::CancelErasureRequest& request) const {
    return connection_->CancelErasure(request);
  }

  // Lists the calling agency's erasures, oldest first.
  absl::StatusOr<v1::ListErasuresResponse> ListErasures(
      const v1::ListErasuresRequest& request) const {
    return connection_->ListErasures(request);
  }

  friend bool operator==(const RetentionClient& a, const RetentionClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<RetentionConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_RETENTION_CLIENT_H_
