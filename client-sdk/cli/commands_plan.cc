// ehcctl plan …
#include "absl/strings/str_cat.h"
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/disclosing.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "ehchub/record_exchange_client.h"

namespace ehchub {
namespace {

struct ReadArgs {
  AskArgs ask;
  std::vector<std::string> sections;
};

void AddSummaryOptions(CLI::App& command, ReadArgs& args) { AddAskOptions(command, args.ask); }

void AddGetOptions(CLI::App& command, ReadArgs& args) {
  AddAskOptions(command, args.ask);
  command
      .add_option("--section", args.sections,
                  "Sections wanted, such as C,G; ask for what the purpose needs. Otherwise every "
                  "section that can be released")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void PrintSummary(const v1::GetPlanSummaryResponse& response, std::ostream& out) {
  const v1::PlanSummary& summary = response.plan_summary();
  out << "Plan summary\n";
  PrintHeadline(summary.headline(), out);
  if (summary.has_health_needs()) PrintSection(summary.health_needs(), out);
  if (summary.has_outcomes()) PrintSection(summary.outcomes(), out);
  if (summary.has_health_provision()) PrintSection(summary.health_provision(), out);
  PrintDisclosure(response.disclosure(), out);
}

void PrintPlan(const v1::GetPlanResponse& response, std::ostream& out) {
  out << "Plan\n";
  PrintHeadline(response.plan().headline(), out);
  for (const v1::PlanSection& section : response.plan().sections()) PrintSection(section, out);
  PrintDisclosure(response.disclosure(), out);
}

int PrintStep(const CliContext& context, const v1::StreamPlanSectionsResponse& step) {
  if (context.output == Output::kJson) return context.PrintJson(step);
  PrintHeadline(step.plan().headline(), context.out);
  for (const v1::PlanSection& section : step.plan().sections()) PrintSection(section, context.out);
  if (step.last()) PrintDisclosure(step.disclosure(), context.out);
  return 0;
}

// Each part is printed as it comes.
int RunStream(const CliContext& context, const ReadArgs& args) {
  v1::StreamPlanSectionsRequest request;
  FillAsk(args.ask, &request);
  for (const std::string& letter : args.sections) {
    v1::PlanSectionCode code = v1::PLAN_SECTION_CODE_UNSPECIFIED;
    const absl::Status known = SetWord("--section", letter, &code);
    if (!known.ok()) return context.Fail(known);
    request.add_sections(code);
  }
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const auto reader = RecordExchangeClient(*hub).StreamPlanSections(request);
  for (;;) {
    const auto step = reader->Next();
    if (!step.ok()) return context.Fail(step.status());
    if (!step->has_value()) break;
    const int printed = PrintStep(context, **step);
    if (printed != 0) return printed;
  }
  const absl::Status settled = hub->SettleReceipts();
  return settled.ok() ? 0 : context.Fail(settled);
}

int RunSummary(const CliContext& context, const ReadArgs& args) {
  return Disclose(
      context,
      [&](const Hub& hub) {
        v1::GetPlanSummaryRequest request;
        FillAsk(args.ask, &request);
        return RecordExchangeClient(hub).GetPlanSummary(request);
      },
      PrintSummary);
}

int RunGet(const CliContext& context, const ReadArgs& args) {
  v1::GetPlanRequest request;
  FillAsk(args.ask, &request);
  for (const std::string& letter : args.sections) {
    v1::PlanSectionCode code = v1::PLAN_SECTION_CODE_UNSPECIFIED;
    const absl::Status known = SetWord("--section", letter, &code);
    if (!known.ok()) return context.Fail(known);
    request.add_sections(code);
  }
  return Disclose(
      context, [&](const Hub& hub) { return RecordExchangeClient(hub).GetPlan(request); },
      PrintPlan);
}

}  // namespace

void AddPlanCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "plan", "Education, health and care plans");
  AddCommand<ReadArgs>(*group, "summary", "A health professional's view of a child's plan", chosen,
                       RunSummary, AddSummaryOptions);
  AddCommand<ReadArgs>(*group, "get", "Sections of a child's plan", chosen, RunGet, AddGetOptions);
  AddCommand<ReadArgs>(*group, "stream", "Sections of a child's plan, one at a time as they come",
                       chosen, RunStream, AddGetOptions);
  AddPublishCommand<v1::PublishPlanRequest>(*group, "publish",
                                            "Store a new version of a child's plan", chosen,
                                            &RecordExchangeClient::PublishPlan);
  AddPlanIssueCommands(*group, chosen);
}

}  // namespace ehchub
