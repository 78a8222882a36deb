// The groups of commands. Each adds its subcommands to the application; the one that the command
// line names puts what it will do into `chosen`.
#ifndef EHC_CLIENT_SDK_CLI_COMMANDS_H_
#define EHC_CLIENT_SDK_CLI_COMMANDS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "client-sdk/cli/context.h"

namespace ehchub {

using Action = std::function<int(const CliContext&)>;

// --profile and --output.
void AddGlobalOptions(CLI::App& app, CliContext* context);

// Returns the exit status through `chosen` once the command line was read whole.
void AddPlanCommands(CLI::App& app, Action* chosen);
void AddStatusCommands(CLI::App& app, Action* chosen);
void AddOutcomeCommands(CLI::App& app, Action* chosen);
void AddSearchCommands(CLI::App& app, Action* chosen);
void AddRecordCommands(CLI::App& app, Action* chosen);
void AddRequestCommands(CLI::App& app, Action* chosen);
void AddConsentCommands(CLI::App& app, Action* chosen);
void AddStandingCommands(CLI::App& app, Action* chosen);
void AddSubjectCommands(CLI::App& app, Action* chosen);
void AddReviewCommands(CLI::App& app, Action* chosen);
void AddRelationshipCommands(CLI::App& app, Action* chosen);
void AddProtectionCommands(CLI::App& app, Action* chosen);
void AddCapacityCommands(CLI::App& app, Action* chosen);
void AddAgencyCommands(CLI::App& app, Action* chosen);
void AddAgreementCommands(CLI::App& app, Action* chosen);
void AddAuditCommands(CLI::App& app, Action* chosen);
void AddAccessCommands(CLI::App& audit, Action* chosen);
void AddIncidentPackCommand(CLI::App& incident, Action* chosen);
void AddBudgetCommands(CLI::App& app, Action* chosen);
void AddRetentionCommands(CLI::App& app, Action* chosen);
void AddSubscribeCommands(CLI::App& app, Action* chosen);
void AddDoctorCommand(CLI::App& app, Action* chosen);
void AddRecallCommands(CLI::App& app, Action* chosen);
void AddBreakGlassCommands(CLI::App& app, Action* chosen);
void AddPlanIssueCommands(CLI::App& plan, Action* chosen);
void AddCaseworkerCommands(CLI::App& app, Action* chosen);
void AddReferralCommands(CLI::App& app, Action* chosen);
void AddDirectoryCommands(CLI::App& app, Action* chosen);
void AddImportCommands(CLI::App& app, CliContext* context, Action* chosen);

// A group such as `plan`: one of its subcommands must follow.
CLI::App* AddGroup(CLI::App& app, const std::string& name, const std::string& what);

// A command whose options live in an Args of its own and which runs as `run(context, args)`.
template <typename Args>
CLI::App* AddCommand(CLI::App& group, const std::string& name, const std::string& what,
                     Action* chosen, int (*run)(const CliContext&, const Args&),
                     const std::function<void(CLI::App&, Args&)>& add_options) {
  auto args = std::make_shared<Args>();
  CLI::App* command = group.add_subcommand(name, what);
  add_options(*command, *args);
  command->callback([chosen, run, args] {
    *chosen = [run, args](const CliContext& context) { return run(context, *args); };
  });
  return command;
}

// What most writes take.
struct WriteArgs {
  std::string unit;
  std::string case_reference;
  std::string request_id;
  bool validate_only = false;
};
void AddWriteOptions(CLI::App& command, WriteArgs& args);

// The unit that acts: as given, or the acting person's.
absl::StatusOr<std::string> UnitFor(const CliContext& context, const std::string& given);

// Fills request_id, unit and case_reference of a request.
template <typename Request>
absl::Status FillWrite(const CliContext& context, const WriteArgs& args, Request* request) {
  const absl::StatusOr<std::string> unit = UnitFor(context, args.unit);
  if (!unit.ok()) return unit.status();
  if (request->unit().empty() || !args.unit.empty()) request->set_unit(*unit);
  if (!args.request_id.empty()) request->set_request_id(args.request_id);
  if (!args.case_reference.empty()) request->set_case_reference(args.case_reference);
  if (args.validate_only) request->set_validate_only(true);
  return absl::OkStatus();
}

struct PageArgs {
  int size = 0;
  std::string token;
};
void AddPageOptions(CLI::App& command, PageArgs& args);

template <typename Request>
void FillPage(const PageArgs& args, Request* request) {
  request->set_page_size(args.size);
  request->set_page_token(args.token);
}

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_COMMANDS_H_
