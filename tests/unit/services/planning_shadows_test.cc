#include "server/services/planning_shadows.h"

#include <string>

#include "gtest/gtest.h"
#include "server/model/date.h"

namespace ehc {
namespace {

std::shared_ptr<const PolicySnapshot> Shipped() {
  auto policy = LoadPolicyFolder(std::string(EHC_SOURCE_DIR) + "/policies", {false, nullptr});
  EXPECT_TRUE(policy.ok()) << policy.status();
  return *policy;
}

std::vector<hub::v1::Score> ShadowsOf(const std::string& agency, const std::string& day,
                                      const std::string& last_row = "family") {
  google::protobuf::RepeatedPtrField<hub::v1::NeedsAnswer> answers;
  for (const auto& [row, level] : {std::pair<std::string, std::string>("personal-care", "HIGH"),
                                   {"supervision", "SOME"},
                                   {"nights", "EXCEPTIONAL"},
                                   {"social-life", "NONE"},
                                   {last_row, "SOME"}}) {
    hub::v1::NeedsAnswer& answer = *answers.Add();
    answer.set_row(row);
    answer.set_level(level);
  }
  return ScoreInShadow(*Shipped(), "BROMLEY_SHORT_BREAKS", agency,
                       LondonMidnight(*ParseIsoDate(day)), answers);
}

TEST(PlanningShadowsTest, ACandidateScoresTheSameSheetOtherwise) {
  const std::vector<hub::v1::Score> scores = ShadowsOf("bromley", "2026-11-27");
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_EQ(scores[0].model(), "bromley-short-breaks-nights");
  EXPECT_EQ(scores[0].points(), 23);  // the live model gives 17
  EXPECT_EQ(scores[0].band(), "SPECIALIST");
}

TEST(PlanningShadowsTest, ItRunsForItsAuthorityAndOnItsDaysAlone) {
  EXPECT_TRUE(ShadowsOf("northshire-council", "2026-11-27").empty());
  EXPECT_TRUE(ShadowsOf("bromley", "2025-12-31").empty());
}

TEST(PlanningShadowsTest, ACandidateThatAsksOtherQuestionsIsLeftOut) {
  EXPECT_TRUE(ShadowsOf("bromley", "2026-11-27", "another-row").empty());
}

}  // namespace
}  // namespace ehc
