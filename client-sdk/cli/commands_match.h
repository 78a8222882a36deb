#ifndef EHC_CLIENT_SDK_CLI_COMMANDS_MATCH_H_
#define EHC_CLIENT_SDK_CLI_COMMANDS_MATCH_H_

#include "client-sdk/cli/commands.h"

namespace ehchub {

// `subject match`, into the group `subject`.
void AddMatchCommand(CLI::App& subject, Action* chosen);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_COMMANDS_MATCH_H_
