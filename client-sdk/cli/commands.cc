#include "client-sdk/cli/commands.h"

namespace ehchub {

void AddGlobalOptions(CLI::App& app, CliContext* context) {
  app.add_option("--profile", context->profile_name, "Whose keys, and which hub")
      ->envname("EHC_PROFILE")
      ->type_name("NAME");
  app.add_option_function<std::string>(
         "--output",
         [context](const std::string& name) {
           if (name != "text" && name != "json") {
             throw CLI::ValidationError("--output", "is text or json");
           }
           context->output = name == "json" ? Output::kJson : Output::kText;
         },
         "text, or json: the response as proto3 JSON")
      ->type_name("text|json");
}

CLI::App* AddGroup(CLI::App& app, const std::string& name, const std::string& what) {
  CLI::App* group = app.add_subcommand(name, what);
  group->require_subcommand(1);
  return group;
}

void AddWriteOptions(CLI::App& command, WriteArgs& args) {
  command.add_option("--unit", args.unit, "The unit that acts; otherwise the profile's");
  command.add_option("--case", args.case_reference, "Your own case reference, for the audit entry");
  command.add_option("--request-id", args.request_id,
                     "A random UUID; give the same one to repeat a call that may have succeeded");
  command.add_flag("--validate-only", args.validate_only, "Check everything, store nothing");
}

void AddPageOptions(CLI::App& command, PageArgs& args) {
  command.add_option("--page-size", args.size, "At most 200; 50 unless told");
  command.add_option("--page-token", args.token, "Where to go on, as the page before said");
}

absl::StatusOr<std::string> UnitFor(const CliContext& context, const std::string& given) {
  if (!given.empty()) return given;
  const absl::StatusOr<Profile> profile = context.LoadProfile();
  if (!profile.ok()) return profile.status();
  return profile->acting_person.has_value() ? profile->acting_person->unit : std::string();
}

}  // namespace ehchub
