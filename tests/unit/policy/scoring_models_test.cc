// Scoring models and planning rules as policy: what a load refuses, which version is in use when,
// and that they are part of the revision.
#include "server/policy/scoring_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/policy/planning_terms.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

using testing::HasSubstr;

constexpr char kModel[] = R"pb(id: "demo"
                               version: 1
                               title: "Demo"
                               instrument: "DEMO"
                               source: "a test"
                               authority: "ANY"
                               effective { from: "2026-01-01" until: "2026-12-31" }
                               scale_direction: SCALE_DIRECTION_HIGHER_IS_MORE_NEED
                               family_disclosure: FAMILY_DISCLOSURE_NEITHER
                               row {
                                 id: "sleep"
                                 domain: "FAMILY"
                                 title: "Sleep"
                                 level { code: "GOOD" anchor: "sleeps" points: 0 }
                                 level { code: "BAD" anchor: "wakes" points: 2 }
                               }
                               band { code: "LITTLE" title: "little" from_points: 0 }
                               band { code: "MUCH" title: "much" from_points: 2 }
                               weighted_matrix {}
)pb";

using Files = std::vector<std::pair<std::string, std::string>>;

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> Load(const Files& files) {
  PolicySource source = SourceWith({});
  for (const auto& [path, text] : files) source.files.push_back({path, text});
  return PolicySnapshot::Compile(source, {false, nullptr});
}

std::string With(const std::string& from, const std::string& to) {
  return absl::StrReplaceAll(kModel, {{from, to}});
}

std::string Problem(const std::string& model) {
  const auto policy = Load({{"scoring/demo.textproto", model}});
  EXPECT_FALSE(policy.ok());
  return std::string(policy.status().message());
}

absl::Time At(const std::string& day) { return LondonMidnight(*ParseIsoDate(day)); }

TEST(ScoringModelsTest, AModelIsInUseBetweenItsDays) {
  const auto policy = Load({{"scoring/demo.textproto", kModel}});
  ASSERT_TRUE(policy.ok()) << policy.status();
  const ScoringModelInfo* model = (*policy)->scoring_models().Find("demo", 1);
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->StateAt(At("2025-12-31")), ModelState::kNotYet);
  EXPECT_EQ(model->StateAt(At("2026-01-01")), ModelState::kInUse);
  EXPECT_EQ(model->StateAt(At("2026-12-31")), ModelState::kInUse);
  EXPECT_EQ(model->StateAt(At("2027-01-01")), ModelState::kRetired);
  EXPECT_EQ((*policy)->scoring_models().Find("other", At("2026-05-01")), nullptr);
}

TEST(ScoringModelsTest, TheVersionOfTheDayIsFoundAndARetiredOneByName) {
  const std::string next = absl::StrReplaceAll(
      kModel, {{"version: 1", "version: 2"},
               {R"(from: "2026-01-01" until: "2026-12-31")", R"(from: "2027-01-01")"}});
  const auto policy =
      Load({{"scoring/demo-1.textproto", kModel}, {"scoring/demo-2.textproto", next}});
  ASSERT_TRUE(policy.ok()) << policy.status();
  const ScoringModels& models = (*policy)->scoring_models();
  EXPECT_EQ(models.Find("demo", At("2026-12-31"))->model.version(), 1u);
  EXPECT_EQ(models.Find("demo", At("2027-01-01"))->model.version(), 2u);
  EXPECT_EQ(models.All().size(), 2u);
}

TEST(ScoringModelsTest, TwoVersionsAreNeverInUseOnOneDay) {
  const auto policy = Load({{"scoring/demo-1.textproto", kModel},
                            {"scoring/demo-2.textproto", With("version: 1", "version: 2")}});
  EXPECT_THAT(std::string(policy.status().message()),
              testing::ContainsRegex(
                  "scoring/demo-2.textproto:[0-9]+:[0-9]+: effective: version 1 is in use"));
}

TEST(ScoringModelsTest, AModelIsPartOfTheRevision) {
  const auto without = Load({});
  const auto with = Load({{"scoring/demo.textproto", kModel}});
  const auto other = Load({{"scoring/demo.textproto", With("points: 2", "points: 3")}});
  const auto same = Load({{"scoring/demo.textproto", absl::StrCat("# a remark\n\n", kModel)}});
  EXPECT_NE((*with)->revision(), (*without)->revision());
  EXPECT_NE((*with)->revision(), (*other)->revision());
  EXPECT_EQ((*with)->revision(), (*same)->revision());
}

TEST(ScoringModelsTest, WhatIsLeftOutIsSaidByFieldAndPlace) {
  EXPECT_THAT(Problem(With("instrument: \"DEMO\"\n", "")),
              HasSubstr("scoring/demo.textproto:1:1: instrument: "));
  EXPECT_THAT(Problem(With("scale_direction: SCALE_DIRECTION_HIGHER_IS_MORE_NEED\n", "")),
              HasSubstr("scale_direction: left out"));
  EXPECT_THAT(Problem(With("family_disclosure: FAMILY_DISCLOSURE_NEITHER\n", "")),
              HasSubstr("family_disclosure: left out"));
  EXPECT_THAT(Problem(With("authority: \"ANY\"\n", "")), HasSubstr("authority: left out"));
  EXPECT_THAT(Problem(With("weighted_matrix {}\n", "")), HasSubstr("method: left out"));
  EXPECT_THAT(Problem(With("version: 1\n", "")), HasSubstr("version: left out"));
}

TEST(ScoringModelsTest, RowsAndLevelsAreTheirOwn) {
  EXPECT_THAT(Problem(With(R"(code: "BAD")", R"(code: "GOOD")")), HasSubstr("level: needs a code"));
  EXPECT_THAT(Problem(With(R"(anchor: "wakes")", "")), HasSubstr("level: has no anchor"));
  EXPECT_THAT(Problem(With(R"("wakes" points: 2)", R"("wakes" points: 2 points_to: 1)")),
              HasSubstr("end before they begin"));
  EXPECT_THAT(Problem(With("weighted_matrix {}", "needs_matrix {}")),
              HasSubstr("has points, which this method does not count"));
}

TEST(ScoringModelsTest, LevelsOfAnAllocationNeverSharePoints) {
  std::string model = With("weighted_matrix {}", "ranked_packages {}");
  EXPECT_TRUE(Load({{"scoring/demo.textproto", model}}).ok());
  model =
      absl::StrReplaceAll(model, {{R"("sleeps" points: 0)", R"("sleeps" points: 0 points_to: 2)"}});
  EXPECT_THAT(Problem(model), HasSubstr("two levels share points"));
}

TEST(ScoringModelsTest, BandsCoverEveryScoreAndRise) {
  EXPECT_THAT(Problem(With("from_points: 0", "from_points: 1")),
              HasSubstr("band: the first begins at 0"));
  EXPECT_THAT(Problem(With("from_points: 2", "from_points: 0")),
              HasSubstr("band: does not lie above the one before it"));
}

TEST(ScoringModelsTest, EarlyInterventionDisclosesNoFigure) {
  const std::string model = R"pb(id: "early"
                                 version: 1
                                 title: "t"
                                 instrument: "E"
                                 source: "s"
                                 authority: "ANY"
                                 effective { from: "2026-01-01" }
                                 scale_direction: SCALE_DIRECTION_HIGHER_IS_MORE_NEED
                                 family_disclosure: FAMILY_DISCLOSURE_INDICATIVE_ONLY
                                 early_intervention {})pb";
  EXPECT_THAT(Problem(model), HasSubstr("early intervention has no indicative budget"));
}

TEST(ScoringModelsTest, AShadowIsFoundByItsInstrumentForItsAuthority) {
  const std::string shadow =
      absl::StrReplaceAll(kModel, {{"id: \"demo\"", "id: \"demo-next\""},
                                   {"authority: \"ANY\"", "authority: \"bromley\" shadow: true"}});
  const auto policy =
      Load({{"scoring/demo.textproto", kModel}, {"scoring/next.textproto", shadow}});
  ASSERT_TRUE(policy.ok()) << policy.status();
  const ScoringModels& models = (*policy)->scoring_models();
  EXPECT_EQ(models.Shadows("DEMO", "bromley", At("2026-05-01")).size(), 1u);
  EXPECT_TRUE(models.Shadows("DEMO", "northshire-council", At("2026-05-01")).empty());
  EXPECT_TRUE(models.Shadows("DEMO", "bromley", At("2027-05-01")).empty());
  EXPECT_TRUE(models.Shadows("OTHER", "bromley", At("2026-05-01")).empty());
}

TEST(PlanningTermsTest, ARuleSaysWhereItIsFromAndStandsOnce) {
  const std::string payee =
      "payee_rule { term { code: 'A' title: 't' } kind: PAYEE_KIND_YOUNG_PERSON from_age: 16 "
      "to_age: 17 source: 's' }";
  EXPECT_TRUE(Load({{"planning/x.textproto", payee}}).ok());
  EXPECT_THAT(std::string(Load({{"planning/x.textproto", payee + payee}}).status().message()),
              HasSubstr("is defined twice"));
  EXPECT_THAT(std::string(Load({{"planning/x.textproto",
                                 absl::StrReplaceAll(payee, {{"source: 's'", ""}})}})
                              .status()
                              .message()),
              HasSubstr("source: left out"));
}

TEST(PlanningTermsTest, AStreamNamesKindsOfAgencyThatThereAre) {
  const std::string stream =
      "funding_stream { term { code: 'A' title: 't' } agency_type: 'CIRCUS' spend_on: 'ANY' "
      "direct_payment { use: DIRECT_PAYMENT_USE_ALLOWED source: 's' } source: 's' }";
  EXPECT_THAT(std::string(Load({{"planning/x.textproto", stream}}).status().message()),
              HasSubstr("'CIRCUS' is not defined"));
}

TEST(PlanningTermsTest, AGroupThatIsToldOfHasMoreThanOneCase) {
  const std::string rule =
      "small_number { term { code: 'A' title: 't' } least_cases: 1 source: 's' }";
  EXPECT_THAT(std::string(Load({{"planning/x.textproto", rule}}).status().message()),
              HasSubstr("2 or more"));
  const auto shipped = ReadPolicyFolder(std::string(EHC_SOURCE_DIR) + "/policies");
  ASSERT_TRUE(shipped.ok()) << shipped.status();
  const auto policy = PolicySnapshot::Compile(*shipped, {false, nullptr});
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ((*policy)->planning_terms().LeastCases(absl::Now()), 5u);
}

TEST(PlanningTermsTest, TheLowestTierTakesEveryCase) {
  const std::string tier =
      "risk_tier { term { code: 'A' title: 't' } from_points: 1 first_check_months: 1 "
      "then_every_months: 1 source: 's' }";
  EXPECT_THAT(std::string(Load({{"planning/x.textproto", tier}}).status().message()),
              HasSubstr("the lowest begins at 0"));
}

}  // namespace
}  // namespace ehc
