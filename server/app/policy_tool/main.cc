// ehc-policy: everything an information-governance officer does with agreements, offline.
#include <CLI/CLI.hpp>
#include <iostream>
#include <set>
#include <string>

#include "absl/time/clock.h"
#include "server/app/policy_tool/commands.h"
#include "server/model/date.h"

namespace ehc {
namespace {

struct Command {
  const char* name;
  const char* what;
  int (*run)(const ToolOptions&);
  const char* works_on = "";  // what stands after the command; empty: nothing
  int arguments = 0;
};

constexpr Command kCommands[] = {
    {"check", "validate and analyse the policy folder", RunCheck},
    {"fmt", "write agreements and tests in canonical layout", RunFmt},
    {"sign", "sign the canonical digest of AGREEMENT", RunSign, "AGREEMENT", 1},
    {"render", "AGREEMENT in plain English with a field matrix", RunRender, "AGREEMENT", 1},
    {"test", "run the policy tests and count what they cover", RunTest},
    {"explain", "decide the cases of FILE and say why", RunExplain, "FILE", 1},
    {"who-can", "who can see a part of a record type, for what, until when", RunWhoCan},
    {"what-can", "what an agency and role can see", RunWhatCan},
    {"diff", "decisions that change from folder OLD to NEW", RunDiff, "OLD NEW", 2},
    {"replay", "run the recorded decisions of FILE again", RunReplay, "FILE", 1},
    {"bench", "measure decisions", RunBench},
};

// Formats are told apart here: a mistyped one must not look like an answer.
void DescribeFormat(CLI::App* app, const std::string& name, ToolOptions* options) {
  const std::set<std::string> formats = name == "render"
                                            ? std::set<std::string>{"md", "html", "json"}
                                            : std::set<std::string>{"text", "json"};
  app->add_option_function<std::string>(
         "--format",
         [options](const std::string& format) {
           options->json = format == "json";
           if (format == "html" || format == "md") options->render_format = format;
         },
         name == "render" ? "md (default), html or json" : "text (default) or json")
      ->check(CLI::IsMember(formats));
  app->add_flag_callback(
      "--json", [options] { options->json = true; }, "same as --format json");
}

void Describe(CLI::App* app, const Command& command, ToolOptions* options) {
  const std::string name = command.name;
  app->fallthrough();  // --at may stand behind the command
  app->add_option("--policies", options->folder, "policy folder")->capture_default_str();
  DescribeFormat(app, name, options);
  if (command.arguments > 0) {
    app->add_option(command.works_on, options->arguments, "what the command works on")
        ->expected(command.arguments)
        ->required();
  }
  if (name == "fmt") app->add_flag("--check", options->check_only, "change nothing; 1 if not so");
  if (name == "sign") {
    app->add_option("--key", options->key_file, "PEM file of the signing key")->required();
    app->add_option("--agency", options->agency, "the agency that signs")->required();
  }
  if (name == "test") {
    app->add_option("--threshold", options->threshold, "least coverage, per cent")
        ->capture_default_str();
  }
  if (name == "who-can") {
    app->add_option("--record-type", options->record_type)->capture_default_str();
    app->add_option("--part", options->part, "the part; left out: any");
  }
  if (name == "what-can") {
    app->add_option("--agency", options->agency, "its id, or id:TYPE")->required();
    app->add_option("--role", options->role, "the role; left out: any");
  }
  if (name == "bench") {
    app->add_option("--clauses", options->bench_clauses, "how many, for each measurement")
        ->delimiter(',')
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
  }
}

}  // namespace
}  // namespace ehc

int main(int argc, char** argv) {
  CLI::App app("Data-sharing agreements: check, sign, render, test, explain.", "ehc-policy");
  app.require_subcommand(1);
  ehc::ToolOptions options;
  options.now = absl::Now();
  app.add_option_function<std::string>(
      "--at",
      [&](const std::string& day) {
        const auto date = ehc::ParseIsoDate(day);
        if (!date.ok()) throw CLI::ValidationError("--at", "write YYYY-MM-DD");
        options.now = ehc::LondonMidnight(*date) + absl::Hours(12);
      },
      "the day to work for (default: today)");
  for (const ehc::Command& command : ehc::kCommands) {
    ehc::Describe(app.add_subcommand(command.name, command.what), command, &options);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  for (const ehc::Command& command : ehc::kCommands) {
    if (app.got_subcommand(command.name)) return command.run(options);
  }
  return 64;
}
