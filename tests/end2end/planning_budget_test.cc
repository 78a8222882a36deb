// Budgets: worked out by each model, moderated step by step, never final before their time, and
// never more than pot and contingency together.
#include <atomic>
#include <thread>

#include "tests/end2end/planning_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

class BudgetTest : public PlanningTest {
 protected:
  absl::StatusOr<v1::AllocateIndicativeBudgetResponse> AllocateBy(const std::string& child,
                                                                  const std::string& pot,
                                                                  const std::string& score) {
    return Allocate(child, pot, absl::StrCat("needs_score: '", score, "'"));
  }

  std::string HealthScore(const std::string& child, const std::string& level, int points) {
    auto request = Said<v1::ScoreNeedsRequest>(
        absl::StrCat("subject: '", child, "' model: 'ras-5' assessed_on: '2026-10-01' ",
                     "answers { row: 'be-healthy' level: '", level, "' points: ", points, " }"));
    const auto score = worker_.planning.ScoreNeeds(request);
    EXPECT_TRUE(score.ok()) << score.status();
    return score.ok() ? score->needs_score().name() : "";
  }

  // What a child of so many points receives from a pot of RAS 5.
  int64_t PackageAt(const std::string& pot, const std::string& level, int points) {
    const std::string child = NewChild();
    const auto budget = AllocateBy(child, pot, HealthScore(child, level, points));
    EXPECT_TRUE(budget.ok()) << budget.status();
    return budget.ok() ? budget->budget().indicative_pence() : -1;
  }

  absl::StatusOr<v1::WithdrawBudgetResponse> Withdraw(const std::string& name) {
    return worker_.planning.WithdrawBudget(Said<v1::WithdrawBudgetRequest>(
        absl::StrCat("name: '", name, "' reason: 'the family moved'")));
  }
};

TEST_F(BudgetTest, TwentyFourPointsAtTwoHundredPoundsAreIndicative) {
  const std::string child = NewChild();
  const std::string pot = PricedPot(10000000);
  EXPECT_EQ(Pot(pot).price_per_point(), "20000/1");
  const auto made = Allocate(
      child, pot, absl::StrCat("needs_score: '", RasScore(child), "' traditional_pence: 600000"));
  ASSERT_TRUE(made.ok()) << made.status();
  const v1::Budget& budget = made->budget();
  EXPECT_EQ(budget.state(), v1::BUDGET_STATE_INDICATIVE);
  EXPECT_EQ(budget.indicative_pence(), 480000);
  EXPECT_FALSE(budget.has_final_pence());
  ASSERT_EQ(budget.versions_size(), 1);
  EXPECT_EQ(budget.versions(0).stage(), v1::BUDGET_STAGE_MODEL);
  EXPECT_EQ(budget.versions(0).from_pence(), 600000);
  EXPECT_EQ(budget.versions(0).direction(), v1::BUDGET_DIRECTION_DOWN);
  EXPECT_EQ(budget.versions(0).actor(), "sw-4");
  EXPECT_THAT(budget.explanation(), HasSubstr("24 points at 20000.0000 pence"));
  EXPECT_EQ(Pot(pot).allocated_pence(), 480000);
}

TEST_F(BudgetTest, AFamilySeesItsFigureOnlyOnceItIsFamilyFacingAndAsTheModelDiscloses) {
  const std::string child = NewChild();
  const std::string pot = PricedPot(10000000);
  const auto made = Allocate(
      child, pot, absl::StrCat("needs_score: '", RasScore(child), "' traditional_pence: 600000"));
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string name = made->budget().name();
  v1::FamilyBudget shown = Family(name);
  EXPECT_FALSE(shown.has_indicative_pence() || shown.has_traditional_pence() ||
               shown.has_final_pence());
  ASSERT_EQ(ReasonIn(Revise(name, 500000)), "OK");
  shown = Family(name);
  EXPECT_EQ(shown.indicative_pence(), 500000);
  EXPECT_EQ(shown.traditional_pence(), 600000);
  EXPECT_FALSE(shown.has_final_pence());
  EXPECT_EQ(shown.state(), v1::BUDGET_STATE_FAMILY_FACING);
  EXPECT_THAT(shown.statement(), HasSubstr("Nothing here is final"));
}

TEST_F(BudgetTest, CostedOutcomesDiscloseTheIndicativeFigureAlone) {
  const std::string child = NewChild();
  const auto made = Allocate(child, NewPot("", 10000000),
                             "model: 'costed-outcomes' traditional_pence: 90000 outcomes { text: "
                             "'goes out' service: 'PERSONAL_ASSISTANT' units_hundredths: 8000 }");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->budget().indicative_pence(), 100000);
  ASSERT_EQ(ReasonIn(Revise(made->budget().name(), 100000)), "OK");
  const v1::FamilyBudget shown = Family(made->budget().name());
  EXPECT_EQ(shown.indicative_pence(), 100000);
  EXPECT_FALSE(shown.has_traditional_pence());
}

TEST_F(BudgetTest, EarlyInterventionHasNoFigureBeforeItsPlanAndDisclosesNone) {
  const std::string child = NewChild();
  const std::string pot = NewPot("early-intervention", 10000000);
  const auto made = Allocate(child, pot, "model: 'early-intervention' traditional_pence: 90000");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->budget().state(), v1::BUDGET_STATE_PLANNING);
  EXPECT_FALSE(made->budget().has_indicative_pence());
  EXPECT_EQ(Pot(pot).allocated_pence(), 0);
  EXPECT_EQ(ReasonIn(Revise(made->budget().name(), 5)), "STATE_CONFLICT");
  const v1::FamilyBudget shown = Family(made->budget().name());
  EXPECT_FALSE(shown.has_indicative_pence() || shown.has_traditional_pence());
  const auto plan = Submit(child, NewcomerPlan(made->budget().name()));
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(ReasonIn(Decide(manager_, plan->support_plan().name(), true)), "OK");
  EXPECT_EQ(Family(made->budget().name()).final_pence(), 84200);
  EXPECT_FALSE(Family(made->budget().name()).has_traditional_pence());
  EXPECT_EQ(Pot(pot).allocated_pence(), 84200);
}

TEST_F(BudgetTest, LevelsOfSupportCostTheirAmounts) {
  const std::string child = NewChild();
  const auto score = Score(child, "outcome-levels",
                           {{"health", "ENHANCED"}, {"safety", "BASIC"}, {"enjoyment", "NONE"}});
  ASSERT_TRUE(score.ok()) << score.status();
  const auto made = AllocateBy(child, NewPot("", 10000000), score->needs_score().name());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->budget().indicative_pence(), 265000);
}

TEST_F(BudgetTest, AMatrixOfNeedsSetsNoBudget) {
  const std::string child = NewChild();
  const auto score = Score(child, "enfield-needs-matrix",
                           {{"self-care", "LOW"},
                            {"distressed-behaviour", "LOW"},
                            {"challenging-behaviour", "LOW"},
                            {"communication", "LOW"},
                            {"universal-services", "LOW"}});
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_EQ(ReasonIn(AllocateBy(child, NewPot("", 10000000), score->needs_score().name())),
            "FIELD_INVALID");
}

TEST_F(BudgetTest, ALockedCohortRanksInterpolatesAndClamps) {
  const std::string pot = NewPot("ras-5", 100000000);
  ASSERT_EQ(ReasonIn(AddCases(pot, {{10, 300000}, {4, 500000}, {4, 100000}, {1, 60000}})), "OK");
  const std::string child = NewChild();
  const std::string score = HealthScore(child, "SOME", 4);
  EXPECT_EQ(ReasonIn(AllocateBy(child, pot, score)), "STATE_CONFLICT");  // its price may still move
  ASSERT_EQ(ReasonIn(Lock(pot)), "OK");
  EXPECT_EQ(ReasonIn(AddCases(pot, {{12, 900000}})), "COHORT_LOCKED");
  EXPECT_EQ(ReasonIn(Lock(pot)), "COHORT_LOCKED");
  EXPECT_EQ(PackageAt(pot, "EXCEPTIONAL", 10), 500000);  // the largest package, whosever it was
  EXPECT_EQ(PackageAt(pot, "SOME", 4), 200000);          // of 300,000 and 100,000, shared
  EXPECT_EQ(PackageAt(pot, "SMALL", 1), 60000);
  EXPECT_EQ(PackageAt(pot, "LOTS", 7), 350000);          // half-way from 4 to 10
  EXPECT_EQ(PackageAt(pot, "NO", 0), 60000);             // clamped
  EXPECT_EQ(PackageAt(pot, "EXCEPTIONAL", 12), 500000);  // clamped
}

TEST_F(BudgetTest, ACohortNeedsItsLeastCasesAndPointsOfItsScale) {
  const std::string pot = NewPot("ras-5", 100000000);
  EXPECT_EQ(ReasonIn(Lock(pot)), "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(AddCases(pot, {{13, 100000}})), "FIELD_INVALID");
  EXPECT_EQ(ReasonIn(AddCases(pot, {{12, 100000}})), "OK");
  EXPECT_EQ(ReasonIn(Lock(pot)), "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(AddCases(NewPot("", 100000), {{12, 100000}})), "STATE_CONFLICT");
}

TEST_F(BudgetTest, AScoreOfAnotherModelOrChildIsRefused) {
  const std::string child = NewChild();
  const std::string pot = NewPot("ras-5", 100000000);
  ASSERT_EQ(ReasonIn(AddCases(pot, {{12, 100000}, {1, 1000}})), "OK");
  ASSERT_EQ(ReasonIn(Lock(pot)), "OK");
  EXPECT_EQ(ReasonIn(AllocateBy(child, pot, RasScore(child))), "FIELD_INVALID");
  EXPECT_EQ(ReasonIn(AllocateBy(child, pot, HealthScore(NewChild(), "SOME", 5))),
            "RESOURCE_NOT_FOUND");
}

TEST_F(BudgetTest, WhatThePotAndItsContingencyLackIsRefusedAndComesBackByWithdrawal) {
  const std::string pot = NewPot("", 150000, 50000);
  const std::string first = NewBudget(NewChild(), pot);
  const std::string second = NewBudget(NewChild(), pot);  // from the contingency in part
  EXPECT_EQ(Pot(pot).allocated_pence(), 200000);
  const std::string third = NewChild();
  const auto none = Allocate(third, pot,
                             "model: 'costed-outcomes' outcomes { text: 'one hour' "
                             "service: 'PERSONAL_ASSISTANT' units_hundredths: 100 }");
  EXPECT_EQ(ReasonIn(none), "POT_OVERSPENT");
  EXPECT_EQ(ReasonIn(Revise(first, 100001)), "POT_OVERSPENT");
  ASSERT_EQ(ReasonIn(Withdraw(second)), "OK");
  EXPECT_EQ(Pot(pot).allocated_pence(), 100000);
  EXPECT_EQ(Pot(pot).budgets(), 1u);
  EXPECT_EQ(ReasonIn(Withdraw(second)), "STATE_CONFLICT");
  NewBudget(third, pot);
  EXPECT_EQ(Pot(pot).allocated_pence(), 200000);
  const v1::Budget gone = Budget(second);
  EXPECT_EQ(gone.state(), v1::BUDGET_STATE_WITHDRAWN);
  EXPECT_FALSE(gone.has_indicative_pence() || gone.has_final_pence());
  EXPECT_EQ(gone.versions(gone.versions_size() - 1).stage(), v1::BUDGET_STAGE_WITHDRAWAL);
}

// Eight officers at once, and money for three: three allocations stand, whoever comes first.
TEST_F(BudgetTest, RacingAllocationsNeverOverspendThePot) {
  const std::string pot = NewPot("", 250000, 50000);
  constexpr int kOfficers = 8;
  std::vector<std::string> children;
  std::vector<Clients> officers;
  for (int i = 0; i < kOfficers; ++i) {
    children.push_back(NewChild());
    officers.push_back(
        world().As({"bromley", absl::StrCat("sw-", 50 + i), "SOCIAL_WORKER", "social-care"}));
  }
  std::atomic<int> made{0};
  std::atomic<int> overspent{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kOfficers; ++i) {
    threads.emplace_back([&, i] {
      const auto result =
          officers[i].planning.AllocateIndicativeBudget(Said<v1::AllocateIndicativeBudgetRequest>(
              absl::StrCat("subject: '", children[i], "' pot: '", pot, "' reason: 'assessed' ",
                           "model: 'costed-outcomes' outcomes { text: 'goes out' ",
                           "service: 'PERSONAL_ASSISTANT' units_hundredths: 8000 }")));
      if (result.ok()) ++made;
      if (ReasonIn(result) == "POT_OVERSPENT") ++overspent;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 3);
  EXPECT_EQ(overspent, kOfficers - 3);
  EXPECT_EQ(Pot(pot).allocated_pence(), 300000);
  EXPECT_EQ(Pot(pot).budgets(), 3u);
}

TEST_F(BudgetTest, AChildHasOneBudgetFromAPot) {
  const std::string pot = NewPot("", 10000000);
  const std::string child = NewChild();
  NewBudget(child, pot);
  EXPECT_EQ(ReasonIn(Allocate(child, pot, "model: 'early-intervention'")), "STATE_CONFLICT");
  NewBudget(child, NewPot("", 10000000));
}

TEST_F(BudgetTest, AVariationOfLessThanATenthIsTheSame) {
  const std::string name = NewBudget(NewChild(), NewPot("", 10000000));
  int version = 0;
  const auto direction = [&](int64_t pence) {
    EXPECT_EQ(ReasonIn(Revise(name, pence)), "OK");
    return Budget(name).versions(++version).direction();
  };
  EXPECT_EQ(direction(109990), v1::BUDGET_DIRECTION_SAME);  // 9.99 %
  EXPECT_EQ(direction(100000), v1::BUDGET_DIRECTION_SAME);
  EXPECT_EQ(direction(110000), v1::BUDGET_DIRECTION_UP);  // 10 %
  EXPECT_EQ(direction(99000), v1::BUDGET_DIRECTION_DOWN);
}

TEST_F(BudgetTest, StepsAreAddedWithActorAndReasonAndNoneIsLost) {
  const std::string name = NewBudget(NewChild(), NewPot("", 10000000));
  const v1::BudgetVersion first = Budget(name).versions(0);
  ASSERT_EQ(ReasonIn(Revise(name, 120000)), "OK");
  const v1::Budget budget = Budget(name);
  ASSERT_EQ(budget.versions_size(), 2);
  EXPECT_EQ(budget.versions(0).SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(budget.versions(1).actor(), "swm-1");
  EXPECT_EQ(budget.versions(1).actor_role(), "SOCIAL_WORK_MANAGER");
  EXPECT_EQ(budget.versions(1).reason(), "travel was not seen");
  EXPECT_EQ(budget.versions(1).from_pence(), 100000);
}

TEST_F(BudgetTest, AStaleEtagWritesNothing) {
  const std::string name = NewBudget(NewChild(), NewPot("", 10000000));
  auto request = Said<v1::ReviseBudgetRequest>(
      absl::StrCat("name: '", name,
                   "' stage: BUDGET_STAGE_FAMILY_FACING amount_pence: 90000 "
                   "reason: 'r' etag: '",
                   Budget(name).etag(), "'"));
  ASSERT_EQ(ReasonIn(manager_.planning.ReviseBudget(request)), "OK");
  request.clear_request_id();
  request.set_amount_pence(80000);
  EXPECT_EQ(ReasonIn(manager_.planning.ReviseBudget(request)), "ETAG_MISMATCH");
  EXPECT_EQ(Budget(name).indicative_pence(), 90000);
}

TEST_F(BudgetTest, NobodySetsAFinalBudgetPastTheSupportPlan) {
  const std::string name = NewBudget(NewChild(), NewPot("", 10000000));
  auto request = Said<v1::ReviseBudgetRequest>(
      absl::StrCat("name: '", name, "' stage: BUDGET_STAGE_FINAL amount_pence: 90000 reason: 'r'"));
  EXPECT_EQ(ReasonIn(manager_.planning.ReviseBudget(request)), "FIELD_INVALID");
  request.set_stage(v1::BUDGET_STAGE_FAMILY_FACING);
  EXPECT_EQ(ReasonIn(worker_.planning.ReviseBudget(request)), "POLICY_DENIED");
}

TEST_F(BudgetTest, AnotherAuthorityAndAnotherUnitSeeNothingOfIt) {
  const std::string pot = NewPot("", 10000000);
  const std::string name = NewBudget(NewChild(), pot);
  auto get = Said<v1::GetBudgetRequest>(absl::StrCat("name: '", name, "'"));
  EXPECT_EQ(ReasonIn(north_.planning.GetBudget(get)), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(north_.planning.GetBudgetPot(
                Said<v1::GetBudgetPotRequest>(absl::StrCat("name: '", pot, "'")))),
            "RESOURCE_NOT_FOUND");
  const auto listed = north_.planning.ListBudgets(Said<v1::ListBudgetsRequest>(""));
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->budgets_size(), 0);
  get.set_unit("send");
  EXPECT_EQ(ReasonIn(caseworker_.planning.GetBudget(get)), "RESOURCE_NOT_FOUND");
}

TEST_F(BudgetTest, APotIsOfMoneyThatIsInUseAndItsOwn) {
  for (const auto& [stream, reason] :
       {std::pair("SOCIAL_CARE", "OK"), std::pair("PCT_BASELINE", "FUNDING_NOT_ELIGIBLE"),
        std::pair("NHS", "FUNDING_NOT_ELIGIBLE"), std::pair("RPA_PILOT", "FUNDING_NOT_ELIGIBLE"),
        std::pair("UNIVERSAL_SERVICES", "FUNDING_NOT_ELIGIBLE"),
        std::pair("GOLD", "FUNDING_NOT_ELIGIBLE")}) {
    EXPECT_EQ(
        ReasonIn(keeper_.planning.CreateBudgetPot(Said<v1::CreateBudgetPotRequest>(absl::StrCat(
            "title: 'p' stream: '", stream, "' from_day: '2026-01-01' to_day: '2026-12-31'")))),
        reason)
        << stream;
  }
}

TEST_F(BudgetTest, APotIsAllocatedFromOnItsDaysAlone) {
  const auto pot = keeper_.planning.CreateBudgetPot(Said<v1::CreateBudgetPotRequest>(
      "title: 'p' stream: 'SOCIAL_CARE' from_day: '2020-01-01' to_day: '2020-12-31' "
      "amount_pence: 100000"));
  ASSERT_TRUE(pot.ok()) << pot.status();
  EXPECT_EQ(ReasonIn(Allocate(NewChild(), pot->budget_pot().name(), "model: 'early-intervention'")),
            "STATE_CONFLICT");
}

}  // namespace
}  // namespace ehc
