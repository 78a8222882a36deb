#include "server/storage/sqlite/log_tree.h"

#include <algorithm>
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

constexpr int64_t kTileLeaves = int64_t{1} << kStoredLevels;

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

// Appends leaves [from, to) of the tile that holds them; false where there is no such tile yet.
absl::StatusOr<bool> AppendFromTile(Database& database, int64_t from, int64_t to,
                                    std::vector<Digest>* leaves) {
  Query query(database, Sql::kReadTile);
  const bool is_there = query.Bind(from / kTileLeaves).Next();
  EHC_RETURN_IF_ERROR(query.status());
  if (!is_there) return false;
  const absl::string_view bytes = query.Blob(0);
  if (bytes.size() != kTileLeaves * sizeof(Digest)) return DoesNotContinue();
  for (int64_t leaf = from; leaf < to; ++leaf) {
    const size_t place = static_cast<size_t>(leaf % kTileLeaves) * sizeof(Digest);
    EHC_ASSIGN_OR_RETURN(leaves->emplace_back(),
                         DigestFromBytes(bytes.substr(place, sizeof(Digest))));
  }
  return true;
}

absl::StatusOr<std::vector<Digest>> Leaves(Database& database, int64_t first, int64_t count) {
  std::vector<Digest> leaves;
  leaves.reserve(static_cast<size_t>(count));
  for (int64_t from = first; from < first + count;) {
    const int64_t to = std::min(first + count, (from / kTileLeaves + 1) * kTileLeaves);
    EHC_ASSIGN_OR_RETURN(const bool found, AppendFromTile(database, from, to, &leaves));
    if (!found) {  // the log's end
      Query query(database, Sql::kReadLeaves);
      query.Bind(from).Bind(to);
      EHC_ASSIGN_OR_RETURN(const std::vector<Digest> last,
                           ReadHashes(query, static_cast<size_t>(to - from)));
      leaves.insert(leaves.end(), last.begin(), last.end());
    }
    from = to;
  }
  return leaves;
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

absl::StatusOr<std::vector<Digest>> StoredHashes(Database& database, int level, int64_t first,
                                                 int64_t count) {
  if (level == 0) return Leaves(database, first, count);
  Query query(database, Sql::kReadNodes);
  query.Bind(NodePlace(level, first)).Bind(NodePlace(level, first + count));
  return ReadHashes(query, static_cast<size_t>(count));
}

absl::StatusOr<Digest> SubtreeHash(Database& database, int level, int64_t index) {
  const int stored = level / kStoredLevels * kStoredLevels;
  const int64_t count = int64_t{1} << (level - stored);
  EHC_ASSIGN_OR_RETURN(std::vector<Digest> hashes,
                       StoredHashes(database, stored, index * count, count));
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
