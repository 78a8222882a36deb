#include "server/base/merkle_tile.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;

using NodeMap = std::map<std::pair<uint32_t, uint64_t>, Digest>;

NodeMap NodesOf(uint64_t size) {
  NodeMap nodes;
  MerkleRange range;
  for (uint64_t i = 0; i < size; ++i) {
    range.Append(LeafHash(absl::StrCat(i)), [&nodes](NodeId node, const Digest& hash) {
      nodes[{node.level, node.index}] = hash;
    });
  }
  return nodes;
}

std::string BytesOf(const TileId& tile, const NodeMap& nodes) {
  std::string bytes;
  NodeId node = tile.FirstNode();
  for (uint32_t i = 0; i < tile.width; ++i, ++node.index) {
    bytes += std::string(DigestView(nodes.at({node.level, node.index})));
  }
  return bytes;
}

TEST(MerkleTile, PathsAreThoseOfTheSpecification) {
  EXPECT_EQ(TilePath({0, 1234067}), "tile/0/x001/x234/067");
  EXPECT_EQ(TilePath({1, 0, 17}), "tile/1/000.p/17");
  EXPECT_EQ(TilePath({2, 1000}), "tile/2/x001/000");
}

TEST(MerkleTile, TheSpecificationsExampleLogHasItsTiles) {
  const std::vector<TileId> tiles = TilesBetween(0, 70000);
  EXPECT_EQ(std::count_if(tiles.begin(), tiles.end(),
                          [](const TileId& t) { return t.level == 0 && t.width == 256; }),
            273);
  const std::vector<TileId> rest(tiles.begin() + 273, tiles.end());
  EXPECT_THAT(
      rest, ElementsAre(TileId{0, 273, 112}, TileId{1, 0, 256}, TileId{1, 1, 17}, TileId{2, 0, 1}));
  EXPECT_THAT(TilesBetween(0, 256), ElementsAre(TileId{0, 0, 256}, TileId{1, 0, 1}));
}

TEST(MerkleTile, AGrownLogHasOnlyTheTilesThatChanged) {
  EXPECT_THAT(TilesBetween(300, 301), ElementsAre(TileId{0, 1, 45}));
  EXPECT_THAT(TilesBetween(511, 513),
              ElementsAre(TileId{0, 1, 256}, TileId{0, 2, 1}, TileId{1, 0, 2}));
  EXPECT_TRUE(TilesBetween(300, 300).empty());
}

TEST(MerkleTile, TheLargestLogHasTilesAtEveryLevel) {
  const std::vector<TileId> tiles = TilesBetween(kMaxTreeSize - 1, kMaxTreeSize);
  EXPECT_EQ(tiles.back().level, 7u);
}

TEST(MerkleTile, EveryNodeOfALogIsReadBackFromItsTiles) {
  const NodeMap nodes = NodesOf(1111);
  for (const auto& [id, hash] : nodes) {
    const NodeId node{id.first, id.second};
    const auto tile = TileOf(node, 1111);
    ASSERT_TRUE(tile.ok());
    const auto read = NodeFromTile(node, *tile, BytesOf(*tile, nodes));
    ASSERT_TRUE(read.ok()) << node.level << " " << node.index;
    EXPECT_EQ(*read, hash) << node.level << " " << node.index;
  }
}

TEST(MerkleTile, AnIncompleteNodeHasNoTile) {
  EXPECT_FALSE(TileOf({0, 300}, 300).ok());
  EXPECT_FALSE(TileOf({3, 37}, 300).ok());
  EXPECT_FALSE(TileOf({64, 0}, 300).ok());
}

TEST(MerkleTile, ATileOfTheWrongPlaceOrLengthIsRefused) {
  const NodeMap nodes = NodesOf(300);
  const TileId tile = *TileOf({0, 299}, 300);
  const std::string bytes = BytesOf(tile, nodes);
  EXPECT_TRUE(NodeFromTile({0, 299}, tile, bytes).ok());
  EXPECT_FALSE(NodeFromTile({0, 300}, tile, bytes).ok());
  EXPECT_FALSE(NodeFromTile({0, 43}, tile, bytes).ok());
  EXPECT_FALSE(NodeFromTile({8, 0}, tile, bytes).ok());
  EXPECT_FALSE(NodeFromTile({0, 299}, tile, bytes + "x").ok());
  EXPECT_FALSE(NodeFromTile({0, 299}, tile, bytes.substr(1)).ok());
}

}  // namespace
}  // namespace ehc
