#include "tests/bench/leak/leak_bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "server/base/status_macros.h"
#include "tests/bench/leak/statistics.h"

namespace ehc {
namespace {

constexpr double kMostDifference = 5;  // us
constexpr double kLeastP = 0.001;

double TimeOf(const LeakAct& act, int serial) {
  const auto begun = std::chrono::steady_clock::now();
  act.call(serial);
  const auto took = std::chrono::steady_clock::now() - begun;
  return std::chrono::duration<double, std::micro>(took).count();
}

// Serials of known and unknown children, the first `children` of each made already.
class Population {
 public:
  Population(LeakBenchWorld& world, int children) : world_(world), children_(children) {}

  int Known(std::mt19937& random) const {
    return 1 + static_cast<int>(random() % static_cast<unsigned>(children_));
  }
  int Unknown(std::mt19937& random) const {
    return 100000 + static_cast<int>(random() % static_cast<unsigned>(children_));
  }
  int FreshKnown() {
    world_.MakeKnown(++fresh_, false);
    return fresh_;
  }
  int FreshUnknown() { return ++never_; }

 private:
  LeakBenchWorld& world_;
  const int children_;
  int fresh_ = 200000;
  int never_ = 400000;
};

struct Samples {
  std::vector<double> known, unknown;
};

// Pairs of one known and one unknown, in random order.
Samples Measure(const LeakAct& act, Population& population, int calls, std::mt19937& random) {
  std::vector<int> known, unknown;
  for (int i = 0; i < calls; ++i) {
    known.push_back(act.once ? population.FreshKnown() : population.Known(random));
    unknown.push_back(act.once ? population.FreshUnknown() : population.Unknown(random));
  }
  Samples samples;
  for (int i = 0; i < calls; ++i) {
    const size_t at = static_cast<size_t>(i);
    const bool known_first = random() % 2 == 0;
    if (known_first) samples.known.push_back(TimeOf(act, known[at]));
    samples.unknown.push_back(TimeOf(act, unknown[at]));
    if (!known_first) samples.known.push_back(TimeOf(act, known[at]));
  }
  return samples;
}

LeakRow Compare(const LeakAct& act, const Samples& samples) {
  LeakRow row;
  row.name = act.name;
  row.calls = static_cast<int>(samples.known.size());
  row.known_us = Quantile(samples.known, 0.5);
  row.unknown_us = Quantile(samples.unknown, 0.5);
  row.p10_difference_us = Quantile(samples.known, 0.1) - Quantile(samples.unknown, 0.1);
  row.p90_difference_us = Quantile(samples.known, 0.9) - Quantile(samples.unknown, 0.9);
  row.p = MannWhitneyP(samples.known, samples.unknown);
  return row;
}

void Correct(std::vector<LeakRow>& rows) {
  std::vector<double> p;
  for (const LeakRow& row : rows) p.push_back(row.p);
  const std::vector<double> corrected = HolmCorrected(p);
  for (size_t i = 0; i < rows.size(); ++i) rows[i].holm_p = corrected[i];
}

}  // namespace

bool LeakRow::is_silent() const {
  return std::abs(difference_us()) <= kMostDifference && holm_p >= kLeastP;
}

std::vector<LeakRow> RunLeakBench(const LeakBenchOptions& options) {
  LeakBenchWorld world(options.children);
  Population population(world, options.children);
  std::mt19937 random(options.seed);
  std::vector<LeakRow> rows;
  for (const LeakAct& act : LeakActs(world.hub())) {
    if (act.name.find(options.only) == std::string::npos) continue;
    (void)Measure(act, population, std::max(1, options.calls / 20), random);  // to warm up
    rows.push_back(Compare(act, Measure(act, population, options.calls, random)));
  }
  Correct(rows);
  return rows;
}

std::string LeakTable(const std::vector<LeakRow>& rows) {
  std::string text =
      absl::StrFormat("%-34s | %6s | %9s %9s %8s | %8s %8s | %9s | %s\n", "call", "each",
                      "known us", "unknown", "diff", "at p10", "at p90", "Holm p", "silent");
  for (const LeakRow& row : rows) {
    absl::StrAppendFormat(&text, "%-34s | %6d | %9.1f %9.1f %8.2f | %8.2f %8.2f | %9.2g | %s\n",
                          row.name, row.calls, row.known_us, row.unknown_us, row.difference_us(),
                          row.p10_difference_us, row.p90_difference_us, row.holm_p,
                          row.is_silent() ? "yes" : "NO");
  }
  return text;
}

std::string LeakJson(const std::vector<LeakRow>& rows) {
  const auto object = [](std::string* out, const LeakRow& row) {
    absl::StrAppendFormat(out,
                          "{\"call\": \"%s\", \"calls\": %d, \"known_us\": %.2f, \"unknown_us\": "
                          "%.2f, \"difference_us\": %.3f, \"p10_difference_us\": %.3f, "
                          "\"p90_difference_us\": %.3f, \"p\": %.4g, \"holm_p\": %.4g, "
                          "\"silent\": %s}",
                          row.name, row.calls, row.known_us, row.unknown_us, row.difference_us(),
                          row.p10_difference_us, row.p90_difference_us, row.p, row.holm_p,
                          row.is_silent() ? "true" : "false");
  };
  return absl::StrCat("[\n  ", absl::StrJoin(rows, ",\n  ", object), "\n]\n");
}

}  // namespace ehc
