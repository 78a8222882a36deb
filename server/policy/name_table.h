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

  // Another name for what has this number already, which keeps its own. A name that is known stays
  // what it was. REQUIRES: at most kMaxAlias characters.
  static constexpr size_t kMaxAlias = 48;
  void AddAlias(absl::string_view alias, uint32_t number);

  uint32_t Find(absl::string_view name) const { return Find(name, Hash(name)); }

  // Find() in two steps: for a large table whose memory may come while something else is done.
  uint64_t Prefetch(absl::string_view name) const {
    const uint64_t hash = Hash(name);
    __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
    return hash;
  }
  uint32_t Find(absl::string_view name, uint64_t hash) const {
    for (size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.number == 0) return 0;
      if (slot.hash == hash && slot.size == name.size() && IsNameOf(slot, name)) {
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

  // Reads without a call into the C library: a decision looks a dozen names up.
  template <typename Word>
  static uint64_t Read(const char* at) {
    Word word;
    std::memcpy(&word, at, sizeof(word));
    return word;
  }
  // Up to eight bytes as a number; two names of one size have the same only if they are the same.
  static uint64_t ShortWord(const char* data, size_t size) {
    if (size >= 4) return Read<uint32_t>(data) | (Read<uint32_t>(data + size - 4) << 32);
    if (size >= 2) return Read<uint16_t>(data) | (Read<uint16_t>(data + size - 2) << 16);
    return size == 0 ? 0 : Read<uint8_t>(data);
  }
  static bool SameBytes(const char* a, const char* b, size_t size) {
    if (size < 8) return ShortWord(a, size) == ShortWord(b, size);
    for (size_t i = 0; i + 8 < size; i += 8) {
      if (Read<uint64_t>(a + i) != Read<uint64_t>(b + i)) return false;
    }
    return Read<uint64_t>(a + size - 8) == Read<uint64_t>(b + size - 8);
  }
  // Of a name of the slot's size.
  bool IsNameOf(const Slot& slot, absl::string_view name) const {
    const bool is_inlined = slot.size <= sizeof(slot.inlined);
    return SameBytes(is_inlined ? slot.inlined : names_[slot.number - 1]->data(), name.data(),
                     name.size());
  }

  static uint64_t Hash(absl::string_view name);
  void Put(absl::string_view name, uint32_t number);
  void Grow();

  std::vector<Slot> slots_;  // a power of two, at most half full
  size_t used_ = 0;
  std::vector<std::unique_ptr<std::string>> names_;
};

inline uint64_t NameTable::Hash(absl::string_view name) {
  const size_t size = name.size();
  if (size < 8) return MixHash(size, ShortWord(name.data(), size));
  uint64_t hash = size;
  for (size_t i = 0; i + 8 < size; i += 8) hash = MixHash(hash, Read<uint64_t>(name.data() + i));
  return MixHash(hash, Read<uint64_t>(name.data() + size - 8));
}

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_NAME_TABLE_H_
