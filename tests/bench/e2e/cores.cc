#include "tests/bench/e2e/cores.h"

#include <sched.h>

#include <algorithm>
#include <vector>

namespace ehc {
namespace {

// As granted when the program began; inherited by children as an environment would be.
const std::vector<int>& Granted() {
  static const std::vector<int> granted = [] {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> cores;
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return cores;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &set)) cores.push_back(core);
    }
    return cores;
  }();
  return granted;
}

}  // namespace

int GrantedCores() { return static_cast<int>(Granted().size()); }

void StayOn(Core core) {
  const std::vector<int>& granted = Granted();
  if (granted.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(
      core == Core::kServer ? granted.front() : granted[std::min<size_t>(1, granted.size() - 1)],
      &set);
  (void)sched_setaffinity(0, sizeof(set), &set);
}

}  // namespace ehc
