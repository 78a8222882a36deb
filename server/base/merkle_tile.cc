#include "server/base/merkle_tile.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

// How many nodes of the tile level a log of `size` leaves has.
uint64_t NodesAt(uint32_t tile_level, uint64_t size) {
  constexpr uint32_t kTileLevels = 64 / kTileHeight;
  return tile_level < kTileLevels ? size >> (tile_level * kTileHeight) : 0;
}

TileId TileAt(uint32_t level, uint64_t index, uint64_t size) {
  const uint64_t nodes = NodesAt(level, size) - index * kTileWidth;
  return {level, index, static_cast<uint32_t>(std::min<uint64_t>(nodes, kTileWidth))};
}

}  // namespace

std::string TilePath(const TileId& tile) {
  std::string index = absl::StrFormat("%03d", tile.index % 1000);
  for (uint64_t rest = tile.index / 1000; rest > 0; rest /= 1000) {
    index = absl::StrFormat("x%03d/%s", rest % 1000, index);
  }
  const std::string path = absl::StrCat("tile/", tile.level, "/", index);
  return tile.width == kTileWidth ? path : absl::StrCat(path, ".p/", tile.width);
}

std::vector<TileId> TilesBetween(uint64_t from, uint64_t to) {
  std::vector<TileId> tiles;
  for (uint32_t level = 0; NodesAt(level, to) > 0; ++level) {
    if (NodesAt(level, from) == NodesAt(level, to)) break;
    const uint64_t first = NodesAt(level, from) / kTileWidth;
    const uint64_t last = (NodesAt(level, to) - 1) / kTileWidth;
    for (uint64_t index = first; index <= last; ++index) tiles.push_back(TileAt(level, index, to));
  }
  return tiles;
}

absl::StatusOr<TileId> TileOf(NodeId node, uint64_t size) {
  if (size > kMaxTreeSize || node.level >= 64 || node.index >= (size >> node.level)) {
    return absl::InvalidArgumentError("tile: the node is not complete in a log of this size");
  }
  const uint32_t level = node.level / kTileHeight;
  const uint32_t height = node.level % kTileHeight;
  return TileAt(level, node.index >> (kTileHeight - height), size);
}

absl::StatusOr<Digest> NodeFromTile(NodeId node, const TileId& tile, absl::string_view bytes) {
  const uint32_t height = node.level % kTileHeight;
  const uint64_t width = uint64_t{1} << height;
  const uint64_t first = (node.index % (kTileWidth >> height)) << height;
  if (node.level / kTileHeight != tile.level || first + width > tile.width ||
      node.index >> (kTileHeight - height) != tile.index) {
    return absl::InvalidArgumentError("tile: does not hold the node");
  }
  if (bytes.size() != tile.width * sizeof(Digest)) {
    return absl::InvalidArgumentError("tile: not as long as its width asks");
  }
  MerkleRange subtree;
  for (uint64_t i = first; i < first + width; ++i) {
    EHC_ASSIGN_OR_RETURN(const Digest hash,
                         DigestFromBytes(bytes.substr(i * sizeof(Digest), sizeof(Digest))));
    subtree.Append(hash);
  }
  return subtree.Root();
}

}  // namespace ehc
