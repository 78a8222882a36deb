#include "server/base/merkle.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "server/base/byte_codec.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr char kLeafPrefix = 0x00;
constexpr char kNodePrefix = 0x01;

// Where RFC 6962 splits a tree of `size` >= 2 leaves: the largest power of two below it.
uint64_t SplitOf(uint64_t size) { return std::bit_floor(size - 1); }

// The root of leaves [begin, end). REQUIRES: begin < end, and begin a multiple of bit_ceil(end -
// begin), as every range is that splitting a whole tree yields.
absl::StatusOr<Digest> HashOfRange(uint64_t begin, uint64_t end, HashReader read) {
  const uint64_t size = end - begin;
  if (std::has_single_bit(size)) {
    const uint32_t level = std::countr_zero(size);
    return read(NodeId{level, begin >> level});
  }
  const uint64_t middle = begin + SplitOf(size);
  EHC_ASSIGN_OR_RETURN(const Digest left, HashOfRange(begin, middle, read));
  EHC_ASSIGN_OR_RETURN(const Digest right, HashOfRange(middle, end, read));
  return NodeHash(left, right);
}

absl::Status CheckTreeSize(uint64_t size) {
  if (size <= kMaxTreeSize) return absl::OkStatus();
  return absl::InvalidArgumentError("tree size: larger than any tree");
}

absl::Status CheckLeafInTree(uint64_t index, uint64_t size) {
  EHC_RETURN_IF_ERROR(CheckTreeSize(size));
  if (index < size) return absl::OkStatus();
  return absl::InvalidArgumentError("leaf index: not within the tree");
}

absl::Status CheckGrowth(uint64_t from, uint64_t to) {
  EHC_RETURN_IF_ERROR(CheckTreeSize(to));
  if (from == 0) return absl::InvalidArgumentError("consistency: the empty tree proves nothing");
  if (from > to) return absl::InvalidArgumentError("consistency: the tree would have shrunk");
  return absl::OkStatus();
}

absl::Status WrongPathLength() {
  return absl::InvalidArgumentError("proof: wrong number of hashes for these tree sizes");
}

absl::Status RootMismatch() {
  return absl::DataLossError("proof: does not lead to the given root");
}

// The walk that both verifications share (RFC 9162 sections 2.1.3.2 and 2.1.4.2): a node's place
// within its level, and the place of the level's last node.
struct Climb {
  uint64_t node;
  uint64_t last;

  bool at_root() const { return last == 0; }
  bool sibling_is_left() const { return (node & 1) != 0 || node == last; }

  // Up to the parent; past the levels where a node without right sibling stands for its parent.
  void Up() {
    while ((node & 1) == 0 && node != 0) Halve();
    Halve();
  }
  void UpFromLeft() { Halve(); }
  void SkipCompletedLevels() {
    while ((node & 1) != 0) Halve();
  }

 private:
  void Halve() {
    node >>= 1;
    last >>= 1;
  }
};

}  // namespace

Digest EmptyRoot() { return Sha256(""); }

Digest LeafHash(absl::string_view entry) {
  Sha256Hasher hasher;
  hasher.Update(absl::string_view(&kLeafPrefix, 1)).Update(entry);
  return hasher.Finish();
}

Digest NodeHash(const Digest& left, const Digest& right) {
  char bytes[1 + 2 * sizeof(Digest)];
  bytes[0] = kNodePrefix;
  std::memcpy(bytes + 1, left.data(), left.size());
  std::memcpy(bytes + 1 + left.size(), right.data(), right.size());
  return Sha256(absl::string_view(bytes, sizeof bytes));
}

absl::StatusOr<Digest> DigestFromBytes(absl::string_view bytes) {
  Digest digest;
  if (bytes.size() != digest.size()) return absl::InvalidArgumentError("hash: not 32 bytes long");
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return digest;
}

std::vector<NodeId> NodesCompletedBy(uint64_t leaf_index) {
  std::vector<NodeId> nodes{{0, leaf_index}};
  for (uint64_t index = leaf_index; (index & 1) != 0;) {
    index >>= 1;
    nodes.push_back({nodes.back().level + 1, index});
  }
  return nodes;
}

void MerkleRange::Append(const Digest& leaf_hash) {
  Append(leaf_hash, [](NodeId, const Digest&) {});
}

void MerkleRange::Append(const Digest& leaf_hash, NodeSink completed) {
  Digest hash = leaf_hash;
  NodeId node{0, size_};
  completed(node, hash);
  while ((node.index & 1) != 0) {
    hash = NodeHash(edge_.back(), hash);
    edge_.pop_back();
    node = {node.level + 1, node.index >> 1};
    completed(node, hash);
  }
  edge_.push_back(hash);
  ++size_;
}

Digest MerkleRange::Root() const {
  if (edge_.empty()) return EmptyRoot();
  Digest root = edge_.back();
  for (size_t i = edge_.size() - 1; i-- > 0;) root = NodeHash(edge_[i], root);
  return root;
}

std::string MerkleRange::Encode() const {
  std::string bytes;
  AppendU64(size_, &bytes);
  for (const Digest& hash : edge_) AppendRaw(DigestView(hash), &bytes);
  return bytes;
}

absl::StatusOr<MerkleRange> MerkleRange::Parse(absl::string_view bytes) {
  ByteReader reader(bytes);
  MerkleRange range;
  range.size_ = reader.U64();
  EHC_RETURN_IF_ERROR(CheckTreeSize(range.size_));
  for (int i = std::popcount(range.size_); i > 0 && !reader.failed(); --i) {
    EHC_ASSIGN_OR_RETURN(range.edge_.emplace_back(), DigestFromBytes(reader.Raw(sizeof(Digest))));
  }
  if (!reader.ReadAllOfIt()) {
    return absl::InvalidArgumentError("merkle range: wrong number of hashes for its size");
  }
  return range;
}

absl::StatusOr<Digest> RootAt(uint64_t size, HashReader read) {
  EHC_RETURN_IF_ERROR(CheckTreeSize(size));
  if (size == 0) return EmptyRoot();
  return HashOfRange(0, size, read);
}

absl::StatusOr<std::vector<Digest>> InclusionPath(uint64_t index, uint64_t size, HashReader read) {
  EHC_RETURN_IF_ERROR(CheckLeafInTree(index, size));
  std::vector<Digest> path;
  uint64_t begin = 0;
  uint64_t end = size;
  while (end - begin > 1) {
    const uint64_t middle = begin + SplitOf(end - begin);
    const bool leaf_is_left = index < middle;
    EHC_ASSIGN_OR_RETURN(const Digest sibling, leaf_is_left ? HashOfRange(middle, end, read)
                                                            : HashOfRange(begin, middle, read));
    path.push_back(sibling);
    (leaf_is_left ? end : begin) = middle;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

absl::StatusOr<std::vector<Digest>> ConsistencyPath(uint64_t from, uint64_t to, HashReader read) {
  EHC_RETURN_IF_ERROR(CheckGrowth(from, to));
  std::vector<Digest> path;
  uint64_t begin = 0;
  uint64_t end = to;
  while (end != from) {
    const uint64_t middle = begin + SplitOf(end - begin);
    const bool edge_is_left = from <= middle;
    EHC_ASSIGN_OR_RETURN(const Digest sibling, edge_is_left ? HashOfRange(middle, end, read)
                                                            : HashOfRange(begin, middle, read));
    path.push_back(sibling);
    (edge_is_left ? end : begin) = middle;
  }
  if (begin != 0) {  // Otherwise the verifier starts from the old root itself.
    EHC_ASSIGN_OR_RETURN(const Digest start, HashOfRange(begin, end, read));
    path.push_back(start);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

absl::StatusOr<Digest> RootFromInclusionPath(const Digest& leaf_hash, uint64_t index, uint64_t size,
                                             absl::Span<const Digest> path) {
  EHC_RETURN_IF_ERROR(CheckLeafInTree(index, size));
  Climb climb{index, size - 1};
  Digest root = leaf_hash;
  for (const Digest& sibling : path) {
    if (climb.at_root()) return WrongPathLength();
    if (climb.sibling_is_left()) {
      root = NodeHash(sibling, root);
      climb.Up();
    } else {
      root = NodeHash(root, sibling);
      climb.UpFromLeft();
    }
  }
  if (!climb.at_root()) return WrongPathLength();
  return root;
}

absl::Status VerifyInclusion(const Digest& leaf_hash, uint64_t index, uint64_t size,
                             absl::Span<const Digest> path, const Digest& root) {
  EHC_ASSIGN_OR_RETURN(const Digest proven, RootFromInclusionPath(leaf_hash, index, size, path));
  return proven == root ? absl::OkStatus() : RootMismatch();
}

absl::Status VerifyConsistency(uint64_t from, uint64_t to, const Digest& from_root,
                               const Digest& to_root, absl::Span<const Digest> path) {
  EHC_RETURN_IF_ERROR(CheckGrowth(from, to));
  if (from == to) {
    if (!path.empty()) return WrongPathLength();
    return from_root == to_root ? absl::OkStatus() : RootMismatch();
  }
  Digest start = from_root;
  if (!std::has_single_bit(from)) {
    if (path.empty()) return WrongPathLength();
    start = path.front();
    path.remove_prefix(1);
  }
  Climb climb{from - 1, to - 1};
  climb.SkipCompletedLevels();
  Digest old_root = start;
  Digest new_root = start;
  for (const Digest& sibling : path) {
    if (climb.at_root()) return WrongPathLength();
    if (climb.sibling_is_left()) {
      old_root = NodeHash(sibling, old_root);
      new_root = NodeHash(sibling, new_root);
      climb.Up();
    } else {
      new_root = NodeHash(new_root, sibling);
      climb.UpFromLeft();
    }
  }
  if (!climb.at_root()) return WrongPathLength();
  return old_root == from_root && new_root == to_root ? absl::OkStatus() : RootMismatch();
}

}  // namespace ehc
