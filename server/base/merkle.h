// RFC 6962 Merkle trees over SHA-256 (RFC 9162 section 2.1 has the same tree and clearer proofs).
//
//   LeafHash, NodeHash, EmptyRoot      hashing
//   MerkleRange                        a growing tree that remembers only its right edge
//   InclusionPath, ConsistencyPath     proofs, from stored nodes
//   VerifyInclusion, VerifyConsistency checks of proofs; need nothing but their arguments
//
// Pure and thread compatible. No input makes a function here read or recurse beyond 64 levels.
#ifndef EHC_SERVER_BASE_MERKLE_H_
#define EHC_SERVER_BASE_MERKLE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/base/crypto.h"

namespace ehc {

// Trees are smaller than this, so that sizes also fit signed columns.
inline constexpr uint64_t kMaxTreeSize = uint64_t{1} << 62;

Digest EmptyRoot();
Digest LeafHash(absl::string_view entry);
Digest NodeHash(const Digest& left, const Digest& right);

// The 32 bytes as a digest; INVALID_ARGUMENT for any other length.
absl::StatusOr<Digest> DigestFromBytes(absl::string_view bytes);

// The complete subtree over leaves [index << level, (index + 1) << level). Its hash never changes
// once all its leaves are there, so a store may keep it for good.
struct NodeId {
  uint32_t level = 0;
  uint64_t index = 0;

  friend bool operator==(const NodeId& a, const NodeId& b) {
    return a.level == b.level && a.index == b.index;
  }
};

// The nodes that the leaf completes, by rising level; the first is the leaf itself. Over all leaves
// that is just under two nodes per leaf.
std::vector<NodeId> NodesCompletedBy(uint64_t leaf_index);

// The state needed to append and to know the root: one hash per bit set in the size.
class MerkleRange {
 public:
  using NodeSink = absl::FunctionRef<void(NodeId, const Digest&)>;

  MerkleRange() = default;

  void Append(const Digest& leaf_hash);

  // Also hands over each node that the leaf completes, in the order of NodesCompletedBy().
  void Append(const Digest& leaf_hash, NodeSink completed);

  uint64_t size() const { return size_; }
  Digest Root() const;

  // Size (8 bytes, big endian), then the hashes of the edge from the largest subtree down.
  std::string Encode() const;
  static absl::StatusOr<MerkleRange> Parse(absl::string_view bytes);

 private:
  uint64_t size_ = 0;
  std::vector<Digest> edge_;
};

// Yields the hash of a complete subtree within the tree being proven. An error ends the proof and
// is returned as it is.
using HashReader = absl::FunctionRef<absl::StatusOr<Digest>(NodeId)>;

// The root of the first `size` leaves.
absl::StatusOr<Digest> RootAt(uint64_t size, HashReader read);

// INVALID_ARGUMENT unless index < size.
absl::StatusOr<std::vector<Digest>> InclusionPath(uint64_t index, uint64_t size, HashReader read);

// From the tree of size `from` to the tree of size `to`. INVALID_ARGUMENT unless 0 < from <= to.
absl::StatusOr<std::vector<Digest>> ConsistencyPath(uint64_t from, uint64_t to, HashReader read);

// The only root under which `path` proves the leaf. INVALID_ARGUMENT for an index outside the tree
// or a path of the wrong length.
absl::StatusOr<Digest> RootFromInclusionPath(const Digest& leaf_hash, uint64_t index, uint64_t size,
                                             absl::Span<const Digest> path);

// Errors of both: INVALID_ARGUMENT for a proof that is malformed for these sizes, DATA_LOSS for one
// that leads to other roots. A proof from the empty tree proves nothing and is refused.
absl::Status VerifyInclusion(const Digest& leaf_hash, uint64_t index, uint64_t size,
                             absl::Span<const Digest> path, const Digest& root);
absl::Status VerifyConsistency(uint64_t from, uint64_t to, const Digest& from_root,
                               const Digest& to_root, absl::Span<const Digest> path);

}  // namespace ehc

#endif  // EHC_SERVER_BASE_MERKLE_H_
