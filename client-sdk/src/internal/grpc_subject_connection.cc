#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/subject_service.grpc.pb.h"
#include "ehchub/subject_connection.h"

namespace ehchub {
namespace {

using Stub = v1::SubjectService::Stub;

class GrpcSubjectConnection final : public SubjectConnection {
 public:
  explicit GrpcSubjectConnection(std::shared_ptr<internal::Wire> wire) : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::RegisterSubjectResponse> RegisterSubject(
      const v1::RegisterSubjectRequest& request) override {
    return rpc_.Call(&Stub::RegisterSubject, "RegisterSubject", request);
  }

  absl::StatusOr<v1::LinkIdentifierResponse> LinkIdentifier(
      const v1::LinkIdentifierRequest& request) override {
    return rpc_.Call(&Stub::LinkIdentifier, "LinkIdentifier", request);
  }

  absl::StatusOr<v1::MatchSubjectResponse> MatchSubject(
      const v1::MatchSubjectRequest& request) override {
    return rpc_.Call(&Stub::MatchSubject, "MatchSubject", request);
  }

  absl::StatusOr<v1::CreateRelationshipResponse> CreateRelationship(
      const v1::CreateRelationshipRequest& request) override {
    return rpc_.Call(&Stub::CreateRelationship, "CreateRelationship", request);
  }

  absl::StatusOr<v1::EndRelationshipResponse> EndRelationship(
      const v1::EndRelationshipRequest& request) override {
    return rpc_.Call(&Stub::EndRelationship, "EndRelationship", request);
  }

  absl::StatusOr<v1::ListRelationshipsResponse> ListRelationships(
      const v1::ListRelationshipsRequest& request) override {
    return rpc_.Call(&Stub::ListRelationships, "ListRelationships", request);
  }

  absl::StatusOr<v1::CreateProtectionResponse> CreateProtection(
      const v1::CreateProtectionRequest& request) override {
    return rpc_.Call(&Stub::CreateProtection, "CreateProtection", request);
  }

  absl::StatusOr<v1::EndProtectionResponse> EndProtection(
      const v1::EndProtectionRequest& request) override {
    return rpc_.Call(&Stub::EndProtection, "EndProtection", request);
  }

  absl::StatusOr<v1::ListProtectionsResponse> ListProtections(
      const v1::ListProtectionsRequest& request) override {
    return rpc_.Call(&Stub::ListProtections, "ListProtections", request);
  }

  absl::StatusOr<v1::RecordCapacityResponse> RecordCapacity(
      const v1::RecordCapacityRequest& request) override {
    return rpc_.Call(&Stub::RecordCapacity, "RecordCapacity", request);
  }

  absl::StatusOr<v1::SupersedeIdentifierResponse> SupersedeIdentifier(
      const v1::SupersedeIdentifierRequest& request) override {
    return rpc_.Call(&Stub::SupersedeIdentifier, "SupersedeIdentifier", request);
  }

  absl::StatusOr<v1::SeverIdentityResponse> SeverIdentity(
      const v1::SeverIdentityRequest& request) override {
    return rpc_.Call(&Stub::SeverIdentity, "SeverIdentity", request);
  }

  absl::StatusOr<v1::RestoreIdentityResponse> RestoreIdentity(
      const v1::RestoreIdentityRequest& request) override {
    return rpc_.Call(&Stub::RestoreIdentity, "RestoreIdentity", request);
  }

  absl::StatusOr<v1::JoinSubjectsResponse> JoinSubjects(
      const v1::JoinSubjectsRequest& request) override {
    return rpc_.Call(&Stub::JoinSubjects, "JoinSubjects", request);
  }

  absl::StatusOr<v1::SplitSubjectResponse> SplitSubject(
      const v1::SplitSubjectRequest& request) override {
    return rpc_.Call(&Stub::SplitSubject, "SplitSubject", request);
  }

  absl::StatusOr<v1::ListMatchReviewsResponse> ListMatchReviews(
      const v1::ListMatchReviewsRequest& request) override {
    return rpc_.Call(&Stub::ListMatchReviews, "ListMatchReviews", request);
  }

  absl::StatusOr<v1::GetMatchReviewResponse> GetMatchReview(
      const v1::GetMatchReviewRequest& request) override {
    return rpc_.Call(&Stub::GetMatchReview, "GetMatchReview", request);
  }

  absl::StatusOr<v1::DecideMatchReviewResponse> DecideMatchReview(
      const v1::DecideMatchReviewRequest& request) override {
    return rpc_.Call(&Stub::DecideMatchReview, "DecideMatchReview", request);
  }

 private:
  internal::Rpc<v1::SubjectService> rpc_;
};

}  // namespace

std::shared_ptr<SubjectConnection> MakeSubjectConnection(const Hub& hub) {
  return std::make_shared<GrpcSubjectConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<SubjectConnection>> MakeSubjectConnection(const Profile& profile,
                                                                         Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakeSubjectConnection(*hub);
}

}  // namespace ehchub
