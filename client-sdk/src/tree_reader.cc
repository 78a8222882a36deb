#include "client-sdk/src/tree_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/byte_codec.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {
namespace {

using ehc::Digest;
using ehc::kTileHeight;
using ehc::kTileWidth;
using ehc::MerkleRange;
using ehc::NodeId;
using ehc::TileId;

absl::Status Wrong(const TileId& tile, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(ehc::TilePath(tile), ": ", what));
}

// The first `size` leaves as a range, from the nodes of its edge.
absl::StatusOr<MerkleRange> RangeAt(uint64_t size, uint64_t of, TileBytes read) {
  std::string bytes;
  ehc::AppendU64(size, &bytes);
  uint64_t begin = 0;
  for (int level = 62; level >= 0; --level) {
    if ((size >> level & 1) == 0) continue;
    const NodeId node{static_cast<uint32_t>(level), begin >> level};
    EHC_ASSIGN_OR_RETURN(const TileId tile, ehc::TileOf(node, of));
    EHC_ASSIGN_OR_RETURN(const std::string hashes, read(tile));
    EHC_ASSIGN_OR_RETURN(const Digest hash, ehc::NodeFromTile(node, tile, hashes));
    ehc::AppendRaw(ehc::DigestView(hash), &bytes);
    begin += uint64_t{1} << level;
  }
  return MerkleRange::Parse(bytes);
}

// Follows a tree from its leaves, and keeps what higher tiles must therefore hold.
class Walker {
 public:
  Walker(MerkleRange tree, TileBytes read) : tree_(std::move(tree)), read_(read) {}

  // The leaves of one tile that the tree does not hold yet.
  absl::Status TakeLeaves(const TileId& tile) {
    EHC_ASSIGN_OR_RETURN(const std::string bytes, Read(tile));
    const uint64_t first = tree_.size() - tile.index * kTileWidth;
    for (uint64_t i = first; i < tile.width; ++i) {
      Digest leaf;
      std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(i * sizeof(Digest)), sizeof(Digest),
                  leaf.begin());
      tree_.Append(leaf, [this](NodeId node, const Digest& hash) { Keep(node, hash); });
    }
    return absl::OkStatus();
  }

  // Whether a tile above the leaves holds what follows from below, as far as that was walked.
  absl::Status CheckTile(const TileId& tile) {
    EHC_ASSIGN_OR_RETURN(const std::string bytes, Read(tile));
    const auto level = nodes_.find(tile.level);
    for (uint64_t i = 0; level != nodes_.end() && i < tile.width; ++i) {
      const auto node = level->second.find(tile.index * kTileWidth + i);
      if (node == level->second.end()) continue;
      if (ehc::DigestView(node->second) !=
          absl::string_view(bytes).substr(i * sizeof(Digest), sizeof(Digest))) {
        return Wrong(tile, absl::StrCat("hash ", i, " does not follow from the tile below"));
      }
    }
    return absl::OkStatus();
  }

  const MerkleRange& tree() const { return tree_; }

 private:
  absl::StatusOr<std::string> Read(const TileId& tile) {
    EHC_ASSIGN_OR_RETURN(std::string bytes, read_(tile));
    if (bytes.size() != tile.width * sizeof(Digest)) return Wrong(tile, "is of the wrong length");
    return bytes;
  }

  void Keep(NodeId node, const Digest& hash) {
    if (node.level == 0 || node.level % kTileHeight != 0) return;
    nodes_[node.level / kTileHeight][node.index] = hash;
  }

  MerkleRange tree_;
  TileBytes read_;
  std::map<uint32_t, std::map<uint64_t, Digest>> nodes_;  // by tile level and place
};

}  // namespace

absl::Status VerifyTree(const TreeSpan& span, TileBytes read,
                        const std::function<void(uint64_t)>& done) {
  EHC_ASSIGN_OR_RETURN(MerkleRange start, RangeAt(span.from, span.to, read));
  if (span.from > 0 && start.Root() != span.from_root) {
    return absl::DataLossError(absl::StrCat("THE LOG CONTRADICTS ITSELF: its first ", span.from,
                                            " entries are not those of the earlier checkpoint"));
  }
  Walker walker(std::move(start), read);
  for (const TileId& tile : ehc::TilesBetween(span.from, span.to)) {
    EHC_RETURN_IF_ERROR(tile.level == 0 ? walker.TakeLeaves(tile) : walker.CheckTile(tile));
    if (tile.level == 0 && done != nullptr) done(walker.tree().size() - span.from);
  }
  if (walker.tree().size() == span.to && walker.tree().Root() == span.to_root) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat("THE LOG CONTRADICTS ITSELF: its ", span.to,
                                          " leaves do not lead to the root that was signed"));
}

absl::Status RemoteTiles::Fetch(const TileId& tile) {
  v1::GetTilesRequest request;
  request.set_level(tile.level);
  request.set_first_index(tile.index);
  request.set_count(64);
  request.set_tree_size(size_);
  EHC_ASSIGN_OR_RETURN(const v1::GetTilesResponse response, audit_.GetTiles(request));
  level_ = tile.level;
  first_ = tile.index;
  tiles_.assign(response.tiles().begin(), response.tiles().end());
  if (tiles_.empty()) return Wrong(tile, "the hub gives no such tile");
  return absl::OkStatus();
}

absl::StatusOr<std::string> RemoteTiles::Read(const TileId& tile) {
  const bool is_here =
      tile.level == level_ && tile.index >= first_ && tile.index - first_ < tiles_.size();
  if (!is_here) EHC_RETURN_IF_ERROR(Fetch(tile));
  return tiles_[tile.index - first_];
}

}  // namespace ehchub::internal
