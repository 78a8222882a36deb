// ehcctl agency …: going live, suspension and whatever else takes two people; readiness; usage.
#include "client-sdk/cli/commands_agency_life.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "client-sdk/src/internal/credentials.h"
#include "client-sdk/src/internal/key_maker.h"
#include "ehchub/agency_admin_client.h"
#include "server/base/fs.h"

namespace ehchub {
namespace {

struct ProposeArgs {
  std::string agency;
  std::string reason;
  std::string etag;
  std::string request_id;
};

struct DecideArgs {
  std::string name;
  std::string digest;
  std::string etag;
  std::string request_id;
};

struct ProposalsArgs {
  bool open = false;
  PageArgs page;
};

struct OwnArgs {
  std::string agency;
};

struct DeclareArgs {
  std::vector<std::string> items;
  bool all = false;
  std::string request_id;
};

struct KeysArgs {
  std::string agency;
  std::string unit;
  std::string folder = ".";
};

void AddKeysOptions(CLI::App& command, KeysArgs& args) {
  command.add_option("AGENCY", args.agency, "Your agency's id at the hub")->required();
  command.add_option("--unit", args.unit, "The unit that the certificate speaks for, if one alone");
  command.add_option("--out", args.folder, "An existing folder, yours alone")
      ->check(CLI::ExistingDirectory);
}

void AddProposeOptions(CLI::App& command, ProposeArgs& args) {
  command.add_option("AGENCY", args.agency, "Its id or name")->required();
  command.add_option("--reason", args.reason, "Why, for the second person; no names")->required();
  command.add_option("--etag", args.etag, "Only if the agency is unchanged since");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

void AddApproveOptions(CLI::App& command, DecideArgs& args) {
  command.add_option("NAME", args.name, "adminProposals/…")->required();
  command.add_option("--digest", args.digest,
                     "Of what you approve, as `agency proposals` showed it; without it the "
                     "proposal is shown and nothing is done");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

void AddWithdrawOptions(CLI::App& command, DecideArgs& args) {
  command.add_option("NAME", args.name, "adminProposals/…")->required();
  command.add_option("--etag", args.etag, "Only if it is unchanged since");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

void AddProposalsOptions(CLI::App& command, ProposalsArgs& args) {
  command.add_flag("--open", args.open, "Only those that wait for a second person");
  AddPageOptions(command, args.page);
}

void AddOwnOptions(CLI::App& command, OwnArgs& args) {
  command.add_option("AGENCY", args.agency, "Its id or name; your own unless told");
}

void AddDeclareOptions(CLI::App& command, DeclareArgs& args) {
  command.add_option("ITEM", args.items,
                     "Its code, and where the evidence is kept: DPIA or DPIA=reference");
  command.add_flag("--all", args.all, "Every item that is not met");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

// The agency named, or the one that the profile's certificate names.
absl::StatusOr<std::string> AgencyFor(const CliContext& context, const std::string& given) {
  if (!given.empty()) return Named("agencies", given);
  const absl::StatusOr<Profile> profile = context.LoadProfile();
  if (!profile.ok()) return profile.status();
  if (!profile->agency.empty()) return Named("agencies", profile->agency);
  const auto credentials = internal::LoadCredentials(*profile);
  if (!credentials.ok()) return credentials.status();
  const auto certificate = internal::ReadCertificate(credentials->certificate_pem);
  if (!certificate.ok()) return certificate.status();
  const auto agency = internal::AgencyOf(*certificate);
  if (!agency) return Usage("AGENCY is required: the certificate does not name one");
  return Named("agencies", *agency);
}

// Asks nobody: the private keys are made here and stay here. Nothing is overwritten.
int RunKeys(const CliContext& context, const KeysArgs& args) {
  const auto keys = internal::MakeKeys(args.agency, args.unit);
  if (!keys.ok()) return context.Fail(Usage(keys.status().message()));
  const std::string base = absl::StrCat(args.folder, "/", args.agency);
  const std::tuple<const char*, const std::string&, mode_t> files[] = {
      {".key", keys->tls_key_pem, 0600},
      {".csr", keys->request_pem, 0644},
      {".assertion.key", keys->assertion_key_pem, 0600},
      {".assertion.pub.pem", keys->assertion_public_pem, 0644}};
  for (const auto& [suffix, text, mode] : files) {
    const absl::Status written = ehc::AtomicCreateFile(base + suffix, text, mode);
    if (!written.ok()) return context.Fail(written);
    context.out << base << suffix << "\n";
  }
  context.err << "send the .csr to the authority and the .assertion.pub.pem to the hub's operator; "
                 "the .key files never leave this machine\n";
  return 0;
}

template <typename Request>
Request ProposalOf(const ProposeArgs& args) {
  Request request;
  request.set_request_id(args.request_id);
  request.set_name(Named("agencies", args.agency));
  request.set_etag(args.etag);
  request.set_reason(args.reason);
  return request;
}

constexpr auto PrintProposal = [](const auto& response, std::ostream& out) {
  PrintFields(response.proposal(), out);
};

int RunActivate(const CliContext& context, const ProposeArgs& args) {
  const auto request = ProposalOf<v1::ActivateAgencyRequest>(args);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).ActivateAgency(request); },
      PrintProposal);
}

int RunSuspend(const CliContext& context, const ProposeArgs& args) {
  const auto request = ProposalOf<v1::SuspendAgencyRequest>(args);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).SuspendAgency(request); },
      PrintProposal);
}

int RunReinstate(const CliContext& context, const ProposeArgs& args) {
  const auto request = ProposalOf<v1::ReinstateAgencyRequest>(args);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).ReinstateAgency(request); },
      PrintProposal);
}

absl::StatusOr<v1::AdminProposal> FindProposal(const AgencyAdminClient& client,
                                               const std::string& name) {
  v1::ListProposalsRequest request;
  do {
    const auto page = client.ListProposals(request);
    if (!page.ok()) return page.status();
    for (const v1::AdminProposal& proposal : page->proposals()) {
      if (proposal.name() == name) return proposal;
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return Usage(absl::StrCat(name, " is no proposal of your operator"));
}

// Nobody approves what they have not been shown.
int ShowBeforeApproving(const CliContext& context, const std::string& name) {
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const auto proposal = FindProposal(AgencyAdminClient(*hub), name);
  if (!proposal.ok()) return context.Fail(proposal.status());
  PrintFields(*proposal, context.out);
  return context.Fail(
      Usage(absl::StrCat("nothing was done; to approve this, add --digest ", proposal->digest())));
}

int RunApprove(const CliContext& context, const DecideArgs& args) {
  if (args.digest.empty()) return ShowBeforeApproving(context, args.name);
  v1::ApproveProposalRequest request;
  request.set_request_id(args.request_id);
  request.set_name(args.name);
  request.set_digest(args.digest);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).ApproveProposal(request); },
      PrintProposal);
}

int RunWithdraw(const CliContext& context, const DecideArgs& args) {
  v1::WithdrawProposalRequest request;
  request.set_request_id(args.request_id);
  request.set_name(args.name);
  request.set_etag(args.etag);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).WithdrawProposal(request); },
      PrintProposal);
}

int RunProposals(const CliContext& context, const ProposalsArgs& args) {
  v1::ListProposalsRequest request;
  request.set_only_open(args.open);
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).ListProposals(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "proposals", out); });
}

int RunReadiness(const CliContext& context, const OwnArgs& args) {
  const auto agency = AgencyFor(context, args.agency);
  if (!agency.ok()) return context.Fail(agency.status());
  v1::GetReadinessRequest request;
  request.set_name(*agency);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).GetReadiness(request); },
      [](const auto& response, std::ostream& out) {
        PrintFields(response, out);
        out << (response.complete() ? "complete: it may go live\n" : "not complete\n");
      });
}

// What the checklist has and the command line asks for, in the versions in force.
absl::StatusOr<v1::DeclareReadinessRequest> DeclarationOf(const DeclareArgs& args,
                                                          const std::string& agency,
                                                          const v1::GetReadinessResponse& list) {
  v1::DeclareReadinessRequest request;
  request.set_request_id(args.request_id);
  request.set_name(agency);
  request.set_etag(list.etag());
  const auto declare = [&](const v1::ReadinessItem& item, const std::string& reference) {
    v1::ReadinessDeclaration& declaration = *request.add_declarations();
    declaration.set_item(item.item());
    declaration.set_version(item.version());
    declaration.set_reference(reference);
  };
  if (args.all) {
    for (const v1::ReadinessItem& item : list.items()) {
      if (!item.met()) declare(item, "");
    }
  }
  for (const std::string& text : args.items) {
    const std::pair<std::string, std::string> halves =
        absl::StrSplit(text, absl::MaxSplits('=', 1));
    const auto found = std::find_if(list.items().begin(), list.items().end(),
                                    [&](const auto& item) { return item.item() == halves.first; });
    if (found == list.items().end()) {
      return Usage(absl::StrCat(halves.first, " is not on the checklist: see agency readiness"));
    }
    declare(*found, halves.second);
  }
  if (request.declarations().empty()) return Usage("name an ITEM, or say --all");
  return request;
}

int RunDeclare(const CliContext& context, const DeclareArgs& args) {
  const auto agency = AgencyFor(context, "");
  if (!agency.ok()) return context.Fail(agency.status());
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const AgencyAdminClient client(*hub);
  v1::GetReadinessRequest read;
  read.set_name(*agency);
  const auto list = client.GetReadiness(read);
  if (!list.ok()) return context.Fail(list.status());
  const auto request = DeclarationOf(args, *agency, *list);
  if (!request.ok()) return context.Fail(request.status());
  return Finish(
      context, client.DeclareReadiness(*request),
      [](const auto& response, std::ostream& out) { PrintFields(response.agency(), out); });
}

int RunUsage(const CliContext& context, const OwnArgs& args) {
  const auto agency = AgencyFor(context, args.agency);
  if (!agency.ok()) return context.Fail(agency.status());
  v1::GetUsageRequest request;
  request.set_name(*agency);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).GetUsage(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response, out); });
}

}  // namespace

void AddAgencyLifeCommands(CLI::App& group, Action* chosen) {
  AddCommand<KeysArgs>(group, "keys", "Make your agency's keys and a certificate request, here",
                       chosen, RunKeys, AddKeysOptions);
  AddCommand<OwnArgs>(group, "readiness", "The checklist before going live", chosen, RunReadiness,
                      AddOwnOptions);
  AddCommand<DeclareArgs>(group, "declare", "Declare items of the checklist for your agency",
                          chosen, RunDeclare, AddDeclareOptions);
  AddCommand<ProposeArgs>(group, "activate", "Propose that an agency goes live", chosen,
                          RunActivate, AddProposeOptions);
  AddCommand<ProposeArgs>(group, "suspend", "Propose that an agency be suspended", chosen,
                          RunSuspend, AddProposeOptions);
  AddCommand<ProposeArgs>(group, "reinstate", "Propose that a suspended agency takes part again",
                          chosen, RunReinstate, AddProposeOptions);
  AddCommand<ProposalsArgs>(group, "proposals",
                            "What waits for a second person, and what became "
                            "of it",
                            chosen, RunProposals, AddProposalsOptions);
  AddCommand<DecideArgs>(group, "approve", "Approve another operator's proposal: it is done",
                         chosen, RunApprove, AddApproveOptions);
  AddCommand<DecideArgs>(group, "withdraw", "End a proposal undone", chosen, RunWithdraw,
                         AddWithdrawOptions);
  AddCommand<OwnArgs>(group, "usage", "How much of its quota an agency uses", chosen, RunUsage,
                      AddOwnOptions);
}

}  // namespace ehchub
