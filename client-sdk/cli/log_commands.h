// The part of `ehcctl audit` that is about the log as a whole: tiles, vectors, witnesses.
#ifndef EHC_CLIENT_SDK_CLI_LOG_COMMANDS_H_
#define EHC_CLIENT_SDK_CLI_LOG_COMMANDS_H_

#include <memory>
#include <string>

#include "client-sdk/cli/commands.h"
#include "ehchub/receipts.h"

namespace ehchub {

// A keeper of the profile's receipts file, to work with whatever the file says.
absl::StatusOr<std::unique_ptr<ReceiptKeeper>> OpenKeeper(const Profile& profile,
                                                          const std::string& path);

// What `ehcctl audit verify` verifies instead of a receipts file.
struct VerifyLogArgs {
  bool log = false;   // the whole log, from the hub
  std::string since;  // from this checkpoint's note on
  std::string tiles;  // a folder of tiles

  bool any() const { return log || !since.empty() || !tiles.empty(); }
};
void AddVerifyLogOptions(CLI::App& command, VerifyLogArgs& args);
int RunVerifyLog(const CliContext& context, const VerifyLogArgs& args);

void AddLogCommands(CLI::App& audit, Action* chosen);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_LOG_COMMANDS_H_
