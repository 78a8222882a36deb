// SubjectService: who a child is, who stands around it and what protects it.
#ifndef EHC_SERVER_SERVICES_SUBJECT_DESK_H_
#define EHC_SERVER_SERVICES_SUBJECT_DESK_H_

#include "ehc/hub/v1/subject_service.pb.h"
#include "server/matching/index.h"
#include "server/services/common.h"
#include "server/services/match.h"

namespace ehc {

class SubjectDesk {
 public:
  // The index outlives every call.
  SubjectDesk(const Desks& desks, const MatchIndex& matches)
      : desks_(desks), matches_(matches), matched_(desks.rooms) {}

  void RegisterSubject(Incoming in, const hub::v1::RegisterSubjectRequest& request,
                       Reply<hub::v1::RegisterSubjectResponse> reply) const;
  void LinkIdentifier(Incoming in, const hub::v1::LinkIdentifierRequest& request,
                      Reply<hub::v1::LinkIdentifierResponse> reply) const;
  void MatchSubject(Incoming in, const hub::v1::MatchSubjectRequest& request,
                    Reply<hub::v1::MatchSubjectResponse> reply) const;
  void CreateRelationship(Incoming in, const hub::v1::CreateRelationshipRequest& request,
                          Reply<hub::v1::CreateRelationshipResponse> reply) const;
  void EndRelationship(Incoming in, const hub::v1::EndRelationshipRequest& request,
                       Reply<hub::v1::EndRelationshipResponse> reply) const;
  void ListRelationships(Incoming in, const hub::v1::ListRelationshipsRequest& request,
                         Reply<hub::v1::ListRelationshipsResponse> reply) const;
  void CreateProtection(Incoming in, const hub::v1::CreateProtectionRequest& request,
                        Reply<hub::v1::CreateProtectionResponse> reply) const;
  void EndProtection(Incoming in, const hub::v1::EndProtectionRequest& request,
                     Reply<hub::v1::EndProtectionResponse> reply) const;
  void ListProtections(Incoming in, const hub::v1::ListProtectionsRequest& request,
                       Reply<hub::v1::ListProtectionsResponse> reply) const;
  void RecordCapacity(Incoming in, const hub::v1::RecordCapacityRequest& request,
                      Reply<hub::v1::RecordCapacityResponse> reply) const;
  // subject_lifecycle.cc
  void SupersedeIdentifier(Incoming in, const hub::v1::SupersedeIdentifierRequest& request,
                           Reply<hub::v1::SupersedeIdentifierResponse> reply) const;
  void SeverIdentity(Incoming in, const hub::v1::SeverIdentityRequest& request,
                     Reply<hub::v1::SeverIdentityResponse> reply) const;
  void RestoreIdentity(Incoming in, const hub::v1::RestoreIdentityRequest& request,
                       Reply<hub::v1::RestoreIdentityResponse> reply) const;
  void JoinSubjects(Incoming in, const hub::v1::JoinSubjectsRequest& request,
                    Reply<hub::v1::JoinSubjectsResponse> reply) const;
  void SplitSubject(Incoming in, const hub::v1::SplitSubjectRequest& request,
                    Reply<hub::v1::SplitSubjectResponse> reply) const;
  // match_review_desk.cc
  void ListMatchReviews(Incoming in, const hub::v1::ListMatchReviewsRequest& request,
                        Reply<hub::v1::ListMatchReviewsResponse> reply) const;
  void GetMatchReview(Incoming in, const hub::v1::GetMatchReviewRequest& request,
                      Reply<hub::v1::GetMatchReviewResponse> reply) const;
  void DecideMatchReview(Incoming in, const hub::v1::DecideMatchReviewRequest& request,
                         Reply<hub::v1::DecideMatchReviewResponse> reply) const;

 private:
  Desks desks_;
  const MatchIndex& matches_;
  const MatchedRecords matched_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_SUBJECT_DESK_H_
