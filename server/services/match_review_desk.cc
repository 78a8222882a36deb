// Reading and deciding doubtful matches.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "server/matching/index.h"
#include "server/model/joined.h"
#include "server/pipeline/match_feed.h"
#include "server/services/joins.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"
#include "server/services/subject_desk.h"

namespace ehc {
namespace {

using hub::v1::DecideMatchReviewRequest;
using hub::v1::MatchDecision;
using hub::v1::MatchReviewState;

constexpr char kDecide[] = "DecideMatchReview";
constexpr char kAction[] = "subject.review_match";

absl::Status AnotherPerson() {
  return StateConflict("decision: you have decided this; somebody else has to say the same");
}

void AddStep(const CaseFile& file, const DecideMatchReviewRequest& request,
             store::v1::MatchReviewBody& body) {
  store::v1::MatchReviewStepBody& step = *body.add_steps();
  step.set_decision(request.decision());
  step.set_user(file.caller.person()->user);
  step.set_role(file.caller.person()->role);
  step.set_justification(request.justification());
  step.set_at_ms(absl::ToUnixMillis(file.received_at));
}

// Whether somebody else has decided the same, and nobody has said otherwise since.
bool IsSeconded(const CaseFile& file, const store::v1::MatchReviewBody& body, MatchDecision now) {
  if (body.state() != hub::v1::MATCH_REVIEW_STATE_AWAITING_SECOND_PERSON) return false;
  const store::v1::MatchReviewStepBody& last = body.steps(body.steps_size() - 1);
  return last.decision() == now && last.user() != file.caller.person()->user;
}

bool IsSamePersonAgain(const CaseFile& file, const store::v1::MatchReviewBody& body,
                       MatchDecision now) {
  if (body.state() != hub::v1::MATCH_REVIEW_STATE_AWAITING_SECOND_PERSON) return false;
  const store::v1::MatchReviewStepBody& last = body.steps(body.steps_size() - 1);
  return last.decision() == now && last.user() == file.caller.person()->user;
}

void Close(MatchReviewState state, Opened<MatchReviews>& review) {
  review.body.set_state(state);
  review.matter.open = false;
}

bool IsMotherOf(const ReviewedChild& one, const ReviewedChild& other) {
  const auto& children = one.dossier.children();
  return std::any_of(children.begin(), children.end(), [&](int64_t child) {
    return IsNumberOf(other.dossier, other.root, SubjectId{child});
  });
}

absl::Status CheckIsNoMotherOf(const ReviewSides& sides) {
  if (!IsMotherOf(sides.child, sides.other) && !IsMotherOf(sides.other, sides.child)) {
    return absl::OkStatus();
  }
  return StateConflict("decision: one was registered as the other's mother; keep them apart");
}

class ReviewDecision {
 public:
  ReviewDecision(const Desks& desks, const DecideMatchReviewRequest& request, const CaseFile& file,
                 ReadView& view, Opened<MatchReviews>& review, Plan& plan)
      : desks_(desks), request_(request), file_(file), view_(view), review_(review), plan_(plan) {}

  absl::Status Make() {
    EHC_ASSIGN_OR_RETURN(const ReviewSides sides, ReadSides(file_, view_, review_));
    if (!review_.matter.open) return StateConflict("name: it was decided already");
    const bool seconded = IsSeconded(file_, review_.body, request_.decision());
    const bool again = IsSamePersonAgain(file_, review_.body, request_.decision());
    AddStep(file_, request_, review_.body);
    switch (request_.decision()) {
      case hub::v1::MATCH_DECISION_KEEP_APART:
        EHC_RETURN_IF_ERROR(PlanKeepApart(sides, plan_));
        Close(hub::v1::MATCH_REVIEW_STATE_KEPT_APART, review_);
        return absl::OkStatus();
      case hub::v1::MATCH_DECISION_NEED_MORE:
        review_.body.set_state(hub::v1::MATCH_REVIEW_STATE_NEEDS_MORE);
        return absl::OkStatus();
      case hub::v1::MATCH_DECISION_MOVE_IDENTIFIERS: return MoveIdentifiers(sides, seconded, again);
      case hub::v1::MATCH_DECISION_JOIN:
      case hub::v1::MATCH_DECISION_SPLIT: return JoinOrSplit(sides, seconded, again);
      default: return FieldInvalid("decision: is not one that the hub knows");
    }
  }

 private:
  absl::Status JoinOrSplit(const ReviewSides& sides, bool seconded, bool again) {
    const bool join = request_.decision() == hub::v1::MATCH_DECISION_JOIN;
    if (join && sides.joined()) {  // they stay one
      Close(hub::v1::MATCH_REVIEW_STATE_JOINED, review_);
      return absl::OkStatus();
    }
    if (!sides.other.number.known()) return StateConflict("decision: there is one number only");
    if (!join && !sides.joined()) {
      return StateConflict("decision: they are not one child; nothing can be split");
    }
    if (join) {
      EHC_RETURN_IF_ERROR(CheckIsNoMotherOf(sides));
    }
    if (sides.needs_second_person() && !seconded) {
      if (again) return AnotherPerson();
      review_.body.set_state(hub::v1::MATCH_REVIEW_STATE_AWAITING_SECOND_PERSON);
      return absl::OkStatus();
    }
    EHC_RETURN_IF_ERROR(join ? PlanJoin(sides, plan_)
                             : PlanSplit(desks_, file_, view_, sides, plan_));
    Close(join ? hub::v1::MATCH_REVIEW_STATE_JOINED : hub::v1::MATCH_REVIEW_STATE_SPLIT, review_);
    return absl::OkStatus();
  }

  // Always of two people: from then on whoever asks by the number is answered about another child.
  absl::Status MoveIdentifiers(const ReviewSides& sides, bool seconded, bool again) {
    if (sides.joined() || !sides.other.number.known()) {
      return StateConflict("decision: they are one child; there is nobody to take a number from");
    }
    const std::vector<hub::v1::Identifier> stated(review_.body.identifiers().begin(),
                                                  review_.body.identifiers().end());
    EHC_RETURN_IF_ERROR(PlanMoveIdentifiers(desks_, view_, sides, stated, plan_));
    if (!seconded) {
      plan_.changes.clear();
      if (again) return AnotherPerson();
      review_.body.set_state(hub::v1::MATCH_REVIEW_STATE_AWAITING_SECOND_PERSON);
      return absl::OkStatus();
    }
    Close(hub::v1::MATCH_REVIEW_STATE_KEPT_APART, review_);
    return absl::OkStatus();
  }

  const Desks& desks_;
  const DecideMatchReviewRequest& request_;
  const CaseFile& file_;
  ReadView& view_;
  Opened<MatchReviews>& review_;
  Plan& plan_;
};

MatterEdit<MatchReviews>::Edit Deciding(const Desks& desks,
                                        const DecideMatchReviewRequest& request) {
  return [&desks, request](const CaseFile& file, ReadView& view, Opened<MatchReviews>& review,
                           Plan& plan) {
    return ReviewDecision(desks, request, file, view, review, plan).Make();
  };
}

// After a split, under the other number: whoever received something while it was being planned is
// told too. The entry says in the other child's history that its disclosures were attributed anew.
MatterEdit<MatchReviews>::Edit Completing(const Desks& desks) {
  return [&desks](const CaseFile& file, ReadView& view, Opened<MatchReviews>& review,
                  Plan& plan) -> absl::Status {
    if (review.body.state() != hub::v1::MATCH_REVIEW_STATE_SPLIT) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(const ReviewSides sides, ReadSides(file, view, review));
    return PlanSplitCompletion(desks, file, view, sides, plan);
  };
}

std::vector<Demographics> DescriptionsIn(const hub::v1::MatchReviewSide& side) {
  std::vector<Demographics> descriptions = {DemographicsOf(side.person())};
  for (const auto& account : side.other_accounts()) descriptions.push_back(DemographicsOf(account));
  return descriptions;
}

// How both sides compare, field by field, and what each comparison weighs (docs/matching.md): the
// two descriptions that are most alike. The evidence as it is shown is compared: what is left out
// of it weighs nothing. None: names that cannot be compared; the officer has both before them.
std::optional<Comparison> BestComparison(const MatchIndex& matches, Date on,
                                         const hub::v1::MatchReview& review) {
  std::optional<Comparison> best;
  const int64_t people = matches.accounts();
  for (const Demographics& one : DescriptionsIn(review.sides(0))) {
    for (const Demographics& other : DescriptionsIn(review.sides(1))) {
      auto comparison = matches.CompareTwo(one, other, on, people);
      if (!comparison.ok()) continue;
      if (!best.has_value() || comparison->score > best->score) best = *std::move(comparison);
    }
  }
  return best;
}

void ShowTerms(const MatchIndex& matches, const CaseFile& file, hub::v1::MatchReview& out) {
  if (out.sides_size() < 2) return;
  const auto comparison = BestComparison(matches, LondonDate(file.received_at), out);
  if (!comparison.has_value()) return;
  if (out.band() == hub::v1::MATCH_BAND_UNSPECIFIED) out.set_score(comparison->score);
  for (const MatchTerm& term : comparison->terms) {
    hub::v1::MatchTerm& shown = *out.add_terms();
    shown.set_term(absl::AsciiStrToLower(MatchFieldCode(term.field)));
    shown.set_agreement(absl::AsciiStrToLower(MatchLevelCode(term.level)));
    shown.set_weight(term.bits);
  }
}

absl::StatusOr<SubjectRef> OtherOf(const Desks& desks, const Caller& caller, MatterId id) {
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, desks.rooms.store.Read());
  EHC_ASSIGN_OR_RETURN(std::optional<Matter> matter, view->FindMatter(MatchReviews::kKind, id));
  if (!matter.has_value() || matter->addressee != caller.agency()) {
    return SubjectRef{std::nullopt, SubjectId{}};
  }
  EHC_ASSIGN_OR_RETURN(const Opened<MatchReviews> review, Unpack<MatchReviews>(*std::move(matter)));
  return SubjectRef{std::nullopt, SubjectId{review.body.other()}};
}

absl::StatusOr<Ask> DecisionAsk(const Desks& desks, const Caller& caller, const char* method,
                                const DecideMatchReviewRequest& request,
                                absl::StatusOr<SubjectRef> subject) {
  EHC_ASSIGN_OR_RETURN(Ask ask,
                       MatterAsk(desks, caller, method, kAction, request, std::move(subject)));
  ask.justification = request.justification();
  return ask;
}

}  // namespace

void SubjectDesk::ListMatchReviews(Incoming in, const hub::v1::ListMatchReviewsRequest& request,
                                   Reply<hub::v1::ListMatchReviewsResponse> reply) const {
  const std::string list = PageListOf(desks_, "matchReviews", request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  const int size = PageSize(request.page_size());
  StartMatterReading<hub::v1::ListMatchReviewsResponse>(
      desks_, std::move(in), "ListMatchReviews", kAction, SubjectRef{},
      [this, list, size, only_open = request.only_open(), after = MatterId{*after}](
          const CaseFile& file,
          ReadView& view) -> absl::StatusOr<hub::v1::ListMatchReviewsResponse> {
        EHC_ASSIGN_OR_RETURN(auto found, ListReviews(file, view, only_open, after, size + 1));
        hub::v1::ListMatchReviewsResponse response;
        const bool more = static_cast<int>(found.size()) > size;
        if (more) found.pop_back();
        for (const Opened<MatchReviews>& review : found) {
          *response.add_match_reviews() = ReviewShow(desks_)(file, review);
        }
        if (more) {
          response.set_next_page_token(desks_.rooms.names.SealPage(file.caller.agency(), list,
                                                                   found.back().matter.id.value));
        }
        return response;
      },
      std::move(reply));
}

void SubjectDesk::GetMatchReview(Incoming in, const hub::v1::GetMatchReviewRequest& request,
                                 Reply<hub::v1::GetMatchReviewResponse> reply) const {
  auto child = ChildOf<MatchReviews>(desks_, in.caller, request.name());
  StartMatterReading<hub::v1::GetMatchReviewResponse>(
      desks_, std::move(in), "GetMatchReview", kAction, std::move(child),
      [this, id = ReadMatterName<MatchReviews>(desks_, request.name())](
          const CaseFile& file, ReadView& view) -> absl::StatusOr<hub::v1::GetMatchReviewResponse> {
        EHC_ASSIGN_OR_RETURN(const Opened<MatchReviews> review,
                             FindReadable<MatchReviews>(file, view, id));
        EHC_ASSIGN_OR_RETURN(const ReviewSides sides, ReadSides(file, view, review));
        hub::v1::GetMatchReviewResponse response;
        *response.mutable_match_review() = ReviewShow(desks_)(file, review);
        ShowEvidence(file, review, sides, *response.mutable_match_review());
        ShowTerms(matches_, file, *response.mutable_match_review());
        return response;
      },
      std::move(reply));
}

void SubjectDesk::DecideMatchReview(Incoming in, const DecideMatchReviewRequest& request,
                                    Reply<hub::v1::DecideMatchReviewResponse> reply) const {
  using Resp = hub::v1::DecideMatchReviewResponse;
  const uint64_t id = in.call_id;
  const MatterId review = ReadMatterName<MatchReviews>(desks_, request.name());
  auto decide = DecisionAsk(desks_, in.caller, kDecide, request,
                            ChildOf<MatchReviews>(desks_, in.caller, request.name()));
  if (!decide.ok()) return Fail(id, decide.status(), std::move(reply));
  auto complete = DecisionAsk(desks_, in.caller, "DecideMatchReview.completion", request,
                              OtherOf(desks_, in.caller, review));
  if (!complete.ok()) return Fail(id, complete.status(), std::move(reply));
  auto calls = desks_.rooms.desk.OpenAll(id, in.caller, {*std::move(decide), *std::move(complete)});
  if (!calls.ok()) return Fail(id, calls.status(), std::move(reply));
  auto edit = [&](const std::string& etag, MatterEdit<MatchReviews>::Edit make) {
    return std::make_shared<MatterEdit<MatchReviews>>(
        MatterEdit<MatchReviews>::Target{review, Side::kAddressee, etag}, std::move(make),
        ReviewShow(desks_));
  };
  const bool split =
      request.decision() == hub::v1::MATCH_DECISION_SPLIT && !request.validate_only();
  Mutate<Resp>(
      desks_.rooms, std::move((*calls)[0]), edit(request.etag(), Deciding(desks_, request)),
      ShapeFirstField<Resp>,
      [this, split, completion = edit("", Completing(desks_)), then = std::move((*calls)[1]),
       reply = std::move(reply)](Answer<Resp> answer) mutable {
        if (!split || !answer.discloses()) return reply(std::move(answer));
        Mutate<Resp>(desks_.rooms, std::move(then), std::move(completion), ShapeFirstField<Resp>,
                     std::move(reply));
      });
}

}  // namespace ehc
