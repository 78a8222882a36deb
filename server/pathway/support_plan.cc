#include "server/pathway/support_plan.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

using hub::v1::CostLine;
using hub::v1::SupportPlan;

bool Says(absl::string_view text) { return !absl::StripAsciiWhitespace(text).empty(); }

bool Answers(const SupportPlan& plan, policy::v1::SupportPlanPart part) {
  switch (part) {
    case policy::v1::SUPPORT_PLAN_PART_IMPORTANT: return Says(plan.important());
    case policy::v1::SUPPORT_PLAN_PART_CHANGE:
      return std::any_of(plan.outcomes().begin(), plan.outcomes().end(),
                         [](const auto& outcome) { return Says(outcome.text()); });
    case policy::v1::SUPPORT_PLAN_PART_SUPPORTED: return Says(plan.supported());
    case policy::v1::SUPPORT_PLAN_PART_BUDGET_USE:
      return std::any_of(plan.lines().begin(), plan.lines().end(), [](const CostLine& line) {
        return line.funder() == hub::v1::LINE_FUNDER_BUDGET;
      });
    case policy::v1::SUPPORT_PLAN_PART_MANAGED: return Says(plan.managed());
    case policy::v1::SUPPORT_PLAN_PART_IN_CONTROL: return Says(plan.in_control());
    case policy::v1::SUPPORT_PLAN_PART_MAKE_IT_HAPPEN:
      return std::any_of(plan.actions().begin(), plan.actions().end(), [](const auto& action) {
        return Says(action.what()) && Says(action.who());
      });
    default: return false;
  }
}

absl::Status LineFault(int line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("lines[", line, "].", what));
}

}  // namespace

std::vector<std::string> FailedTests(const SupportPlan& plan,
                                     absl::Span<const policy::v1::SupportPlanTest> tests) {
  std::vector<std::string> failed;
  for (const policy::v1::SupportPlanTest& test : tests) {
    if (!Answers(plan, test.part())) failed.push_back(test.term().code());
  }
  return failed;
}

absl::Status CheckLines(const SupportPlan& plan) {
  std::set<std::string> outcomes;
  for (int i = 0; i < plan.outcomes_size(); ++i) {
    if (!outcomes.insert(plan.outcomes(i).outcome()).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("outcomes[", i, "].outcome: stands there twice; give each its own id"));
    }
  }
  std::set<std::string> lines;
  for (int i = 0; i < plan.lines_size(); ++i) {
    const CostLine& line = plan.lines(i);
    const bool budget = line.funder() == hub::v1::LINE_FUNDER_BUDGET;
    if (!lines.insert(line.line()).second) {
      return LineFault(i, "line: stands there twice; give each its own id");
    }
    if (!line.outcome().empty() && outcomes.count(line.outcome()) == 0) {
      return LineFault(i, "outcome: is no outcome of this plan");
    }
    if (line.stream().empty() == budget) {
      return LineFault(i, budget ? "stream: is left out; say from which stream it is paid"
                                 : "stream: leave it out where the budget does not pay");
    }
    if (line.category().empty() == budget) {
      return LineFault(i, budget ? "category: is left out; say on what it is spent"
                                 : "category: leave it out where the budget does not pay");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Pence> SumOfLines(const google::protobuf::RepeatedPtrField<CostLine>& lines,
                                 hub::v1::LineFunder funder, absl::string_view stream) {
  Pence sum = 0;
  for (const CostLine& line : lines) {
    if (line.funder() != funder || (!stream.empty() && line.stream() != stream)) continue;
    EHC_ASSIGN_OR_RETURN(sum, AddPence(sum, line.annual_pence()));
  }
  return sum;
}

absl::Status CheckTotal(const SupportPlan& plan) {
  EHC_ASSIGN_OR_RETURN(const Pence sum, SumOfLines(plan.lines(), hub::v1::LINE_FUNDER_BUDGET));
  if (sum == plan.total_pence()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "support_plan.total_pence: is not the sum of the lines that the budget pays");
}

}  // namespace ehc
