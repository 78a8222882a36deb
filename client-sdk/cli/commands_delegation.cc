// ehcctl delegation …: an authority lets people of a provider act for it.
#include <algorithm>
#include <string>
#include <vector>

#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/commands_agency_life.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "ehchub/agency_admin_client.h"

namespace ehchub {
namespace {

struct GrantArgs {
  std::string to;
  std::string unit;
  std::string acts_as;
  std::string role;
  std::vector<std::string> purposes;
  std::vector<std::string> record_types;
  std::string until;
  std::string reason;
  std::string request_id;
};

struct MoveArgs {
  std::string name;
  std::string etag;
  std::string request_id;
};

struct DelegationsArgs {
  bool received = false;
  bool open = false;
  PageArgs page;
};

void AddGrantOptions(CLI::App& command, GrantArgs& args) {
  command.add_option("TO", args.to, "The provider's id or name")->required();
  command.add_option("--unit", args.unit, "Your unit in whose name they act")->required();
  command.add_option("--acts-as", args.acts_as, "Your role that they act in, as SOCIAL_WORKER")
      ->required();
  command
      .add_option("--role", args.role, "Which of their people: in this role, as CARE_KEY_WORKER")
      ->required();
  command.add_option("--purpose", args.purposes, "For which purpose; repeat for more")
      ->required()
      ->allow_extra_args(false);
  command.add_option("--record-type", args.record_types, "Records of which type; repeat for more")
      ->required()
      ->allow_extra_args(false);
  command.add_option("--until", args.until, "When it ends by itself, exclusive")->required();
  command.add_option("--reason", args.reason, "Under which contract; no names")->required();
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

void AddMoveOptions(CLI::App& command, MoveArgs& args) {
  command.add_option("NAME", args.name, "delegations/…")->required();
  command.add_option("--etag", args.etag, "Only if it is unchanged since");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

void AddDelegationsOptions(CLI::App& command, DelegationsArgs& args) {
  command.add_flag("--received", args.received, "Those that your agency was given");
  command.add_flag("--open", args.open, "Only those that are offered or in force");
  AddPageOptions(command, args.page);
}

constexpr auto PrintDelegation = [](const auto& response, std::ostream& out) {
  PrintFields(response.delegation(), out);
};

int RunGrant(const CliContext& context, const GrantArgs& args) {
  v1::GrantDelegationRequest request;
  request.set_request_id(args.request_id);
  v1::Delegation& delegation = *request.mutable_delegation();
  delegation.set_to(Named("agencies", args.to));
  delegation.set_unit(args.unit);
  delegation.set_acts_as_role(args.acts_as);
  delegation.set_role(args.role);
  for (const std::string& purpose : args.purposes) delegation.add_purposes(purpose);
  for (const std::string& type : args.record_types) delegation.add_record_types(type);
  delegation.set_reason(args.reason);
  const absl::Status until = SetMoment("--until", args.until, delegation.mutable_valid_until());
  if (!until.ok()) return context.Fail(until);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).GrantDelegation(request); },
      PrintDelegation);
}

template <typename Request>
Request MoveOf(const MoveArgs& args) {
  Request request;
  request.set_request_id(args.request_id);
  request.set_name(Named("delegations", args.name));
  request.set_etag(args.etag);
  return request;
}

int RunAccept(const CliContext& context, const MoveArgs& args) {
  const auto request = MoveOf<v1::AcceptDelegationRequest>(args);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).AcceptDelegation(request); },
      PrintDelegation);
}

int RunEnd(const CliContext& context, const MoveArgs& args) {
  const auto request = MoveOf<v1::EndDelegationRequest>(args);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).EndDelegation(request); },
      PrintDelegation);
}

int RunDelegations(const CliContext& context, const DelegationsArgs& args) {
  v1::ListDelegationsRequest request;
  request.set_received(args.received);
  request.set_only_open(args.open);
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).ListDelegations(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "delegations", out); });
}

}  // namespace

void AddDelegationCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "delegation", "Who acts for whom: a provider for an authority");
  AddCommand<GrantArgs>(*group, "grant", "Let people of a provider act for your authority", chosen,
                        RunGrant, AddGrantOptions);
  AddCommand<MoveArgs>(*group, "accept", "Accept what your agency was offered", chosen, RunAccept,
                       AddMoveOptions);
  AddCommand<MoveArgs>(*group, "end", "End it at once, or decline an offer", chosen, RunEnd,
                       AddMoveOptions);
  AddCommand<DelegationsArgs>(*group, "list", "Those granted, or received", chosen, RunDelegations,
                              AddDelegationsOptions);
}

}  // namespace ehchub
