// Options that fill the fields of a request by their paths, and commands that are no more than
// that: a call whose request the command line writes field by field.
#ifndef EHC_CLIENT_SDK_CLI_MESSAGE_OPTIONS_H_
#define EHC_CLIENT_SDK_CLI_MESSAGE_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client-sdk/cli/commands.h"
#include "google/protobuf/message.h"

namespace ehchub {

// One field: "advice.text". An option without a leading dash stands by its place.
struct MessageOption {
  std::string option;
  std::string path;
  std::string what;
  bool required = false;
};

// What the command line said, by path.
struct MessageArgs {
  std::string file;
  std::map<std::string, std::vector<std::string>> texts;
  std::map<std::string, bool> flags;
};

// Adds `options`, and those for what most requests hold: --unit, --case, --request-id, --etag,
// --validate-only, --page-size, --page-token, and --file for a whole request.
void AddMessageOptions(CLI::App& command, const google::protobuf::Descriptor& type,
                       const std::vector<MessageOption>& options, MessageArgs& args);

// Usage() names the option that cannot be read.
absl::Status FillMessage(const CliContext& context, const std::vector<MessageOption>& options,
                         const MessageArgs& args, google::protobuf::Message* request);

// "842" or "842.05" pounds as pence. Usage() for anything else: an amount is never rounded.
absl::StatusOr<int64_t> ParsePounds(absl::string_view option, const std::string& text);

// A page, or the one thing that the response holds.
void PrintFirstField(const google::protobuf::Message& response, std::ostream& out);

// A command that sends `Client`'s request as its options fill it.
template <typename Client, typename Request, typename Response>
void AddMessageCommand(CLI::App& group, const std::string& name, const std::string& what,
                       Action* chosen,
                       absl::StatusOr<Response> (Client::*call)(const Request&) const,
                       std::vector<MessageOption> options,
                       const std::function<void(Request&)>& preset = nullptr) {
  auto args = std::make_shared<MessageArgs>();
  CLI::App* command = group.add_subcommand(name, what);
  AddMessageOptions(*command, *Request::descriptor(), options, *args);
  command->callback([chosen, args, call, options = std::move(options), preset] {
    *chosen = [args, call, options, preset](const CliContext& context) {
      Request request;
      if (preset) preset(request);
      const absl::Status filled = FillMessage(context, options, *args, &request);
      if (!filled.ok()) return context.Fail(filled);
      return CallAndPrint(
          context, [&](const Hub& hub) { return (Client(hub).*call)(request); },
          [](const Response& response, std::ostream& out) { PrintFirstField(response, out); });
    };
  });
}

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_MESSAGE_OPTIONS_H_
