// ehcctl subject match
#include "client-sdk/cli/commands_match.h"

#include <iostream>

#include "absl/strings/str_format.h"
#include "client-sdk/cli/disclosing.h"
#include "client-sdk/cli/labelled_match.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "ehchub/subject_client.h"
#include "server/model/text_file.h"

namespace ehchub {
namespace {

struct MatchArgs {
  AskArgs ask;
  std::string given;
  std::string family;
  std::string born;
  std::string expected;
  std::string sex;
  std::string postcode;
  std::string record;
  std::string unit;
  std::string labelled;
  std::string policies = "policies";
};

void AddMatchOptions(CLI::App& command, MatchArgs& args) {
  command.add_option("--given", args.given, "Given names, as far as known");
  command.add_option("--family", args.family, "Family name");
  command.add_option("--born", args.born, "Day of birth, YYYY-MM-DD");
  command.add_option("--expected", args.expected, "Expected day of birth of an unborn child");
  command.add_option("--sex", args.sex, "male, female or unknown");
  command.add_option("--postcode", args.postcode, "Postcode of the home");
  command.add_option("--record", args.record, "The kind of record sought, such as EHC_PLAN");
  command.add_option("--custodian-unit", args.unit, "Where several units keep that kind");
  AddGroundOptions(command, args.ask);
  // The hub names what is missing; a labelled file needs none of them.
  for (const char* ground : {"--purpose", "--basis", "--agreement"}) {
    command.get_option(ground)->required(false);
  }
  command.add_option("--labelled", args.labelled,
                     "Try the matcher on a labelled CSV file instead, on this machine alone");
  command.add_option("--policies", args.policies, "With --labelled: folder with matching/");
}

int RunLabelled(const CliContext& context, const MatchArgs& args) {
  const absl::StatusOr<std::string> csv = ehc::ReadTextFile(args.labelled);
  if (!csv.ok()) return context.Fail(csv.status());
  const absl::StatusOr<LabelledResult> result = MatchLabelled(*csv, args.policies);
  if (!result.ok()) return context.Fail(result.status());
  if (context.output == Output::kJson) {
    std::cout << absl::StreamFormat(
        "{\"rows\":%d,\"unreadable\":%d,\"registered\":%d,\"asked\":%d,\"meant\":%d,\"right\":%d,"
        "\"wrong\":%d,\"potential\":%d,\"many\":%d,\"reviewHas\":%d,\"precision\":%.5f,"
        "\"recall\":%.5f,\"f1\":%.5f}\n",
        result->rows, result->unreadable, result->registered, result->asked, result->meant,
        result->right, result->wrong, result->potential, result->many, result->review_has,
        result->precision(), result->recall(), result->f1());
    return 0;
  }
  std::cout << absl::StreamFormat(
      "%d rows, %d not readable; %d people registered, %d questions, %d of them about those\n"
      "matched: %d right, %d wrong; for a person: %d possible, %d ambiguous, with the right one in "
      "%d\n"
      "precision %.4f, recall %.4f, F1 %.4f\n",
      result->rows, result->unreadable, result->registered, result->asked, result->meant,
      result->right, result->wrong, result->potential, result->many, result->review_has,
      result->precision(), result->recall(), result->f1());
  return 0;
}

absl::Status FillSought(const MatchArgs& args, v1::PersonSought* person) {
  person->set_given_names(args.given);
  person->set_family_name(args.family);
  if (!args.expected.empty()) {
    person->set_expected_date_of_birth(args.expected);
  } else {
    person->set_date_of_birth(args.born);
  }
  person->set_postcode(args.postcode);
  v1::Sex sex = v1::SEX_UNSPECIFIED;
  const absl::Status status = SetWord("--sex", args.sex, &sex);
  person->set_sex(sex);
  return status;
}

int RunMatch(const CliContext& context, const MatchArgs& args) {
  if (!args.labelled.empty()) return RunLabelled(context, args);
  v1::MatchSubjectRequest request;
  const absl::Status status = FillSought(args, request.mutable_person());
  if (!status.ok()) return context.Fail(status);
  request.set_custodian(Named("agencies", args.ask.custodian));
  request.set_custodian_unit(args.unit);
  request.set_record_type(args.record);
  *request.mutable_context() = ContextOf(args.ask);
  return Disclose(
      context, [&](const Hub& hub) { return SubjectClient(hub).MatchSubject(request); },
      [](const v1::MatchSubjectResponse& response, std::ostream& out) {
        out << response.subject() << "\n";
        PrintDisclosure(response.disclosure(), out);
      });
}

}  // namespace

void AddMatchCommand(CLI::App& subject, Action* chosen) {
  AddCommand<MatchArgs>(subject, "match", "Find a child by name and birth", chosen, RunMatch,
                        AddMatchOptions);
}

}  // namespace ehchub
