#include "tests/bench/e2e/hub_process.h"

#include <iostream>

#include "server/app/house.h"
#include "server/transport/platform_setup.h"
#include "tests/bench/e2e/bench_world.h"
#include "tests/bench/e2e/child_process.h"

namespace ehc {

int RunHub(const std::string& data_folder, const std::string& tls_folder, Answers answers) {
  const absl::Status prepared = PreparePlatform();
  if (!prepared.ok()) {
    std::cerr << "hub: " << prepared.message() << "\n";
    return 1;
  }
  HouseOptions options;
  options.data_folder = data_folder;
  options.quotas = false;  // it is the hub that is measured
  options.policy_folder = std::string(EHC_SOURCE_DIR) + "/policies";
  options.audience = kBenchAudience;
  options.development = true;
  options.server.tls = TlsFiles::InDirectory(tls_folder);
  if (answers == Answers::kAtOnce) {
    options.server.pace = {absl::ZeroDuration(), absl::ZeroDuration(), absl::Microseconds(1)};
  }
  auto house = House::Open(options, SystemClock());
  if (!house.ok()) {
    std::cerr << "hub: " << house.status().message() << "\n";
    return 1;
  }
  ServeParent((*house)->port(), [&](const std::string&) { return (*house)->MetricsText(); });
  (*house)->Drain(absl::ZeroDuration());
  return 0;
}

}  // namespace ehc
