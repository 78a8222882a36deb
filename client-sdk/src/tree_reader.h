// Reads a log's tree tile by tile, from wherever its tiles are, and holds it against a root.
#ifndef EHC_CLIENT_SDK_SRC_TREE_READER_H_
#define EHC_CLIENT_SDK_SRC_TREE_READER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ehchub/audit_connection.h"
#include "server/base/crypto.h"
#include "server/base/merkle_tile.h"

namespace ehchub::internal {

// The bytes of one tile of a tree of a fixed size: 32 for each hash that its width names.
using TileBytes = absl::FunctionRef<absl::StatusOr<std::string>(const ehc::TileId&)>;

struct TreeSpan {
  uint64_t from = 0;  // the tree below is taken as it was verified before, if it leads to its root
  ehc::Digest from_root{};
  uint64_t to = 0;
  ehc::Digest to_root{};
};

// DATA_LOSS, naming the tile or the tree, where a hash does not follow from those below it. Reads
// every tile of the larger tree that the smaller one had not.
absl::Status VerifyTree(const TreeSpan& span, TileBytes read,
                        const std::function<void(uint64_t)>& done);

// Tiles over the wire, many at a time: of a tree of `size` leaves. Not thread safe.
class RemoteTiles {
 public:
  RemoteTiles(AuditConnection& audit, uint64_t size) : audit_(audit), size_(size) {}

  absl::StatusOr<std::string> Read(const ehc::TileId& tile);

 private:
  absl::Status Fetch(const ehc::TileId& tile);

  AuditConnection& audit_;
  const uint64_t size_;
  uint32_t level_ = 0;
  uint64_t first_ = 0;
  std::vector<std::string> tiles_;  // from `first_` on
};

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_TREE_READER_H_
