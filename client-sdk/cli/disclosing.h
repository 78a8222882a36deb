// Commands that ask for a record, and commands that publish one.
#ifndef EHC_CLIENT_SDK_CLI_DISCLOSING_H_
#define EHC_CLIENT_SDK_CLI_DISCLOSING_H_

#include <string>

#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/words.h"
#include "ehc/hub/v1/disclosure_context.pb.h"
#include "ehc/hub/v1/records.pb.h"
#include "ehchub/record_exchange_client.h"

namespace ehchub {

struct AskArgs {
  std::string subject;
  std::string custodian;
  std::string purpose;
  std::string basis;
  std::string special_basis;
  std::string gateway;
  std::string agreement;
  std::string case_reference;
  std::string considered_by;
  std::string detriment;
  std::string break_glass;
  std::string on_behalf_of;
};

void AddAskOptions(CLI::App& command, AskArgs& args);
// Everything but the child. What `args` states already is the default.
void AddGroundOptions(CLI::App& command, AskArgs& args);
v1::DisclosureContext ContextOf(const AskArgs& args);

template <typename Request>
void FillAsk(const AskArgs& args, Request* request) {
  request->set_subject(args.subject);
  request->set_custodian(Named("agencies", args.custodian));
  *request->mutable_context() = ContextOf(args);
}

// What was disclosed is printed first: it has left the hub. Then the hub is held to its receipt.
template <typename Call, typename PrintText>
int Disclose(const CliContext& context, Call call, PrintText print_text) {
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const int printed = Finish(context, call(*hub), print_text);
  if (printed != 0) return printed;
  const absl::Status settled = hub->SettleReceipts();
  return settled.ok() ? 0 : context.Fail(settled);
}

struct PublishArgs {
  WriteArgs write;
  std::string file;
  std::string subject;
  std::string etag;
};

void AddPublishOptions(CLI::App& command, PublishArgs& args);
void PrintPublished(const v1::PublishedRecord& published, std::ostream& out);

template <typename Request>
absl::Status FillPublish(const CliContext& context, const PublishArgs& args, Request* request) {
  absl::Status status = ReadMessage(args.file, request);
  if (!args.subject.empty()) request->set_subject(args.subject);
  if constexpr (requires { request->set_etag(""); }) {
    if (!args.etag.empty()) request->set_etag(args.etag);
  }
  status.Update(FillWrite(context, args.write, request));
  return status;
}

// A command that reads a whole request from a file, completes it from its options and sends it.
template <typename Request, typename Response>
void AddPublishCommand(CLI::App& group, const std::string& name, const std::string& what,
                       Action* chosen,
                       absl::StatusOr<Response> (RecordExchangeClient::*publish)(const Request&)
                           const) {
  auto args = std::make_shared<PublishArgs>();
  CLI::App* command = group.add_subcommand(name, what);
  AddPublishOptions(*command, *args);
  command->callback([chosen, args, publish] {
    *chosen = [args, publish](const CliContext& context) {
      Request request;
      const absl::Status filled = FillPublish(context, *args, &request);
      if (!filled.ok()) return context.Fail(filled);
      return CallAndPrint(
          context, [&](const Hub& hub) { return (RecordExchangeClient(hub).*publish)(request); },
          [](const Response& response, std::ostream& out) {
            PrintPublished(response.published(), out);
          });
    };
  });
}

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_DISCLOSING_H_
