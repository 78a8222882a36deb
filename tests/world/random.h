#ifndef EHC_TESTS_WORLD_RANDOM_H_
#define EHC_TESTS_WORLD_RANDOM_H_

#include <cstddef>
#include <cstdint>

namespace ehc {

// What a stream of random numbers is for. Every (seed, who, topic) has a stream of its own, so that
// drawing more numbers for one table leaves all others as they were. Append only.
enum class Topic : uint64_t {
  kIdentity = 1,
  kHousehold,
  kSchool,
  kSendQuota,
  kSend,
  kCareQuota,
  kCare,
  kFamily,
  kProtection,
  kHealth,
  kFlags,
  kStaff,
  kContacts,
  kLinked,
  kAdoption,
  kSupport,
  kNeedType,
  kMatchHousehold,
  kMatchError,
};

// SplitMix64: integers only, hence the same numbers on every machine and compiler.
class Random {
 public:
  Random(uint64_t seed, uint64_t who, Topic topic)
      : state_(Mix(Mix(seed) ^ Mix(who * 0x9E3779B97F4A7C15u + static_cast<uint64_t>(topic)))) {}

  uint64_t Next() { return Mix(state_ += 0x9E3779B97F4A7C15u); }

  // 0 to bound - 1.
  int Below(int bound) { return static_cast<int>(Next() % static_cast<uint64_t>(bound)); }
  int Between(int low, int high) { return low + Below(high - low + 1); }
  bool Chance(int per_mille) { return Below(1000) < per_mille; }

  template <typename T, size_t N>
  const T& Pick(const T (&items)[N]) {
    return items[Below(static_cast<int>(N))];
  }

 private:
  static uint64_t Mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

}  // namespace ehc

#endif  // EHC_TESTS_WORLD_RANDOM_H_
