// An invented population to match in: households of brothers and sisters, twins among them, names
// as unevenly spread as real ones. The same for a seed on every machine. docs/matching.md has the
// method.
#ifndef EHC_TESTS_BENCH_MATCH_PEOPLE_H_
#define EHC_TESTS_BENCH_MATCH_PEOPLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ehc/policy/v1/matching.pb.h"
#include "server/model/demographics.h"
#include "tests/world/random.h"

namespace ehc {

// Draws names by weight: listed names with weights of their own (not those that the matcher is
// told), and a long tail of invented ones.
class NameUrn {
 public:
  NameUrn(const policy::v1::NameLore& lore, policy::v1::NameUse use, int listed_per_mille,
          int tail_size);
  std::string Draw(Random& random) const;

 private:
  std::vector<std::string> names_;
  std::vector<double> cumulative_;
};

struct Household {
  std::vector<Demographics> children;
};

class Population {
 public:
  Population(uint64_t seed, const policy::v1::NameLore& lore);

  Household At(uint64_t number) const;
  std::string GivenName(Random& random) const { return given_.Draw(random); }
  std::string FamilyName(Random& random) const { return family_.Draw(random); }
  static std::string PostcodeAt(uint64_t number);

 private:
  void AddTwin(Random& random, const Demographics& first, Household& household) const;

  const uint64_t seed_;
  const NameUrn given_;
  const NameUrn family_;
};

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_MATCH_PEOPLE_H_
