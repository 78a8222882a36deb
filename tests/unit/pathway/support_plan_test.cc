#include "server/pathway/support_plan.h"

#include "tests/unit/pathway/models.h"

namespace ehc {
namespace {

hub::v1::SupportPlan Whole() {
  hub::v1::SupportPlan plan;
  plan.set_important("swimming with friends");
  hub::v1::PlanOutcome& outcome = *plan.add_outcomes();
  outcome.set_outcome("swim");
  outcome.set_text("goes swimming every week");
  plan.set_supported("a personal assistant on Saturdays");
  plan.set_managed("a direct payment");
  plan.set_in_control("the family chooses the assistant");
  hub::v1::PlanAction& action = *plan.add_actions();
  action.set_what("find an assistant");
  action.set_who("the key worker");
  hub::v1::CostLine& line = *plan.add_lines();
  line.set_line("assistant");
  line.set_outcome("swim");
  line.set_funder(hub::v1::LINE_FUNDER_BUDGET);
  line.set_stream("SOCIAL_CARE");
  line.set_category("PERSONAL_ASSISTANCE");
  line.set_annual_pence(52000);
  plan.set_total_pence(52000);
  return plan;
}

std::vector<std::string> Failed(const hub::v1::SupportPlan& plan) {
  return FailedTests(plan, ShippedPolicy().planning_terms().TestsAt(Day("2026-11-27")));
}

TEST(SupportPlanTest, AWholePlanPassesTheSevenTests) {
  EXPECT_EQ(ShippedPolicy().planning_terms().TestsAt(Day("2026-11-27")).size(), 7u);
  EXPECT_TRUE(Failed(Whole()).empty());
  EXPECT_TRUE(CheckLines(Whole()).ok());
  EXPECT_TRUE(CheckTotal(Whole()).ok());
}

TEST(SupportPlanTest, AnEmptyPlanFailsThemAllByName) {
  EXPECT_EQ(
      Failed(hub::v1::SupportPlan()),
      (std::vector<std::string>{"IMPORTANT_TO_CHILD", "WHAT_CHANGES", "HOW_SUPPORTED", "BUDGET_USE",
                                "HOW_MANAGED", "IN_CONTROL", "MAKE_IT_HAPPEN"}));
}

TEST(SupportPlanTest, EachTestIsFailedByItsOwnPartAlone) {
  using Spoil = void (*)(hub::v1::SupportPlan&);
  const std::vector<std::pair<std::string, Spoil>> spoils{
      {"IMPORTANT_TO_CHILD", [](hub::v1::SupportPlan& plan) { plan.set_important(" \n"); }},
      {"WHAT_CHANGES", [](hub::v1::SupportPlan& plan) { plan.mutable_outcomes(0)->set_text(" "); }},
      {"HOW_SUPPORTED", [](hub::v1::SupportPlan& plan) { plan.clear_supported(); }},
      {"BUDGET_USE",
       [](hub::v1::SupportPlan& plan) {
         plan.mutable_lines(0)->set_funder(hub::v1::LINE_FUNDER_FAMILY);
       }},
      {"HOW_MANAGED", [](hub::v1::SupportPlan& plan) { plan.clear_managed(); }},
      {"IN_CONTROL", [](hub::v1::SupportPlan& plan) { plan.clear_in_control(); }},
      {"MAKE_IT_HAPPEN", [](hub::v1::SupportPlan& plan) { plan.mutable_actions(0)->clear_who(); }},
  };
  for (const auto& [code, spoil] : spoils) {
    hub::v1::SupportPlan plan = Whole();
    spoil(plan);
    EXPECT_EQ(Failed(plan), std::vector<std::string>{code});
  }
}

TEST(SupportPlanTest, ATotalThatIsAPennyOffIsRefused) {
  for (const int64_t penny : {-1, 1}) {
    hub::v1::SupportPlan plan = Whole();
    plan.set_total_pence(plan.total_pence() + penny);
    EXPECT_EQ(CheckTotal(plan).code(), absl::StatusCode::kFailedPrecondition);
  }
}

TEST(SupportPlanTest, WhatOthersPayIsNoPartOfTheTotal) {
  hub::v1::SupportPlan plan = Whole();
  hub::v1::CostLine& school = *plan.add_lines();
  school.set_line("school");
  school.set_funder(hub::v1::LINE_FUNDER_SCHOOL);
  school.set_annual_pence(10000);
  EXPECT_TRUE(CheckTotal(plan).ok());
  EXPECT_TRUE(CheckLines(plan).ok());
}

TEST(SupportPlanTest, LinesThatContradictThemselvesAreRefusedByPath) {
  hub::v1::SupportPlan plan = Whole();
  *plan.add_lines() = plan.lines(0);
  EXPECT_EQ(CheckLines(plan).message().rfind("lines[1].line", 0), 0u);
  plan = Whole();
  plan.mutable_lines(0)->set_outcome("fly");
  EXPECT_EQ(CheckLines(plan).message().rfind("lines[0].outcome", 0), 0u);
  plan = Whole();
  plan.mutable_lines(0)->clear_stream();
  EXPECT_EQ(CheckLines(plan).message().rfind("lines[0].stream", 0), 0u);
  plan = Whole();
  plan.mutable_lines(0)->set_funder(hub::v1::LINE_FUNDER_FAMILY);
  EXPECT_FALSE(CheckLines(plan).ok());
}

}  // namespace
}  // namespace ehc
