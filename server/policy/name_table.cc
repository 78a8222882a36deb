#include "server/policy/name_table.h"

namespace ehc {

uint32_t NameTable::Add(absl::string_view name) {
  if (const uint32_t known = Find(name); known != 0) return known;
  names_.push_back(std::make_unique<std::string>(name));
  Put(*names_.back(), size());
  return size();
}

void NameTable::AddAlias(absl::string_view alias, uint32_t number) {
  if (Find(alias) == 0) Put(alias, number);
}

void NameTable::Put(absl::string_view name, uint32_t number) {
  if (2 * (used_ + 1) > slots_.size()) Grow();
  ++used_;
  const uint64_t hash = Hash(name);
  size_t at = hash & (slots_.size() - 1);
  while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
  Slot& slot = slots_[at];
  slot.hash = hash;
  slot.size = static_cast<uint32_t>(name.size());
  slot.number = number;
  if (name.size() <= sizeof(slot.inlined)) std::memcpy(slot.inlined, name.data(), name.size());
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
