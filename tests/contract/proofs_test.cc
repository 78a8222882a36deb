// The store's prover against RFC 6962's own definitions, and against the shared vectors
// (tests/vectors/merkle): nothing here but SHA-256 is the hub's.
#include <fstream>
#include <optional>

#include "nlohmann/json.hpp"
#include "server/base/encoding.h"
#include "server/base/merkle.h"
#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

using Hashes = std::vector<Digest>;

Digest Node(const Digest& left, const Digest& right) {
  return Sha256(absl::StrCat(absl::string_view("\1", 1), DigestView(left), DigestView(right)));
}

size_t SplitOf(size_t size) {
  size_t split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

// MTH(D[begin:end])
Digest Mth(const Hashes& leaves, size_t begin, size_t end) {
  if (end - begin == 1) return leaves[begin];
  const size_t split = begin + SplitOf(end - begin);
  return Node(Mth(leaves, begin, split), Mth(leaves, split, end));
}

// PATH(m, D[begin:end]), section 2.1.1
Hashes Path(size_t m, const Hashes& leaves, size_t begin, size_t end) {
  if (end - begin == 1) return {};
  const size_t split = SplitOf(end - begin);
  Hashes path = m < split ? Path(m, leaves, begin, begin + split)
                          : Path(m - split, leaves, begin + split, end);
  path.push_back(m < split ? Mth(leaves, begin + split, end) : Mth(leaves, begin, begin + split));
  return path;
}

// SUBPROOF(m, D[begin:end], b), section 2.1.2
Hashes Subproof(size_t m, const Hashes& leaves, size_t begin, size_t end, bool whole) {
  if (m == end - begin) return whole ? Hashes{} : Hashes{Mth(leaves, begin, end)};
  const size_t split = SplitOf(end - begin);
  Hashes proof = m <= split ? Subproof(m, leaves, begin, begin + split, whole)
                            : Subproof(m - split, leaves, begin + split, end, false);
  proof.push_back(m <= split ? Mth(leaves, begin + split, end) : Mth(leaves, begin, begin + split));
  return proof;
}

// Section 2.1.1's audit path run backwards, from the lowest hash up.
std::optional<Digest> RootByPath(const Digest& leaf, uint64_t index, uint64_t size,
                                 const Hashes& path) {
  if (index >= size) return std::nullopt;
  uint64_t node = index;
  uint64_t last = size - 1;
  Digest root = leaf;
  for (const Digest& hash : path) {
    if (last == 0) return std::nullopt;
    if ((node & 1) == 1 || node == last) {
      root = Node(hash, root);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      root = Node(root, hash);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return std::nullopt;
  return root;
}

class StoreProofs : public StoreContract {
 protected:
  void AppendLeaf(const Digest& leaf) {
    Commit commit = CommitOf("entry");
    commit.entry.leaf_hash = leaf;
    ASSERT_TRUE(Append(std::move(commit)).ok());
    leaves_.push_back(leaf);
  }

  Hashes Inclusion(ReadView& view, uint64_t index, uint64_t size) {
    return InclusionPath(index, size,
                         [&](NodeId node) {
                           return view.NodeHash(static_cast<int>(node.level),
                                                static_cast<int64_t>(node.index));
                         })
        .value();
  }
  Hashes Consistency(ReadView& view, uint64_t from, uint64_t to) {
    return ConsistencyPath(from, to,
                           [&](NodeId node) {
                             return view.NodeHash(static_cast<int>(node.level),
                                                  static_cast<int64_t>(node.index));
                           })
        .value();
  }

  Hashes leaves_;
};

// More than one tile, so that proofs are made of tiles, of nodes and of single entries.
TEST_P(StoreProofs, AreWhatTheRfcDefines) {
  for (int i = 0; i < 530; ++i) AppendLeaf(LeafHash(absl::StrCat("entry ", i)));
  const std::unique_ptr<ReadView> view = View();
  for (const uint64_t size : {1, 2, 3, 7, 8, 255, 256, 257, 300, 511, 512, 513, 530}) {
    const Digest root = Mth(leaves_, 0, size);
    for (uint64_t index = 0; index < size; index += index < 8 ? 1 : 37) {
      const Hashes path = Inclusion(*view, index, size);
      EXPECT_EQ(path, Path(index, leaves_, 0, size)) << index << " in " << size;
      EXPECT_EQ(RootByPath(leaves_[index], index, size, path), root) << index << " in " << size;
    }
    for (uint64_t from = 1; from <= size; from += from < 8 ? 1 : 41) {
      EXPECT_EQ(Consistency(*view, from, size), Subproof(from, leaves_, 0, size, true))
          << from << " to " << size;
    }
  }
}

nlohmann::json Vectors(const char* file) {
  std::ifstream in(std::string(EHC_SOURCE_DIR "/tests/vectors/merkle/") + file);
  return nlohmann::json::parse(in);
}

std::string Bytes(const nlohmann::json& value) {
  return value.is_null() ? "" : Base64Decode(value.get<std::string>()).value_or("");
}

Hashes Proof(const nlohmann::json& value) {
  Hashes hashes;
  for (const auto& one : value) {
    const auto hash = DigestFromBytes(Bytes(one));
    if (hash.ok()) hashes.push_back(*hash);
  }
  return hashes;
}

// The vectors are about the reference tree of eight entries.
TEST_P(StoreProofs, AreThoseOfTheSharedVectors) {
  for (const char* entry : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                            "606162636465666768696a6b6c6d6e6f"}) {
    AppendLeaf(LeafHash(HexDecode(entry).value()));
  }
  const std::unique_ptr<ReadView> view = View();
  int inclusion = 0;
  for (const auto& vector : Vectors("inclusion.json")) {
    const uint64_t size = vector["treeSize"];
    const uint64_t index = vector["leafIdx"];
    const bool ours = size >= 1 && size <= 8 && index < size &&
                      Bytes(vector["root"]) == DigestView(Mth(leaves_, 0, size));
    if (vector["wantErr"] || !ours) continue;
    EXPECT_EQ(Inclusion(*view, index, size), Proof(vector["proof"])) << vector["case"];
    EXPECT_EQ(RootByPath(leaves_[index], index, size, Proof(vector["proof"])),
              Mth(leaves_, 0, size));
    ++inclusion;
  }
  int consistency = 0;
  for (const auto& vector : Vectors("consistency.json")) {
    const uint64_t from = vector["size1"];
    const uint64_t to = vector["size2"];
    const bool ours = from >= 1 && from <= to && to <= 8 &&
                      Bytes(vector["root2"]) == DigestView(Mth(leaves_, 0, to));
    if (vector["wantErr"] || !ours) continue;
    EXPECT_EQ(Consistency(*view, from, to), Proof(vector["proof"])) << vector["case"];
    ++consistency;
  }
  EXPECT_GE(inclusion, 3);
  EXPECT_GE(consistency, 3);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreProofs, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
