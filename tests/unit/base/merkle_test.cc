#include "server/base/merkle.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "server/base/encoding.h"

namespace ehc {
namespace {

using ::testing::ElementsAreArray;

Digest Leaf(uint64_t i) { return LeafHash(absl::StrCat("leaf ", i)); }

std::vector<Digest> Leaves(uint64_t count) {
  std::vector<Digest> leaves;
  for (uint64_t i = 0; i < count; ++i) leaves.push_back(Leaf(i));
  return leaves;
}

Digest FromHex(absl::string_view hex) { return *DigestFromBytes(*HexDecode(hex)); }

// RFC 6962 section 2.1 word for word: whole lists, no stored nodes, no state.
class Textbook {
 public:
  using List = std::vector<Digest>;

  static Digest Mth(const List& d) {
    if (d.empty()) return Sha256("");
    if (d.size() == 1) return d[0];
    const size_t k = Split(d);
    return NodeHash(Mth(Slice(d, 0, k)), Mth(Slice(d, k, d.size())));
  }

  static List Path(size_t m, const List& d) {
    if (d.size() == 1) return {};
    const size_t k = Split(d);
    if (m < k) return Append(Path(m, Slice(d, 0, k)), Mth(Slice(d, k, d.size())));
    return Append(Path(m - k, Slice(d, k, d.size())), Mth(Slice(d, 0, k)));
  }

  static List Proof(size_t m, const List& d) { return Subproof(m, d, true); }

 private:
  static size_t Split(const List& d) {
    size_t k = 1;
    while (k * 2 < d.size()) k *= 2;
    return k;
  }
  static List Slice(const List& d, size_t from, size_t to) {
    return List(d.begin() + from, d.begin() + to);
  }
  static List Append(List list, const Digest& last) {
    list.push_back(last);
    return list;
  }
  static List Subproof(size_t m, const List& d, bool whole) {
    if (m == d.size()) return whole ? List{} : List{Mth(d)};
    const size_t k = Split(d);
    if (m <= k) return Append(Subproof(m, Slice(d, 0, k), whole), Mth(Slice(d, k, d.size())));
    return Append(Subproof(m - k, Slice(d, k, d.size()), false), Mth(Slice(d, 0, k)));
  }
};

// Keeps complete nodes as a store does, and refuses any that the tree lacks.
class NodeTable {
 public:
  explicit NodeTable(uint64_t size) {
    for (uint64_t i = 0; i < size; ++i) Append(Leaf(i));
  }

  void Append(const Digest& leaf) {
    range_.Append(leaf, [this](NodeId node, const Digest& hash) {
      nodes_[{node.level, node.index}] = hash;
    });
  }

  absl::StatusOr<Digest> operator()(NodeId node) const {
    const auto found = nodes_.find({node.level, node.index});
    if (found == nodes_.end()) return absl::NotFoundError("node");
    ++reads_;
    return found->second;
  }

  const MerkleRange& range() const { return range_; }
  int TakeReads() const { return std::exchange(reads_, 0); }

 private:
  MerkleRange range_;
  std::map<std::pair<uint32_t, uint64_t>, Digest> nodes_;
  mutable int reads_ = 0;
};

nlohmann::json Vectors(const char* file) {
  std::ifstream in(std::string(EHC_SOURCE_DIR "/tests/vectors/merkle/") + file);
  return nlohmann::json::parse(in);
}

absl::StatusOr<Digest> DigestOf(const nlohmann::json& value) {
  const auto bytes = Base64Decode(value.is_null() ? "" : value.get<std::string>());
  if (!bytes.ok()) return bytes.status();
  return DigestFromBytes(*bytes);
}

absl::StatusOr<std::vector<Digest>> ProofOf(const nlohmann::json& value) {
  std::vector<Digest> proof;
  for (const auto& item : value) {
    const auto digest = DigestOf(item);
    if (!digest.ok()) return digest.status();
    proof.push_back(*digest);
  }
  return proof;
}

bool InclusionHolds(const nlohmann::json& v) {
  const auto leaf = DigestOf(v["leafHash"]);
  const auto root = DigestOf(v["root"]);
  const auto proof = ProofOf(v["proof"]);
  return leaf.ok() && root.ok() && proof.ok() &&
         VerifyInclusion(*leaf, v["leafIdx"].get<uint64_t>(), v["treeSize"].get<uint64_t>(), *proof,
                         *root)
             .ok();
}

bool ConsistencyHolds(const nlohmann::json& v) {
  const auto from = DigestOf(v["root1"]);
  const auto to = DigestOf(v["root2"]);
  const auto proof = ProofOf(v["proof"]);
  return from.ok() && to.ok() && proof.ok() &&
         VerifyConsistency(v["size1"].get<uint64_t>(), v["size2"].get<uint64_t>(), *from, *to,
                           *proof)
             .ok();
}

TEST(MerkleVectors, InclusionCasesComeOutAsTheySay) {
  const nlohmann::json vectors = Vectors("inclusion.json");
  ASSERT_EQ(vectors.size(), 49u);
  for (const auto& v : vectors) {
    EXPECT_EQ(InclusionHolds(v), !v["wantErr"].get<bool>()) << v["case"];
  }
}

TEST(MerkleVectors, ConsistencyCasesComeOutAsTheySay) {
  const nlohmann::json vectors = Vectors("consistency.json");
  ASSERT_EQ(vectors.size(), 49u);
  for (const auto& v : vectors) {
    EXPECT_EQ(ConsistencyHolds(v), !v["wantErr"].get<bool>()) << v["case"];
  }
}

TEST(MerkleRange, HasThePublishedRootsOfTheReferenceTree) {
  const std::vector<std::string> entries = {"",
                                            "00",
                                            "10",
                                            "2021",
                                            "3031",
                                            "40414243",
                                            "5051525354555657",
                                            "606162636465666768696a6b6c6d6e6f"};
  const std::map<size_t, std::string> roots = {
      {1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
      {2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
      {3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
      {8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}};
  MerkleRange range;
  EXPECT_EQ(range.Root(), Sha256(""));
  for (const std::string& entry : entries) {
    range.Append(LeafHash(*HexDecode(entry)));
    const auto root = roots.find(range.size());
    if (root != roots.end()) {
      EXPECT_EQ(range.Root(), FromHex(root->second)) << range.size();
    }
  }
}

TEST(MerkleRange, AgreesWithTheTextbookAtEverySize) {
  MerkleRange range;
  for (uint64_t size = 0; size <= 130; ++size) {
    EXPECT_EQ(range.Root(), Textbook::Mth(Leaves(size))) << size;
    EXPECT_EQ(*RootAt(size, NodeTable(size)), range.Root()) << size;
    range.Append(Leaf(size));
  }
}

TEST(MerkleRange, HandsOverExactlyTheNodesThatALeafCompletes) {
  MerkleRange range;
  size_t nodes = 0;
  for (uint64_t i = 0; i < 300; ++i) {
    std::vector<NodeId> completed;
    range.Append(Leaf(i), [&](NodeId node, const Digest&) { completed.push_back(node); });
    EXPECT_THAT(NodesCompletedBy(i), ElementsAreArray(completed));
    nodes += completed.size();
  }
  EXPECT_LT(nodes, 600u);
}

TEST(MerkleRange, ContinuesFromItsEncodingAtEverySize) {
  MerkleRange range;
  for (uint64_t i = 0; i < 70; ++i) {
    auto copy = MerkleRange::Parse(range.Encode());
    ASSERT_TRUE(copy.ok()) << i;
    range.Append(Leaf(i));
    copy->Append(Leaf(i));
    EXPECT_EQ(copy->Root(), range.Root()) << i;
    EXPECT_EQ(copy->Encode(), range.Encode()) << i;
  }
}

TEST(MerkleRange, RefusesAnEncodingOfTheWrongLength) {
  const std::string bytes = NodeTable(7).range().Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(MerkleRange::Parse(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(MerkleRange::Parse(bytes + "x").ok());
  EXPECT_FALSE(MerkleRange::Parse(std::string(8 + 64 * 32, '\xff')).ok());
}

TEST(MerkleProver, InclusionPathsAreTheTextbooksAtEverySize) {
  for (uint64_t size = 1; size <= 130; ++size) {
    const NodeTable nodes(size);
    const auto leaves = Leaves(size);
    const Digest root = Textbook::Mth(leaves);
    for (uint64_t index = 0; index < size; ++index) {
      const auto path = InclusionPath(index, size, nodes);
      ASSERT_TRUE(path.ok());
      ASSERT_EQ(*path, Textbook::Path(index, leaves)) << index << " of " << size;
      ASSERT_TRUE(VerifyInclusion(leaves[index], index, size, *path, root).ok());
    }
  }
}

TEST(MerkleProver, ConsistencyPathsAreTheTextbooksAtEverySize) {
  const auto leaves = Leaves(130);
  for (uint64_t to = 1; to <= 130; ++to) {
    const NodeTable nodes(to);
    const std::vector<Digest> grown(leaves.begin(), leaves.begin() + to);
    const Digest to_root = Textbook::Mth(grown);
    for (uint64_t from = 1; from <= to; ++from) {
      const auto path = ConsistencyPath(from, to, nodes);
      ASSERT_TRUE(path.ok());
      ASSERT_EQ(*path, Textbook::Proof(from, grown)) << from << " to " << to;
      const Digest from_root = *RootAt(from, nodes);
      ASSERT_TRUE(VerifyConsistency(from, to, from_root, to_root, *path).ok());
    }
  }
}

TEST(MerkleProver, ProvesLargeTreesWithFewReads) {
  constexpr uint64_t kSize = 20000;
  const NodeTable nodes(kSize);
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const uint64_t to = 1 + random() % kSize;
    const uint64_t from = 1 + random() % to;
    const uint64_t index = random() % to;
    const Digest to_root = *RootAt(to, nodes);
    const Digest from_root = *RootAt(from, nodes);
    nodes.TakeReads();
    const auto inclusion = InclusionPath(index, to, nodes);
    ASSERT_TRUE(inclusion.ok());
    EXPECT_LE(nodes.TakeReads(), 2 * 15);
    ASSERT_TRUE(VerifyInclusion(Leaf(index), index, to, *inclusion, to_root).ok());
    const auto growth = ConsistencyPath(from, to, nodes);
    ASSERT_TRUE(growth.ok());
    EXPECT_LE(nodes.TakeReads(), 2 * 15);
    ASSERT_TRUE(VerifyConsistency(from, to, from_root, to_root, *growth).ok());
  }
}

TEST(MerkleProver, AnOldHeadIsProvenFromTheNodesOfAGrownTree) {
  const NodeTable grown(200);
  for (uint64_t size = 1; size <= 200; ++size) {
    EXPECT_EQ(*RootAt(size, grown), NodeTable(size).range().Root());
  }
}

TEST(MerkleProver, RefusesWhatIsOutsideTheTree) {
  const NodeTable nodes(5);
  EXPECT_TRUE(absl::IsInvalidArgument(InclusionPath(5, 5, nodes).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(InclusionPath(0, 0, nodes).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ConsistencyPath(0, 5, nodes).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ConsistencyPath(6, 5, nodes).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(InclusionPath(1, ~uint64_t{0}, nodes).status()));
}

TEST(MerkleProver, HandsOnTheReadersError) {
  const NodeTable nodes(5);
  EXPECT_TRUE(absl::IsNotFound(InclusionPath(0, 9, nodes).status()));
  EXPECT_TRUE(absl::IsNotFound(ConsistencyPath(3, 9, nodes).status()));
}

TEST(MerkleVerifier, NoFlippedBitIsAccepted) {
  const NodeTable nodes(100);
  std::mt19937_64 random(2);
  for (int i = 0; i < 3000; ++i) {
    const uint64_t to = 2 + random() % 99;
    const uint64_t from = 1 + random() % (to - 1);
    const uint64_t index = random() % to;
    std::vector<Digest> path = *InclusionPath(index, to, nodes);
    std::vector<Digest> growth = *ConsistencyPath(from, to, nodes);
    Digest root = *RootAt(to, nodes);
    Digest leaf = Leaf(index);
    const Digest from_root = *RootAt(from, nodes);
    const auto flip = [&random](Digest& d) { d[random() % 32] ^= 1 << random() % 8; };

    flip(growth[random() % growth.size()]);
    EXPECT_TRUE(absl::IsDataLoss(VerifyConsistency(from, to, from_root, root, growth)));
    const uint64_t victim = random() % (path.size() + 2);
    flip(victim == path.size() ? root : victim > path.size() ? leaf : path[victim]);
    EXPECT_TRUE(absl::IsDataLoss(VerifyInclusion(leaf, index, to, path, root)));
  }
}

TEST(MerkleVerifier, AnotherPlaceOrSizeIsRefused) {
  const NodeTable nodes(64);
  for (uint64_t size = 1; size <= 64; ++size) {
    const Digest root = *RootAt(size, nodes);
    for (uint64_t index = 0; index < size; ++index) {
      const auto path = *InclusionPath(index, size, nodes);
      for (uint64_t other = 0; other <= size; ++other) {
        if (other == index) continue;
        EXPECT_FALSE(VerifyInclusion(Leaf(index), other, size, path, root).ok());
      }
    }
  }
}

TEST(MerkleVerifier, TheEmptyTreeProvesNothing) {
  EXPECT_TRUE(absl::IsInvalidArgument(VerifyConsistency(0, 0, EmptyRoot(), EmptyRoot(), {})));
  EXPECT_TRUE(absl::IsInvalidArgument(VerifyConsistency(0, 1, EmptyRoot(), Leaf(0), {})));
  EXPECT_TRUE(absl::IsInvalidArgument(VerifyInclusion(EmptyRoot(), 0, 0, {}, EmptyRoot())));
}

TEST(MerkleVerifier, AShrunkTreeIsRefused) {
  const NodeTable nodes(9);
  const auto path = *ConsistencyPath(4, 9, nodes);
  EXPECT_TRUE(
      absl::IsInvalidArgument(VerifyConsistency(9, 4, *RootAt(9, nodes), *RootAt(4, nodes), path)));
}

}  // namespace
}  // namespace ehc
