#ifndef EHCHUB_SUBJECT_CLIENT_H_
#define EHCHUB_SUBJECT_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/subject_connection.h"

namespace ehchub {

// Registers children and young people, and the facts that decisions rest on.
//
// A write without a request_id is given one, kept through its retries. To repeat a write after the
// program itself was restarted, set request_id yourself and keep it with your record.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class SubjectClient {
 public:
  explicit SubjectClient(std::shared_ptr<SubjectConnection> connection)
      : connection_(std::move(connection)) {}
  explicit SubjectClient(const Hub& hub) : SubjectClient(MakeSubjectConnection(hub)) {}

  // Registers a child or young person, and names them for the calling agency. Always succeeds in
  // the same way whether or not the hub knows the person: conflicts go to a review queue, silently.
  absl::StatusOr<v1::RegisterSubjectResponse> RegisterSubject(
      const v1::RegisterSubjectRequest& request) const {
    return connection_->RegisterSubject(request);
  }

  // Adds an identifier to a subject that the calling agency registered. Succeeds in the same way
  // whether or not somebody else has the identifier: conflicts go to a review queue, silently.
  absl::StatusOr<v1::LinkIdentifierResponse> LinkIdentifier(
      const v1::LinkIdentifierRequest& request) const {
    return connection_->LinkIdentifier(request);
  }

  // Finds a child by name and birth among those that one custodian registered, and names it for the
  // calling agency. Errors: NOT_AVAILABLE; with an EXISTENCE grant RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::MatchSubjectResponse> MatchSubject(
      const v1::MatchSubjectRequest& request) const {
    return connection_->MatchSubject(request);
  }

  // Records a relation. It counts from the next decision.
  absl::StatusOr<v1::CreateRelationshipResponse> CreateRelationship(
      const v1::CreateRelationshipRequest& request) const {
    return connection_->CreateRelationship(request);
  }

  // Ends a relation that the calling agency recorded. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT where it has ended.
  absl::StatusOr<v1::EndRelationshipResponse> EndRelationship(
      const v1::EndRelationshipRequest& request) const {
    return connection_->EndRelationship(request);
  }

  // Lists the relations that the calling agency recorded, newest first.
  absl::StatusOr<v1::ListRelationshipsResponse> ListRelationships(
      const v1::ListRelationshipsRequest& request) const {
    return connection_->ListRelationships(request);
  }

  // Sets a protection. It holds for every disclosure committed after this call is acknowledged.
  absl::StatusOr<v1::CreateProtectionResponse> CreateProtection(
      const v1::CreateProtectionRequest& request) const {
    return connection_->CreateProtection(request);
  }

  // Ends a protection that the calling agency set. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT where it has ended.
  absl::StatusOr<v1::EndProtectionResponse> EndProtection(
      const v1::EndProtectionRequest& request) const {
    return connection_->EndProtection(request);
  }

  // Lists the protections that the calling agency set, newest first.
  absl::StatusOr<v1::ListProtectionsResponse> ListProtections(
      const v1::ListProtectionsRequest& request) const {
    return connection_->ListProtections(request);
  }

  // Records an assessment of competence or capacity for one decision. The latest counts.
  absl::StatusOr<v1::RecordCapacityResponse> RecordCapacity(
      const v1::RecordCapacityRequest& request) const {
    return connection_->RecordCapacity(request);
  }

  // Replaces an identifier by another one of its type; both resolve to the same subject from now
  // on. Succeeds in the same way whoever else has the new one. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::SupersedeIdentifierResponse> SupersedeIdentifier(
      const v1::SupersedeIdentifierRequest& request) const {
    return connection_->SupersedeIdentifier(request);
  }

  // Severs an identity: one person asks, another confirms. From then on the subject is unknown to
  // everybody, the calling agency included. Errors: RESOURCE_NOT_FOUND, STATE_CONFLICT.
  absl::StatusOr<v1::SeverIdentityResponse> SeverIdentity(
      const v1::SeverIdentityRequest& request) const {
    return connection_->SeverIdentity(request);
  }

  // Takes back a severance that was made in error: one person of the unit asks, another confirms,
  // each saying why. Errors: RESOURCE_NOT_FOUND, STATE_CONFLICT.
  absl::StatusOr<v1::RestoreIdentityResponse> RestoreIdentity(
      const v1::RestoreIdentityRequest& request) const {
    return connection_->RestoreIdentity(request);
  }

  // Asks that two subjects of the calling agency be taken for one; a person decides. Errors:
  // RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::JoinSubjectsResponse> JoinSubjects(
      const v1::JoinSubjectsRequest& request) const {
    return connection_->JoinSubjects(request);
  }

  // Asks that a subject made of two be split; a person decides. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::SplitSubjectResponse> SplitSubject(
      const v1::SplitSubjectRequest& request) const {
    return connection_->SplitSubject(request);
  }

  // Lists the doubtful matches that the calling unit decides, oldest first.
  absl::StatusOr<v1::ListMatchReviewsResponse> ListMatchReviews(
      const v1::ListMatchReviewsRequest& request) const {
    return connection_->ListMatchReviews(request);
  }

  // Reads one, with the evidence side by side. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetMatchReviewResponse> GetMatchReview(
      const v1::GetMatchReviewRequest& request) const {
    return connection_->GetMatchReview(request);
  }

  // Decides one. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT.
  absl::StatusOr<v1::DecideMatchReviewResponse> DecideMatchReview(
      const v1::DecideMatchReviewRequest& request) const {
    return connection_->DecideMatchReview(request);
  }

  friend bool operator==(const SubjectClient& a, const SubjectClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<SubjectConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_SUBJECT_CLIENT_H_
