// ehcctl audit …
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/json_object.h"
#include "client-sdk/cli/log_commands.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/progress.h"
#include "client-sdk/cli/words.h"
#include "ehchub/audit_client.h"
#include "ehchub/receipts.h"

namespace ehchub {
namespace {

struct NoArgs {};

struct VerifyArgs {
  std::string file;
  bool settle = false;
  VerifyLogArgs log;
};

struct ProveArgs {
  std::string leaf;
};

struct ReconcileArgs {
  std::string file;
  std::string agency;
};

struct ListArgs {
  std::string audience;
  std::string subject;
  std::string since;
  std::string until;
  std::string case_reference;
  uint64_t first_index = 0;
  PageArgs page;
};

void AddVerifyOptions(CLI::App& command, VerifyArgs& args) {
  command.add_option("--file", args.file, "A receipts file; otherwise the profile's");
  command.add_flag("--settle", args.settle,
                   "First ask the hub to prove the receipts that are outstanding");
  AddVerifyLogOptions(command, args.log);
}

void AddProveOptions(CLI::App& command, ProveArgs& args) {
  command.add_option("LEAF", args.leaf, "The receipt: 64 hexadecimal digits")->required();
}

void AddReconcileOptions(CLI::App& command, ReconcileArgs& args) {
  command.add_option("--file", args.file, "A receipts file; otherwise the profile's");
  command.add_option("--agency", args.agency, "Your agency's id; otherwise the profile's");
}

void AddListOptions(CLI::App& command, ListArgs& args) {
  command.add_option("--audience", args.audience,
                     "Open the entries for searcher, custodian, family or officer");
  command.add_option("--subject", args.subject, "Only about this child");
  command.add_option("--since", args.since, "Recorded at or after");
  command.add_option("--until", args.until, "Recorded before");
  command.add_option("--from-index", args.first_index, "At this place in the log or later");
  command.add_option("--case", args.case_reference, "Your own case reference");
  AddPageOptions(command, args.page);
}

// What the hub says of its witnesses: its word alone, unlike the checkpoint.
void PrintWait(const v1::GetCheckpointResponse& heads, std::ostream& out) {
  if (!heads.has_unwitnessed_since()) {
    out << "the hub says that enough witnesses have signed for all of it\n";
    return;
  }
  out << "the hub says that " << heads.witness_quorum() << " witness(es) have signed for "
      << heads.witnessed().tree_size() << " entries, and that the rest has waited since "
      << MomentText(heads.unwitnessed_since());
  if (heads.has_witness_due_at()) {
    out << (heads.witness_overdue() ? ": TOO LONG, it was due by " : "; it is due by ")
        << MomentText(heads.witness_due_at());
  }
  out << "\n";
}

int RunCheckpoint(const CliContext& context, const NoArgs&) {
  const absl::StatusOr<Profile> profile = context.LoadProfile();
  if (!profile.ok()) return context.Fail(profile.status());
  const auto keeper = OpenKeeper(*profile, profile->receipts_path);
  if (!keeper.ok()) return context.Fail(keeper.status());
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const std::shared_ptr<AuditConnection> audit = MakeAuditConnection(*hub);
  const auto checkpoint = (*keeper)->Advance(*audit);
  if (!checkpoint.ok()) return context.Fail(checkpoint.status());
  const absl::StatusOr<v1::GetCheckpointResponse> heads = audit->GetCheckpoint({});
  if (!heads.ok()) return context.Fail(heads.status());
  const std::string root = absl::BytesToHexString(checkpoint->root_hash);
  if (context.output == Output::kJson) {
    return PrintObject(
        context,
        {{"logId", TextValue(checkpoint->log_id)},
         {"treeSize", TextValue(absl::StrCat(checkpoint->tree_size))},
         {"rootHash", TextValue(root)},
         {"witnessedSize", TextValue(absl::StrCat(heads->witnessed().tree_size()))},
         {"unwitnessedSince",
          TextValue(heads->has_unwitnessed_since() ? MomentText(heads->unwitnessed_since()) : "")},
         {"witnessOverdue", FlagValue(heads->witness_overdue())},
         {"note", TextValue(checkpoint->note)}});
  }
  context.out << checkpoint->log_id << " holds " << checkpoint->tree_size << " entries\nroot "
              << root << "\nsigned by the log, and an extension of the last checkpoint seen here\n";
  PrintWait(*heads, context.out);
  return 0;
}

absl::Status SettleOutstanding(const CliContext& context, const Profile& profile,
                               const std::string& path, const ReceiptsReport& report) {
  if (report.outstanding_leaves.empty()) return absl::OkStatus();
  const auto keeper = OpenKeeper(profile, path);
  if (!keeper.ok()) return keeper.status();
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return hub.status();
  const std::shared_ptr<AuditConnection> audit = MakeAuditConnection(*hub);
  Progress progress("receipts", report.outstanding_leaves.size(), context.err);
  for (const std::string& leaf : report.outstanding_leaves) {
    const absl::Status proven = (*keeper)->Prove(*audit, leaf);
    if (!proven.ok()) return proven;
    progress.Advance();
  }
  return absl::OkStatus();
}

int PrintReport(const CliContext& context, const ReceiptsReport& report) {
  if (context.output == Output::kJson) {
    PrintObject(context, {{"receipts", NumberValue(report.receipts)},
                          {"proven", NumberValue(report.proven)},
                          {"outstanding", NumberValue(report.outstanding)},
                          {"checkpoints", NumberValue(report.checkpoints)},
                          {"problems", TextsValue(report.problems)}});
  } else {
    context.out << report.receipts << " receipts, " << report.proven << " proven to be in the log, "
                << report.outstanding << " outstanding; " << report.checkpoints
                << " checkpoints, each extending the one before\n";
  }
  if (report.problems.empty()) return 0;
  for (const std::string& one : report.problems) context.err << one << "\n";
  return context.Fail(absl::DataLossError(
      absl::StrCat(report.problems.size(), " problem(s) in the receipts file")));
}

int RunVerify(const CliContext& context, const VerifyArgs& args) {
  if (args.log.any()) return RunVerifyLog(context, args.log);
  const absl::StatusOr<Profile> profile = context.LoadProfile();
  if (!profile.ok()) return context.Fail(profile.status());
  const std::string path = args.file.empty() ? profile->receipts_path : args.file;
  if (path.empty()) return context.Fail(Usage("the profile keeps no receipts; give --file"));
  const absl::StatusOr<LogKeys> keys = LoadLogKeys(*profile);
  if (!keys.ok()) return context.Fail(keys.status());
  absl::StatusOr<ReceiptsReport> report = VerifyReceiptsFile(path, *keys);
  if (!report.ok()) return context.Fail(report.status());
  if (args.settle) {
    const absl::Status settled = SettleOutstanding(context, *profile, path, *report);
    if (!settled.ok()) return context.Fail(settled);
    report = VerifyReceiptsFile(path, *keys);
    if (!report.ok()) return context.Fail(report.status());
  }
  return PrintReport(context, *report);
}

int RunProve(const CliContext& context, const ProveArgs& args) {
  const std::string leaf = absl::HexStringToBytes(args.leaf);
  if (leaf.size() != 32 || absl::BytesToHexString(leaf) != args.leaf) {
    return context.Fail(Usage("LEAF is 64 hexadecimal digits in lower case"));
  }
  const absl::StatusOr<Profile> profile = context.LoadProfile();
  if (!profile.ok()) return context.Fail(profile.status());
  const auto keeper = OpenKeeper(*profile, profile->receipts_path);
  if (!keeper.ok()) return context.Fail(keeper.status());
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const absl::Status proven = (*keeper)->Prove(*MakeAuditConnection(*hub), leaf);
  if (!proven.ok()) return context.Fail(proven);
  if (context.output == Output::kJson)
    return PrintObject(context, {{"leaf", TextValue(args.leaf)}});
  context.out << "the log holds " << args.leaf << "\n";
  return 0;
}

int RunReconcile(const CliContext& context, const ReconcileArgs& args) {
  const absl::StatusOr<Profile> profile = context.LoadProfile();
  if (!profile.ok()) return context.Fail(profile.status());
  const std::string path = args.file.empty() ? profile->receipts_path : args.file;
  if (path.empty()) return context.Fail(Usage("the profile keeps no receipts; give --file"));
  const std::string agency = args.agency.empty() ? profile->agency : args.agency;
  if (agency.empty()) return context.Fail(Usage("the profile names no agency; give --agency"));
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const auto report = ReconcileReceipts(*MakeAuditConnection(*hub), path, agency);
  if (!report.ok()) return context.Fail(report.status());
  if (context.output == Output::kJson) {
    PrintObject(context, {{"receipts", NumberValue(report->receipts)},
                          {"told", NumberValue(report->told)},
                          {"erased", NumberValue(report->erased)},
                          {"problems", TextsValue(report->problems)}});
  } else {
    context.out << report->receipts << " receipts, " << report->told
                << " of entries that tell of the same decision, " << report->erased
                << " of entries that were erased\n";
  }
  if (report->problems.empty()) return 0;
  for (const std::string& one : report->problems) context.err << one << "\n";
  return context.Fail(absl::DataLossError(
      absl::StrCat(report->problems.size(), " receipt(s) are of no entry that is their own")));
}

// What agencies wrote may have many lines: none of them is to look like a line of the list.
std::string Continued(const std::string& value) {
  return absl::StrReplaceAll(value, {{"\n", "\n      | "}});
}

void PrintEntry(const v1::AuditEntry& entry, std::ostream& out) {
  out << entry.index() << "  " << MomentText(entry.recorded_at());
  if (entry.erased()) out << "  erased";
  out << "\n";
  for (const v1::AuditField& field : entry.fields()) {
    out << "    " << field.name() << ": " << Continued(field.value()) << "\n";
  }
}

void PrintEntries(const v1::ListAuditEntriesResponse& page, std::ostream& out) {
  for (const v1::AuditEntry& entry : page.entries()) PrintEntry(entry, out);
  if (page.entries().empty()) out << "none\n";
  if (!page.next_page_token().empty()) {
    out << "\nmore follow: --page-token " << page.next_page_token() << "\n";
  }
}

// No entry is shown that does not hash to its leaf.
absl::StatusOr<v1::ListAuditEntriesResponse> FetchVerified(
    const Hub& hub, const v1::ListAuditEntriesRequest& request) {
  absl::StatusOr<v1::ListAuditEntriesResponse> page = AuditClient(hub).ListAuditEntries(request);
  if (!page.ok()) return page;
  for (const v1::AuditEntry& entry : page->entries()) {
    if (entry.erased()) continue;
    const absl::Status verified = entry.has_recorded_at()
                                      ? VerifyAuditEntry(entry)
                                      : absl::DataLossError("it does not say when");
    if (!verified.ok()) {
      return absl::DataLossError(absl::StrCat("entry ", entry.index(), ": ", verified.message()));
    }
  }
  return page;
}

absl::Status FillTimes(const ListArgs& args, v1::ListAuditEntriesRequest* request) {
  if (!args.since.empty()) {
    const auto since = ParseMoment("--since", args.since);
    if (!since.ok()) return since.status();
    *request->mutable_since() = *since;
  }
  if (!args.until.empty()) {
    const auto until = ParseMoment("--until", args.until);
    if (!until.ok()) return until.status();
    *request->mutable_until() = *until;
  }
  return absl::OkStatus();
}

int RunList(const CliContext& context, const ListArgs& args) {
  v1::ListAuditEntriesRequest request;
  v1::AuditAudience audience = v1::AUDIT_AUDIENCE_UNSPECIFIED;
  absl::Status status = SetWord("--audience", args.audience, &audience);
  status.Update(FillTimes(args, &request));
  if (!status.ok()) return context.Fail(status);
  request.set_audience(audience);
  request.set_subject(args.subject);
  request.set_first_index(args.first_index);
  request.set_case_reference(args.case_reference);
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return FetchVerified(hub, request); }, PrintEntries);
}

void AddNoOptions(CLI::App&, NoArgs&) {}

}  // namespace

void AddAuditCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "audit", "The hub's log, and your receipts");
  AddCommand<NoArgs>(*group, "checkpoint", "Fetch the newest checkpoint and hold the log to it",
                     chosen, RunCheckpoint, AddNoOptions);
  AddCommand<VerifyArgs>(*group, "verify",
                         "Verify the receipts file, without asking the hub; or the log itself",
                         chosen, RunVerify, AddVerifyOptions);
  AddCommand<ProveArgs>(*group, "prove", "Prove that the log holds one receipt", chosen, RunProve,
                        AddProveOptions);
  AddCommand<ReconcileArgs>(*group, "reconcile",
                            "Hold each receipt to the entry that the hub opens for it", chosen,
                            RunReconcile, AddReconcileOptions);
  AddCommand<ListArgs>(*group, "list", "Entries, opened as far as you may see", chosen, RunList,
                       AddListOptions);
  AddLogCommands(*group, chosen);
  AddAccessCommands(*group, chosen);
}

}  // namespace ehchub
