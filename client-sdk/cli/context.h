// What every command of ehcctl shares: the profile, the connection, and how results and errors
// leave.
#ifndef EHC_CLIENT_SDK_CLI_CONTEXT_H_
#define EHC_CLIENT_SDK_CLI_CONTEXT_H_

#include <iostream>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ehchub/hub.h"
#include "ehchub/profile.h"
#include "google/protobuf/message.h"

namespace ehchub {

inline constexpr int kExitUsage = 64;

enum class Output { kText, kJson };

struct CliContext {
  std::string profile_name = "default";
  Output output = Output::kText;
  std::ostream& out = std::cout;
  std::ostream& err = std::cerr;

  absl::StatusOr<Profile> LoadProfile() const;

  // Receipts are kept, and settled when the command says so.
  absl::StatusOr<Hub> OpenHub() const;

  // Prints one line and returns the exit status: the status code; 64 where the command itself was
  // at fault (Usage()).
  int Fail(const absl::Status& status) const;

  // The message as proto3 JSON, ending in a line feed.
  int PrintJson(const google::protobuf::Message& message) const;
};

// An error of whoever wrote the command line.
absl::Status Usage(absl::string_view what);

// Prints the response as JSON, or through `print_text` (called with the response and the stream),
// or says why there is none. The exit status.
template <typename Response, typename PrintText>
int Finish(const CliContext& context, const absl::StatusOr<Response>& response,
           PrintText print_text) {
  if (!response.ok()) return context.Fail(response.status());
  if (context.output == Output::kJson) return context.PrintJson(*response);
  print_text(*response, context.out);
  return 0;
}

// Opens the hub, then calls `call` with it for a response.
template <typename Call, typename PrintText>
int CallAndPrint(const CliContext& context, Call call, PrintText print_text) {
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  return Finish(context, call(*hub), print_text);
}

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_CONTEXT_H_
