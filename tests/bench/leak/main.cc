// ehc-bench-leak: whether the time of an answer tells a known child from an unknown one.
// docs/performance.md says what the numbers mean. Ends with 1 where some call is not silent.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <string>

#include "server/transport/platform_setup.h"
#include "tests/bench/leak/leak_bench.h"

int main(int argc, char** argv) {
  CLI::App app("Times calls about known but forbidden children beside calls about unknown ones");
  ehc::LeakBenchOptions options;
  std::string format = "text";
  bool report_only = false;
  app.add_option("--format", format, "text or json")->check(CLI::IsMember({"text", "json"}));
  app.add_option("--calls", options.calls, "calls about known children of each kind")
      ->check(CLI::Range(10, 1000000));
  app.add_option("--children", options.children, "known children")->check(CLI::Range(1, 5000));
  app.add_option("--seed", options.seed, "of the order");
  app.add_option("--only", options.only, "calls whose name has this in it");
  app.add_flag("--report-only", report_only, "end with 0 whatever the times tell");
  CLI11_PARSE(app, argc, argv);
  if (const auto prepared = ehc::PreparePlatform(); !prepared.ok()) {
    std::cerr << "ehc-bench-leak: " << prepared << "\n";
    return 1;
  }
  const auto rows = ehc::RunLeakBench(options);
  std::cout << (format == "json" ? ehc::LeakJson(rows) : ehc::LeakTable(rows));
  const bool silent = std::all_of(rows.begin(), rows.end(),
                                  [](const ehc::LeakRow& row) { return row.is_silent(); });
  return silent || report_only ? 0 : 1;
}
