#include "tests/bench/match/trial.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/model/text_file.h"

namespace ehc {
namespace {

const AgencyId kRegistrar("bromley");
const Date kDay(2026, 11, 23);

// Two questions in five are without an error; the rest are spread over the classes.
ErrorClass DrawError(Random& random) {
  if (random.Chance(400)) return ErrorClass::kNone;
  return static_cast<ErrorClass>(random.Between(1, kErrorClasses - 1));
}

void Count(const Question& question, const MatchResult& result, Tally& tally) {
  ++tally.asked;
  tally.registered += question.meant.known() ? 1 : 0;
  if (result.band == MatchBand::kMatch) {
    const bool right = question.meant.known() && result.unique == question.meant;
    ++(right ? tally.right : tally.wrong);
    return;
  }
  const bool review =
      result.band == MatchBand::kPotentialMatch || result.band == MatchBand::kManyMatch;
  const bool has = std::any_of(
      result.candidates.begin(), result.candidates.end(),
      [&](const MatchCandidate& candidate) { return candidate.subject == question.meant; });
  tally.review += review ? 1 : 0;
  tally.review_has += review && has ? 1 : 0;
  tally.missed += !review && question.meant.known() ? 1 : 0;
}

}  // namespace

void Tally::Add(const Tally& other) {
  asked += other.asked;
  registered += other.registered;
  right += other.right;
  wrong += other.wrong;
  review += other.review;
  review_has += other.review_has;
  missed += other.missed;
}

double Tally::precision() const {
  return right + wrong == 0 ? 1 : static_cast<double>(right) / static_cast<double>(right + wrong);
}

double Tally::recall() const {
  return registered == 0 ? 1 : static_cast<double>(right) / static_cast<double>(registered);
}

Tally TrialResult::all() const {
  Tally all;
  for (const Tally& tally : by_error) all.Add(tally);
  return all;
}

absl::StatusOr<std::unique_ptr<Trial>> Trial::Create(const TrialOptions& options,
                                                     const std::string& policies) {
  EHC_ASSIGN_OR_RETURN(policy::v1::NameLore names, LoadText<policy::v1::NameLore>(absl::StrCat(
                                                       policies, "/matching/names.textproto")));
  EHC_ASSIGN_OR_RETURN(std::shared_ptr<const MatchRules> rules,
                       MatchRules::Load(absl::StrCat(policies, "/matching")));
  return std::unique_ptr<Trial>(new Trial(options, std::move(names), std::move(rules)));
}

Trial::Trial(const TrialOptions& options, policy::v1::NameLore names,
             std::shared_ptr<const MatchRules> rules)
    : options_(options),
      names_(std::move(names)),
      population_(options.seed, names_),
      errors_(population_, names_),
      index_(std::move(rules)) {}

void Trial::Fill() {
  int64_t number = 0;
  int64_t registered = 0;
  while (registered < options_.people) {
    for (const Demographics& child : population_.At(households_++).children) {
      if (IsHeldOut(++number)) continue;
      if (index_.Put(SubjectId{number}, kRegistrar, child).ok()) ++registered;
    }
  }
}

std::vector<Question> Trial::Questions() const {
  std::vector<Question> questions;
  const int64_t every =
      std::max<int64_t>(1, options_.people * 11 / 10 / std::max<int64_t>(1, options_.questions));
  int64_t number = 0;
  for (uint64_t at = 0; at < households_; ++at) {
    for (const Demographics& child : population_.At(at).children) {
      ++number;
      // Of those held out twice as many are asked for: the traps are there.
      if (number % every != 0 && !(IsHeldOut(number) && number % (every * 5) == 3)) continue;
      Random random(options_.seed, static_cast<uint64_t>(number), Topic::kMatchError);
      Question question;
      question.error = DrawError(random);
      question.asked = errors_.Spoil(child, question.error, random);
      if (!IsHeldOut(number)) question.meant = SubjectId{number};
      questions.push_back(std::move(question));
    }
  }
  return questions;
}

std::map<int64_t, Demographics> Trial::Registered(const std::vector<Question>& questions) const {
  std::map<int64_t, Demographics> people;
  for (const Question& question : questions) people.emplace(question.meant.value, Demographics{});
  int64_t number = 0;
  for (uint64_t at = 0; at < households_; ++at) {
    for (const Demographics& child : population_.At(at).children) {
      if (const auto found = people.find(++number); found != people.end()) found->second = child;
    }
  }
  return people;
}

TrialResult Trial::Ask() const {
  TrialResult result;
  for (const Question& question : Questions()) {
    const auto begun = std::chrono::steady_clock::now();
    const auto answer = index_.Find({question.asked, kRegistrar, {}, kDay});
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begun;
    result.micros.push_back(took.count());
    if (answer.ok()) Count(question, *answer, result.by_error[static_cast<size_t>(question.error)]);
  }
  std::sort(result.micros.begin(), result.micros.end());
  return result;
}

}  // namespace ehc
