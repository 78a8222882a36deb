#include "server/pathway/scoring.h"

#include <utility>
#include <vector>

#include "tests/unit/pathway/models.h"

namespace ehc {
namespace {

using Answers = google::protobuf::RepeatedPtrField<hub::v1::NeedsAnswer>;

Answers Sheet(const std::vector<std::pair<std::string, std::string>>& ticks) {
  Answers answers;
  for (const auto& [row, level] : ticks) {
    hub::v1::NeedsAnswer& answer = *answers.Add();
    answer.set_row(row);
    answer.set_level(level);
  }
  return answers;
}

Answers EnfieldSheet() {
  return Sheet({{"self-care", "HIGH"},
                {"distressed-behaviour", "MEDIUM"},
                {"challenging-behaviour", "LOW"},
                {"communication", "MEDIUM"},
                {"universal-services", "NOT_APPLICABLE"}});
}

Answers BromleySheet(const std::string& level) {
  return Sheet({{"personal-care", level},
                {"supervision", level},
                {"nights", level},
                {"social-life", level},
                {"family", level}});
}

absl::StatusOr<hub::v1::Score> HealthyAt(const std::string& level, int points) {
  Answers answers = Sheet({{"be-healthy", level}});
  answers[0].set_points(points);
  return ScoreAnswers(ModelOf("ras-5"), answers);
}

TEST(ScoringTest, AMatrixGivesAProfileAndNoPoints) {
  const auto score = ScoreAnswers(ModelOf("enfield-needs-matrix"), EnfieldSheet());
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_FALSE(score->has_points());
  ASSERT_EQ(score->items_size(), 5);
  EXPECT_EQ(score->levels_size(), 4);
  EXPECT_EQ(score->instrument(), "ENFIELD_NEEDS_MATRIX");
  EXPECT_EQ(score->scale_direction(), hub::v1::SCALE_DIRECTION_HIGHER_IS_MORE_NEED);
  for (const hub::v1::ScoreItem& item : score->items()) EXPECT_FALSE(item.anchor().empty());
}

TEST(ScoringTest, ASecondTickInARowIsRefusedByRow) {
  Answers answers = EnfieldSheet();
  *answers.Add() = Sheet({{"self-care", "LOW"}})[0];
  const auto score = ScoreAnswers(ModelOf("enfield-needs-matrix"), answers);
  EXPECT_EQ(score.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(score.status().message().rfind("answers[5].row: a second tick in row 'self-care'", 0),
            0u)
      << score.status();
}

TEST(ScoringTest, TheSameTickTwiceIsRefusedToo) {
  Answers answers = EnfieldSheet();
  *answers.Add() = answers[0];
  EXPECT_FALSE(ScoreAnswers(ModelOf("enfield-needs-matrix"), answers).ok());
}

TEST(ScoringTest, AnIncompleteFormIsRefusedByRow) {
  Answers answers = EnfieldSheet();
  answers.RemoveLast();
  const auto score = ScoreAnswers(ModelOf("enfield-needs-matrix"), answers);
  EXPECT_NE(score.status().message().find("row 'universal-services' has no answer"),
            absl::string_view::npos)
      << score.status();
  EXPECT_FALSE(ScoreAnswers(ModelOf("enfield-needs-matrix"), Answers()).ok());
}

TEST(ScoringTest, WhatTheModelDoesNotAskIsRefused) {
  Answers answers = EnfieldSheet();
  answers[0].set_row("favourite-colour");
  EXPECT_FALSE(ScoreAnswers(ModelOf("enfield-needs-matrix"), answers).ok());
  answers = EnfieldSheet();
  answers[0].set_level("EXTREME");
  EXPECT_FALSE(ScoreAnswers(ModelOf("enfield-needs-matrix"), answers).ok());
  answers = EnfieldSheet();
  answers[0].set_points(3);
  EXPECT_FALSE(ScoreAnswers(ModelOf("enfield-needs-matrix"), answers).ok());
}

TEST(ScoringTest, ALevelThatRestsOnATherapistNeedsTheirWord) {
  Answers answers = EnfieldSheet();
  answers[3].set_level("HIGH");
  EXPECT_EQ(ScoreAnswers(ModelOf("enfield-needs-matrix"), answers)
                .status()
                .message()
                .rfind("answers[3].attestation", 0),
            0u);
  answers[3].set_attestation("speech and language therapist's report of March");
  EXPECT_TRUE(ScoreAnswers(ModelOf("enfield-needs-matrix"), answers).ok());
}

TEST(ScoringTest, NoErrorSaysWhatWasTicked) {
  Answers answers = EnfieldSheet();
  answers[0].set_level("SECRETLEVEL");
  answers[1].set_row("secretrow");
  const auto score = ScoreAnswers(ModelOf("enfield-needs-matrix"), answers);
  EXPECT_EQ(score.status().message().find("SECRETLEVEL"), absl::string_view::npos);
  EXPECT_EQ(score.status().message().find("secretrow"), absl::string_view::npos);
}

TEST(ScoringTest, WeightedPointsAreSummedItemByItem) {
  const auto score = ScoreAnswers(ModelOf("bromley-short-breaks"), BromleySheet("HIGH"));
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_EQ(score->points(), 2 * (3 + 3 + 2 + 1 + 2));
  int64_t sum = 0;
  for (const hub::v1::ScoreItem& item : score->items()) {
    EXPECT_EQ(item.counted(), item.points() * item.weight());
    EXPECT_FALSE(item.explanation().empty());
    sum += item.counted();
  }
  EXPECT_EQ(sum, score->points());
  EXPECT_EQ(score->band(), "SPECIALIST");
  EXPECT_EQ(score->greatest_points(), 33);
}

TEST(ScoringTest, ABandBeginsWithItsOwnPoints) {
  const auto& model = ModelOf("bromley-short-breaks");
  EXPECT_EQ(BandOf(model, 0)->code(), "UNIVERSAL");
  EXPECT_EQ(BandOf(model, 5)->code(), "UNIVERSAL");
  EXPECT_EQ(BandOf(model, 6)->code(), "TARGETED_1");
  EXPECT_EQ(BandOf(model, 11)->code(), "TARGETED_1");
  EXPECT_EQ(BandOf(model, 12)->code(), "TARGETED_2");
  EXPECT_EQ(BandOf(model, 20)->code(), "TARGETED_2");
  EXPECT_EQ(BandOf(model, 21)->code(), "SPECIALIST");
}

TEST(ScoringTest, TheVersionOfTheDayScores) {
  const auto then =
      ScoreAnswers(ModelOf("bromley-short-breaks", "2016-11-01"), BromleySheet("HIGH"));
  const auto now = ScoreAnswers(ModelOf("bromley-short-breaks"), BromleySheet("HIGH"));
  EXPECT_EQ(then->model_version(), 1u);
  EXPECT_EQ(now->model_version(), 2u);
  EXPECT_NE(then->points(), now->points());
}

TEST(ScoringTest, PointsOutsideTheRangeOfTheLevelAreRefused) {
  EXPECT_TRUE(HealthyAt("SOME", 3).ok());
  EXPECT_TRUE(HealthyAt("SOME", 6).ok());
  EXPECT_FALSE(HealthyAt("SOME", 2).ok());
  EXPECT_FALSE(HealthyAt("SOME", 7).ok());
  EXPECT_TRUE(HealthyAt("NO", 0).ok());
  EXPECT_FALSE(HealthyAt("NO", -1).ok());
  EXPECT_TRUE(HealthyAt("EXCEPTIONAL", 12).ok());
  EXPECT_FALSE(HealthyAt("EXCEPTIONAL", 13).ok());
}

TEST(ScoringTest, ARangeWithoutPointsIsRefused) {
  EXPECT_FALSE(ScoreAnswers(ModelOf("ras-5"), Sheet({{"be-healthy", "SOME"}})).ok());
  EXPECT_EQ(ScoreAnswers(ModelOf("ras-5"), Sheet({{"be-healthy", "NO"}}))->points(), 0);
}

TEST(ScoringTest, TheSameSheetGivesTheSameBytes) {
  const std::string once =
      ScoreAnswers(ModelOf("bromley-short-breaks"), BromleySheet("SOME"))->SerializeAsString();
  for (int i = 0; i < 20; ++i) {
    Answers shuffled = BromleySheet("SOME");
    shuffled.SwapElements(i % 5, (i * 3) % 5);
    EXPECT_EQ(ScoreAnswers(ModelOf("bromley-short-breaks"), shuffled)->SerializeAsString(), once);
  }
}

TEST(ScoringTest, AModelWithoutASheetScoresNothing) {
  EXPECT_FALSE(ScoreAnswers(ModelOf("early-intervention"), Answers()).ok());
  EXPECT_FALSE(HasIndicativeBudget(ModelOf("early-intervention")));
  EXPECT_FALSE(HasIndicativeBudget(ModelOf("enfield-needs-matrix")));
  EXPECT_TRUE(HasIndicativeBudget(ModelOf("costed-outcomes")));
}

}  // namespace
}  // namespace ehc
