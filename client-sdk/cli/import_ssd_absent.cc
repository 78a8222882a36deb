#include "client-sdk/cli/import_ssd.h"

namespace ehchub {

int RunImportSsd(const CliContext& context, const std::vector<std::string>&) {
  return context.Fail(absl::UnimplementedError("this build has no importer"));
}

}  // namespace ehchub
