#ifndef EHC_TESTS_BENCH_E2E_HUB_PROCESS_H_
#define EHC_TESTS_BENCH_E2E_HUB_PROCESS_H_

#include <string>

namespace ehc {

// When it answers what is alike for every child: at the pace of a hub in use, or as soon as it can.
enum class Answers { kAtItsPace, kAtOnce };

// The hub as `ehc-hub serve --development` runs it, as a child process (ServeParent): any line is
// answered with its metrics. Returns its exit status.
int RunHub(const std::string& data_folder, const std::string& tls_folder, Answers answers);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_HUB_PROCESS_H_
