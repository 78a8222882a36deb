#ifndef EHC_SERVER_IDENTITY_RECENT_CACHE_H_
#define EHC_SERVER_IDENTITY_RECENT_CACHE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace ehc {

// A bounded map from texts to shared, immutable values that forgets what was asked for longest ago,
// roughly: entries live in a young half and an old half; asking moves an entry to the young half,
// and a full young half becomes the old one. Every operation is O(1). Thread safe.
template <class Value>
class RecentCache {
 public:
  using Pointer = std::shared_ptr<const Value>;

  explicit RecentCache(size_t max_entries)
      : half_size_(std::max<size_t>(1, max_entries / kShards / 2)) {}

  // Null when unknown.
  Pointer Find(absl::string_view key) {
    Shard& shard = ShardOf(key);
    std::lock_guard<std::mutex> lock(shard.mutex);
    if (const auto found = shard.young.find(key); found != shard.young.end()) return found->second;
    const auto found = shard.old.find(key);
    if (found == shard.old.end()) return nullptr;
    Pointer value = std::move(found->second);
    shard.old.erase(found);
    AddYoung(shard, key, value);
    return value;
  }

  void Insert(absl::string_view key, Pointer value) {
    Shard& shard = ShardOf(key);
    std::lock_guard<std::mutex> lock(shard.mutex);
    shard.old.erase(key);
    AddYoung(shard, key, std::move(value));
  }

  size_t size() {
    size_t total = 0;
    for (Shard& shard : shards_) {
      std::lock_guard<std::mutex> lock(shard.mutex);
      total += shard.young.size() + shard.old.size();
    }
    return total;
  }

 private:
  static constexpr size_t kShards = 16;
  using Map = absl::flat_hash_map<std::string, Pointer>;

  struct alignas(64) Shard {
    std::mutex mutex;  // guards both maps
    Map young;
    Map old;
  };

  Shard& ShardOf(absl::string_view key) {
    // The map uses the low bits of the same hash.
    return shards_[(absl::HashOf(key) >> 48) % kShards];
  }

  // REQUIRES: the shard's mutex is held.
  void AddYoung(Shard& shard, absl::string_view key, Pointer value) {
    if (shard.young.size() >= half_size_ && !shard.young.contains(key)) {
      shard.old = std::move(shard.young);
      shard.young = Map();
    }
    shard.young.insert_or_assign(std::string(key), std::move(value));
  }

  const size_t half_size_;
  std::array<Shard, kShards> shards_;
};

}  // namespace ehc

#endif  // EHC_SERVER_IDENTITY_RECENT_CACHE_H_
