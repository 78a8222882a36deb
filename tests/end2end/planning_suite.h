// What the tests of planning share: the people who score, decide and pay at one authority, and the
// way from a sheet to a final budget.
#ifndef EHC_TESTS_END2END_PLANNING_SUITE_H_
#define EHC_TESTS_END2END_PLANNING_SUITE_H_

#include <google/protobuf/text_format.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {

inline const Persona kSocialManager{"bromley", "swm-1", "SOCIAL_WORK_MANAGER", "social-care"};
inline const Persona kOtherSocialManager{"bromley", "swm-2", "SOCIAL_WORK_MANAGER", "social-care"};
inline const Persona kPotKeeper{"bromley", "com-1", "COMMISSIONING_OFFICER", "social-care"};
inline const Persona kPaymentsOfficer{"bromley", "dp-1", "DIRECT_PAYMENTS_OFFICER", "social-care"};
inline const Persona kNorthSocial{"northshire-council", "nsw-1", "SOCIAL_WORKER", "social-care"};

// A request in protobuf's text format; its unit is social-care unless it says otherwise.
template <typename Request>
Request Said(const std::string& text) {
  Request request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
  if (request.unit().empty()) request.set_unit("social-care");
  return request;
}

template <typename T>
std::string MessageIn(const absl::StatusOr<T>& result) {
  return std::string(result.status().message());
}

// The seven tests passed, and the four lines of the newcomer's plan of table 42: 842 pounds.
inline std::string NewcomerPlan(const std::string& budget) {
  return absl::StrCat("budget: '", budget, R"('
    important: 'swimming with friends'
    outcomes { outcome: 'swim' text: 'goes swimming every week' }
    supported: 'a worker comes along'
    managed: 'partly by direct payment'
    in_control: 'the family chooses the worker'
    actions { what: 'find a worker' who: 'the key worker' by_when: '2027-01-31' }
    lines { line: 'worker' action: 'two times four hours a week' outcome: 'swim'
            funder: LINE_FUNDER_BUDGET stream: 'SOCIAL_CARE' category: 'PERSONAL_ASSISTANCE'
            annual_pence: 52000 }
    lines { line: 'entry' action: 'tickets' funder: LINE_FUNDER_BUDGET stream: 'SOCIAL_CARE'
            category: 'ACTIVITY' annual_pence: 4700 }
    lines { line: 'club' action: 'club' funder: LINE_FUNDER_BUDGET stream: 'SOCIAL_CARE'
            category: 'ACTIVITY' annual_pence: 21500 }
    lines { line: 'reserve' action: 'reserve' funder: LINE_FUNDER_BUDGET stream: 'SOCIAL_CARE'
            category: 'ACTIVITY' annual_pence: 6000 contingency: true }
    lines { line: 'school' action: 'bus' funder: LINE_FUNDER_SCHOOL annual_pence: 10000 }
    total_pence: 84200)");
}

class PlanningTest : public HubTest {
 protected:
  absl::StatusOr<v1::ScoreNeedsResponse> Score(
      const std::string& child, const std::string& model,
      const std::vector<std::pair<std::string, std::string>>& ticks) {
    auto request = Said<v1::ScoreNeedsRequest>(
        absl::StrCat("subject: '", child, "' model: '", model, "' assessed_on: '2026-10-01'"));
    for (const auto& [row, level] : ticks) {
      v1::NeedsAnswer& answer = *request.add_answers();
      answer.set_row(row);
      answer.set_level(level);
    }
    return worker_.planning.ScoreNeeds(request);
  }

  // 24 points under RAS 4.
  std::string RasScore(const std::string& child) {
    const auto score =
        Score(child, "ras-4", {{"communicate", "SPECIALIST"}, {"interests", "LOTS"}});
    EXPECT_TRUE(score.ok()) << score.status();
    return score.ok() ? score->needs_score().name() : "";
  }

  std::string NewPot(const std::string& model, int64_t amount, int64_t contingency = 0) {
    const auto pot = keeper_.planning.CreateBudgetPot(Said<v1::CreateBudgetPotRequest>(
        absl::StrCat("title: 'pot' model: '", model, "' stream: 'SOCIAL_CARE' ",
                     "from_day: '2020-01-01' to_day: '2099-12-31' amount_pence: ", amount,
                     " contingency_pence: ", contingency)));
    EXPECT_TRUE(pot.ok()) << pot.status();
    return pot.ok() ? pot->budget_pot().name() : "";
  }

  // The synthetic cohort: 200 pounds a point.
  std::string PricedPot(int64_t amount, int64_t contingency = 0) {
    const std::string pot = NewPot("ras-4", amount, contingency);
    EXPECT_EQ(ReasonIn(AddCases(pot, {{33, 600000}, {17, 400000}})), "OK");
    EXPECT_EQ(ReasonIn(Lock(pot)), "OK");
    return pot;
  }

  absl::StatusOr<v1::AddCohortCasesResponse> AddCases(
      const std::string& pot, const std::vector<std::pair<int64_t, int64_t>>& cases) {
    auto request = Said<v1::AddCohortCasesRequest>(absl::StrCat("name: '", pot, "'"));
    for (const auto& [points, package] : cases) {
      v1::CohortCase& one = *request.add_cases();
      one.set_points(points);
      one.set_package_pence(package);
    }
    return keeper_.planning.AddCohortCases(request);
  }

  absl::StatusOr<v1::LockCohortResponse> Lock(const std::string& pot) {
    return keeper_.planning.LockCohort(
        Said<v1::LockCohortRequest>(absl::StrCat("name: '", pot, "'")));
  }

  absl::StatusOr<v1::AllocateIndicativeBudgetResponse> Allocate(const std::string& child,
                                                                const std::string& pot,
                                                                const std::string& more) {
    return worker_.planning.AllocateIndicativeBudget(Said<v1::AllocateIndicativeBudgetRequest>(
        absl::StrCat("subject: '", child, "' pot: '", pot, "' reason: 'assessed' ", more)));
  }

  v1::BudgetPot Pot(const std::string& name) {
    const auto pot = keeper_.planning.GetBudgetPot(
        Said<v1::GetBudgetPotRequest>(absl::StrCat("name: '", name, "'")));
    EXPECT_TRUE(pot.ok()) << pot.status();
    return pot.ok() ? pot->budget_pot() : v1::BudgetPot();
  }

  v1::Budget Budget(const std::string& name) {
    const auto budget =
        worker_.planning.GetBudget(Said<v1::GetBudgetRequest>(absl::StrCat("name: '", name, "'")));
    EXPECT_TRUE(budget.ok()) << budget.status();
    return budget.ok() ? budget->budget() : v1::Budget();
  }

  v1::FamilyBudget Family(const std::string& name) {
    const auto shown = worker_.planning.GetFamilyBudget(
        Said<v1::GetFamilyBudgetRequest>(absl::StrCat("name: '", name, "'")));
    EXPECT_TRUE(shown.ok()) << shown.status();
    return shown.ok() ? shown->family_budget() : v1::FamilyBudget();
  }

  absl::StatusOr<v1::ReviseBudgetResponse> Revise(const std::string& name, int64_t pence) {
    return manager_.planning.ReviseBudget(Said<v1::ReviseBudgetRequest>(
        absl::StrCat("name: '", name, "' stage: BUDGET_STAGE_FAMILY_FACING amount_pence: ", pence,
                     " reason: 'travel was not seen'")));
  }

  // An indicative budget of 1,000 pounds, from levels of support.
  std::string NewBudget(const std::string& child, const std::string& pot) {
    const auto budget = Allocate(child, pot,
                                 "model: 'costed-outcomes' outcomes { text: 'goes out' "
                                 "service: 'PERSONAL_ASSISTANT' units_hundredths: 8000 }");
    EXPECT_TRUE(budget.ok()) << budget.status();
    return budget.ok() ? budget->budget().name() : "";
  }

  absl::StatusOr<v1::SubmitSupportPlanResponse> Submit(const std::string& child,
                                                       const std::string& plan) {
    return worker_.planning.SubmitSupportPlan(Said<v1::SubmitSupportPlanRequest>(
        absl::StrCat("subject: '", child, "' support_plan { ", plan, " }")));
  }

  absl::StatusOr<v1::DecideSupportPlanResponse> Decide(const Clients& by, const std::string& plan,
                                                       bool approve) {
    return by.planning.DecideSupportPlan(Said<v1::DecideSupportPlanRequest>(
        absl::StrCat("name: '", plan, "' approve: ", approve ? "true" : "false",
                     " reason: 'it meets the needs that were assessed'")));
  }

  // A final budget of 842 pounds.
  std::string FinalBudget(const std::string& child, const std::string& pot) {
    const std::string budget = NewBudget(child, pot);
    const auto plan = Submit(child, NewcomerPlan(budget));
    EXPECT_TRUE(plan.ok()) << plan.status();
    if (!plan.ok()) return "";
    const auto decided = Decide(manager_, plan->support_plan().name(), true);
    EXPECT_TRUE(decided.ok()) << decided.status();
    return budget;
  }

  const Clients worker_ = world().As(kSocialWorker);
  const Clients manager_ = world().As(kSocialManager);
  const Clients keeper_ = world().As(kPotKeeper);
  const Clients payments_ = world().As(kPaymentsOfficer);
  const Clients north_ = world().As(kNorthSocial);
};

}  // namespace ehc

#endif  // EHC_TESTS_END2END_PLANNING_SUITE_H_
