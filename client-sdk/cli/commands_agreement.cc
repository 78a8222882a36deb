// ehcctl agreement …
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "ehchub/agreement_client.h"

namespace ehchub {
namespace {

struct ListArgs {
  bool candidate = false;
  PageArgs page;
};

struct GetArgs {
  std::string name;
  bool candidate = false;
  std::string format;
};

struct StandingArgs {
  std::string name;
  std::string reason;
  std::string etag;
  std::string request_id;
  bool validate_only = false;
};

struct ProposeArgs {
  std::string folder;
  bool shadow = false;
  bool validate_only = false;
  std::string request_id;
};

struct ActivateArgs {
  std::string revision;
  bool validate_only = false;
  std::string request_id;
};

struct RevisionArgs {
  bool candidate = false;
};

struct ShadowArgs {
  PageArgs page;
};

struct ExplainArgs {
  std::string file;
  bool candidate = false;
};

constexpr char kCandidate[] = "Of the revision proposed, not of the one in force";

void AddListOptions(CLI::App& command, ListArgs& args) {
  command.add_flag("--candidate", args.candidate, kCandidate);
  AddPageOptions(command, args.page);
}

void AddGetOptions(CLI::App& command, GetArgs& args) {
  command.add_option("AGREEMENT", args.name, "Its id or name")->required();
  command.add_flag("--candidate", args.candidate, kCandidate);
}

void AddRenderOptions(CLI::App& command, GetArgs& args) {
  AddGetOptions(command, args);
  command.add_option("--format", args.format, "markdown unless told, or html");
}

void AddStandingOptions(CLI::App& command, StandingArgs& args) {
  command.add_option("AGREEMENT", args.name, "Its id or name")->required();
  command.add_option("--reason", args.reason, "Why; kept sealed")->required();
  command.add_option("--etag", args.etag, "Only if it is unchanged since");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
  command.add_flag("--validate-only", args.validate_only, "Check everything, store nothing");
}

void AddProposeOptions(CLI::App& command, ProposeArgs& args) {
  command.add_option("FOLDER", args.folder, "The policy folder")->required();
  command.add_flag("--shadow", args.shadow, "Let it also decide live requests, without effect");
  command.add_flag("--validate-only", args.validate_only, "Check everything, store nothing");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

void AddActivateOptions(CLI::App& command, ActivateArgs& args) {
  command
      .add_option("REVISION", args.revision,
                  "The revision proposed, as `ehc-policy check` prints it of your own copy")
      ->required();
  command.add_flag("--validate-only", args.validate_only, "Check everything, store nothing");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

void AddRevisionOptions(CLI::App& command, RevisionArgs& args) {
  command.add_flag("--candidate", args.candidate, kCandidate);
}

void AddShadowOptions(CLI::App& command, ShadowArgs& args) { AddPageOptions(command, args.page); }

void AddExplainOptions(CLI::App& command, ExplainArgs& args) {
  command.add_option("FILE", args.file, "An ExplainDecisionRequest as JSON or text; - for stdin")
      ->required();
  command.add_flag("--candidate", args.candidate, "By the revision proposed");
}

int RunList(const CliContext& context, const ListArgs& args) {
  v1::ListAgreementsRequest request;
  request.set_candidate(args.candidate);
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgreementClient(hub).ListAgreements(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "agreements", out); });
}

int RunGet(const CliContext& context, const GetArgs& args) {
  v1::GetAgreementRequest request;
  request.set_name(Named("agreements", args.name));
  request.set_candidate(args.candidate);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgreementClient(hub).GetAgreement(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.agreement(), out); });
}

int RunRender(const CliContext& context, const GetArgs& args) {
  v1::RenderAgreementRequest request;
  v1::AgreementFormat format = v1::AGREEMENT_FORMAT_UNSPECIFIED;
  const absl::Status known = SetWord("--format", args.format, &format);
  if (!known.ok()) return context.Fail(known);
  request.set_name(Named("agreements", args.name));
  request.set_format(format);
  request.set_candidate(args.candidate);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgreementClient(hub).RenderAgreement(request); },
      [](const auto& response, std::ostream& out) { out << response.document(); });
}

template <typename Request>
Request StandingRequest(const StandingArgs& args) {
  Request request;
  request.set_request_id(args.request_id);
  request.set_name(Named("agreements", args.name));
  request.set_etag(args.etag);
  request.set_reason(args.reason);
  request.set_validate_only(args.validate_only);
  return request;
}

int RunSuspend(const CliContext& context, const StandingArgs& args) {
  const auto request = StandingRequest<v1::SuspendAgreementRequest>(args);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgreementClient(hub).SuspendAgreement(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.agreement(), out); });
}

int RunReinstate(const CliContext& context, const StandingArgs& args) {
  const auto request = StandingRequest<v1::ReinstateAgreementRequest>(args);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgreementClient(hub).ReinstateAgreement(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.agreement(), out); });
}

absl::Status AddFolder(const std::string& folder, const std::string& name,
                       v1::PolicyProposal* proposal) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/" + name, error)) {
    if (entry.path().extension() != ".textproto") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    if (!in) return Usage(absl::StrCat(entry.path().string(), " cannot be read"));
    v1::PolicyFile& file = *proposal->add_files();
    file.set_path(absl::StrCat(name, "/", entry.path().filename().string()));
    file.set_content(
        std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
  }
  if (error) return Usage(absl::StrCat(folder, " has no readable folder ", name));
  return absl::OkStatus();
}

// A policy may do without the rules of pathways, planning and scoring.
bool IsRequired(absl::string_view name) {
  return name != "pathways" && name != "planning" && name != "scoring";
}

void PrintRevision(const v1::PolicyRevision& revision, std::ostream& out) {
  v1::PolicyRevision rest = revision;
  rest.clear_findings();
  PrintFields(rest, out);
  for (const v1::PolicyFinding& finding : revision.findings()) {
    if (!finding.file().empty()) {
      out << finding.file() << ":" << finding.line() << ":" << finding.column() << ": ";
    }
    out << (finding.severity() == v1::POLICY_FINDING_SEVERITY_ERROR ? "error: " : "warning: ")
        << finding.code() << ": " << finding.text() << "\n";
  }
}

int Activate(const CliContext& context, const v1::ActivatePolicyRequest& request) {
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgreementClient(hub).ActivatePolicy(request); },
      [](const auto& response, std::ostream& out) {
        PrintRevision(response.policy_revision(), out);
      });
}

int RunPropose(const CliContext& context, const ProposeArgs& args) {
  v1::ActivatePolicyRequest request;
  request.set_request_id(args.request_id);
  request.set_validate_only(args.validate_only);
  request.mutable_proposal()->set_shadow(args.shadow);
  for (const char* name :
       {"agreements", "vocabulary", "pathways", "planning", "scoring", "tests"}) {
    if (!IsRequired(name) && !std::filesystem::exists(absl::StrCat(args.folder, "/", name))) {
      continue;
    }
    const absl::Status added = AddFolder(args.folder, name, request.mutable_proposal());
    if (!added.ok()) return context.Fail(added);
  }
  auto& files = *request.mutable_proposal()->mutable_files();
  std::sort(files.begin(), files.end(),
            [](const v1::PolicyFile& a, const v1::PolicyFile& b) { return a.path() < b.path(); });
  return Activate(context, request);
}

int RunActivate(const CliContext& context, const ActivateArgs& args) {
  v1::ActivatePolicyRequest request;
  request.set_request_id(args.request_id);
  request.set_validate_only(args.validate_only);
  request.set_approve_revision(args.revision);
  return Activate(context, request);
}

int RunRevision(const CliContext& context, const RevisionArgs& args) {
  v1::GetPolicyRevisionRequest request;
  request.set_candidate(args.candidate);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgreementClient(hub).GetPolicyRevision(request); },
      [](const auto& response, std::ostream& out) {
        PrintRevision(response.policy_revision(), out);
      });
}

// Every page: what comes out is one file for `ehc-policy replay`.
int RunShadow(const CliContext& context, const ShadowArgs& args) {
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  v1::ListShadowDecisionsRequest request;
  FillPage(args.page, &request);
  v1::ListShadowDecisionsResponse all;
  do {
    const auto page = AgreementClient(*hub).ListShadowDecisions(request);
    if (!page.ok()) return context.Fail(page.status());
    all.mutable_cases()->MergeFrom(page->cases());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (context.output == Output::kJson) return context.PrintJson(all);
  for (const std::string& one : all.cases()) context.out << one << "\n";
  return 0;
}

void PrintClause(const v1::ClauseReference& clause, std::ostream& out) {
  if (clause.clause().empty()) return;
  out << " [" << clause.clause() << ", " << clause.file() << ":" << clause.line() << "]";
}

void PrintExplanation(const v1::ExplainDecisionResponse& response, std::ostream& out) {
  out << response.summary() << "\n";
  for (const v1::ExplainedPart& part : response.parts()) {
    out << "  " << (part.granted() ? "yes  " : "no   ") << part.part() << " (" << part.title()
        << "): " << part.explanation();
    PrintClause(part.clause(), out);
    out << "\n";
  }
  for (const std::string& obligation : response.obligations()) {
    out << "Obligation: " << obligation << "\n";
  }
  for (const v1::NearestMiss& miss : response.nearest()) {
    out << "Nearest: " << miss.explanation();
    PrintClause(miss.clause(), out);
    out << "\n";
  }
  out << "Policy revision " << response.revision() << "\n";
}

int RunExplain(const CliContext& context, const ExplainArgs& args) {
  v1::ExplainDecisionRequest request;
  const absl::Status read = ReadMessage(args.file, &request);
  if (!read.ok()) return context.Fail(read);
  if (args.candidate) request.set_candidate(true);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgreementClient(hub).ExplainDecision(request); },
      PrintExplanation);
}

}  // namespace

void AddAgreementCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "agreement", "Data-sharing agreements and the policy in force");
  AddCommand<ListArgs>(*group, "list", "Agreements", chosen, RunList, AddListOptions);
  AddCommand<GetArgs>(*group, "get", "One agreement", chosen, RunGet, AddGetOptions);
  AddCommand<GetArgs>(*group, "render", "One agreement in plain English", chosen, RunRender,
                      AddRenderOptions);
  AddCommand<StandingArgs>(*group, "suspend", "Suspend an agreement, at once", chosen, RunSuspend,
                           AddStandingOptions);
  AddCommand<StandingArgs>(*group, "reinstate", "Take back your suspension", chosen, RunReinstate,
                           AddStandingOptions);
  AddCommand<ProposeArgs>(*group, "propose", "Propose a policy; somebody else activates it", chosen,
                          RunPropose, AddProposeOptions);
  AddCommand<ActivateArgs>(*group, "activate", "Approve the policy that somebody else proposed",
                           chosen, RunActivate, AddActivateOptions);
  AddCommand<RevisionArgs>(*group, "revision", "The policy in force, or the one proposed", chosen,
                           RunRevision, AddRevisionOptions);
  AddCommand<ShadowArgs>(*group, "shadow", "Decisions that the candidate would have changed",
                         chosen, RunShadow, AddShadowOptions);
  AddCommand<ExplainArgs>(*group, "explain", "Decide a made-up case and say why", chosen,
                          RunExplain, AddExplainOptions);
}

}  // namespace ehchub
