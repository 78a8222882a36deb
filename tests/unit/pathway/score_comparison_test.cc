#include "server/pathway/score_comparison.h"

#include <gtest/gtest.h>

#include <optional>

namespace ehc {
namespace {

using Shadows = google::protobuf::RepeatedPtrField<hub::v1::Score>;

hub::v1::Score ScoreOf(const std::string& model, std::optional<int64_t> points,
                       const std::string& band) {
  hub::v1::Score score;
  score.set_model(model);
  score.set_model_version(1);
  if (points.has_value()) score.set_points(*points);
  score.set_band(band);
  return score;
}

void Add(int cases, const hub::v1::Score& live, const hub::v1::Score& shadow,
         ScoreComparisons& to) {
  Shadows shadows;
  *shadows.Add() = shadow;
  for (int i = 0; i < cases; ++i) to.Add(live, shadows);
}

TEST(ScoreComparisonsTest, FewerCasesThanTheLeastAreNamedAndNothingElse) {
  ScoreComparisons all;
  Add(4, ScoreOf("live", 3, "A"), ScoreOf("shadow", 5, "A"), all);
  ASSERT_EQ(all.Report(5).size(), 1u);
  const hub::v1::ScoreComparison few = all.Report(5)[0];
  EXPECT_TRUE(few.suppressed());
  EXPECT_EQ(few.shadow_model(), "shadow");
  EXPECT_EQ(few.cases(), 0u);
  EXPECT_FALSE(few.has_same_band());
  EXPECT_EQ(few.mean_difference(), "");
  EXPECT_EQ(all.Report(4)[0].mean_difference(), "2");
}

TEST(ScoreComparisonsTest, CountOfFewIsLeftOutOnEitherSideAndNoneAndAllAreTold) {
  const auto same_of = [](int same, int other) {
    ScoreComparisons all;
    Add(same, ScoreOf("live", 1, "A"), ScoreOf("shadow", 1, "A"), all);
    Add(other, ScoreOf("live", 1, "A"), ScoreOf("shadow", 1, "B"), all);
    const hub::v1::ScoreComparison one = all.Report(5)[0];
    return one.has_same_band() ? static_cast<int>(one.same_band()) : -1;
  };
  EXPECT_EQ(same_of(0, 9), 0);
  EXPECT_EQ(same_of(4, 5), -1);
  EXPECT_EQ(same_of(5, 4), -1) << "the rest would be told by it";
  EXPECT_EQ(same_of(5, 5), 5);
  EXPECT_EQ(same_of(9, 0), 9);
}

TEST(ScoreComparisonsTest, MeanIsExactAndOfPointsAlone) {
  ScoreComparisons all;
  Add(4, ScoreOf("live", 3, ""), ScoreOf("shadow", 1, ""), all);
  Add(2, ScoreOf("live", 0, ""), ScoreOf("shadow", 3, ""), all);
  EXPECT_EQ(all.Report(5)[0].mean_difference(), "-1/3");
  EXPECT_FALSE(all.Report(5)[0].has_same_band()) << "neither has bands";
  ScoreComparisons profiles;
  Add(5, ScoreOf("live", std::nullopt, ""), ScoreOf("shadow", std::nullopt, ""), profiles);
  EXPECT_EQ(profiles.Report(5)[0].mean_difference(), "");
}

TEST(ScoreComparisonsTest, EachShadowAndVersionIsAGroupOfItsOwn) {
  ScoreComparisons all;
  Shadows shadows;
  *shadows.Add() = ScoreOf("b", 1, "");
  *shadows.Add() = ScoreOf("a", 1, "");
  shadows.rbegin()->set_model_version(2);
  all.Add(ScoreOf("live", 1, ""), shadows);
  const auto report = all.Report(2);
  ASSERT_EQ(report.size(), 2u);
  EXPECT_EQ(report[0].shadow_model(), "a");
  EXPECT_EQ(report[0].shadow_version(), 2u);
  EXPECT_EQ(report[1].shadow_model(), "b");
}

}  // namespace
}  // namespace ehc
