// Every checkable figure of the source documents, computed again from docs/source-figures.csv: a
// row whose figure comes out otherwise fails, and so does a row that no computation is named for, a
// computation without a row, and a printed figure that differs without a reason.
#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/pathway/allocation.h"
#include "server/pathway/scoring.h"
#include "server/pathway/support_plan.h"
#include "server/pathway/unit_cost.h"
#include "tests/unit/pathway/models.h"

namespace ehc {
namespace {

struct Row {
  std::string id, source, place, printed, recomputed, test, inputs, reason;
};

// Fields may be quoted, with quotes doubled inside.
std::vector<std::string> CellsOf(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += line[i++];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += line[i];
    }
  }
  return cells;
}

const std::vector<Row>& Rows() {
  static const auto* const rows = [] {
    auto* read = new std::vector<Row>();
    std::ifstream in(std::string(EHC_SOURCE_DIR) + "/docs/source-figures.csv");
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::vector<std::string> cells = CellsOf(line);
      cells.resize(8);
      read->push_back(
          {cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7]});
    }
    return read;
  }();
  return *rows;
}

using Words = std::vector<std::string>;
using Numbers = std::vector<Ratio>;

Ratio NumberIn(absl::string_view text) {
  const absl::StatusOr<Ratio> number = ParseDecimal(text);
  EXPECT_TRUE(number.ok()) << "'" << text << "' is no number";
  return number.value_or(Ratio());
}

Numbers NumbersOf(const Words& words) {
  Numbers numbers;
  for (const std::string& word : words) numbers.push_back(NumberIn(word));
  return numbers;
}

// As many places as the figure that is to come out has.
int PlacesOf(const Row& row) {
  const size_t point = row.recomputed.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(row.recomputed.size() - point - 1);
}

Pence PenceOf(const Ratio& pounds) { return pounds.Times(100)->Rounded(); }

Ratio Sum(const Numbers& numbers) {
  Ratio sum;
  for (const Ratio& number : numbers) sum = *sum.Plus(number);
  return sum;
}

// "30:6.06": minutes, and what they cost.
Activity CaseOf(const Words& words) {
  std::vector<Activity> activities;
  for (const std::string& word : words) {
    const Words parts = absl::StrSplit(word, ':');
    activities.push_back({NumberIn(parts[0]).Rounded(), PenceOf(NumberIn(parts[1]))});
  }
  return *CostPerCase(activities);
}

std::vector<StaffShare> SharesOf(const Words& words) {
  std::vector<StaffShare> shares;
  for (const std::string& word : words) {
    const Words parts = absl::StrSplit(word, ':');
    shares.push_back({NumberIn(parts[0]), NumberIn(parts[1])});
  }
  return shares;
}

// "10:64;13:22": values and how often each counts.
Ratio WeightedMean(const Words& words) {
  Ratio sum, weights;
  for (const StaffShare& one : SharesOf(words)) {
    sum = *sum.Plus(*one.share.Times(one.hourly_rate));
    weights = *weights.Plus(one.hourly_rate);
  }
  return *sum.Over(weights);
}

// To the nearest half thousand, as tables 65 and 66 print.
Ratio HalfThousands(const Numbers& in) {
  const Ratio halves = *in[0].Times(in[1])->Over(500);
  return *Ratio::Of(halves.Rounded(), 2);
}

const std::map<std::string, std::function<Ratio(const Words&)>>& Arithmetic() {
  static const auto* const all = new std::map<std::string, std::function<Ratio(const Words&)>>{
      {"sum", [](const Words& in) { return Sum(NumbersOf(in)); }},
      {"difference", [](const Words& in) { return *NumberIn(in[0]).Minus(NumberIn(in[1])); }},
      {"product",
       [](const Words& in) {
         Ratio product(1);
         for (const Ratio& number : NumbersOf(in)) product = *product.Times(number);
         return product;
       }},
      {"ratio", [](const Words& in) { return *NumberIn(in[0]).Over(NumberIn(in[1])); }},
      {"percent", [](const Words& in) { return *PerCentOf(NumberIn(in[0]), NumberIn(in[1])); }},
      {"change_percent",
       [](const Words& in) {
         return *PerCentOf(*NumberIn(in[1]).Minus(NumberIn(in[0])), NumberIn(in[0]));
       }},
      {"mean",
       [](const Words& in) { return *Sum(NumbersOf(in)).Over(static_cast<int64_t>(in.size())); }},
      {"weighted_mean", WeightedMean},
      {"least",
       [](const Words& in) {
         const Numbers all_of = NumbersOf(in);
         return *std::min_element(all_of.begin(), all_of.end());
       }},
      {"greatest",
       [](const Words& in) {
         const Numbers all_of = NumbersOf(in);
         return *std::max_element(all_of.begin(), all_of.end());
       }},
      {"saving",
       [](const Words& in) {
         const Pence saved = *YearlySaving(PenceOf(NumberIn(in[0])), PenceOf(NumberIn(in[1])),
                                           NumberIn(in[2]).Rounded());
         return *Ratio::Of(saved, 100);
       }},
      {"break_even",
       [](const Words& in) {
         return *YearsToBreakEven(PenceOf(NumberIn(in[0])), PenceOf(NumberIn(in[1])));
       }},
      {"scaled",
       [](const Words& in) { return *Scaled(NumberIn(in[0]), NumberIn(in[1]), NumberIn(in[2])); }},
      {"blended_rate", [](const Words& in) { return *BlendedRate(SharesOf(in)); }},
      {"half_thousands", [](const Words& in) { return HalfThousands(NumbersOf(in)); }},
      {"case_minutes", [](const Words& in) { return Ratio(CaseOf(in).minutes); }},
      {"case_hours", [](const Words& in) { return *Ratio::Of(CaseOf(in).minutes, 60); }},
      {"case_cost", [](const Words& in) { return *Ratio::Of(CaseOf(in).cost, 100); }},
  };
  return *all;
}

std::vector<CohortCase> CohortOf(const Words& words, size_t first) {
  std::vector<CohortCase> cohort;
  for (size_t i = first; i < words.size(); ++i) {
    const Words parts = absl::StrSplit(words[i], ':');
    cohort.push_back({NumberIn(parts[0]).Rounded(), PenceOf(NumberIn(parts[1]))});
  }
  return cohort;
}

Ratio PriceOfSums(const std::vector<CohortCase>& cohort) {
  return *PricePerPoint(policy_proto::PRICE_POINT_RULE_SUM_OF_PACKAGES, cohort, 0);
}

const policy_proto::ScoreLevel& LevelOf(const Words& in) {
  for (const policy_proto::ScoreRow& row : ModelOf(in[0]).row()) {
    if (row.id() != in[1]) continue;
    for (const policy_proto::ScoreLevel& level : row.level()) {
      if (level.code() == in[2]) return level;
    }
  }
  ADD_FAILURE() << in[0] << " has no such row or level";
  return policy_proto::ScoreLevel::default_instance();
}

uint32_t GreatestOf(const policy_proto::ScoreLevel& level) {
  return std::max(level.points(), level.points_to());
}

std::string ModelScore(const Words& in) {
  google::protobuf::RepeatedPtrField<hub::v1::NeedsAnswer> answers;
  for (size_t i = 1; i < in.size(); ++i) {
    const Words parts = absl::StrSplit(in[i], '=');
    hub::v1::NeedsAnswer& answer = *answers.Add();
    answer.set_row(parts[0]);
    answer.set_level(parts[1]);
  }
  const auto score = ScoreAnswers(ModelOf(in[0]), answers);
  return score.ok() ? absl::StrCat(score->points()) : std::string(score.status().message());
}

// Whether any level of the row takes so many points.
std::string ModelRefuses(const Words& in) {
  const int points = static_cast<int>(NumberIn(in[2]).Rounded());
  for (const policy_proto::ScoreLevel& level : ModelOf(in[0]).row(0).level()) {
    google::protobuf::RepeatedPtrField<hub::v1::NeedsAnswer> answers;
    hub::v1::NeedsAnswer& answer = *answers.Add();
    answer.set_row(in[1]);
    answer.set_level(level.code());
    answer.set_points(points);
    if (ScoreAnswers(ModelOf(in[0]), answers).ok()) return "accepted";
  }
  return "refused";
}

// The lines of a support plan whose total is the printed one: to the penny, and not a penny off.
std::string PlanTotal(const Words& in) {
  hub::v1::SupportPlan plan;
  for (const std::string& amount : in) {
    hub::v1::CostLine& line = *plan.add_lines();
    line.set_funder(hub::v1::LINE_FUNDER_BUDGET);
    line.set_annual_pence(PenceOf(NumberIn(amount)));
  }
  hub::v1::CostLine& school = *plan.add_lines();  // what others pay is no part of it
  school.set_funder(hub::v1::LINE_FUNDER_SCHOOL);
  school.set_annual_pence(10000);
  const Pence sum = *SumOfLines(plan.lines(), hub::v1::LINE_FUNDER_BUDGET);
  plan.set_total_pence(sum);
  EXPECT_TRUE(CheckTotal(plan).ok());
  plan.set_total_pence(sum + 1);
  EXPECT_FALSE(CheckTotal(plan).ok());
  return Ratio::Of(sum, 100)->ToDecimal(0);
}

std::string DirectionWord(const Words& in) {
  const auto changed = ShippedPolicy().planning_terms().ChangedFrom(Day("2026-11-27"));
  switch (DirectionOf(NumberIn(in[0]).Rounded(), NumberIn(in[1]).Rounded(), changed.value())) {
    case Direction::kUp: return "up";
    case Direction::kDown: return "down";
    default: return "same";
  }
}

const std::map<std::string, std::function<std::string(const Words&)>>& Others() {
  static const auto* const all =
      new std::map<std::string, std::function<std::string(const Words&)>>{
          {"truncated_ratio",
           [](const Words& in) {  // to one place, as table 63 prints
             const Ratio tenths = *NumberIn(in[0]).Times(10)->Over(NumberIn(in[1]));
             return Ratio::Of(tenths.Truncated(), 10)->ToDecimal(1);
           }},
          {"model_points", [](const Words& in) { return absl::StrCat(LevelOf(in).points()); }},
          {"model_range",
           [](const Words& in) {
             const auto& level = LevelOf(in);
             return level.points_to() == 0 ? absl::StrCat(level.points())
                                           : absl::StrCat(level.points(), "-", level.points_to());
           }},
          {"model_range_size",
           [](const Words& in) {
             const auto& level = LevelOf(in);
             return absl::StrCat(GreatestOf(level) - level.points() + 1);
           }},
          {"model_rows", [](const Words& in) { return absl::StrCat(ModelOf(in[0]).row_size()); }},
          {"model_levels",
           [](const Words& in) {
             std::set<int> sizes;
             for (const auto& row : ModelOf(in[0]).row()) sizes.insert(row.level_size());
             return sizes.size() == 1 ? absl::StrCat(*sizes.begin()) : "differ";
           }},
          {"model_score", ModelScore},
          {"model_refuses", ModelRefuses},
          {"price_of_sums",
           [](const Words& in) { return PriceOfSums(CohortOf(in, 0)).Over(100)->ToDecimal(0); }},
          {"budget_of_sums",
           [](const Words& in) {
             const Pence budget =
                 *BudgetAtPrice(NumberIn(in[0]).Rounded(), PriceOfSums(CohortOf(in, 1)));
             return Ratio::Of(budget, 100)->ToDecimal(0);
           }},
          {"budget_of_largest",
           [](const Words& in) {
             const Ratio price = *PricePerPoint(policy_proto::PRICE_POINT_RULE_LARGEST_PACKAGE,
                                                CohortOf(in, 2), NumberIn(in[1]).Rounded());
             return Ratio::Of(*BudgetAtPrice(NumberIn(in[0]).Rounded(), price), 100)->ToDecimal(0);
           }},
          {"plan_total", PlanTotal},
          {"direction", DirectionWord},
      };
  return *all;
}

// nullopt: no computation of this name.
std::optional<std::string> Recompute(const Row& row) {
  const Words inputs = absl::StrSplit(row.inputs, ';');
  if (const auto found = Arithmetic().find(row.test); found != Arithmetic().end()) {
    return found->second(inputs).ToDecimal(PlacesOf(row));
  }
  if (const auto found = Others().find(row.test); found != Others().end()) {
    return found->second(inputs);
  }
  return std::nullopt;
}

TEST(SourceFiguresTest, EveryRowComesOutAsTheTableSays) {
  ASSERT_GT(Rows().size(), 200u);
  for (const Row& row : Rows()) {
    const std::optional<std::string> figure = Recompute(row);
    ASSERT_TRUE(figure.has_value()) << row.id << ": no computation is called '" << row.test << "'";
    EXPECT_EQ(*figure, row.recomputed) << row.id << ", " << row.place;
  }
}

TEST(SourceFiguresTest, WhatDiffersFromPrintSaysWhyAndNothingElseDoes) {
  for (const Row& row : Rows()) {
    EXPECT_EQ(row.printed == row.recomputed, row.reason.empty()) << row.id;
  }
}

TEST(SourceFiguresTest, EveryRowHasANameOfItsOwnAPlaceAndASource) {
  std::set<std::string> ids;
  for (const Row& row : Rows()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id << " stands there twice";
    EXPECT_FALSE(row.source.empty() || row.place.empty() || row.printed.empty()) << row.id;
  }
}

TEST(SourceFiguresTest, EveryComputationServesSomeRow) {
  std::set<std::string> used;
  for (const Row& row : Rows()) used.insert(row.test);
  for (const auto& [name, unused] : Arithmetic()) EXPECT_EQ(used.count(name), 1u) << name;
  for (const auto& [name, unused] : Others()) EXPECT_EQ(used.count(name), 1u) << name;
}

// The table is read, not remembered: another figure in it comes out wrong.
TEST(SourceFiguresTest, AChangedRowWouldFail) {
  Row row;
  row.test = "plan_total";
  row.inputs = "520;47;215;60.01";
  row.recomputed = "842";
  EXPECT_EQ(*Recompute(row), "842");  // to whole pounds
  row.inputs = "520;47;215;61";
  EXPECT_NE(*Recompute(row), row.recomputed);
  row.test = "guess";
  EXPECT_FALSE(Recompute(row).has_value());
}

}  // namespace
}  // namespace ehc
