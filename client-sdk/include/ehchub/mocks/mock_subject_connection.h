// For tests of code that uses SubjectClient.
#ifndef EHCHUB_MOCKS_MOCK_SUBJECT_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_SUBJECT_CONNECTION_H_

#include "ehchub/subject_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockSubjectConnection : public SubjectConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::RegisterSubjectResponse>, RegisterSubject,
              (const v1::RegisterSubjectRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::LinkIdentifierResponse>, LinkIdentifier,
              (const v1::LinkIdentifierRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::MatchSubjectResponse>, MatchSubject,
              (const v1::MatchSubjectRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateRelationshipResponse>, CreateRelationship,
              (const v1::CreateRelationshipRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::EndRelationshipResponse>, EndRelationship,
              (const v1::EndRelationshipRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListRelationshipsResponse>, ListRelationships,
              (const v1::ListRelationshipsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateProtectionResponse>, CreateProtection,
              (const v1::CreateProtectionRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::EndProtectionResponse>, EndProtection,
              (const v1::EndProtectionRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListProtectionsResponse>, ListProtections,
              (const v1::ListProtectionsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RecordCapacityResponse>, RecordCapacity,
              (const v1::RecordCapacityRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::SupersedeIdentifierResponse>, SupersedeIdentifier,
              (const v1::SupersedeIdentifierRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::SeverIdentityResponse>, SeverIdentity,
              (const v1::SeverIdentityRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RestoreIdentityResponse>, RestoreIdentity,
              (const v1::RestoreIdentityRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::JoinSubjectsResponse>, JoinSubjects,
              (const v1::JoinSubjectsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::SplitSubjectResponse>, SplitSubject,
              (const v1::SplitSubjectRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListMatchReviewsResponse>, ListMatchReviews,
              (const v1::ListMatchReviewsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetMatchReviewResponse>, GetMatchReview,
              (const v1::GetMatchReviewRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::DecideMatchReviewResponse>, DecideMatchReview,
              (const v1::DecideMatchReviewRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_SUBJECT_CONNECTION_H_
