// Scores: explained item by item, refused by row, and never a shadow's.
#include <set>
#include <tuple>

#include "tests/end2end/planning_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Ticks = std::vector<std::pair<std::string, std::string>>;

const Ticks& EnfieldTicks() {
  static const auto* const ticks = new Ticks{{"self-care", "HIGH"},
                                             {"distressed-behaviour", "MEDIUM"},
                                             {"challenging-behaviour", "LOW"},
                                             {"communication", "MEDIUM"},
                                             {"universal-services", "NOT_APPLICABLE"}};
  return *ticks;
}

Ticks BromleyTicks() {
  return {{"personal-care", "HIGH"},
          {"supervision", "SOME"},
          {"nights", "EXCEPTIONAL"},
          {"social-life", "NONE"},
          {"family", "SOME"}};
}

class ScoringTest : public PlanningTest {};

TEST_F(ScoringTest, AScoreCarriesInstrumentRaterTimeDirectionAndVersion) {
  const auto scored = Score(NewChild(), "bromley-short-breaks", BromleyTicks());
  ASSERT_TRUE(scored.ok()) << scored.status();
  const v1::Score& score = scored->needs_score().score();
  EXPECT_EQ(score.instrument(), "BROMLEY_SHORT_BREAKS");
  EXPECT_EQ(score.model_version(), 2u);
  EXPECT_EQ(score.rater(), "sw-4");
  EXPECT_EQ(score.rater_role(), "SOCIAL_WORKER");
  EXPECT_EQ(score.assessed_on(), "2026-10-01");
  EXPECT_GT(score.scored_at().seconds(), 0);
  EXPECT_EQ(score.scale_direction(), v1::SCALE_DIRECTION_HIGHER_IS_MORE_NEED);
  EXPECT_EQ(score.policy_revision().size(), 64u);
  EXPECT_EQ(score.points(), 2 * 3 + 1 * 3 + 3 * 2 + 0 + 1 * 2);
  EXPECT_EQ(score.band(), "TARGETED_2");
  ASSERT_EQ(score.items_size(), 5);
  for (const v1::ScoreItem& item : score.items()) EXPECT_FALSE(item.explanation().empty());
}

TEST_F(ScoringTest, AScoreIsReadAgainAsItWasGivenByItsOwnUnitAlone) {
  const auto scored = Score(NewChild(), "enfield-needs-matrix", EnfieldTicks());
  ASSERT_TRUE(scored.ok()) << scored.status();
  auto get =
      Said<v1::GetNeedsScoreRequest>(absl::StrCat("name: '", scored->needs_score().name(), "'"));
  const auto read = worker_.planning.GetNeedsScore(get);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->needs_score().SerializeAsString(), scored->needs_score().SerializeAsString());
  EXPECT_EQ(read->needs_score().answers_size(), 5);
  EXPECT_EQ(ReasonIn(north_.planning.GetNeedsScore(get)), "RESOURCE_NOT_FOUND");
  get.set_unit("send");
  EXPECT_EQ(ReasonIn(caseworker_.planning.GetNeedsScore(get)), "RESOURCE_NOT_FOUND");
}

TEST_F(ScoringTest, TwoTicksInARowAndAnIncompleteFormAreRefusedByRow) {
  const std::string child = NewChild();
  Ticks ticks = EnfieldTicks();
  ticks.emplace_back("self-care", "LOW");
  const auto twice = Score(child, "enfield-needs-matrix", ticks);
  EXPECT_EQ(ReasonIn(twice), "FIELD_INVALID");
  EXPECT_THAT(MessageIn(twice), HasSubstr("answers[5].row: a second tick in row 'self-care'"));
  ticks.resize(4);
  const auto incomplete = Score(child, "enfield-needs-matrix", ticks);
  EXPECT_EQ(ReasonIn(incomplete), "FIELD_INVALID");
  EXPECT_THAT(MessageIn(incomplete), HasSubstr("row 'universal-services' has no answer"));
}

TEST_F(ScoringTest, PointsBelowAndAboveTheRangeAreRefused) {
  const std::string child = NewChild();
  auto request = Said<v1::ScoreNeedsRequest>(
      absl::StrCat("subject: '", child, "' model: 'ras-5' assessed_on: '2026-10-01'"));
  v1::NeedsAnswer& answer = *request.add_answers();
  answer.set_row("be-healthy");
  for (const auto& [level, points, reason] :
       {std::tuple("NO", -1, "FIELD_INVALID"), std::tuple("EXCEPTIONAL", 13, "FIELD_INVALID"),
        std::tuple("EXCEPTIONAL", 12, "OK"), std::tuple("NO", 0, "OK")}) {
    answer.set_level(level);
    answer.set_points(points);
    EXPECT_EQ(ReasonIn(worker_.planning.ScoreNeeds(request)), reason) << points;
  }
}

TEST_F(ScoringTest, ARetiredModelIsRefusedByName) {
  const auto scored =
      Score(NewChild(), "ras-4-three-levels", {{"communicate", "LOTS"}, {"interests", "LOTS"}});
  EXPECT_EQ(ReasonIn(scored), "MODEL_NOT_IN_USE");
  EXPECT_THAT(MessageIn(scored), HasSubstr("ras-4-three-levels is retired since 2011-03-31"));
}

TEST_F(ScoringTest, AModelOfAnotherAuthorityIsNotInUseHere) {
  const auto child = north_.subjects.RegisterSubject(Registration(NewSerial(), "social-care"));
  ASSERT_TRUE(child.ok()) << child.status();
  auto request = Said<v1::ScoreNeedsRequest>(absl::StrCat(
      "subject: '", child->subject(), "' model: 'bromley-short-breaks' assessed_on: '2026-10-01'"));
  for (const auto& [row, level] : BromleyTicks()) {
    v1::NeedsAnswer& answer = *request.add_answers();
    answer.set_row(row);
    answer.set_level(level);
  }
  EXPECT_EQ(ReasonIn(north_.planning.ScoreNeeds(request)), "MODEL_NOT_IN_USE");
}

TEST_F(ScoringTest, WhatAShadowGaveIsNeverReleased) {
  const auto scored = Score(NewChild(), "bromley-short-breaks", BromleyTicks());
  ASSERT_TRUE(scored.ok()) << scored.status();
  EXPECT_THAT(scored->DebugString(), Not(HasSubstr("bromley-short-breaks-nights")));
  // The candidate would have given 23 points and another band.
  EXPECT_THAT(scored->DebugString(), Not(HasSubstr("points: 23")));
  const auto direct = Score(NewChild(), "bromley-short-breaks-nights", BromleyTicks());
  EXPECT_EQ(ReasonIn(direct), "FIELD_INVALID");
  EXPECT_THAT(MessageIn(direct), HasSubstr("never released"));
}

TEST_F(ScoringTest, AChildThatTheAgencyHasNotRegisteredIsNotScored) {
  EXPECT_EQ(ReasonIn(Score(SubjectOf(NewSerial()), "enfield-needs-matrix", EnfieldTicks())),
            "RESOURCE_NOT_FOUND");
}

TEST_F(ScoringTest, ARepeatedCallHasOneEffect) {
  const std::string child = NewChild();
  auto request = Said<v1::ScoreNeedsRequest>(
      absl::StrCat("subject: '", child,
                   "' model: 'ras-4' assessed_on: '2026-10-01' "
                   "answers { row: 'communicate' level: 'LOTS' } "
                   "answers { row: 'interests' level: 'NONE' } "
                   "request_id: '0f8fad5b-d9cb-469f-a165-70867728950e'"));
  const auto first = worker_.planning.ScoreNeeds(request);
  const auto again = worker_.planning.ScoreNeeds(request);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(first->needs_score().name(), again->needs_score().name());
  request.mutable_answers(1)->set_level("LOTS");
  EXPECT_EQ(ReasonIn(worker_.planning.ScoreNeeds(request)), "REQUEST_ID_REUSED");
}

TEST_F(ScoringTest, ValidateOnlyStoresNothing) {
  auto request = Said<v1::ScoreNeedsRequest>(
      absl::StrCat("subject: '", NewChild(),
                   "' model: 'ras-4' assessed_on: '2026-10-01' "
                   "answers { row: 'communicate' level: 'LOTS' } "
                   "answers { row: 'interests' level: 'NONE' } validate_only: true"));
  const auto checked = worker_.planning.ScoreNeeds(request);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(ReasonIn(worker_.planning.GetNeedsScore(Said<v1::GetNeedsScoreRequest>(
                absl::StrCat("name: '", checked->needs_score().name(), "'")))),
            "RESOURCE_NOT_FOUND");
}

TEST_F(ScoringTest, AnAssessmentIsNotInTheFuture) {
  auto request =
      Said<v1::ScoreNeedsRequest>(absl::StrCat("subject: '", NewChild(),
                                               "' model: 'ras-4' assessed_on: '2199-01-01' "
                                               "answers { row: 'communicate' level: 'LOTS' } "
                                               "answers { row: 'interests' level: 'NONE' }"));
  EXPECT_EQ(ReasonIn(worker_.planning.ScoreNeeds(request)), "FIELD_INVALID");
}

TEST_F(ScoringTest, AListBringsEveryScoreOnceAndNoSheet) {
  for (int i = 0; i < 3; ++i) RasScore(NewChild());
  auto request = Said<v1::ListNeedsScoresRequest>("page_size: 2");
  std::set<std::string> names;
  while (true) {
    const auto page = worker_.planning.ListNeedsScores(request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::NeedsScore& score : page->needs_scores()) {
      EXPECT_TRUE(names.insert(score.name()).second);
      EXPECT_EQ(score.answers_size(), 0);
    }
    if (page->next_page_token().empty()) break;
    request.set_page_token(page->next_page_token());
  }
  EXPECT_GE(names.size(), 3u);
}

TEST_F(ScoringTest, WhoMayNotScoreDoesNot) {
  auto request =
      Said<v1::ScoreNeedsRequest>(absl::StrCat("subject: '", NewChild(),
                                               "' model: 'ras-4' assessed_on: '2026-10-01' "
                                               "answers { row: 'communicate' level: 'LOTS' }"));
  EXPECT_EQ(ReasonIn(payments_.planning.ScoreNeeds(request)), "POLICY_DENIED");
  EXPECT_EQ(ReasonIn(keeper_.planning.ScoreNeeds(request)), "POLICY_DENIED");
}

}  // namespace
}  // namespace ehc
