#include "server/policy/clause_index.h"

#include <algorithm>

namespace ehc {

ClauseIndex::ClauseIndex(const Building& building) {
  size_t size = 16;
  while (size < 2 * (building.size() + 1)) size *= 2;
  mask_ = size - 1;
  tags_.assign(size, 0);
  slots_.assign(size, Slot());
  for (const auto& [key, entries] : building) {
    const uint64_t hash = key.Hash();
    size_t at = hash & mask_;
    while (tags_[at] != 0) at = (at + 1) & mask_;
    tags_[at] = Tag(hash);
    slots_[at] = {key, entries.front(), static_cast<uint32_t>(entries_.size()),
                  static_cast<uint32_t>(entries.size())};
    entries_.insert(entries_.end(), entries.begin(), entries.end());
  }
}

}  // namespace ehc
