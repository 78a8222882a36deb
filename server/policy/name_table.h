#ifndef EHC_SERVER_POLICY_NAME_TABLE_H_
#define EHC_SERVER_POLICY_NAME_TABLE_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/string_view.h"

namespace ehc {

inline uint64_t MixHash(uint64_t a, uint64_t b) {
  const absl::uint128 product = absl::uint128(a ^ 0x9E3779B97F4A7C15u) * (b ^ 0xD6E8FEB86659FD93u);
  return absl::Uint128Low64(product) ^ absl::Uint128High64(product);
}

// Numbers for strings, fixed once filled: a look-up is one short hash and, as a rule, one compare.
// Numbers count from 1; 0 is a string that is not in the table.
class NameTable {
 public:
  NameTable() : slots_(kFirstSlots) {}

  // The number of `name`, added if new.
  uint32_t Add(absl::string_view name);

  uint32_t Find(absl::string_view name) const {
    const uint64_t hash = Hash(name);
    for (size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.number == 0) return 0;
      if (slot.hash == hash && slot.size == name.size() &&
          std::memcmp(
              slot.size <= sizeof(slot.inlined) ? slot.inlined : names_[slot.number - 1]->data(),
              name.data(), name.size()) == 0) {
        return slot.number;
      }
    }
  }

  const std::string& name(uint32_t number) const { return *names_[number - 1]; }
  uint32_t size() const { return static_cast<uint32_t>(names_.size()); }

 private:
  // One cache line: a name of usual length is compared without leaving it.
  struct alignas(64) Slot {
    uint64_t hash = 0;
    uint32_t size = 0;
    uint32_t number = 0;
    char inlined[48] = {};
  };
  static constexpr size_t kFirstSlots = 16;

  static uint64_t Hash(absl::string_view name);
  void Grow();

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::vector<std::unique_ptr<std::string>> names_;
};

inline uint64_t NameTable::Hash(absl::string_view name) {
  const char* data = name.data();
  size_t left = name.size();
  uint64_t hash = left;
  uint64_t word;
  while (left > 8) {
    std::memcpy(&word, data, 8);
    hash = MixHash(hash, word);
    data += 8;
    left -= 8;
  }
  if (name.size() >= 8) {
    std::memcpy(&word, name.data() + name.size() - 8, 8);
  } else {
    word = 0;
    std::memcpy(&word, data, left);
  }
  return MixHash(hash, word);
}

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_NAME_TABLE_H_
