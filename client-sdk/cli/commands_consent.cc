// ehcctl consent …
#include "absl/time/clock.h"
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/message_options.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "ehchub/consent_client.h"

namespace ehchub {
namespace {

struct DecisionMakerArgs {
  std::string role;
  std::string person;
  std::string right;
  std::string relationship;
  std::string assessment;
  std::string evidence;
};

struct RecordArgs {
  WriteArgs write;
  std::string file;
  std::string subject;
  std::string state;
  DecisionMakerArgs by;
  std::vector<std::string> recipients;
  std::vector<std::string> purposes;
  std::vector<std::string> parts;
  std::string given_at;
  std::string channel;
  std::string notice;
  std::string expires_at;
  std::string review_due;
  std::string access_needs;
  std::string approval;
};

struct NameArgs {
  std::string name;
};

struct ListArgs {
  std::string subject;
  std::string state;
  PageArgs page;
};

struct WithdrawArgs {
  std::string name;
  std::string etag;
  std::string case_reference;
  std::string request_id;
  DecisionMakerArgs by;
  std::vector<std::string> parts;
};

struct ReconfirmArgs {
  WriteArgs write;
  std::string name;
  std::string etag;
  DecisionMakerArgs by;
  std::string given_at;
  std::string channel;
  std::string notice;
  std::string expires_at;
  std::string review_due;
};

void AddDecisionMakerOptions(CLI::App& command, DecisionMakerArgs& args) {
  command.add_option("--by", args.role,
                     "Who decided: child, parent, young-person, representative, local-authority");
  command.add_option("--person", args.person, "Your own opaque reference for them; never a name");
  command.add_option("--right", args.right,
                     "In which right: gillick-competence, parental-responsibility, "
                     "over-compulsory-school-age, representation, parent-of-incapacitated, assent");
  command.add_option("--relationship", args.relationship, "The relationship relied on");
  command.add_option("--assessment", args.assessment, "The capacity assessment relied on");
  command.add_option("--evidence", args.evidence, "Where the evidence is kept");
}

void AddRecordOptions(CLI::App& command, RecordArgs& args) {
  command.add_option("SUBJECT", args.subject, "The child or young person");
  command.add_option("--file", args.file, "A whole RecordConsentRequest; options add to it");
  command.add_option("--state", args.state, "given (unless told), refused or not-asked");
  AddDecisionMakerOptions(command, args.by);
  command.add_option("--recipient", args.recipients, "An agency that may receive")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--purpose", args.purposes, "A purpose agreed to")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--part", args.parts, "Parts agreed to, EHC_PLAN:C,G; repeat for more types")
      ->allow_extra_args(false);
  command.add_option("--given-at", args.given_at, "When it was decided; now unless told");
  command.add_option("--channel", args.channel,
                     "in-person, telephone, written, online or supported");
  command.add_option("--notice", args.notice, "Version of the privacy notice explained");
  command.add_option("--expires", args.expires_at, "When it lapses");
  command.add_option("--review-due", args.review_due, "The day by which to ask again");
  command.add_option("--access-needs", args.access_needs, "Needs met when explaining");
  command.add_option("--approval", args.approval,
                     "The study's approval, where the purpose needs one");
  AddWriteOptions(command, args.write);
}

void AddReconfirmOptions(CLI::App& command, ReconfirmArgs& args) {
  command.add_option("NAME", args.name, "subjects/…/consents/…")->required();
  command.add_option("--etag", args.etag, "Only if it is unchanged since");
  AddDecisionMakerOptions(command, args.by);
  command.add_option("--given-at", args.given_at, "When it was said again; now unless told");
  command.add_option("--channel", args.channel,
                     "in-person, telephone, written, online or supported");
  command.add_option("--notice", args.notice, "Version of the privacy notice explained");
  command.add_option("--expires", args.expires_at, "When it lapses");
  command.add_option("--review-due", args.review_due, "The day by which to ask again");
  AddWriteOptions(command, args.write);
}

void AddNameOption(CLI::App& command, NameArgs& args) {
  command.add_option("NAME", args.name, "subjects/…/consents/…")->required();
}

void AddListOptions(CLI::App& command, ListArgs& args) {
  command.add_option("SUBJECT", args.subject, "The child or young person")->required();
  command.add_option("--state", args.state, "Only those in this state");
  AddPageOptions(command, args.page);
}

void AddWithdrawOptions(CLI::App& command, WithdrawArgs& args) {
  command.add_option("NAME", args.name, "subjects/…/consents/…")->required();
  command.add_option("--etag", args.etag, "Withdraw only if it is unchanged since");
  AddDecisionMakerOptions(command, args.by);
  command.add_option("--part", args.parts, "Only these parts, EHC_PLAN:C,G; otherwise all of it")
      ->allow_extra_args(false);
  command.add_option("--case", args.case_reference, "Your own case reference");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

void SetText(const std::string& value, std::string* field) {
  if (!value.empty()) *field = value;
}

absl::Status FillDecisionMaker(const DecisionMakerArgs& args, v1::DecisionMaker* maker) {
  v1::DecisionMakerRole role = maker->role();
  v1::CapacityBasis right = maker->capacity_basis();
  absl::Status status = SetWord("--by", args.role, &role);
  status.Update(SetWord("--right", args.right, &right));
  maker->set_role(role);
  maker->set_capacity_basis(right);
  SetText(args.person, maker->mutable_person_reference());
  SetText(args.relationship, maker->mutable_relationship());
  SetText(args.assessment, maker->mutable_capacity_assessment());
  SetText(args.evidence, maker->mutable_evidence_reference());
  return status;
}

absl::Status FillTimes(const RecordArgs& args, v1::Consent* consent) {
  absl::Status status;
  if (!args.given_at.empty()) {
    status.Update(SetMoment("--given-at", args.given_at, consent->mutable_given_at()));
  } else if (!consent->has_given_at()) {
    consent->mutable_given_at()->set_seconds(absl::ToUnixSeconds(absl::Now()));
  }
  if (!args.expires_at.empty()) {
    status.Update(SetMoment("--expires", args.expires_at, consent->mutable_expires_at()));
  }
  SetText(args.review_due, consent->mutable_review_due_date());
  return status;
}

absl::Status FillConsent(const RecordArgs& args, v1::Consent* consent) {
  v1::ConsentState state = consent->state();
  v1::ConsentChannel channel = consent->channel();
  if (state == v1::CONSENT_STATE_UNSPECIFIED) state = v1::CONSENT_STATE_GIVEN;
  absl::Status status = SetWord("--state", args.state, &state);
  status.Update(SetWord("--channel", args.channel, &channel));
  consent->set_state(state);
  consent->set_channel(channel);
  if (state != v1::CONSENT_STATE_NOT_ASKED) {
    status.Update(FillDecisionMaker(args.by, consent->mutable_decision_maker()));
  }
  for (const std::string& one : args.recipients) consent->add_recipients(Named("agencies", one));
  for (const std::string& one : args.purposes) consent->add_purposes(one);
  status.Update(FillScopes(args.parts, consent));
  status.Update(FillTimes(args, consent));
  SetText(args.notice, consent->mutable_notice_version());
  SetText(args.access_needs, consent->mutable_access_needs());
  SetText(args.approval, consent->mutable_approval_reference());
  return status;
}

absl::Status FillRecord(const CliContext& context, const RecordArgs& args,
                        v1::RecordConsentRequest* request) {
  absl::Status status;
  if (!args.file.empty()) status = ReadMessage(args.file, request);
  SetText(args.subject, request->mutable_subject());
  if (request->subject().empty()) status.Update(Usage("SUBJECT is required"));
  status.Update(FillConsent(args, request->mutable_consent()));
  status.Update(FillWrite(context, args.write, request));
  return status;
}

// The consent, and below it what is to be given to whoever decided.
template <typename Response>
void PrintReceipt(const Response& response, std::ostream& out) {
  PrintFields(response.consent(), out);
  out << "\n" << response.receipt().statement() << "\n";
}

int RunRecord(const CliContext& context, const RecordArgs& args) {
  v1::RecordConsentRequest request;
  const absl::Status status = FillRecord(context, args, &request);
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return ConsentClient(hub).RecordConsent(request); },
      PrintReceipt<v1::RecordConsentResponse>);
}

// Each sentence on a line of its own: to be read to the family.
void PrintPreview(const v1::PreviewConsentResponse& response, std::ostream& out) {
  for (const v1::ConsentEffect& effect : response.effects()) out << effect.sentence() << "\n";
  for (const std::string& note : response.notes()) out << note << "\n";
}

int RunPreview(const CliContext& context, const RecordArgs& args) {
  v1::RecordConsentRequest asked;
  const absl::Status status = FillRecord(context, args, &asked);
  if (!status.ok()) return context.Fail(status);
  v1::PreviewConsentRequest request;
  request.set_unit(asked.unit());
  request.set_subject(asked.subject());
  *request.mutable_consent() = asked.consent();
  return CallAndPrint(
      context, [&](const Hub& hub) { return ConsentClient(hub).PreviewConsent(request); },
      PrintPreview);
}

int RunReconfirm(const CliContext& context, const ReconfirmArgs& args) {
  v1::ReconfirmConsentRequest request;
  request.set_name(args.name);
  request.set_etag(args.etag);
  v1::ConsentChannel channel = v1::CONSENT_CHANNEL_UNSPECIFIED;
  absl::Status status = SetWord("--channel", args.channel, &channel);
  status.Update(FillDecisionMaker(args.by, request.mutable_confirmed_by()));
  request.set_channel(channel);
  if (args.given_at.empty()) {
    request.mutable_given_at()->set_seconds(absl::ToUnixSeconds(absl::Now()));
  } else {
    status.Update(SetMoment("--given-at", args.given_at, request.mutable_given_at()));
  }
  if (!args.expires_at.empty()) {
    status.Update(SetMoment("--expires", args.expires_at, request.mutable_expires_at()));
  }
  SetText(args.notice, request.mutable_notice_version());
  SetText(args.review_due, request.mutable_review_due_date());
  status.Update(FillWrite(context, args.write, &request));
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return ConsentClient(hub).ReconfirmConsent(request); },
      PrintReceipt<v1::ReconfirmConsentResponse>);
}

int RunGet(const CliContext& context, const NameArgs& args) {
  v1::GetConsentRequest request;
  request.set_name(args.name);
  return CallAndPrint(
      context, [&](const Hub& hub) { return ConsentClient(hub).GetConsent(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.consent(), out); });
}

int RunList(const CliContext& context, const ListArgs& args) {
  v1::ListConsentsRequest request;
  v1::ConsentState state = v1::CONSENT_STATE_UNSPECIFIED;
  const absl::Status known = SetWord("--state", args.state, &state);
  if (!known.ok()) return context.Fail(known);
  request.set_subject(args.subject);
  request.set_state(state);
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return ConsentClient(hub).ListConsents(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "consents", out); });
}

int RunWithdraw(const CliContext& context, const WithdrawArgs& args) {
  v1::WithdrawConsentRequest request;
  request.set_name(args.name);
  request.set_etag(args.etag);
  request.set_case_reference(args.case_reference);
  request.set_request_id(args.request_id);
  absl::Status status = FillDecisionMaker(args.by, request.mutable_withdrawn_by());
  status.Update(FillScopes(args.parts, &request));
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return ConsentClient(hub).WithdrawConsent(request); },
      [](const v1::WithdrawConsentResponse& response, std::ostream& out) {
        PrintReceipt(response, out);
        out << response.notices_sent() << " recipients were told\n";
      });
}

}  // namespace

void AddConsentCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "consent", "What decision-makers said about sharing");
  AddCommand<RecordArgs>(*group, "record", "Record a consent, a refusal, or that nobody was asked",
                         chosen, RunRecord, AddRecordOptions);
  AddCommand<NameArgs>(*group, "get", "One consent", chosen, RunGet, AddNameOption);
  AddCommand<ListArgs>(*group, "list", "The consents that your agency recorded", chosen, RunList,
                       AddListOptions);
  AddCommand<WithdrawArgs>(*group, "withdraw", "Withdraw a consent, whole or in part", chosen,
                           RunWithdraw, AddWithdrawOptions);
  AddCommand<RecordArgs>(*group, "preview",
                         "Who could read what, in plain English; records nothing", chosen,
                         RunPreview, AddRecordOptions);
  AddCommand<ReconfirmArgs>(*group, "reconfirm",
                            "Say a consent again: the same person, or the young person", chosen,
                            RunReconfirm, AddReconfirmOptions);
  AddMessageCommand(*group, "revisions", "Every state that a consent was written down in", chosen,
                    &ConsentClient::ListConsentRevisions,
                    {{"NAME", "name", "subjects/…/consents/…", true}});
}

}  // namespace ehchub
