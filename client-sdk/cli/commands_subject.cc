// ehcctl subject …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/commands_match.h"
#include "client-sdk/cli/message_options.h"
#include "client-sdk/cli/words.h"
#include "ehchub/subject_client.h"

namespace ehchub {
namespace {

struct RegisterArgs {
  WriteArgs write;
  std::string file;
  std::string given;
  std::string family;
  std::string born;
  std::string expected;
  std::string sex;
  std::string postcode;
  std::string mother;
  std::string died;
  std::vector<std::string> identifiers;
  bool verified = false;
};

struct LinkArgs {
  WriteArgs write;
  std::string subject;
  std::string identifier;
  bool verified = false;
};

void AddRegisterOptions(CLI::App& command, RegisterArgs& args) {
  command.add_option("--file", args.file, "A whole RegisterSubjectRequest; options add to it");
  command.add_option("--given", args.given, "Given names");
  command.add_option("--family", args.family, "Family name");
  command.add_option("--born", args.born, "Day of birth, YYYY-MM-DD");
  command.add_option("--expected", args.expected, "Expected day of birth of an unborn child");
  command.add_option("--sex", args.sex, "male, female or unknown");
  command.add_option("--postcode", args.postcode, "For matching; leave out where protected");
  command.add_option("--mother", args.mother, "The mother, where she is registered");
  command.add_option("--died", args.died, "Day of death");
  command
      .add_option("--id", args.identifiers, "nhs:…, upn:…, uln:…, pnc:… or la:303/ABC123; repeat")
      ->allow_extra_args(false);
  command.add_flag("--verified", args.verified, "The NHS number was traced and verified");
  AddWriteOptions(command, args.write);
}

void AddLinkOptions(CLI::App& command, LinkArgs& args) {
  command.add_option("SUBJECT", args.subject, "The child or young person")->required();
  command.add_option("--id", args.identifier, "The identifier to add")->required();
  command.add_flag("--verified", args.verified, "The NHS number was traced and verified");
  AddWriteOptions(command, args.write);
}

absl::Status FillIdentifier(const std::string& text, bool verified, v1::Identifier* identifier) {
  const absl::StatusOr<v1::Identifier> parsed = ParseIdentifierWord(text);
  if (!parsed.ok()) return parsed.status();
  *identifier = *parsed;
  if (verified && parsed->type() == v1::IDENTIFIER_TYPE_NHS_NUMBER) {
    identifier->set_verification_status(v1::VERIFICATION_STATUS_VERIFIED);
  }
  return absl::OkStatus();
}

absl::Status FillPerson(const RegisterArgs& args, v1::PersonDetails* person) {
  v1::Sex sex = person->sex();
  const absl::Status status = SetWord("--sex", args.sex, &sex);
  person->set_sex(sex);
  if (!args.given.empty()) person->set_given_names(args.given);
  if (!args.family.empty()) person->set_family_name(args.family);
  if (!args.born.empty()) person->set_date_of_birth(args.born);
  if (!args.expected.empty()) person->set_expected_date_of_birth(args.expected);
  if (!args.postcode.empty()) person->set_postcode(args.postcode);
  if (!args.mother.empty()) person->set_mother_subject(args.mother);
  if (!args.died.empty()) person->set_date_of_death(args.died);
  return status;
}

int RunRegister(const CliContext& context, const RegisterArgs& args) {
  v1::RegisterSubjectRequest request;
  absl::Status status;
  if (!args.file.empty()) status = ReadMessage(args.file, &request);
  status.Update(FillPerson(args, request.mutable_person()));
  for (const std::string& one : args.identifiers) {
    status.Update(FillIdentifier(one, args.verified, request.add_identifiers()));
  }
  status.Update(FillWrite(context, args.write, &request));
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubjectClient(hub).RegisterSubject(request); },
      [](const auto& response, std::ostream& out) { out << response.subject() << "\n"; });
}

int RunLink(const CliContext& context, const LinkArgs& args) {
  v1::LinkIdentifierRequest request;
  request.set_subject(args.subject);
  absl::Status status =
      FillIdentifier(args.identifier, args.verified, request.mutable_identifier());
  status.Update(FillWrite(context, args.write, &request));
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubjectClient(hub).LinkIdentifier(request); },
      [](const auto& response, std::ostream& out) { out << response.subject() << "\n"; });
}

struct SupersedeArgs {
  WriteArgs write;
  std::string subject;
  std::string superseded;
  std::string replacement;
  bool verified = false;
};

void AddSupersedeOptions(CLI::App& command, SupersedeArgs& args) {
  command.add_option("SUBJECT", args.subject, "The child or young person")->required();
  command.add_option("--old", args.superseded, "The identifier that is replaced")->required();
  command.add_option("--new", args.replacement, "The one that replaces it")->required();
  command.add_flag("--verified", args.verified, "The new NHS number was traced and verified");
  AddWriteOptions(command, args.write);
}

int RunSupersede(const CliContext& context, const SupersedeArgs& args) {
  v1::SupersedeIdentifierRequest request;
  request.set_subject(args.subject);
  absl::Status status = FillIdentifier(args.superseded, false, request.mutable_superseded());
  status.Update(FillIdentifier(args.replacement, args.verified, request.mutable_replacement()));
  status.Update(FillWrite(context, args.write, &request));
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubjectClient(hub).SupersedeIdentifier(request); },
      [](const auto& response, std::ostream& out) { out << response.subject() << "\n"; });
}

void AddIdentityCommands(CLI::App& group, Action* chosen) {
  AddMessageCommand(
      group, "sever", "Sever an identity, or confirm a colleague's severance", chosen,
      &SubjectClient::SeverIdentity,
      {{"--subject", "subject", "The child, where you ask for it"},
       {"--reason", "reason", "adoption, protected-person, gender-recognition or other"},
       {"--justification", "justification", "The order or decision that it rests on"},
       {"--confirm", "severance", "severances/…: what a colleague asked for"}});
  AddMessageCommand(group, "restore", "Take back a severance made in error, or confirm that",
                    chosen, &SubjectClient::RestoreIdentity,
                    {{"SEVERANCE", "severance", "severances/…: what was severed", true},
                     {"--justification", "justification", "Why it was an error", true},
                     {"--confirm", "confirm", "Confirm what somebody else has asked for"}});
  AddMessageCommand(group, "join", "Say that two of your children are one; a person decides",
                    chosen, &SubjectClient::JoinSubjects,
                    {{"SUBJECT", "subject", "The child or young person", true},
                     {"OTHER", "other_subject", "The same one, registered again", true},
                     {"--reason", "reason", "What shows it", true}});
  AddMessageCommand(group, "split", "Say that one of your children is two; a person decides",
                    chosen, &SubjectClient::SplitSubject,
                    {{"SUBJECT", "subject", "The one that is to stand alone again", true},
                     {"--reason", "reason", "What shows it", true}});
}

}  // namespace

void AddReviewCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "review", "Children that may be one, or two");
  AddMessageCommand(*group, "list", "What your unit has to decide", chosen,
                    &SubjectClient::ListMatchReviews, {});
  AddMessageCommand(*group, "get", "One of them, with the evidence side by side", chosen,
                    &SubjectClient::GetMatchReview, {{"NAME", "name", "matchReviews/…", true}});
  AddMessageCommand(
      *group, "decide", "Decide one; give --etag as you read it", chosen,
      &SubjectClient::DecideMatchReview,
      {{"NAME", "name", "matchReviews/…", true},
       {"--decision", "decision", "join, keep-apart, move-identifiers, need-more or split", true},
       {"--justification", "justification", "Why", true}});
}

void AddSubjectCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "subject", "Children and young people");
  AddCommand<RegisterArgs>(*group, "register", "Register a child and learn your name for them",
                           chosen, RunRegister, AddRegisterOptions);
  AddMatchCommand(*group, chosen);
  AddCommand<LinkArgs>(*group, "link", "Add an identifier", chosen, RunLink, AddLinkOptions);
  AddCommand<SupersedeArgs>(*group, "supersede", "Replace an identifier by another", chosen,
                            RunSupersede, AddSupersedeOptions);
  AddIdentityCommands(*group, chosen);
}

}  // namespace ehchub
