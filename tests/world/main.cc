// ehc-world: writes a synthetic authority as an extract. See docs/formats/extract.md.
#include <cstdio>
#include <string>
#include <vector>

#include "tests/world/options.h"
#include "tests/world/world.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const absl::StatusOr<ehc::WorldOptions> options = ehc::ParseWorldOptions(arguments);
  if (!options.ok()) {
    std::fprintf(stderr, "ehc-world: %s\n%s", std::string(options.status().message()).c_str(),
                 ehc::WorldUsage().c_str());
    return 64;
  }
  ehc::World world = ehc::MakeWorld(*options);
  if (options->table1) std::fputs(ehc::Table1(world).c_str(), stdout);
  if (options->out.empty()) return 0;
  if (options->bad_rows) ehc::AddBadRows(world.extract);
  const absl::Status written = world.extract.WriteTo(options->out);
  if (!written.ok()) {
    std::fprintf(stderr, "ehc-world: %s\n", std::string(written.message()).c_str());
    return 1;
  }
  return 0;
}
