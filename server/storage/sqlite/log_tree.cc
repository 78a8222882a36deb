#include "server/storage/sqlite/log_tree.h"

#include <bit>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "server/base/byte_codec.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/schema.h"

namespace ehc {
namespace {

absl::Status DoesNotContinue() {
  return absl::DataLossError(
      "store: the log's hashes do not lead to its last root; restore the file from a backup");
}

absl::StatusOr<std::vector<Digest>> ReadHashes(Query& query, size_t expected) {
  std::vector<Digest> hashes;
  hashes.reserve(expected);
  while (query.Next()) {
    absl::StatusOr<Digest> hash = DigestFromBytes(query.Blob(0));
    if (!hash.ok()) return DoesNotContinue();
    hashes.push_back(*hash);
  }
  EHC_RETURN_IF_ERROR(query.status());
  if (hashes.size() != expected) return DoesNotContinue();
  return hashes;
}

Digest Fold(std::vector<Digest> hashes) {
  for (size_t size = hashes.size(); size > 1; size /= 2) {
    for (size_t i = 0; i < size / 2; ++i) hashes[i] = NodeHash(hashes[2 * i], hashes[2 * i + 1]);
  }
  return hashes.front();
}

// The hash of every bit of the size, from the largest subtree down: what MerkleRange::Encode has.
absl::StatusOr<std::string> EncodedEdge(Database& database, int64_t size) {
  std::string bytes;
  AppendU64(static_cast<uint64_t>(size), &bytes);
  int64_t begin = 0;
  for (int level = 62; level >= 0; --level) {
    const int64_t leaves = int64_t{1} << level;
    if ((size & leaves) == 0) continue;
    EHC_ASSIGN_OR_RETURN(const Digest hash, SubtreeHash(database, level, begin >> level));
    AppendRaw(DigestView(hash), &bytes);
    begin += leaves;
  }
  return bytes;
}

}  // namespace

absl::StatusOr<Digest> SubtreeHash(Database& database, int level, int64_t index) {
  const int stored = level / kStoredLevels * kStoredLevels;
  const int64_t count = int64_t{1} << (level - stored);
  const int64_t first = index * count;
  const int64_t base = stored == 0 ? 0 : NodePlace(stored, 0);
  Query query(database, stored == 0 ? Sql::kReadLeaves : Sql::kReadNodes);
  query.Bind(base + first).Bind(base + first + count);
  EHC_ASSIGN_OR_RETURN(std::vector<Digest> hashes, ReadHashes(query, static_cast<size_t>(count)));
  return Fold(std::move(hashes));
}

absl::StatusOr<MerkleRange> LoadTree(Database& database) {
  Query last(database, Sql::kLastEntry);
  if (!last.Next()) {
    EHC_RETURN_IF_ERROR(last.status());
    return MerkleRange();
  }
  EHC_ASSIGN_OR_RETURN(const std::string edge, EncodedEdge(database, last.Integer(0) + 1));
  EHC_ASSIGN_OR_RETURN(MerkleRange tree, MerkleRange::Parse(edge));
  if (last.Blob(1) != DigestView(tree.Root())) return DoesNotContinue();
  return tree;
}

}  // namespace ehc
