// ehc-bench-e2e: pulls of plan summaries through the whole hub, against a bare gRPC echo of the
// same bytes, in one run. docs/performance.md says what the numbers mean.
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "tests/bench/e2e/bench_run.h"
#include "tests/bench/e2e/cores.h"
#include "tests/bench/e2e/echo_server.h"
#include "tests/bench/e2e/hub_process.h"

int main(int argc, char** argv) {
  CLI::App app("Pulls through the whole hub against a bare gRPC echo of the same bytes");
  ehc::BenchOptions options;
  std::string format = "text";
  double seconds = absl::ToDoubleSeconds(options.time);
  app.add_option("--format", format, "text or json")->check(CLI::IsMember({"text", "json"}));
  app.add_option("--seconds", seconds, "how long to measure, in all")
      ->check(CLI::Range(0.5, 3600.0));
  app.add_option("--rounds", options.rounds, "rounds of hub, echo and disk; medians are reported")
      ->check(CLI::Range(1, 100));
  app.add_option("--children", options.children, "children whose plans are pulled")
      ->check(CLI::Range(1, 900));
  app.add_option("--connections", options.connections, "connections that the calls share")
      ->check(CLI::Range(1, 64));
  app.add_option("--echo", options.echo, "what the echo passes on: messages or bytes")
      ->check(CLI::IsMember({"messages", "bytes"}));
  app.add_option("--load", options.load,
                 "summaries; mix: 70 % statuses, 20 % summaries, 8 % pushes, 2 % requests; or "
                 "registrations of children whom nobody knows")
      ->check(CLI::IsMember({"summaries", "mix", "registrations"}));
  app.add_flag("--unpaced", options.unpaced,
               "the hub holds no answer back until its moment: for what it could do");
  app.add_option("--in-flight", options.in_flight, "calls in flight: 1,8,64")->delimiter(',');
  app.add_option("--data", options.folder, "an empty folder on a real disk, left as it is");
  std::vector<std::string> serve;  // how the program starts itself
  app.add_option("--serve", serve)->group("");
  CLI11_PARSE(app, argc, argv);

  if (!serve.empty()) {
    ehc::StayOn(ehc::Core::kServer);
    if (serve[0] == "echo") return ehc::RunEchoServer(serve[1], serve.back());
    return ehc::RunHub(serve[1], serve.back(),
                       serve[0] == "hub" ? ehc::Answers::kAtItsPace : ehc::Answers::kAtOnce);
  }
  options.time = absl::Seconds(seconds);
  const auto rows = ehc::RunBench(options);
  if (!rows.ok()) {
    std::cerr << "ehc-bench-e2e: " << rows.status().message() << "\n";
    return static_cast<int>(rows.status().code());
  }
  std::cout << (format == "json" ? ehc::AsJson(*rows) : ehc::AsText(*rows));
  return 0;
}
