#include "server/matching/rules.h"

#include "gtest/gtest.h"
#include "server/model/text_file.h"
#include "tests/unit/matching/committed_rules.h"

namespace ehc {
namespace {

struct MatchingFiles {
  policy::v1::MatchingRules rules;
  policy::v1::NameLore names;
};

MatchingFiles Files() {
  return {*LoadText<policy::v1::MatchingRules>(EHC_SOURCE_DIR "/policies/matching/rules.textproto"),
          *LoadText<policy::v1::NameLore>(EHC_SOURCE_DIR "/policies/matching/names.textproto")};
}

absl::Status Made(const MatchingFiles& files) {
  return MatchRules::Create(files.rules, files.names).status();
}

TEST(MatchRules, TheCommittedBandsAreThoseOfTheNationalMatcher) {
  const MatchRevision& revision = CommittedRules()->On(AnyDay());
  EXPECT_EQ(revision.match, 0.95);
  EXPECT_EQ(revision.potential, 0.85);
}

// Without the given name, or with another family name, a person decides.
TEST(MatchRules, OnlyStepsThatCompareAllOfTheNameReachTheMatchThreshold) {
  const MatchRevision& revision = CommittedRules()->On(AnyDay());
  for (const MatchStep& step : revision.steps) {
    const auto least = [&](MatchField field) { return step.least[static_cast<size_t>(field)]; };
    constexpr auto kSimilar = static_cast<uint8_t>(MatchLevel::kSimilar);
    const bool whole = least(MatchField::kGiven) >= kSimilar &&
                       least(MatchField::kFamily) >= kSimilar &&
                       least(MatchField::kBirth) >= kSimilar;
    EXPECT_EQ(step.ceiling >= revision.match, whole) << step.code;
  }
}

TEST(MatchRules, ARevisionCountsFromItsDayOn) {
  MatchingFiles files = Files();
  policy::v1::MatchingRevision& later = *files.rules.add_revisions();
  later = files.rules.revisions(0);
  later.set_effective_from("2027-04-01");
  later.set_match(0.99);
  const auto rules = MatchRules::Create(files.rules, files.names);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ((*rules)->On(Date(2027, 3, 31)).match, 0.95);
  EXPECT_EQ((*rules)->On(Date(2027, 4, 1)).match, 0.99);
  EXPECT_EQ((*rules)->On(Date(2020, 1, 1)).match, 0.95);
}

TEST(MatchRules, FiguresThatMakeNoSenseAreRefused) {
  const std::pair<const char*, void (*)(MatchingFiles&)> faults[] = {
      {"no revision", [](MatchingFiles& f) { f.rules.clear_revisions(); }},
      {"potential above match",
       [](MatchingFiles& f) { f.rules.mutable_revisions(0)->set_potential(0.97); }},
      {"low of zero", [](MatchingFiles& f) { f.rules.mutable_revisions(0)->set_low(0); }},
      {"match above one", [](MatchingFiles& f) { f.rules.mutable_revisions(0)->set_match(1.1); }},
      {"no population", [](MatchingFiles& f) { f.rules.mutable_revisions(0)->set_population(0); }},
      {"no step", [](MatchingFiles& f) { f.rules.mutable_revisions(0)->clear_steps(); }},
      {"no weight", [](MatchingFiles& f) { f.rules.mutable_revisions(0)->clear_weights(); }},
      {"u of zero",
       [](MatchingFiles& f) { f.rules.mutable_revisions(0)->mutable_weights(0)->set_u(0); }},
      {"no date",
       [](MatchingFiles& f) { f.rules.mutable_revisions(0)->set_effective_from("soon"); }},
      {"ceiling",
       [](MatchingFiles& f) { f.rules.mutable_revisions(0)->mutable_steps(0)->set_ceiling(2); }},
      {"capital", [](MatchingFiles& f) { f.names.mutable_forms(0)->set_names("Liz lizzie"); }},
      {"use", [](MatchingFiles& f) { f.names.mutable_forms(0)->clear_use(); }},
      {"frequency", [](MatchingFiles& f) { f.names.mutable_frequencies(0)->set_per_million(0); }},
      {"length", [](MatchingFiles& f) { f.names.set_most_characters(0); }},
  };
  ASSERT_TRUE(Made(Files()).ok());
  for (const auto& [what, spoil] : faults) {
    MatchingFiles files = Files();
    spoil(files);
    EXPECT_EQ(Made(files).code(), absl::StatusCode::kInvalidArgument) << what;
  }
}

}  // namespace
}  // namespace ehc
