// What SubjectClient stands on: one method per RPC. Made by MakeSubjectConnection(); in tests of
// your own code, ehchub/mocks/mock_subject_connection.h takes its place.
#ifndef EHCHUB_SUBJECT_CONNECTION_H_
#define EHCHUB_SUBJECT_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class SubjectConnection {
 public:
  virtual ~SubjectConnection() = default;

  virtual absl::StatusOr<v1::RegisterSubjectResponse> RegisterSubject(
      const v1::RegisterSubjectRequest& request) = 0;
  virtual absl::StatusOr<v1::LinkIdentifierResponse> LinkIdentifier(
      const v1::LinkIdentifierRequest& request) = 0;
  virtual absl::StatusOr<v1::MatchSubjectResponse> MatchSubject(
      const v1::MatchSubjectRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateRelationshipResponse> CreateRelationship(
      const v1::CreateRelationshipRequest& request) = 0;
  virtual absl::StatusOr<v1::EndRelationshipResponse> EndRelationship(
      const v1::EndRelationshipRequest& request) = 0;
  virtual absl::StatusOr<v1::ListRelationshipsResponse> ListRelationships(
      const v1::ListRelationshipsRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateProtectionResponse> CreateProtection(
      const v1::CreateProtectionRequest& request) = 0;
  virtual absl::StatusOr<v1::EndProtectionResponse> EndProtection(
      const v1::EndProtectionRequest& request) = 0;
  virtual absl::StatusOr<v1::ListProtectionsResponse> ListProtections(
      const v1::ListProtectionsRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordCapacityResponse> RecordCapacity(
      const v1::RecordCapacityRequest& request) = 0;
  virtual absl::StatusOr<v1::SupersedeIdentifierResponse> SupersedeIdentifier(
      const v1::SupersedeIdentifierRequest& request) = 0;
  virtual absl::StatusOr<v1::SeverIdentityResponse> SeverIdentity(
      const v1::SeverIdentityRequest& request) = 0;
  virtual absl::StatusOr<v1::RestoreIdentityResponse> RestoreIdentity(
      const v1::RestoreIdentityRequest& request) = 0;
  virtual absl::StatusOr<v1::JoinSubjectsResponse> JoinSubjects(
      const v1::JoinSubjectsRequest& request) = 0;
  virtual absl::StatusOr<v1::SplitSubjectResponse> SplitSubject(
      const v1::SplitSubjectRequest& request) = 0;
  virtual absl::StatusOr<v1::ListMatchReviewsResponse> ListMatchReviews(
      const v1::ListMatchReviewsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetMatchReviewResponse> GetMatchReview(
      const v1::GetMatchReviewRequest& request) = 0;
  virtual absl::StatusOr<v1::DecideMatchReviewResponse> DecideMatchReview(
      const v1::DecideMatchReviewRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<SubjectConnection> MakeSubjectConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<SubjectConnection>> MakeSubjectConnection(const Profile& profile,
                                                                         Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_SUBJECT_CONNECTION_H_
