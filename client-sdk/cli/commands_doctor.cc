// ehcctl doctor
#include <iomanip>

#include "absl/strings/str_cat.h"
#include "client-sdk/cli/commands.h"
#include "ehchub/doctor.h"
#include "google/protobuf/struct.pb.h"

namespace ehchub {
namespace {

struct NoArgs {};

const char* WordFor(Health health) {
  switch (health) {
    case Health::kWell: return "ok";
    case Health::kDoubtful: return "look";
    case Health::kIll: return "WRONG";
    case Health::kNotExamined: return "-";
  }
  return "";
}

void PrintFindings(const std::vector<Finding>& findings, std::ostream& out) {
  for (const Finding& finding : findings) {
    out << std::left << std::setw(6) << WordFor(finding.health) << std::setw(20) << finding.check
        << finding.detail << "\n";
  }
}

int PrintFindingsJson(const CliContext& context, const std::vector<Finding>& findings) {
  google::protobuf::Struct report;
  auto* list = (*report.mutable_fields())["findings"].mutable_list_value();
  for (const Finding& finding : findings) {
    auto& fields = *list->add_values()->mutable_struct_value()->mutable_fields();
    fields["check"].set_string_value(finding.check);
    fields["health"].set_string_value(WordFor(finding.health));
    fields["detail"].set_string_value(finding.detail);
  }
  return context.PrintJson(report);
}

int RunDoctor(const CliContext& context, const NoArgs&) {
  const absl::StatusOr<Profile> profile = context.LoadProfile();
  if (!profile.ok()) return context.Fail(profile.status());
  const std::vector<Finding> findings = Examine(*profile);
  if (context.output == Output::kJson) {
    PrintFindingsJson(context, findings);
  } else {
    PrintFindings(findings, context.out);
  }
  for (const Finding& finding : findings) {
    if (finding.health == Health::kIll) {
      return context.Fail(
          absl::FailedPreconditionError(absl::StrCat(finding.check, ": ", finding.detail)));
    }
  }
  return 0;
}

void AddNoOptions(CLI::App&, NoArgs&) {}

}  // namespace

void AddDoctorCommand(CLI::App& app, Action* chosen) {
  AddCommand<NoArgs>(app, "doctor", "Say what is wrong with a profile", chosen, RunDoctor,
                     AddNoOptions);
}

}  // namespace ehchub
