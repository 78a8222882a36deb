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
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_SUBJECT_CONNECTION_H_
