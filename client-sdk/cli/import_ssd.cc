// ehcctl import ssd DIR
#include "client-sdk/cli/import_ssd.h"

#include <memory>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client-sdk/cli/import_publisher.h"
#include "client-sdk/cli/import_report.h"
#include "client-sdk/cli/import_run.h"
#include "client-sdk/cli/progress.h"
#include "client-sdk/src/internal/credentials.h"

namespace ehchub {
namespace {

constexpr int kMostJobs = 64;  // streams that the hub takes on one connection
constexpr int kInvalidArgument = static_cast<int>(absl::StatusCode::kInvalidArgument);

struct ImportArgs {
  std::string folder;
  std::string errors;
  std::string send_unit = "send";
  std::string care_unit = "social-care";
  int jobs = 16;
  bool dry_run = false;
};

void AddOptions(CLI::App& app, ImportArgs& args) {
  app.add_option("DIR", args.folder, "Folder with <table>.csv files")->required();
  app.add_flag("--dry-run", args.dry_run, "Check every row, publish nothing");
  app.add_option("--errors", args.errors, "Write table,line,field,reason of every bad row here");
  app.add_option("--jobs", args.jobs, "Children published at a time; 16 unless told")
      ->check(CLI::Range(1, kMostJobs));
  app.add_option("--send-unit", args.send_unit, "The authority's unit that holds plans");
  app.add_option("--care-unit", args.care_unit, "The authority's unit that holds care records");
  app.footer(
      "Publishes what the profile's agency, and the acting person's unit, is custodian of; run it\n"
      "once for each. Running it again changes nothing. Exit status 3: some rows were bad (they\n"
      "are listed; all others were published).");
}

absl::StatusOr<std::string> AgencyOfProfile(const Profile& profile) {
  if (!profile.agency.empty()) return profile.agency;
  const auto credentials = internal::LoadCredentials(profile);
  if (!credentials.ok()) return credentials.status();
  const auto certificate = internal::ReadCertificate(credentials->certificate_pem);
  if (!certificate.ok()) return certificate.status();
  const auto agency = internal::AgencyOf(*certificate);
  if (!agency.has_value()) {
    return Usage("the certificate does not name one agency; set agency in the profile");
  }
  return *agency;
}

// Without a profile a dry run looks at everything that the authority holds.
absl::StatusOr<Importer> MakeImporter(const CliContext& context, const ImportArgs& args,
                                      const ExtractHead& head) {
  Importer importer;
  importer.extract = head;
  importer.send_unit = args.send_unit;
  importer.care_unit = args.care_unit;
  importer.agency = head.agency;
  const absl::StatusOr<Profile> profile = context.LoadProfile();
  const bool without = args.dry_run && context.profile_name == "default";
  if (!profile.ok()) return without ? importer : absl::StatusOr<Importer>(profile.status());
  const absl::StatusOr<std::string> agency = AgencyOfProfile(*profile);
  if (!agency.ok()) return agency.status();
  importer.agency = absl::StrCat("agencies/", absl::StripPrefix(*agency, "agencies/"));
  if (profile->acting_person.has_value()) importer.unit = profile->acting_person->unit;
  return importer;
}

absl::Status CheckOnly(const std::vector<Row*>& children, const PostMaker& maker) {
  return ForEachChild(
      children, maker, 1,
      [](const ChildPosts& posts) {
        SettleAsPublished(posts);
        return absl::OkStatus();
      },
      [] {});
}

absl::Status PublishAll(const CliContext& context, const ImportArgs& args,
                        const std::vector<Row*>& children, const PostMaker& maker,
                        const Importer& importer, Extract& extract) {
  if (children.empty()) return absl::OkStatus();
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return hub.status();
  Ledger ledger(extract);
  const Publisher publisher{SubjectClient(*hub), RecordExchangeClient(*hub), importer, ledger};
  Progress progress("children", children.size(), context.err);
  return ForEachChild(
      children, maker, args.jobs, [&](const ChildPosts& posts) { return publisher.Publish(posts); },
      [&] { progress.Advance(); });
}

int Report(const CliContext& context, const ImportArgs& args, const ImportReport& report) {
  context.output == Output::kJson ? PrintReportAsJson(report, context.out)
                                  : PrintReport(report, context.out);
  if (!args.errors.empty()) {
    const absl::Status written = WriteFaults(report.faults, args.errors);
    if (!written.ok()) return context.Fail(written);
  }
  return report.faults.empty() ? 0 : kInvalidArgument;
}

int Import(const CliContext& context, const ImportArgs& args) {
  const absl::StatusOr<std::unique_ptr<Extract>> read = Extract::Read(args.folder);
  if (!read.ok()) return context.Fail(read.status());
  Extract& extract = **read;
  const absl::StatusOr<ExtractHead> head = extract.Head();
  if (!head.ok()) return context.Fail(head.status());
  const absl::StatusOr<Importer> importer = MakeImporter(context, args, *head);
  if (!importer.ok()) return context.Fail(importer.status());
  const ImportGuard guard(extract, head->as_at);
  const PostMaker maker(extract, guard, *importer);
  const std::vector<Row*> children = PublishableChildren(extract, guard);
  const absl::Status done = args.dry_run
                                ? CheckOnly(children, maker)
                                : PublishAll(context, args, children, maker, *importer, extract);
  SettleElsewhere(extract, guard, *importer);
  const int status = Report(context, args, MakeReport(extract, guard, *importer, args.dry_run));
  return done.ok() ? status : context.Fail(done);
}

}  // namespace

int RunImportSsd(const CliContext& context, const std::vector<std::string>& arguments) {
  ImportArgs args;
  CLI::App app("Publish a Standard Safeguarding Dataset extract and its supplement",
               "ehcctl import ssd");
  AddOptions(app, args);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& asked) {
    return app.exit(asked, context.out, context.err);
  } catch (const CLI::ParseError& error) {
    return context.Fail(Usage(error.what() + std::string("; see ehcctl import ssd --help")));
  }
  return Import(context, args);
}

}  // namespace ehchub
