#ifndef EHC_CLIENT_SDK_CLI_IMPORT_SSD_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_SSD_H_

#include <string>
#include <vector>

#include "client-sdk/cli/context.h"

namespace ehchub {

// ehcctl import ssd DIR …: publishes a Standard Safeguarding Dataset extract and its supplement.
// `arguments` is what followed "ssd". Returns the exit status.
int RunImportSsd(const CliContext& context, const std::vector<std::string>& arguments);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_SSD_H_
