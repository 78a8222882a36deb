// What becomes of an identity: superseded numbers, severances, and children that an agency says are
// one or two.
#include <utility>

#include "server/model/joined.h"
#include "server/services/identifier_links.h"
#include "server/services/match_reviews.h"
#include "server/services/matter_mutations.h"
#include "server/services/severances.h"
#include "server/services/subject_desk.h"

namespace ehc {
namespace {

template <typename Resp>
void ShapeName(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.set_subject(
      static_cast<const hub::v1::RegisterSubjectResponse&>(*audited.value().value).subject());
}

// Opens a review because an agency asks for one. The answer is the caller's own name of its own
// child, whatever there is to decide.
class ReviewAsked : public Mutation {
 public:
  using Other = std::function<absl::StatusOr<SubjectId>(const CaseFile&, ReadView&, Plan&)>;
  ReviewAsked(const Desks& desks, hub::v1::MatchReviewKind kind, std::string reason, Other other)
      : desks_(desks), kind_(kind), reason_(std::move(reason)), other_(std::move(other)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    if (!file.facts.subject_known) return NotRegistered();
    Plan plan;
    plan.written = DescribeSubject(desks_.rooms, file, file.known_as);
    EHC_ASSIGN_OR_RETURN(const SubjectId number, other_(file, view, plan));
    EHC_ASSIGN_OR_RETURN(ReviewedChild other, ReadReviewed(view, number));
    plan.reads.push_back(SubjectKey(other.root));
    EHC_RETURN_IF_ERROR(
        OpenReview(desks_, file, view,
                   {kind_, {file.known_as, file.subject, file.dossier}, other, {}, reason_}, plan));
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView&,
                                 const std::string& resource) const override {
    return RecallSubject(desks_.rooms, file, resource);
  }

 private:
  const Desks& desks_;
  const hub::v1::MatchReviewKind kind_;
  const std::string reason_;
  const Other other_;
};

// The other child, which the caller's agency registered too.
ReviewAsked::Other AnotherOfOurs(const Desks& desks, SubjectRef ref) {
  return [&desks, ref = std::move(ref)](const CaseFile& file, ReadView& view,
                                        Plan& plan) -> absl::StatusOr<SubjectId> {
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(const SubjectId number,
                         NumberOf(desks.rooms, file, ref, Whose::kOwn, view, plan.reads));
    EHC_ASSIGN_OR_RETURN(const ReviewedChild other, ReadReviewed(view, number));
    if (other.dossier.severed() || !IsRegisteredBy(other.dossier, own)) {
      return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                          "other_subject: your agency has not registered it; register it first");
    }
    return number;
  };
}

// The number that the child would be split from; 0 where it is one number, which the caller is not
// told.
absl::StatusOr<SubjectId> RestOfChild(const CaseFile& file, ReadView&, Plan&) {
  if (file.known_as != file.subject) return file.subject;
  if (file.named != file.subject) return file.named;
  if (file.dossier.joined().empty()) return SubjectId{};
  return SubjectId{file.dossier.joined(0).subject()};
}

}  // namespace

void SubjectDesk::SupersedeIdentifier(Incoming in,
                                      const hub::v1::SupersedeIdentifierRequest& request,
                                      Reply<hub::v1::SupersedeIdentifierResponse> reply) const {
  auto mutation = MakeSupersession(desks_, request.superseded(), request.replacement());
  if (!mutation.ok()) return Fail(in.call_id, mutation.status(), std::move(reply));
  auto ask = ItemAsk(desks_, in.caller, "SupersedeIdentifier", "subject.supersede_identifier",
                     request, request.subject());
  StartMutation<hub::v1::SupersedeIdentifierResponse>(
      desks_, std::move(in), std::move(ask), *std::move(mutation),
      ShapeName<hub::v1::SupersedeIdentifierResponse>, std::move(reply));
}

void SubjectDesk::SeverIdentity(Incoming in, const hub::v1::SeverIdentityRequest& request,
                                Reply<hub::v1::SeverIdentityResponse> reply) const {
  if (absl::Status stated = CheckSeverance(request); !stated.ok()) {
    return Fail(in.call_id, stated, std::move(reply));
  }
  auto ask = MatterAsk(desks_, in.caller, "SeverIdentity", "subject.sever_identity", request,
                       ChildOfSeverance(desks_, in.caller, request));
  if (ask.ok()) ask->justification = request.justification();
  StartMutation<hub::v1::SeverIdentityResponse>(
      desks_, std::move(in), std::move(ask), MakeSeverance(desks_, request),
      ShapeFirstField<hub::v1::SeverIdentityResponse>, std::move(reply));
}

void SubjectDesk::RestoreIdentity(Incoming in, const hub::v1::RestoreIdentityRequest& request,
                                  Reply<hub::v1::RestoreIdentityResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "RestoreIdentity", "subject.restore_identity", request,
                       SubjectRef{});
  if (ask.ok()) ask->justification = request.justification();
  StartMutation<hub::v1::RestoreIdentityResponse>(
      desks_, std::move(in), std::move(ask), MakeRestoration(desks_, request),
      ShapeFirstField<hub::v1::RestoreIdentityResponse>, std::move(reply));
}

void SubjectDesk::JoinSubjects(Incoming in, const hub::v1::JoinSubjectsRequest& request,
                               Reply<hub::v1::JoinSubjectsResponse> reply) const {
  auto other = ReadSubject(desks_, in.caller, request.other_subject(), "other_subject");
  if (!other.ok()) return Fail(in.call_id, other.status(), std::move(reply));
  auto ask =
      ItemAsk(desks_, in.caller, "JoinSubjects", "subject.ask_join", request, request.subject());
  if (ask.ok()) ask->justification = request.reason();
  StartMutation<hub::v1::JoinSubjectsResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<ReviewAsked>(desks_, hub::v1::MATCH_REVIEW_KIND_JOIN_ASKED, request.reason(),
                                    AnotherOfOurs(desks_, *std::move(other))),
      ShapeName<hub::v1::JoinSubjectsResponse>, std::move(reply));
}

void SubjectDesk::SplitSubject(Incoming in, const hub::v1::SplitSubjectRequest& request,
                               Reply<hub::v1::SplitSubjectResponse> reply) const {
  auto ask =
      ItemAsk(desks_, in.caller, "SplitSubject", "subject.ask_join", request, request.subject());
  if (ask.ok()) ask->justification = request.reason();
  StartMutation<hub::v1::SplitSubjectResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<ReviewAsked>(desks_, hub::v1::MATCH_REVIEW_KIND_SPLIT_ASKED,
                                    request.reason(), RestOfChild),
      ShapeName<hub::v1::SplitSubjectResponse>, std::move(reply));
}

}  // namespace ehc
