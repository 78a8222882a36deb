// ehcctl import …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/import_ssd.h"

namespace ehchub {

void AddImportCommands(CLI::App& app, CliContext* context, Action* chosen) {
  CLI::App* group = AddGroup(app, "import", "Records from another system");
  CLI::App* ssd =
      group->add_subcommand("ssd", "A Standard Safeguarding Dataset extract and its supplement");
  ssd->fallthrough(false);
  ssd->allow_extras();  // the importer reads its own options, --help among them
  ssd->set_help_flag();
  AddGlobalOptions(*ssd, context);
  ssd->callback([chosen, ssd] {
    const std::vector<std::string> arguments = ssd->remaining();
    *chosen = [arguments](const CliContext& ready) { return RunImportSsd(ready, arguments); };
  });
}

}  // namespace ehchub
