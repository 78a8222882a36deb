// The log's Merkle tree as the database holds it: every leaf in its entry, every 256 of them once
// more side by side in one row, and the complete subtrees of 256, 256², … leaves in rows of their
// own. Whatever lies between is computed from at most 128 stored hashes (docs/adr/0004, 0029).
#ifndef EHC_SERVER_STORAGE_SQLITE_LOG_TREE_H_
#define EHC_SERVER_STORAGE_SQLITE_LOG_TREE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/crypto.h"
#include "server/base/merkle.h"
#include "server/storage/sqlite/database.h"

namespace ehc {

inline bool IsStoredNode(NodeId node) { return node.level != 0 && node.level % 8 == 0; }

// `count` hashes of level 0, 8, 16, … side by side, from `first`. DATA_LOSS when one is missing.
// REQUIRES: all their leaves are in the log.
absl::StatusOr<std::vector<Digest>> StoredHashes(Database& database, int level, int64_t first,
                                                 int64_t count);

// DATA_LOSS when a stored hash is missing. REQUIRES: all leaves of the subtree are in the log.
absl::StatusOr<Digest> SubtreeHash(Database& database, int level, int64_t index);

// The tree as it stands. DATA_LOSS when the stored hashes do not lead to the last stored root.
absl::StatusOr<MerkleRange> LoadTree(Database& database);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_LOG_TREE_H_
