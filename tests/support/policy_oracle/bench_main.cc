// ehc-bench-policy-oracle [--triples N] [--seed N]: the long run of the differential test.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/support/policy_oracle/random_world.h"

int main(int argc, char** argv) {
  uint64_t triples = 10'000'000;
  uint64_t seed = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--triples") triples = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--seed") seed = std::strtoull(argv[i + 1], nullptr, 10);
  }
  constexpr int kWorlds = 20;
  uint64_t compared = 0;
  while (compared < triples) {
    const std::string difference = ehc::CompareWithOracle(seed, kWorlds, 1000, &compared);
    seed += kWorlds;
    if (!difference.empty()) {
      std::cout << difference << "\n";
      return 1;
    }
  }
  std::cout << "engine and oracle agree on " << compared
            << " triples of policy, request and facts\n";
  return 0;
}
