// ehcctl audit disclosures …, withheld …, hold …, report, export; ehcctl incident pack
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/message_options.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "ehchub/access_report.h"
#include "ehchub/audit_client.h"
#include "ehchub/audit_export.h"
#include "ehchub/pages.h"
#include "ehchub/receipts.h"

namespace ehchub {
namespace {

constexpr int kPage = 200;

struct DisclosuresArgs {
  std::string subject;
  std::string as;
  std::string person;
  bool officer = false;
  std::string since;
  std::string until;
  std::string unit;
  std::string case_reference;
  std::string out;
};

void AddDisclosuresOptions(CLI::App& command, DisclosuresArgs& args) {
  command.add_option("SUBJECT", args.subject, "The child or young person")->required();
  command.add_option("--as", args.as,
                     "On whose behalf: parent, child, young-person or representative");
  command.add_option("--person", args.person,
                     "Your reference for that person; not for the child or young person");
  command.add_flag("--officer", args.officer,
                   "As an officer: everything, with what the family is not told");
  command.add_option("--since", args.since, "Only at or after");
  command.add_option("--until", args.until, "Only before");
  command.add_option("--unit", args.unit, "The unit that acts; otherwise the profile's");
  command.add_option("--case", args.case_reference, "Your own case reference, for the audit entry");
  command.add_option("--out", args.out,
                     "Also write a file that proves each line, to be checked with audit check");
}

absl::Status FillPeriod(const std::string& since, const std::string& until,
                        google::protobuf::Timestamp* from, google::protobuf::Timestamp* to) {
  if (!since.empty()) {
    const auto moment = ParseMoment("--since", since);
    if (!moment.ok()) return moment.status();
    *from = *moment;
  }
  if (!until.empty()) {
    const auto moment = ParseMoment("--until", until);
    if (!moment.ok()) return moment.status();
    *to = *moment;
  }
  return absl::OkStatus();
}

// Leaves unset what is not given.
template <typename Request>
absl::Status SetPeriod(const std::string& since, const std::string& until, Request* request) {
  google::protobuf::Timestamp from;
  google::protobuf::Timestamp to;
  const absl::Status filled = FillPeriod(since, until, &from, &to);
  if (!filled.ok()) return filled;
  if (!since.empty()) *request->mutable_since() = from;
  if (!until.empty()) *request->mutable_until() = to;
  return absl::OkStatus();
}

absl::Status FillDisclosures(const CliContext& context, const DisclosuresArgs& args,
                             v1::ListSubjectDisclosuresRequest* request) {
  request->set_subject(args.subject);
  request->set_case_reference(args.case_reference);
  request->set_page_size(kPage);
  const absl::StatusOr<std::string> unit = UnitFor(context, args.unit);
  if (!unit.ok()) return unit.status();
  request->set_unit(*unit);
  request->set_view(args.officer ? v1::DISCLOSURE_VIEW_OFFICER : v1::DISCLOSURE_VIEW_FAMILY);
  if (!args.officer && args.as.empty()) return Usage("say on whose behalf: --as, or --officer");
  if (!args.officer) {
    v1::DecisionMakerRole role = v1::DECISION_MAKER_ROLE_UNSPECIFIED;
    const absl::Status set = SetWord("--as", args.as, &role);
    if (!set.ok()) return set;
    request->mutable_requester()->set_role(role);
    request->mutable_requester()->set_person_reference(args.person);
  }
  return SetPeriod(args.since, args.until, request);
}

// No line is shown that the log did not commit to.
absl::StatusOr<v1::ListSubjectDisclosuresResponse> AllDisclosures(
    const Hub& hub, const v1::ListSubjectDisclosuresRequest& request) {
  const AuditClient audit(hub);
  v1::ListSubjectDisclosuresResponse all;
  const absl::Status read = ForEachPage(
      request, [&](const auto& r) { return audit.ListSubjectDisclosures(r); },
      [&](const v1::ListSubjectDisclosuresResponse& page) {
        for (const v1::SubjectDisclosure& one : page.disclosures()) {
          v1::AuditEntry entry;
          entry.set_leaf_hash(one.leaf_hash());
          entry.set_view(one.view());
          const absl::Status holds = one.erased() ? absl::OkStatus() : VerifyAuditEntry(entry);
          if (!holds.ok()) return holds;
          *all.add_disclosures() = one;
        }
        return absl::OkStatus();
      });
  if (!read.ok()) return read;
  return all;
}

void PrintDisclosures(const v1::ListSubjectDisclosuresResponse& all, std::ostream& out) {
  for (const v1::SubjectDisclosure& one : all.disclosures()) {
    if (one.erased()) {
      out << MomentText(one.disclosed_at()) << "  erased: nothing more can be read\n";
      continue;
    }
    out << one.sentence() << "\n";
    if (!one.has_withholding()) continue;
    out << "    " << (one.withholding().released() ? "was kept" : "kept") << " from the family\n";
    PrintFields(one.withholding(), out, 4);
  }
  out << all.disclosures_size() << " disclosures\n";
}

absl::Status WriteText(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  return file.good() ? absl::OkStatus() : Usage(absl::StrCat(path, " cannot be written"));
}

int RunDisclosures(const CliContext& context, const DisclosuresArgs& args) {
  v1::ListSubjectDisclosuresRequest request;
  const absl::Status filled = FillDisclosures(context, args, &request);
  if (!filled.ok()) return context.Fail(filled);
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const auto all = AllDisclosures(*hub, request);
  if (all.ok() && !args.out.empty()) {
    const absl::StatusOr<Profile> profile = context.LoadProfile();
    if (!profile.ok()) return context.Fail(profile.status());
    const auto report = MakeAccessReport(*MakeAuditConnection(*hub), profile->log_key,
                                         {all->disclosures().begin(), all->disclosures().end()});
    if (!report.ok()) return context.Fail(report.status());
    const absl::Status written = WriteText(args.out, *report);
    if (!written.ok()) return context.Fail(written);
  }
  return Finish(context, all, PrintDisclosures);
}

struct CheckArgs {
  std::string file;
  std::string log_key;
};

void AddCheckOptions(CLI::App& command, CheckArgs& args) {
  command.add_option("FILE", args.file, "The file that audit disclosures --out wrote")->required();
  command.add_option("--log-key", args.log_key,
                     "The log's verifier key (log.vkey); otherwise the profile's");
}

int RunCheck(const CliContext& context, const CheckArgs& args) {
  std::string key = args.log_key;
  if (key.empty()) {
    const absl::StatusOr<Profile> profile = context.LoadProfile();
    if (!profile.ok()) return context.Fail(profile.status());
    key = profile->log_key;
  }
  std::ifstream in(args.file, std::ios::binary);
  if (!in) return context.Fail(Usage(absl::StrCat(args.file, " cannot be read")));
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const absl::StatusOr<AccessReportCheck> check = CheckAccessReport(text, key);
  if (!check.ok()) return context.Fail(check.status());
  for (const std::string& problem : check->problems) context.err << problem << "\n";
  context.out << check->disclosures << " disclosures are as " << check->log_id
              << " committed to them, among its first " << check->tree_size << " entries\n";
  if (check->problems.empty()) return 0;
  return context.Fail(absl::DataLossError(absl::StrCat(check->problems.size(), " do not hold")));
}

struct ExportArgs {
  std::string format = "jsonl";
  std::string audience = "custodian";
  std::string since;
  std::string until;
  std::string subject;
  uint64_t first_index = 0;
};

void AddExportOptions(CLI::App& command, ExportArgs& args) {
  command.add_option("--format", args.format, "jsonl, or fhir: AuditEvent as IHE BALP shapes it")
      ->check(CLI::IsMember({"jsonl", "fhir"}));
  command.add_option("--audience", args.audience,
                     "custodian, searcher, or officer for the auditor");
  command.add_option("--since", args.since, "Recorded at or after");
  command.add_option("--until", args.until, "Recorded before");
  command.add_option("--subject", args.subject, "Only about this child");
  command.add_option("--from-index", args.first_index, "At this place in the log or later");
}

absl::Status ExportPage(const CliContext& context, const ExportArgs& args,
                        const std::string& log_id, const v1::ListAuditEntriesResponse& page) {
  for (const v1::AuditEntry& entry : page.entries()) {
    if (!entry.erased()) {
      const absl::Status holds = VerifyAuditEntry(entry);
      if (!holds.ok()) return holds;
    } else if (args.format == "fhir") {
      continue;
    }
    const absl::StatusOr<std::string> line =
        args.format == "fhir" ? EntryAsFhir(entry, log_id) : EntryAsJsonLine(entry);
    if (!line.ok()) return line.status();
    context.out << *line << "\n";
  }
  return absl::OkStatus();
}

int RunExport(const CliContext& context, const ExportArgs& args) {
  v1::ListAuditEntriesRequest request;
  v1::AuditAudience audience = v1::AUDIT_AUDIENCE_UNSPECIFIED;
  absl::Status status = SetWord("--audience", args.audience, &audience);
  status.Update(SetPeriod(args.since, args.until, &request));
  if (!status.ok()) return context.Fail(status);
  request.set_audience(audience);
  request.set_subject(args.subject);
  request.set_first_index(args.first_index);
  request.set_page_size(kPage);
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const AuditClient audit(*hub);
  const auto newest = audit.GetCheckpoint({});
  if (!newest.ok()) return context.Fail(newest.status());
  const absl::Status done = ForEachPage(
      request, [&](const auto& r) { return audit.ListAuditEntries(r); },
      [&](const v1::ListAuditEntriesResponse& page) {
        return ExportPage(context, args, newest->checkpoint().log_id(), page);
      });
  return done.ok() ? 0 : context.Fail(done);
}

struct ReportArgs {
  std::string since;
  std::string until;
  std::string case_reference;
};

void AddReportOptions(CLI::App& command, ReportArgs& args) {
  command.add_option("--since", args.since, "From this hour on; the last 24 hours unless told");
  command.add_option("--until", args.until, "Before this hour");
  command.add_option("--case", args.case_reference, "Your own case reference, for the audit entry");
}

void PrintReport(const v1::GetAccessReportResponse& response, std::ostream& out) {
  const v1::AccessReport& report = response.report();
  out << MomentText(report.since()) << " to " << MomentText(report.until())
      << (report.complete() ? "" : "  (not counted whole)") << "\n\nover a limit:\n";
  for (const v1::UseAlert& alert : report.alerts()) {
    out << "  " << alert.limit() << "  " << alert.agency()
        << (alert.user().empty() ? "" : " " + alert.user()) << "  " << alert.count() << " (from "
        << alert.at_least() << ") until " << MomentText(alert.at()) << ": " << alert.title()
        << "\n";
  }
  if (report.alerts().empty()) out << "  nobody\n";
  out << "\nagencies:\n";
  for (const v1::AgencyUse& use : report.agencies()) {
    out << "  " << use.agency() << "  " << use.disclosures() << " disclosures, " << use.denials()
        << " refusals, " << use.break_glass() << " times the glass, " << use.people()
        << " people\n";
  }
  out << "\nwho shares with whom:\n";
  for (const v1::AccessEdge& edge : report.edges()) {
    out << "  " << edge.custodian() << " -> " << edge.searcher() << "  " << edge.disclosures()
        << "\n";
  }
}

int RunReport(const CliContext& context, const ReportArgs& args) {
  v1::GetAccessReportRequest request;
  request.set_case_reference(args.case_reference);
  const absl::Status filled = SetPeriod(args.since, args.until, &request);
  if (!filled.ok()) return context.Fail(filled);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AuditClient(hub).GetAccessReport(request); },
      PrintReport);
}

struct PackArgs {
  std::string incident;
  std::string recipient;
  std::string user;
  std::string credential;
  std::string since;
  std::string until;
  std::string aware_at;
  std::string unit;
  std::string case_reference;
};

void AddPackOptions(CLI::App& command, PackArgs& args) {
  command.add_option("INCIDENT", args.incident, "incidents/…, of a record that you recalled");
  command.add_option("--to", args.recipient, "Instead: what went to this agency");
  command.add_option("--user", args.user, "… to this person, by that agency's own id");
  command.add_option("--credential", args.credential,
                     "… through this client certificate: 64 hexadecimal digits");
  command.add_option("--since", args.since, "At or after");
  command.add_option("--until", args.until, "Before");
  command.add_option("--aware-at", args.aware_at, "When it became known; now unless told");
  command.add_option("--unit", args.unit, "The unit that acts; otherwise the profile's");
  command.add_option("--case", args.case_reference, "Your own case reference, for the audit entry");
}

absl::Status FillPack(const CliContext& context, const PackArgs& args,
                      v1::CompileIncidentPackRequest* request) {
  const absl::StatusOr<std::string> unit = UnitFor(context, args.unit);
  if (!unit.ok()) return unit.status();
  request->set_unit(*unit);
  request->set_incident(args.incident);
  request->set_recipient(Named("agencies", args.recipient));
  request->set_user(args.user);
  request->set_credential(args.credential);
  request->set_case_reference(args.case_reference);
  request->set_page_size(kPage);
  if (!args.aware_at.empty()) {
    const auto aware = ParseMoment("--aware-at", args.aware_at);
    if (!aware.ok()) return aware.status();
    *request->mutable_became_aware_at() = *aware;
  }
  return SetPeriod(args.since, args.until, request);
}

absl::StatusOr<v1::CompileIncidentPackResponse> WholePack(
    const Hub& hub, const v1::CompileIncidentPackRequest& request) {
  const AuditClient audit(hub);
  v1::CompileIncidentPackResponse whole;
  uint32_t erased = 0;
  const absl::Status read = ForEachPage(
      request, [&](const auto& r) { return audit.CompileIncidentPack(r); },
      [&](const v1::CompileIncidentPackResponse& page) {
        v1::IncidentPack* pack = whole.mutable_pack();
        erased += page.pack().erased();
        if (!pack->has_report_clock()) *pack->mutable_report_clock() = page.pack().report_clock();
        *pack->mutable_became_aware_at() = page.pack().became_aware_at();
        pack->set_incident(page.pack().incident());
        for (const v1::PackItem& item : page.pack().items()) *pack->add_items() = item;
        pack->set_erased(erased);
        return absl::OkStatus();
      });
  if (!read.ok()) return read;
  return whole;
}

void PrintPack(const v1::CompileIncidentPackResponse& response, std::ostream& out) {
  const v1::IncidentPack& pack = response.pack();
  out << "known since " << MomentText(pack.became_aware_at())
      << "; the Information Commissioner by " << MomentText(pack.report_clock().due_at())
      << (pack.report_clock().passed() ? " (PASSED)" : "")
      << ", where it is likely to be a risk to anybody\n";
  std::set<std::string> children;
  for (const v1::PackItem& item : pack.items()) {
    children.insert(item.subject());
    out << MomentText(item.disclosed_at()) << "  " << item.subject() << "  " << item.recipient()
        << "/" << item.unit() << " " << item.user() << " (" << item.role() << ")  "
        << item.record_type() << " version " << item.version() << ":";
    for (const std::string& part : item.parts()) out << " " << part;
    out << "  for " << item.purpose() << "\n";
  }
  out << pack.items_size() << " disclosures about " << children.size() << " children";
  if (pack.erased() > 0) out << "; " << pack.erased() << " entries were erased and may belong here";
  out << "\n";
}

int RunPack(const CliContext& context, const PackArgs& args) {
  v1::CompileIncidentPackRequest request;
  const absl::Status filled = FillPack(context, args, &request);
  if (!filled.ok()) return context.Fail(filled);
  return CallAndPrint(
      context, [&](const Hub& hub) { return WholePack(hub, request); }, PrintPack);
}

}  // namespace

void AddAccessCommands(CLI::App& audit, Action* chosen) {
  AddCommand<DisclosuresArgs>(audit, "disclosures", "Who saw a child's records with you", chosen,
                              RunDisclosures, AddDisclosuresOptions);
  AddCommand<CheckArgs>(audit, "check", "Check an access report, without asking the hub", chosen,
                        RunCheck, AddCheckOptions);
  AddCommand<ExportArgs>(audit, "export", "Entries as JSON Lines or FHIR AuditEvent", chosen,
                         RunExport, AddExportOptions);
  AddCommand<ReportArgs>(audit, "report", "How the hub was used, and who went over a limit", chosen,
                         RunReport, AddReportOptions);
  AddMessageCommand(audit, "withheld", "What your agency's families are not told, by review date",
                    chosen, &AuditClient::ListWithheldDisclosures,
                    {{"--subject", "subject", "Only about this child"},
                     {"--due", "only_due", "Only what is to be looked at by now"}});
  AddMessageCommand(
      audit, "review", "Keep a disclosure from the family until a date, or release it", chosen,
      &AuditClient::ReviewWithheldDisclosure,
      {{"SUBJECT", "subject", "The child", true},
       {"--leaf", "leaf_hash", "The entry: 64 hexadecimal digits, as the list says", true},
       {"--release", "release", "The family may be told"},
       {"--keep-until", "keep_until", "Or when to look at it again"},
       {"--reason", "reason", "Why, in words", true}});
  CLI::App* hold = AddGroup(audit, "hold", "Keep disclosures to an agency from the family");
  AddMessageCommand(*hold, "place", "From now on, and what went before", chosen,
                    &AuditClient::PlaceDisclosureHold,
                    {{"SUBJECT", "subject", "The child", true},
                     {"--to", "recipient", "agencies/…; your own unless told"},
                     {"--review-at", "review_at", "When to look at it again"},
                     {"--reason", "reason", "Why, in words", true}});
  AddMessageCommand(*hold, "keep", "Look at it again at another date", chosen,
                    &AuditClient::ReviewDisclosureHold,
                    {{"NAME", "name", "disclosureHolds/…", true},
                     {"--review-at", "review_at", "When", true},
                     {"--reason", "reason", "Why, in words", true}});
  AddMessageCommand(
      *hold, "lift", "What it covered then waits for an officer's review", chosen,
      &AuditClient::ReviewDisclosureHold,
      {{"NAME", "name", "disclosureHolds/…", true}, {"--reason", "reason", "Why, in words", true}},
      std::function<void(v1::ReviewDisclosureHoldRequest&)>(
          [](v1::ReviewDisclosureHoldRequest& request) { request.set_lift(true); }));
  AddMessageCommand(*hold, "list", "Holds that your agency placed", chosen,
                    &AuditClient::ListDisclosureHolds, {});
}

void AddIncidentPackCommand(CLI::App& incident, Action* chosen) {
  AddCommand<PackArgs>(incident, "pack",
                       "Who received what of whom, and the clock: for a suspected breach", chosen,
                       RunPack, AddPackOptions);
}

}  // namespace ehchub
