// Where clauses are found: one hash table per shape (the set of constrained dimensions), kept in
// one open-addressing array whose keys carry the shape. The cost of a look-up follows the number of
// shapes, not of clauses.
#ifndef EHC_SERVER_POLICY_CLAUSE_INDEX_H_
#define EHC_SERVER_POLICY_CLAUSE_INDEX_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/numeric/bits.h"
#include "absl/types/span.h"
#include "server/model/record.h"
#include "server/policy/name_table.h"

namespace ehc {

// An organisation on one side of a clause or request, packed: kind, name and region.
//   any: 0 | agency: 1, name | type: 2, type | type in region: 3, type, region
using OrganisationKey = uint64_t;
enum OrganisationShape : uint8_t { kAnyone = 0, kByAgency = 1, kByType = 2, kByTypeInRegion = 3 };

inline OrganisationKey PackOrganisation(OrganisationShape shape, uint32_t name, uint32_t region) {
  return (uint64_t{shape} << 54) | (uint64_t{name} << 24) | region;
}

struct ClauseKey {
  uint64_t recipient = 0;  // OrganisationKey
  uint64_t supplier = 0;   // OrganisationKey
  uint64_t rest = 0;       // agreement (24 bits; 0: forbids), record type (16), purpose (16)

  static uint64_t PackRest(uint32_t agreement, uint32_t record_type, uint32_t purpose) {
    return (uint64_t{agreement} << 32) | (uint64_t{record_type} << 16) | purpose;
  }
  uint64_t Hash() const { return MixHash(MixHash(recipient, supplier), rest); }

  friend bool operator==(const ClauseKey& a, const ClauseKey& b) {
    return a.recipient == b.recipient && a.supplier == b.supplier && a.rest == b.rest;
  }
  template <typename H>
  friend H AbslHashValue(H h, const ClauseKey& key) {
    return H::combine(std::move(h), key.recipient, key.supplier, key.rest);
  }
};

// Purposes in keys.
inline constexpr uint32_t kAnyPurposeKey = 0;
inline constexpr uint32_t kNoPurposeKey = 0xFFFE;  // a purpose that nobody knows

// Which dimensions a clause constrains: recipient, supplier, purpose.
using Shape = uint8_t;
inline Shape MakeShape(OrganisationShape recipient, OrganisationShape supplier, bool purpose) {
  return static_cast<Shape>(recipient | (supplier << 2) | (purpose ? 16 : 0));
}
inline constexpr int kShapes = 32;
using ShapeSet = uint32_t;  // bit i: shape i

template <typename Function>
void ForEachShape(ShapeSet shapes, const Function& function) {
  for (; shapes != 0; shapes &= shapes - 1) function(static_cast<Shape>(absl::countr_zero(shapes)));
}

struct ClauseEntry {
  uint32_t clause = 0;           // in the compiled clauses
  uint32_t recipient_units = 0;  // a unit set; 0: any
  uint32_t supplier_units = 0;
  PartMask parts = 0;
};

class ClauseIndex {
 public:
  using Building = absl::flat_hash_map<ClauseKey, std::vector<ClauseEntry>>;

  ClauseIndex() = default;
  explicit ClauseIndex(const Building& building);

  // An absent key gives an empty span.
  absl::Span<const ClauseEntry> Find(const ClauseKey& key) const {
    const uint64_t hash = key.Hash();
    return Entries(key, hash, FirstWithTag(hash));
  }

  // Find() in three steps, for a caller with many keys: each step's memory is on its way while the
  // other keys take theirs.
  void Prefetch(uint64_t hash) const { __builtin_prefetch(&tags_[hash & mask_]); }
  // Where the key may be; false: it is certainly absent.
  bool MayHold(uint64_t hash, size_t* at) const {
    *at = FirstWithTag(hash);
    if (tags_[*at] == 0) return false;
    __builtin_prefetch(&slots_[*at]);
    return true;
  }
  absl::Span<const ClauseEntry> Entries(const ClauseKey& key, uint64_t hash, size_t at) const {
    const uint16_t tag = Tag(hash);
    for (; tags_[at] != 0; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (tags_[at] != tag || !(slot.key == key)) continue;
      if (slot.count == 1) return absl::MakeConstSpan(&slot.first, 1);
      return absl::MakeConstSpan(entries_).subspan(slot.begin, slot.count);
    }
    return {};
  }

  size_t entries() const { return entries_.size(); }

 private:
  struct alignas(64) Slot {
    ClauseKey key;
    ClauseEntry first;  // most keys have one
    uint32_t begin = 0;
    uint32_t count = 0;
  };
  // The first slot of the key's chain that may be its own, or the empty one that ends the chain.
  size_t FirstWithTag(uint64_t hash) const {
    const uint16_t tag = Tag(hash);
    size_t at = hash & mask_;
    while (tags_[at] != 0 && tags_[at] != tag) at = (at + 1) & mask_;
    return at;
  }
  // Never 0, which is an empty slot.
  static uint16_t Tag(uint64_t hash) { return static_cast<uint16_t>(hash >> 48) | 1; }

  size_t mask_ = 0;
  std::vector<uint16_t> tags_ = std::vector<uint16_t>(1, 0);  // small, so that misses stay in cache
  std::vector<Slot> slots_ = std::vector<Slot>(1);
  std::vector<ClauseEntry> entries_;
};

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_CLAUSE_INDEX_H_
