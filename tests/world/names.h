#ifndef EHC_TESTS_WORLD_NAMES_H_
#define EHC_TESTS_WORLD_NAMES_H_

#include <string>

#include "tests/world/random.h"

namespace ehc {

// Names of nobody: made up for this generator, with the accents, apostrophes and hyphens that real
// extracts carry.
std::string Forename(Random& random);
std::string Surname(Random& random);

// An address nowhere: invented streets and towns, and postcodes of areas ZZ91 to ZZ98, which Royal
// Mail does not use.
struct Address {
  std::string house;
  std::string flat;  // empty for a house
  std::string street;
  std::string town;
  std::string uprn;
  std::string postcode;  // without a space, as the dataset writes it
};
Address AddressOf(uint64_t seed, int household);

// The dataset's JSON, every key present.
std::string AddressJson(const Address& address);

// A school of the invented authority. `agency` is empty where the school is not on the hub.
struct School {
  std::string name;
  std::string agency;
  std::string urn;
  std::string type;  // placement type code
};
inline constexpr int kSchools = 40;
inline constexpr int kOakfield = 0;
inline constexpr int kElmGrove = 1;
inline constexpr int kCollege = 2;
School SchoolAt(int index);

}  // namespace ehc

#endif  // EHC_TESTS_WORLD_NAMES_H_
