#ifndef EHC_TESTS_UNIT_CLIENT_SDK_RUN_EHCCTL_H_
#define EHC_TESTS_UNIT_CLIENT_SDK_RUN_EHCCTL_H_

#include <string>
#include <vector>

namespace ehc {

struct Ran {
  int exit_status = -1;  // 128 + n where signal n ended it
  std::string out;
  std::string err;
};

// Runs the ehcctl of this build with these arguments, EHC_PROFILES set to `profiles`, and `input`
// on standard input.
Ran RunEhcctl(const std::vector<std::string>& arguments, const std::string& profiles,
              const std::string& input = "");

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_CLIENT_SDK_RUN_EHCCTL_H_
