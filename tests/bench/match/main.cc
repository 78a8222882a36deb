// ehc-bench-match: how right the matcher is, how fast, and how large (docs/matching.md).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>

#include "absl/strings/str_format.h"
#include "tests/bench/match/calibrate.h"
#include "tests/bench/match/startup.h"
#include "tests/bench/match/trial.h"

namespace ehc {
namespace {

double Since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double At(const std::vector<double>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1,
                         static_cast<size_t>(share * static_cast<double>(sorted.size())))];
}

void PrintRow(absl::string_view name, const Tally& t) {
  std::cout << absl::StreamFormat(
      "| %-23s | %6d | %6d | %6d | %5d | %.5f | %.4f | %6d | %6d | %6d |\n", name, t.asked,
      t.registered, t.right, t.wrong, t.precision(), t.recall(), t.review, t.review_has, t.missed);
}

void Print(const TrialResult& result) {
  std::cout << "| error | asked | registered | right | wrong | precision | recall | review | with "
               "the child | missed |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (int i = 0; i < kErrorClasses; ++i) {
    PrintRow(ErrorClassName(static_cast<ErrorClass>(i)), result.by_error[static_cast<size_t>(i)]);
  }
  PrintRow("all", result.all());
  std::cout << absl::StreamFormat("question: p50 %.0f us, p99 %.0f us, p99.9 %.0f us\n",
                                  At(result.micros, 0.5), At(result.micros, 0.99),
                                  At(result.micros, 0.999));
}

int Run(const TrialOptions& options, const std::string& policies, bool calibrate) {
  auto trial = Trial::Create(options, policies);
  if (!trial.ok()) {
    std::cerr << "ehc-bench-match: " << trial.status().message() << "\n";
    return 1;
  }
  const double before = ResidentBytes();
  const auto begun = std::chrono::steady_clock::now();
  (*trial)->Fill();
  const double filled = Since(begun);
  const auto people = static_cast<double>((*trial)->index().accounts());
  std::cout << absl::StreamFormat(
      "filled: %.0f people in %.1f s (%.0f a second, generator included), %.0f MiB, %.0f bytes "
      "each\n",
      people, filled, people / filled, (ResidentBytes() - before) / 1048576,
      (ResidentBytes() - before) / people);
  if (calibrate) {
    Calibrate(**trial, std::cout);
    return 0;
  }
  Print((*trial)->Ask());
  return 0;
}

int RunStart(const TrialOptions& options, const std::string& policies) {
  const absl::Status status = TimeStart(options, policies, std::cout);
  if (!status.ok()) std::cerr << "ehc-bench-match: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace ehc

int main(int argc, char** argv) {
  CLI::App app("How right, how fast and how large the matcher is");
  ehc::TrialOptions options;
  std::string policies = EHC_SOURCE_DIR "/policies";
  bool calibrate = false;
  bool start = false;
  app.add_option("--people", options.people, "In the index")->check(CLI::PositiveNumber);
  app.add_option("--questions", options.questions, "At least about so many")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "Of everything that is drawn");
  app.add_option("--policies", policies, "Folder with matching/");
  app.add_flag("--start", start, "Time the start over a store of --people dossiers instead");
  app.add_flag("--calibrate", calibrate, "Print m and u as the labelled set has them");
  CLI11_PARSE(app, argc, argv);
  if (start) return ehc::RunStart(options, policies);
  return ehc::Run(options, policies, calibrate);
}
