#ifndef EHC_TESTS_BENCH_E2E_HUB_PROCESS_H_
#define EHC_TESTS_BENCH_E2E_HUB_PROCESS_H_

#include <string>

namespace ehc {

// The hub as `ehc-hub serve --development` runs it, as a child process (ServeParent): any line is
// answered with its metrics. Returns its exit status.
int RunHub(const std::string& data_folder, const std::string& tls_folder);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_HUB_PROCESS_H_
