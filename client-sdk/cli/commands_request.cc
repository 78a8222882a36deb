// ehcctl request …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/disclosing.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "ehchub/record_exchange_client.h"

namespace ehchub {
namespace {

struct CreateArgs {
  AskArgs ask;
  std::string unit;
  std::string record_type;
  std::vector<std::string> parts;
  std::string reason;
  bool urgent = false;
  std::string request_id;
  bool validate_only = false;
};

struct NameArgs {
  std::string name;
};

struct ListArgs {
  bool inbox = false;
  bool open = false;
  PageArgs page;
};

struct FlaggedArgs {
  std::string name;
  PageArgs page;
};

// What the steps of either side take.
struct StepArgs {
  std::string name;
  std::string etag;
  std::string note;
  std::string request_id;
  bool validate_only = false;
  std::vector<std::string> parts;
  std::string until;
  std::string open_reason;
};

void AddRepeatOptions(CLI::App& command, std::string& request_id, bool& validate_only) {
  command.add_option("--request-id", request_id, "A random UUID; the same to repeat");
  command.add_flag("--validate-only", validate_only, "Check everything, store nothing");
}

void AddNameOption(CLI::App& command, std::string& name) {
  command.add_option("NAME", name, "recordRequests/…")->required();
}

void AddPartsOption(CLI::App& command, std::vector<std::string>& parts, const std::string& what) {
  command.add_option("--part", parts, what)->delimiter(',')->allow_extra_args(false)->required();
}

void AddCreateOptions(CLI::App& command, CreateArgs& args) {
  AddAskOptions(command, args.ask);
  command.add_option("--custodian-unit", args.unit,
                     "The unit asked; otherwise the record's keeper");
  command.add_option("--type", args.record_type, "What is asked for: EHC_PLAN, FLAG, …")
      ->required();
  AddPartsOption(command, args.parts, "The parts asked for, C,G");
  command.add_option("--reason", args.reason, "Why, for the person who decides")->required();
  command.add_flag("--urgent", args.urgent, "A reply within the hour is needed; ring them as well");
  AddRepeatOptions(command, args.request_id, args.validate_only);
}

void AddListOptions(CLI::App& command, ListArgs& args) {
  command.add_flag("--inbox", args.inbox, "Those that your agency is asked, not those it made");
  command.add_flag("--open", args.open, "Only those that somebody is still to answer");
  AddPageOptions(command, args.page);
}

void AddStepOptions(CLI::App& command, StepArgs& args) {
  AddNameOption(command, args.name);
  command.add_option("--etag", args.etag, "Only if it is unchanged since");
  AddRepeatOptions(command, args.request_id, args.validate_only);
}

void AddAnswerOptions(CLI::App& command, StepArgs& args) {
  AddStepOptions(command, args);
  command.add_option("--note", args.note, "For your own file; the asker never sees it");
}

void PrintRequest(const v1::RecordRequest& request, std::ostream& out) {
  PrintFields(request, out);
}

template <typename Request>
void FillStep(const StepArgs& args, Request* request) {
  request->set_name(args.name);
  request->set_etag(args.etag);
  request->set_request_id(args.request_id);
  request->set_validate_only(args.validate_only);
  if constexpr (requires { request->set_note(""); }) request->set_note(args.note);
}

template <typename Request, typename Response>
int Send(const CliContext& context, const Request& request,
         absl::StatusOr<Response> (RecordExchangeClient::*method)(const Request&) const) {
  return CallAndPrint(
      context, [&](const Hub& hub) { return (RecordExchangeClient(hub).*method)(request); },
      [](const Response& response, std::ostream& out) {
        PrintRequest(response.record_request(), out);
      });
}

int RunCreate(const CliContext& context, const CreateArgs& args) {
  v1::CreateRecordRequestRequest request;
  request.set_request_id(args.request_id);
  request.set_validate_only(args.validate_only);
  v1::RecordRequest& asked = *request.mutable_record_request();
  FillAsk(args.ask, &asked);
  asked.set_custodian_unit(args.unit);
  asked.set_record_type(args.record_type);
  for (const std::string& part : args.parts) asked.add_parts(part);
  asked.set_reason(args.reason);
  asked.set_urgent(args.urgent);
  return Send(context, request, &RecordExchangeClient::CreateRecordRequest);
}

int RunGet(const CliContext& context, const NameArgs& args) {
  v1::GetRecordRequestRequest request;
  request.set_name(args.name);
  return Send(context, request, &RecordExchangeClient::GetRecordRequest);
}

int RunList(const CliContext& context, const ListArgs& args) {
  v1::ListRecordRequestsRequest request;
  request.set_side(args.inbox ? v1::RECORD_REQUEST_SIDE_RECEIVED : v1::RECORD_REQUEST_SIDE_MADE);
  request.set_only_open(args.open);
  FillPage(args.page, &request);
  return CallAndPrint(
      context,
      [&](const Hub& hub) { return RecordExchangeClient(hub).ListRecordRequests(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "record_requests", out); });
}

int RunApprove(const CliContext& context, const StepArgs& args) {
  v1::ApproveRecordRequestRequest request;
  FillStep(args, &request);
  for (const std::string& part : args.parts) request.add_parts(part);
  const auto until = ParseMoment("--until", args.until);
  if (!until.ok()) return context.Fail(until.status());
  *request.mutable_approved_until() = *until;
  return Send(context, request, &RecordExchangeClient::ApproveRecordRequest);
}

int RunDecline(const CliContext& context, const StepArgs& args) {
  v1::DeclineRecordRequestRequest request;
  FillStep(args, &request);
  request.set_openly(!args.open_reason.empty());
  request.set_open_reason(args.open_reason);
  return Send(context, request, &RecordExchangeClient::DeclineRecordRequest);
}

int RunExtend(const CliContext& context, const StepArgs& args) {
  v1::ExtendRecordRequestRequest request;
  FillStep(args, &request);
  const auto until = ParseMoment("--until", args.until);
  if (!until.ok()) return context.Fail(until.status());
  *request.mutable_extended_until() = *until;
  return Send(context, request, &RecordExchangeClient::ExtendRecordRequest);
}

int RunNothing(const CliContext& context, const StepArgs& args) {
  v1::AnswerNothingToShareRequest request;
  FillStep(args, &request);
  return Send(context, request, &RecordExchangeClient::AnswerNothingToShare);
}

int RunCancel(const CliContext& context, const StepArgs& args) {
  v1::CancelRecordRequestRequest request;
  FillStep(args, &request);
  return Send(context, request, &RecordExchangeClient::CancelRecordRequest);
}

int RunFlagged(const CliContext& context, const FlaggedArgs& args) {
  v1::ListFlaggedRecordsRequest request;
  request.set_parent(args.name);
  FillPage(args.page, &request);
  return Disclose(
      context,
      [&](const Hub& hub) { return RecordExchangeClient(hub).ListFlaggedRecords(request); },
      [](const v1::ListFlaggedRecordsResponse& response, std::ostream& out) {
        v1::CheckedRecords records = response.records();
        records.clear_disclosure();
        PrintFields(records, out);
        PrintDisclosure(response.records().disclosure(), out);
        if (!response.next_page_token().empty()) {
          out << "next page: --page-token " << response.next_page_token() << "\n";
        }
      });
}

}  // namespace

void AddRequestCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "request", "Records that only a person may release");
  AddCommand<CreateArgs>(*group, "create", "Ask a custodian", chosen, RunCreate, AddCreateOptions);
  AddCommand<NameArgs>(
      *group, "get", "How a request stands", chosen, RunGet,
      [](CLI::App& command, NameArgs& args) { AddNameOption(command, args.name); });
  AddCommand<ListArgs>(*group, "list", "Your unit's requests, or the inbox", chosen, RunList,
                       AddListOptions);
  AddCommand<StepArgs>(*group, "approve", "Say yes to some parts, for a time", chosen, RunApprove,
                       [](CLI::App& command, StepArgs& args) {
                         AddAnswerOptions(command, args);
                         AddPartsOption(command, args.parts, "The parts approved");
                         command.add_option("--until", args.until, "Until when")->required();
                       });
  AddCommand<StepArgs>(*group, "decline", "Say no; in confidence unless you give --openly", chosen,
                       RunDecline, [](CLI::App& command, StepArgs& args) {
                         AddAnswerOptions(command, args);
                         command.add_option("--openly", args.open_reason, "What the asker is told");
                       });
  AddCommand<StepArgs>(*group, "extend", "Take more time; the asker's deadline stays", chosen,
                       RunExtend, [](CLI::App& command, StepArgs& args) {
                         AddAnswerOptions(command, args);
                         command.add_option("--until", args.until, "Your own date")->required();
                       });
  AddCommand<StepArgs>(*group, "nothing", "Say that there is nothing to share", chosen, RunNothing,
                       AddAnswerOptions);
  AddCommand<StepArgs>(*group, "cancel", "Take back a request of your unit's", chosen, RunCancel,
                       AddStepOptions);
  AddCommand<FlaggedArgs>(*group, "flagged", "The approved parts", chosen, RunFlagged,
                          [](CLI::App& command, FlaggedArgs& args) {
                            AddNameOption(command, args.name);
                            AddPageOptions(command, args.page);
                          });
}

}  // namespace ehchub
