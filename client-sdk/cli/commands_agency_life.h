#ifndef EHC_CLIENT_SDK_CLI_COMMANDS_AGENCY_LIFE_H_
#define EHC_CLIENT_SDK_CLI_COMMANDS_AGENCY_LIFE_H_

#include "client-sdk/cli/commands.h"

namespace ehchub {

// Adds to `ehcctl agency`: keys, readiness, what takes two people, usage.
void AddAgencyLifeCommands(CLI::App& agency, Action* chosen);
// Tokens for a first certificate, and asking for one with them.
void AddEnrolmentCommands(CLI::App& agency, Action* chosen);
// `ehcctl delegation`: who acts for whom.
void AddDelegationCommands(CLI::App& app, Action* chosen);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_COMMANDS_AGENCY_LIFE_H_
