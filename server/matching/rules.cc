#include "server/matching/rules.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/model/text_file.h"

namespace ehc {
namespace {

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("matching rules: ", what));
}

bool IsShare(double value) { return value > 0 && value <= 1; }

uint8_t LeastOf(policy::v1::MatchingLevel level) { return static_cast<uint8_t>(level); }

absl::StatusOr<MatchStep> ToStep(const policy::v1::MatchingStep& message) {
  if (message.code().empty()) return Wrong("a step needs a code");
  if (!IsShare(message.ceiling())) {
    return Wrong(absl::StrCat("step ", message.code(), ": its ceiling must be above 0, at most 1"));
  }
  MatchStep step{message.code(), message.title(), {}, message.ceiling()};
  step.least[static_cast<size_t>(MatchField::kGiven)] = LeastOf(message.given());
  step.least[static_cast<size_t>(MatchField::kFamily)] = LeastOf(message.family());
  step.least[static_cast<size_t>(MatchField::kBirth)] = LeastOf(message.birth());
  step.least[static_cast<size_t>(MatchField::kPostcode)] = LeastOf(message.postcode());
  return step;
}

absl::Status AddWeight(const policy::v1::MatchingWeight& message, MatchRevision& revision) {
  if (message.field() == policy::v1::MATCHING_FIELD_UNSPECIFIED ||
      message.level() == policy::v1::MATCHING_LEVEL_UNSPECIFIED) {
    return Wrong("a weight needs a field and a level");
  }
  if (!IsShare(message.m()) || !IsShare(message.u())) {
    return Wrong("a weight's m and u must be above 0, at most 1");
  }
  revision.weights[static_cast<size_t>(message.field()) - 1][message.level()] = {
      message.m(), message.u(), std::log2(message.m() / message.u())};
  return absl::OkStatus();
}

absl::Status CheckWeights(const policy::v1::MatchingRevision& message) {
  constexpr policy::v1::MatchingLevel kNeeded[] = {policy::v1::MATCHING_LEVEL_DIFFERENT,
                                                   policy::v1::MATCHING_LEVEL_EXACT};
  for (int field = policy::v1::MATCHING_FIELD_GIVEN; field <= policy::v1::MATCHING_FIELD_POSTCODE;
       ++field) {
    for (policy::v1::MatchingLevel level : kNeeded) {
      const bool found = std::any_of(
          message.weights().begin(), message.weights().end(),
          [&](const auto& weight) { return weight.field() == field && weight.level() == level; });
      if (!found) return Wrong("each field needs the weights of EXACT and of DIFFERENT");
    }
  }
  return absl::OkStatus();
}

absl::Status AddDuplicates(const policy::v1::DuplicateReviews& message, MatchRevision& revision) {
  if (message.score() < revision.low || message.score() > 1 ||
      message.score_despite_numbers() < message.score() || message.score_despite_numbers() > 1) {
    return Wrong("duplicates: the scores must be low <= score <= score_despite_numbers <= 1");
  }
  if (message.most_open() < 1) return Wrong("duplicates: at least one must be let open");
  revision.duplicate = message.score();
  revision.duplicate_despite_numbers = message.score_despite_numbers();
  revision.most_duplicates = message.most_open();
  return absl::OkStatus();
}

absl::StatusOr<MatchRevision> ToRevision(const policy::v1::MatchingRevision& message) {
  MatchRevision revision;
  EHC_ASSIGN_OR_RETURN(revision.effective_from, ParseIsoDate(message.effective_from()));
  revision.match = message.match();
  revision.potential = message.potential();
  revision.low = message.low();
  if (!IsShare(revision.match) || revision.potential > revision.match ||
      revision.low > revision.potential || revision.low <= 0) {
    return Wrong("the thresholds must be 0 < low <= potential <= match <= 1");
  }
  if (message.population() < 1) return Wrong("the population must be one or more");
  if (message.near_birth_days() < 0 || message.expected_birth_days() < 0) {
    return Wrong("days must not be negative");
  }
  revision.population = static_cast<double>(message.population());
  revision.near_birth_days = message.near_birth_days();
  revision.expected_birth_days = message.expected_birth_days();
  if (message.has_duplicates()) EHC_RETURN_IF_ERROR(AddDuplicates(message.duplicates(), revision));
  for (const auto& step : message.steps()) {
    EHC_ASSIGN_OR_RETURN(MatchStep parsed, ToStep(step));
    revision.steps.push_back(std::move(parsed));
  }
  if (revision.steps.empty()) return Wrong("there must be a step");
  EHC_RETURN_IF_ERROR(CheckWeights(message));
  for (const auto& weight : message.weights()) EHC_RETURN_IF_ERROR(AddWeight(weight, revision));
  revision.default_birth_days.assign(message.default_birth_days().begin(),
                                     message.default_birth_days().end());
  return revision;
}

}  // namespace

absl::string_view MatchFieldCode(MatchField field) {
  constexpr absl::string_view kCodes[] = {"GIVEN", "FAMILY", "BIRTH", "SEX", "POSTCODE"};
  return kCodes[static_cast<size_t>(field)];
}

absl::string_view MatchLevelCode(MatchLevel level) {
  constexpr absl::string_view kCodes[] = {"",        "DIFFERENT", "ABSENT",  "DISTANT",
                                          "SIMILAR", "PART",      "VARIANT", "EXACT"};
  return kCodes[static_cast<size_t>(level)];
}

bool MatchStep::IsSatisfiedBy(const MatchLevels& levels) const {
  for (size_t i = 0; i < kMatchFields; ++i) {
    if (static_cast<uint8_t>(levels[i]) < least[i]) return false;
  }
  return true;
}

absl::StatusOr<std::shared_ptr<const MatchRules>> MatchRules::Create(
    const policy::v1::MatchingRules& rules, const policy::v1::NameLore& names) {
  EHC_ASSIGN_OR_RETURN(NameLore lore, NameLore::Create(names));
  std::shared_ptr<MatchRules> made(new MatchRules(std::move(lore)));
  for (const auto& message : rules.revisions()) {
    EHC_ASSIGN_OR_RETURN(MatchRevision revision, ToRevision(message));
    made->revisions_.push_back(std::move(revision));
  }
  if (made->revisions_.empty()) return Wrong("there must be a revision");
  std::stable_sort(made->revisions_.begin(), made->revisions_.end(),
                   [](const MatchRevision& a, const MatchRevision& b) {
                     return a.effective_from < b.effective_from;
                   });
  return std::shared_ptr<const MatchRules>(std::move(made));
}

absl::StatusOr<std::shared_ptr<const MatchRules>> MatchRules::Load(const std::string& folder) {
  EHC_ASSIGN_OR_RETURN(const auto rules, LoadText<policy::v1::MatchingRules>(
                                             absl::StrCat(folder, "/rules.textproto")));
  EHC_ASSIGN_OR_RETURN(const auto names,
                       LoadText<policy::v1::NameLore>(absl::StrCat(folder, "/names.textproto")));
  return Create(rules, names);
}

const MatchRevision& MatchRules::On(Date day) const {
  auto after = std::upper_bound(
      revisions_.begin(), revisions_.end(), day,
      [](Date date, const MatchRevision& revision) { return date < revision.effective_from; });
  return after == revisions_.begin() ? *after : *std::prev(after);
}

}  // namespace ehc
