#ifndef EHC_SERVER_STORAGE_VERSION_MAP_H_
#define EHC_SERVER_STORAGE_VERSION_MAP_H_

#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "server/model/change.h"
#include "server/model/read_set.h"

namespace ehc {

// The keys whose versions the change moves.
using VersionKeys = absl::InlinedVector<VersionKey, 4>;
void AppendMovedKeys(const Change& change, VersionKeys* keys);

// When each version key last moved, as a commit position. Agencies, credentials and policy are few
// and are read through snapshots that may be as old as the process: their moves are remembered for
// good, and compared with the snapshot's position. Of the rest a bounded number is remembered: a
// read set older than what was forgotten counts as stale, which costs its caller one more decision
// and never misses a move. Not thread safe: belongs to whoever leads the commits.
class VersionMap {
 public:
  // Nothing is known of moves before `position`. `capacity` keys are remembered at least, twice
  // as many at most.
  explicit VersionMap(uint64_t position, size_t capacity = 1 << 17);

  // True if a key of the read set moved after it was seen (ReadSet::SeenAt), or may have.
  bool IsStale(const ReadSet& reads) const;

  // REQUIRES: positions do not decrease from call to call.
  void Move(const VersionKey& key, uint64_t position);

 private:
  using Moves = absl::flat_hash_map<VersionKey, uint64_t>;

  bool MovedAfter(const VersionKey& key, uint64_t position) const;

  size_t capacity_;
  uint64_t floor_;   // moves up to here may be forgotten
  uint64_t newest_;  // of the moves in recent_
  uint64_t newest_older_ = 0;
  Moves recent_;
  Moves older_;
  Moves lasting_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_VERSION_MAP_H_
