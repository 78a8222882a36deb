#include "server/policy/name_table.h"

namespace ehc {

uint32_t NameTable::Add(absl::string_view name) {
  if (const uint32_t known = Find(name); known != 0) return known;
  if (2 * (names_.size() + 1) > slots_.size()) Grow();
  names_.push_back(std::make_unique<std::string>(name));
  const std::string& kept = *names_.back();
  const uint64_t hash = Hash(kept);
  size_t at = hash & (slots_.size() - 1);
  while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
  Slot& slot = slots_[at];
  slot.hash = hash;
  slot.size = static_cast<uint32_t>(kept.size());
  slot.number = size();
  if (kept.size() <= sizeof(slot.inlined)) std::memcpy(slot.inlined, kept.data(), kept.size());
  return size();
}

void NameTable::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.number == 0) continue;
    size_t at = slot.hash & (slots_.size() - 1);
    while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

}  // namespace ehc
