#include "server/pathway/allocation.h"

#include <algorithm>
#include <random>

#include "server/pathway/scoring.h"
#include "tests/unit/pathway/models.h"

namespace ehc {
namespace {

using policy::v1::PRICE_POINT_RULE_LARGEST_PACKAGE;
using policy::v1::PRICE_POINT_RULE_SUM_OF_PACKAGES;
using policy::v1::SCALE_DIRECTION_HIGHER_IS_MORE_NEED;
using policy::v1::SCALE_DIRECTION_LOWER_IS_MORE_NEED;

const std::vector<CohortCase>& Synthetic() {
  static const auto* const cohort = new std::vector<CohortCase>{{40, 600000}, {10, 400000}};
  return *cohort;
}

PackageTable TableOf(const std::vector<CohortCase>& cohort,
                     policy::v1::ScaleDirection direction = SCALE_DIRECTION_HIGHER_IS_MORE_NEED) {
  return *PackageTable::Create(cohort, direction);
}

TEST(AllocationTest, APriceOfSumsIsPackagesOverPoints) {
  const auto price = PricePerPoint(PRICE_POINT_RULE_SUM_OF_PACKAGES, Synthetic(), 33);
  EXPECT_EQ(*price, Ratio(20000));
  EXPECT_EQ(*BudgetAtPrice(24, *price), 480000);
}

TEST(AllocationTest, APriceOfTheLargestPackageIsOverTheGreatestPoints) {
  const auto price = PricePerPoint(PRICE_POINT_RULE_LARGEST_PACKAGE, Synthetic(), 33);
  EXPECT_EQ(*price, *Ratio::Of(600000, 33));
  EXPECT_EQ(*BudgetAtPrice(33, *price), 600000);  // to the penny, although a third is left over
  EXPECT_EQ(*BudgetAtPrice(1, *price), 18182);    // 18181.81…
}

TEST(AllocationTest, ThePriceIsRoundedOnceAtTheEnd) {
  const std::vector<CohortCase> cohort{{3, 100}};
  const auto price = PricePerPoint(PRICE_POINT_RULE_SUM_OF_PACKAGES, cohort, 10);
  EXPECT_EQ(*BudgetAtPrice(3, *price), 100);
  EXPECT_EQ(*BudgetAtPrice(300, *price), 10000);
}

TEST(AllocationTest, ACohortWithoutCasesOrPointsGivesNoPrice) {
  EXPECT_FALSE(PricePerPoint(PRICE_POINT_RULE_SUM_OF_PACKAGES, {}, 33).ok());
  EXPECT_FALSE(
      PricePerPoint(PRICE_POINT_RULE_SUM_OF_PACKAGES, std::vector<CohortCase>{{0, 5000}}, 33).ok());
  EXPECT_FALSE(PricePerPoint(PRICE_POINT_RULE_LARGEST_PACKAGE, Synthetic(), 0).ok());
  EXPECT_FALSE(PackageTable::Create({}, SCALE_DIRECTION_HIGHER_IS_MORE_NEED).ok());
}

TEST(AllocationTest, TheScoreOfARankReceivesThePackageOfThatRank) {
  // The package of a case is not its own: the highest score has the second largest package here.
  const PackageTable table = TableOf({{12, 300000}, {9, 500000}, {6, 100000}, {1, 200000}});
  EXPECT_EQ(*table.PackageFor(12), 500000);
  EXPECT_EQ(*table.PackageFor(9), 300000);
  EXPECT_EQ(*table.PackageFor(6), 200000);
  EXPECT_EQ(*table.PackageFor(1), 100000);
}

TEST(AllocationTest, TiesShareTheMean) {
  const PackageTable table = TableOf({{9, 100001}, {9, 200000}, {3, 50000}});
  EXPECT_EQ(*table.PackageFor(9), 150001);  // 150000.5, half away from zero
}

TEST(AllocationTest, LaterCasesLieOnTheLineAndAreClamped) {
  const PackageTable table = TableOf({{10, 100000}, {4, 40000}});
  EXPECT_EQ(*table.PackageFor(7), 70000);
  EXPECT_EQ(*table.PackageFor(5), 50000);
  EXPECT_EQ(*table.PackageFor(0), 40000);
  EXPECT_EQ(*table.PackageFor(3), 40000);
  EXPECT_EQ(*table.PackageFor(11), 100000);
  EXPECT_EQ(*table.PackageFor(1000000), 100000);
}

TEST(AllocationTest, WhereFewerPointsMeanMoreNeedTheLeastReceivesMost) {
  const PackageTable table =
      TableOf({{10, 100000}, {4, 40000}}, SCALE_DIRECTION_LOWER_IS_MORE_NEED);
  EXPECT_EQ(*table.PackageFor(4), 100000);
  EXPECT_EQ(*table.PackageFor(10), 40000);
  EXPECT_EQ(*table.PackageFor(0), 100000);
}

TEST(AllocationTest, ATableNeverFallsAsNeedRisesWhateverTheCohort) {
  std::mt19937 random(20261127);
  for (int round = 0; round < 200; ++round) {
    std::vector<CohortCase> cohort;
    const unsigned cases = 1 + random() % 40;
    for (unsigned i = 0; i < cases; ++i) {
      cohort.push_back(
          {static_cast<int64_t>(random() % 60), static_cast<Pence>(random() % 9000000)});
    }
    const PackageTable table = TableOf(cohort);
    Pence before = *table.PackageFor(0);
    for (int64_t points = 1; points < 62; ++points) {
      const Pence here = *table.PackageFor(points);
      ASSERT_GE(here, before) << "round " << round << ", " << points << " points";
      before = here;
    }
  }
}

TEST(AllocationTest, TheOrderOfTheCohortDoesNotMatter) {
  std::vector<CohortCase> cohort{{12, 300000}, {9, 500000}, {9, 100000}, {1, 200000}};
  const Pence expected = *TableOf(cohort).PackageFor(7);
  std::mt19937 random(7);
  for (int i = 0; i < 50; ++i) {
    std::shuffle(cohort.begin(), cohort.end(), random);
    EXPECT_EQ(*TableOf(cohort).PackageFor(7), expected);
  }
}

TEST(AllocationTest, OutcomesCostTheirUnits) {
  const auto& model = ModelOf("costed-outcomes").costed_outcomes();
  const auto sum = CostOfOutcomes(
      model, std::vector<OutcomeUnits>{{"PERSONAL_ASSISTANT", 5200}, {"GROUP_ACTIVITY", 150}});
  EXPECT_EQ(*sum, 52 * 1250 + 3300);
  const auto unknown = CostOfOutcomes(model, std::vector<OutcomeUnits>{{"YACHT", 100}});
  EXPECT_EQ(unknown.status().message().rfind("outcomes[0].service", 0), 0u);
}

TEST(AllocationTest, LevelsOfSupportCostTheirAmounts) {
  google::protobuf::RepeatedPtrField<hub::v1::NeedsAnswer> answers;
  for (const auto& [row, level] : {std::pair{"health", "ENHANCED"}, std::pair{"safety", "BASIC"},
                                   std::pair{"enjoyment", "NONE"}}) {
    hub::v1::NeedsAnswer& answer = *answers.Add();
    answer.set_row(row);
    answer.set_level(level);
  }
  const auto& model = ModelOf("outcome-levels");
  const auto score = ScoreAnswers(model, answers);
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_EQ(*CostOfLevels(model, *score), 240000 + 25000);
}

TEST(AllocationTest, AVariationOfLessThanATenthIsNone) {
  EXPECT_EQ(DirectionOf(10000, 10999, 1000), Direction::kSame);
  EXPECT_EQ(DirectionOf(10000, 11000, 1000), Direction::kUp);
  EXPECT_EQ(DirectionOf(10000, 9001, 1000), Direction::kSame);
  EXPECT_EQ(DirectionOf(10000, 9000, 1000), Direction::kDown);
  EXPECT_EQ(DirectionOf(0, 0, 1000), Direction::kSame);
  EXPECT_EQ(DirectionOf(0, 1, 1000), Direction::kUp);
  EXPECT_EQ(DirectionOf(3, 3, 1000), Direction::kSame);
  // 9.99 % of an amount that no 64-bit product would hold.
  EXPECT_EQ(DirectionOf(1000000000000000000, 1099900000000000000, 1000), Direction::kSame);
}

}  // namespace
}  // namespace ehc
