// The layout of a log's nodes as static tiles of height 8 (c2sp.org/tlog-tiles): a tile holds 256
// neighbouring nodes of every eighth level; the levels between are hashed anew by the reader.
#ifndef EHC_SERVER_BASE_MERKLE_TILE_H_
#define EHC_SERVER_BASE_MERKLE_TILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/merkle.h"

namespace ehc {

inline constexpr uint32_t kTileHeight = 8;
inline constexpr uint32_t kTileWidth = 256;

struct TileId {
  uint32_t level = 0;  // 0: leaf hashes; above: roots of full tiles of the level below
  uint64_t index = 0;
  uint32_t width = kTileWidth;  // fewer: a partial tile, at the right edge

  // Of the node in the tile's first place; the others follow at the same level.
  NodeId FirstNode() const { return {level * kTileHeight, index * kTileWidth}; }

  friend bool operator==(const TileId& a, const TileId& b) {
    return a.level == b.level && a.index == b.index && a.width == b.width;
  }
};

// "tile/0/x001/x234/067", "tile/1/000.p/17".
std::string TilePath(const TileId& tile);

// Every tile that a log of `to` leaves has beyond what a log of `from` leaves had: the new full
// tiles, and the partial ones at the right edge. REQUIRES: from <= to <= kMaxTreeSize.
std::vector<TileId> TilesBetween(uint64_t from, uint64_t to);

// The tile that holds the node or the leaves below it, in a log of `size` leaves.
// INVALID_ARGUMENT if the node is not complete in that log.
absl::StatusOr<TileId> TileOf(NodeId node, uint64_t size);

// The node's hash from the bytes of the tile that TileOf() names. INVALID_ARGUMENT if the tile does
// not hold it or the bytes are not as many as its width asks.
absl::StatusOr<Digest> NodeFromTile(NodeId node, const TileId& tile, absl::string_view bytes);

}  // namespace ehc

#endif  // EHC_SERVER_BASE_MERKLE_TILE_H_
