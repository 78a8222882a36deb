// ehcctl: the hub from a command line, for agencies, operators and scripts.
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "client-sdk/cli/commands.h"

namespace ehchub {
namespace {

constexpr char kFooter[] =
    "A profile is a file NAME.profile in $EHC_PROFILES, ./profiles or ~/.config/ehc/profiles.\n"
    "Children are named nhs:9434765870, upn:…, uln:…, pnc:…, la:303/ABC123 or subjects/….\n"
    "Exit status: 0; 1 to 16, the gRPC status code of a failed call; 64, wrong usage.\n";

void AddCommands(CLI::App& app, CliContext* context, Action* chosen) {
  AddPlanCommands(app, chosen);
  AddStatusCommands(app, chosen);
  AddOutcomeCommands(app, chosen);
  AddSearchCommands(app, chosen);
  AddRecordCommands(app, chosen);
  AddRequestCommands(app, chosen);
  AddConsentCommands(app, chosen);
  AddStandingCommands(app, chosen);
  AddSubjectCommands(app, chosen);
  AddReviewCommands(app, chosen);
  AddRelationshipCommands(app, chosen);
  AddProtectionCommands(app, chosen);
  AddCapacityCommands(app, chosen);
  AddAgencyCommands(app, chosen);
  AddAgreementCommands(app, chosen);
  AddAuditCommands(app, chosen);
  AddRetentionCommands(app, chosen);
  AddBudgetCommands(app, chosen);
  AddSubscribeCommands(app, chosen);
  AddRecallCommands(app, chosen);
  AddBreakGlassCommands(app, chosen);
  AddCaseworkerCommands(app, chosen);
  AddReferralCommands(app, chosen);
  AddDirectoryCommands(app, chosen);
  AddImportCommands(app, context, chosen);
  AddDoctorCommand(app, chosen);
}

// `ehcctl help plan get` is `ehcctl plan get --help`.
std::vector<std::string> Arguments(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) return {"--help"};
  if (arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.push_back("--help");
  }
  return {arguments.rbegin(), arguments.rend()};  // as CLI11 takes them
}

int Refuse(const CliContext& context, const CLI::ParseError& error) {
  return context.Fail(Usage(error.what() + std::string("; see ehcctl help")));
}

int Run(int argc, char** argv) {
  CliContext context;
  Action chosen;
  CLI::App app("ehcctl: the EHC hub from a command line", "ehcctl");
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(34);
  app.set_version_flag("--version", "ehcctl 0.1.0");
  AddGlobalOptions(app, &context);
  AddCommands(app, &context, &chosen);
  app.footer(kFooter);  // last, so that subcommands do not repeat it
  try {
    app.parse(Arguments(argc, argv));
  } catch (const CLI::Success& asked) {
    return app.exit(asked, context.out, context.err);
  } catch (const CLI::ParseError& error) {
    return Refuse(context, error);
  }
  return chosen(context);
}

}  // namespace
}  // namespace ehchub

int main(int argc, char** argv) {
  setenv("GRPC_VERBOSITY", "NONE", 0);  // an error is one line, and it is ours
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return ehchub::Run(argc, argv);
}
