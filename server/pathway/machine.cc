#include "server/pathway/machine.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

using hub::v1::StageDates;
using policy::v1::Pathway;
using policy::v1::PathwayTransition;

template <typename List>
bool Holds(const List& list, absl::string_view value) {
  return std::any_of(list.begin(), list.end(), [&](const auto& one) { return one == value; });
}

template <typename List>
const typename List::value_type* OfCode(const List& list, absl::string_view code) {
  for (const auto& one : list) {
    if (one.code() == code) return &one;
  }
  return nullptr;
}

// A state that is named counts before "every state that is not final".
const PathwayTransition* TransitionFrom(const Pathway& pathway, absl::string_view state,
                                        policy::v1::PathwayEvent event) {
  const policy::v1::PathwayState* here = FindState(pathway, state);
  if (here == nullptr || here->final()) return nullptr;
  const PathwayTransition* any = nullptr;
  for (const PathwayTransition& one : pathway.transition()) {
    if (one.event() != event) continue;
    if (Holds(one.from(), state)) return &one;
    if (Holds(one.from(), "ANY")) any = &one;
  }
  return any;
}

const std::string& DayOf(const StageDates& dates, const std::string& field) {
  return dates.GetReflection()->GetStringReference(
      dates, StageDates::descriptor()->FindFieldByName(field), nullptr);
}

}  // namespace

Move FindMove(const Pathway& pathway, absl::string_view state, policy::v1::PathwayEvent event,
              absl::FunctionRef<bool(absl::string_view)> covers,
              absl::FunctionRef<bool(policy::v1::PathwayEvent)> has_done) {
  Move move{TransitionFrom(pathway, state, event), MoveFault::kNone};
  if (move.transition == nullptr) {
    move.fault = MoveFault::kNoTransition;
    return move;
  }
  const auto& roles = move.transition->role();
  if (!roles.empty() && !std::any_of(roles.begin(), roles.end(), covers)) {
    move.fault = MoveFault::kRole;
    return move;
  }
  for (const int done : move.transition->not_by_whoever()) {
    if (has_done(static_cast<policy::v1::PathwayEvent>(done))) move.fault = MoveFault::kSamePerson;
  }
  return move;
}

std::string TargetOf(const Pathway& pathway, absl::string_view state,
                     policy::v1::PathwayEvent event) {
  const PathwayTransition* transition = TransitionFrom(pathway, state, event);
  return transition == nullptr ? "" : transition->to();
}

const policy::v1::PathwayState* FindState(const Pathway& pathway, absl::string_view code) {
  return OfCode(pathway.state(), code);
}

const policy::v1::PathwayOutcome* FindOutcome(const Pathway& pathway, absl::string_view code) {
  return OfCode(pathway.outcome(), code);
}

const policy::v1::VerifiableClaim* FindClaim(const Pathway& pathway, absl::string_view code) {
  return OfCode(pathway.claim(), code);
}

std::string OutcomeOfBand(const Pathway& pathway, absl::string_view band) {
  for (const policy::v1::BandOutcome& one : pathway.band()) {
    if (one.band() == band) return one.outcome();
  }
  return "";
}

hub::v1::ReferralStage StageOf(const Pathway& pathway, absl::string_view state) {
  hub::v1::ReferralStage stage = hub::v1::REFERRAL_STAGE_UNSPECIFIED;
  const policy::v1::PathwayState* found = FindState(pathway, state);
  if (found == nullptr) return stage;
  hub::v1::ReferralStage_Parse(absl::StrCat("REFERRAL_STAGE_", found->shown_as()), &stage);
  return stage;
}

absl::StatusOr<Eligibility> JudgeEligibility(
    const Pathway& pathway,
    const google::protobuf::RepeatedPtrField<hub::v1::EligibilityAnswer>& answers) {
  Eligibility result;
  std::set<std::string> answered;
  for (int i = 0; i < answers.size(); ++i) {
    const auto question =
        std::find_if(pathway.eligibility().begin(), pathway.eligibility().end(),
                     [&](const auto& one) { return one.id() == answers[i].question(); });
    if (question == pathway.eligibility().end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("eligibility[", i, "].question: the pathway does not ask this"));
    }
    if (!answered.insert(question->id()).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("eligibility[", i, "].question: is answered twice; answer it once"));
    }
    if (!Holds(question->answer(), answers[i].answer())) {
      return absl::InvalidArgumentError(
          absl::StrCat("eligibility[", i, "].answer: is none of those that the question offers"));
    }
    if (!Holds(question->eligible_answer(), answers[i].answer())) result.eligible = false;
    if (Holds(question->safeguarding_answer(), answers[i].answer())) result.safeguarding = true;
  }
  for (const auto& question : pathway.eligibility()) {
    if (answered.count(question.id()) > 0) continue;
    return absl::InvalidArgumentError(absl::StrCat("eligibility: the question '", question.id(),
                                                   "' has no answer; answer every question"));
  }
  return result;
}

bool AsksForAge(const Pathway& pathway) { return pathway.panel_size() > 1; }

const policy::v1::PathwayPanel* FindPanel(const Pathway& pathway, int age) {
  for (const policy::v1::PathwayPanel& panel : pathway.panel()) {
    const bool old_enough = age >= static_cast<int>(panel.from_age());
    if (old_enough && (panel.below_age() == 0 || age < static_cast<int>(panel.below_age()))) {
      return &panel;
    }
  }
  return nullptr;
}

std::string FirstDisordered(const StageDates& dates, Date today) {
  std::string latest;
  const std::string now = FormatDate(today);
  const auto* type = StageDates::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const std::string& day = DayOf(dates, type->field(i)->name());
    if (day.empty()) continue;
    if (day > now || day < latest) return type->field(i)->name();
    latest = day;
  }
  return "";
}

std::vector<std::string> MissingDates(const Pathway& pathway, const StageDates& dates,
                                      absl::string_view outcome) {
  const policy::v1::PathwayOutcome* decided = FindOutcome(pathway, outcome);
  const bool grants = decided != nullptr && decided->grants_service();
  std::vector<std::string> missing;
  for (const std::string& field : pathway.date_before_closure()) {
    if (field == "service_started_on" && !grants) continue;
    if (DayOf(dates, field).empty()) missing.push_back(field);
  }
  return missing;
}

}  // namespace ehc
