#include "server/pathway/allocation.h"

#include <algorithm>
#include <cstddef>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

absl::Status NoPrice(absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("the cohort gives no price: ", why));
}

// The packages of ranks [first, last), shared equally.
absl::StatusOr<Ratio> MeanOf(const std::vector<Pence>& packages, size_t first, size_t last) {
  absl::int128 sum = 0;
  for (size_t i = first; i < last; ++i) sum += packages[i];
  return Ratio::Of(sum, static_cast<int64_t>(last - first));
}

}  // namespace

absl::StatusOr<Ratio> PricePerPoint(policy::v1::PricePointRule rule,
                                    absl::Span<const CohortCase> cohort, int64_t greatest_points) {
  if (cohort.empty()) return NoPrice("it has no cases");
  absl::int128 packages = 0;
  absl::int128 points = 0;
  Pence largest = 0;
  for (const CohortCase& one : cohort) {
    packages += one.package;
    points += one.points;
    largest = std::max(largest, one.package);
  }
  if (rule == policy::v1::PRICE_POINT_RULE_LARGEST_PACKAGE) {
    if (greatest_points <= 0) return NoPrice("the model gives no points");
    return Ratio::Of(largest, greatest_points);
  }
  if (points <= 0) return NoPrice("its cases have no points");
  return Ratio::Of(packages, points);
}

absl::StatusOr<Pence> BudgetAtPrice(int64_t points, const Ratio& price) {
  EHC_ASSIGN_OR_RETURN(const Ratio budget, price.Times(points));
  return budget.Rounded();
}

absl::StatusOr<PackageTable> PackageTable::Create(absl::Span<const CohortCase> cohort,
                                                  policy::v1::ScaleDirection direction) {
  if (cohort.empty()) return NoPrice("it has no cases");
  const bool fewer_is_more = direction == policy::v1::SCALE_DIRECTION_LOWER_IS_MORE_NEED;
  std::vector<int64_t> scores;
  std::vector<Pence> packages;
  for (const CohortCase& one : cohort) {
    scores.push_back(one.points);
    packages.push_back(one.package);
  }
  std::sort(scores.begin(), scores.end());
  if (!fewer_is_more) std::reverse(scores.begin(), scores.end());
  std::sort(packages.begin(), packages.end(), std::greater<>());
  PackageTable table;
  for (size_t first = 0, last = 0; first < scores.size(); first = last) {
    while (last < scores.size() && scores[last] == scores[first]) ++last;
    EHC_ASSIGN_OR_RETURN(const Ratio mean, MeanOf(packages, first, last));
    table.steps_.push_back({scores[first], mean});
  }
  if (!fewer_is_more) std::reverse(table.steps_.begin(), table.steps_.end());
  return table;
}

absl::StatusOr<Pence> PackageTable::PackageFor(int64_t points) const {
  if (points <= steps_.front().points) return steps_.front().package.Rounded();
  if (points >= steps_.back().points) return steps_.back().package.Rounded();
  const auto above =
      std::lower_bound(steps_.begin(), steps_.end(), points,
                       [](const Step& step, int64_t at) { return step.points < at; });
  if (above->points == points) return above->package.Rounded();
  const Step& below = *(above - 1);
  EHC_ASSIGN_OR_RETURN(const Ratio rise, above->package.Minus(below.package));
  EHC_ASSIGN_OR_RETURN(const Ratio along,
                       Ratio::Of(points - below.points, above->points - below.points));
  EHC_ASSIGN_OR_RETURN(const Ratio part, rise.Times(along));
  EHC_ASSIGN_OR_RETURN(const Ratio package, below.package.Plus(part));
  return package.Rounded();
}

std::string PackageTable::Explain(int64_t points) const {
  if (points < steps_.front().points || points > steps_.back().points) {
    return absl::StrCat("outside the cohort's scores (", steps_.front().points, " to ",
                        steps_.back().points, "): the package of the nearest");
  }
  const auto above =
      std::lower_bound(steps_.begin(), steps_.end(), points,
                       [](const Step& step, int64_t at) { return step.points < at; });
  if (above->points == points) return "the package of the same rank in the cohort";
  return absl::StrCat("on the line between the cohort's scores ", (above - 1)->points, " and ",
                      above->points);
}

absl::StatusOr<Pence> CostOfOutcomes(const policy::v1::CostedOutcomes& model,
                                     absl::Span<const OutcomeUnits> outcomes) {
  absl::int128 hundredths = 0;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const auto cost = std::find_if(
        model.unit_cost().begin(), model.unit_cost().end(),
        [&](const policy::v1::UnitCost& unit) { return unit.service() == outcomes[i].service; });
    if (cost == model.unit_cost().end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "outcomes[", i, "].service: the model has no unit cost for it; see its services"));
    }
    hundredths += absl::int128(cost->pence()) * outcomes[i].hundredths;
  }
  EHC_ASSIGN_OR_RETURN(const Ratio sum, Ratio::Of(hundredths, 100));
  return sum.Rounded();
}

absl::StatusOr<Pence> CostOfLevels(const policy::v1::ScoringModel& model,
                                   const hub::v1::Score& score) {
  Pence sum = 0;
  for (const hub::v1::ScoreItem& item : score.items()) {
    for (const policy::v1::ScoreRow& row : model.row()) {
      if (row.id() != item.row()) continue;
      for (const policy::v1::ScoreLevel& level : row.level()) {
        if (level.code() != item.level()) continue;
        EHC_ASSIGN_OR_RETURN(sum, AddPence(sum, static_cast<Pence>(level.amount_pence())));
      }
    }
  }
  return sum;
}

Direction DirectionOf(Pence from, Pence to, int64_t changed_from_basis_points) {
  const absl::int128 change = absl::int128(to) - from;
  const absl::int128 size = change < 0 ? -change : change;
  const absl::int128 base = from < 0 ? -absl::int128(from) : absl::int128(from);
  if (size == 0 || size * 10000 < base * changed_from_basis_points) return Direction::kSame;
  return change > 0 ? Direction::kUp : Direction::kDown;
}

}  // namespace ehc
