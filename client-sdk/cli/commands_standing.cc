// ehcctl standing …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/message_options.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "ehchub/consent_client.h"

namespace ehchub {
namespace {

const MessageOption kStandingName{"NAME", "name", "subjects/…/standingDecisions/…", true};

// Its parts are written as consents' are, so it is filled by itself.
struct StandingArgs {
  WriteArgs write;
  std::string subject;
  std::string gateway = "R17_INTERESTS";
  std::vector<std::string> recipients;
  std::vector<std::string> roles;
  std::vector<std::string> purposes;
  std::vector<std::string> parts;
  std::string reason;
  std::string from;
  std::string until;
  std::string interim_for;
};

void AddStandingOptions(CLI::App& command, StandingArgs& args) {
  const auto several = [&](const char* name, std::vector<std::string>& values, const char* what) {
    command.add_option(name, values, what)->delimiter(',')->allow_extra_args(false)->required();
  };
  command.add_option("SUBJECT", args.subject, "The child or young person")->required();
  command.add_option("--gateway", args.gateway, "R17_INTERESTS unless told");
  several("--recipient", args.recipients, "An agency whose people may read");
  several("--role", args.roles, "In which role");
  several("--purpose", args.purposes, "For which purpose");
  command.add_option("--part", args.parts, "Which parts, EHC_PLAN:C,G; repeat for more types")
      ->allow_extra_args(false)
      ->required();
  command.add_option("--reason", args.reason, "Why it is in the child's interests")->required();
  command.add_option("--from", args.from, "When it begins; now unless told");
  command.add_option("--until", args.until, "When it ends")->required();
  command.add_option("--interim-for", args.interim_for, "The consent that no longer counts");
  AddWriteOptions(command, args.write);
}

int RunStanding(const CliContext& context, const StandingArgs& args) {
  v1::RecordStandingDecisionRequest request;
  request.set_subject(args.subject);
  v1::StandingDecision& decision = *request.mutable_standing_decision();
  decision.set_gateway(args.gateway);
  for (const auto& one : args.recipients) decision.add_recipients(Named("agencies", one));
  for (const auto& one : args.roles) decision.add_roles(one);
  for (const auto& one : args.purposes) decision.add_purposes(one);
  decision.set_reason(args.reason);
  decision.set_interim_for(args.interim_for);
  absl::Status status = FillScopes(args.parts, &decision);
  if (!args.from.empty()) {
    status.Update(SetMoment("--from", args.from, decision.mutable_valid_from()));
  }
  status.Update(SetMoment("--until", args.until, decision.mutable_valid_until()));
  status.Update(FillWrite(context, args.write, &request));
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return ConsentClient(hub).RecordStandingDecision(request); },
      [](const auto& response, std::ostream& out) {
        PrintFields(response.standing_decision(), out);
      });
}

}  // namespace

void AddStandingCommands(CLI::App& app, Action* chosen) {
  CLI::App* group =
      AddGroup(app, "standing", "What your authority decided in children's interests (reg 17)");
  AddCommand<StandingArgs>(*group, "record", "Decide about one child, for some time", chosen,
                           RunStanding, AddStandingOptions);
  AddMessageCommand(*group, "end", "End a decision before its time", chosen,
                    &ConsentClient::EndStandingDecision,
                    {kStandingName, {"--reason", "reason", "Why it ends", true}});
  AddMessageCommand(*group, "list", "Decisions about a child, and those for every child", chosen,
                    &ConsentClient::ListStandingDecisions,
                    {{"SUBJECT", "subject", "The child; left out: only those for every child"},
                     {"--ended", "include_ended", "Those that have ended, too"}});
}

}  // namespace ehchub
