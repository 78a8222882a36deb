#include "server/storage/sqlite/log_index.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "server/base/byte_codec.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/schema.h"

namespace ehc {
namespace {

// Key (8 bytes) and offset within the run (2), both big endian: sorted as bytes.
constexpr size_t kItemSize = 10;

// The first item whose key is not below `key`.
size_t LowerBound(absl::string_view run, uint64_t key, size_t item_size = kItemSize) {
  size_t low = 0;
  size_t high = run.size() / item_size;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const bool is_below = ByteReader(run.substr(middle * item_size)).U64() < key;
    (is_below ? low : high) = is_below ? middle + 1 : middle;
  }
  return low;
}

absl::Status IndexIsDamaged() {
  return absl::DataLossError("store: the log's index is damaged; rebuild it");
}

// Items of a merged row: key (8 bytes) and offset within the group (4). A group's rows are its
// buckets: the items whose keys begin with the same nibble (level 1) or two (level 2).
constexpr size_t kMergedItemSize = 12;

int64_t RunsIn(int level) { return int64_t{1} << (4 * level); }
int64_t BucketsOf(int level) { return int64_t{1} << (4 * level); }
int64_t BucketOf(int level, uint64_t key) { return static_cast<int64_t>(key >> (64 - 4 * level)); }

struct LeafItem {
  uint64_t key = 0;
  uint32_t offset = 0;
};

// Appends the items of one bucket of a level, `base` added to their offsets.
absl::Status AppendItems(Database& database, int level, int64_t group, int64_t bucket,
                         uint32_t base, std::vector<LeafItem>* items) {
  Query query(database, level == 0 ? Sql::kReadRun : Sql::kReadMergedRun);
  const bool is_there =
      query
          .Bind(level == 0 ? RunPlace(static_cast<int>(EntryKeyKind::kLeaf), group)
                           : MergedRunPlace(level, group, bucket))
          .Next();
  EHC_RETURN_IF_ERROR(query.status());
  if (!is_there) return IndexIsDamaged();
  ByteReader reader(query.Blob(0));
  while (!reader.rest().empty()) {
    const uint64_t key = reader.U64();
    const uint32_t offset = level == 0 ? reader.U16() : reader.U32();
    if (reader.failed()) return IndexIsDamaged();
    items->push_back({key, base + offset});
  }
  return absl::OkStatus();
}

// Writes the rows of one bucket of the level below, spread over sixteen. `items` are sorted.
absl::Status AddMergedRows(Database& writer, int level, int64_t group, int64_t bucket_below,
                           const std::vector<LeafItem>& items) {
  auto item = items.begin();
  for (int64_t bucket = bucket_below * kMergedRuns; bucket < (bucket_below + 1) * kMergedRuns;
       ++bucket) {
    std::string bytes;
    for (; item != items.end() && BucketOf(level, item->key) == bucket; ++item) {
      AppendU64(item->key, &bytes);
      AppendU32(item->offset, &bytes);
    }
    Query add(writer, Sql::kAddMergedRun);
    EHC_RETURN_IF_ERROR(add.Bind(MergedRunPlace(level, group, bucket)).Bind(bytes).Run());
  }
  return absl::OkStatus();
}

// One bucket of the level below at a time, so that no more than 65,536 items are in memory.
absl::Status Merge(Database& writer, int level, int64_t group) {
  const int below = level - 1;
  const uint32_t entries_below = static_cast<uint32_t>(RunsIn(below) * kRunEntries);
  for (int64_t bucket = 0; bucket < BucketsOf(below); ++bucket) {
    std::vector<LeafItem> items;
    for (int i = 0; i < kMergedRuns; ++i) {
      const uint32_t base = static_cast<uint32_t>(i) * entries_below;
      EHC_RETURN_IF_ERROR(
          AppendItems(writer, below, group * kMergedRuns + i, bucket, base, &items));
    }
    std::sort(items.begin(), items.end(), [](const LeafItem& a, const LeafItem& b) {
      return a.key != b.key ? a.key < b.key : a.offset < b.offset;
    });
    EHC_RETURN_IF_ERROR(AddMergedRows(writer, level, group, bucket, items));
  }
  return absl::OkStatus();
}

}  // namespace

std::string EncodeRun(const std::vector<EntryKeys>& keys, int kind) {
  std::vector<std::pair<uint64_t, uint16_t>> items;
  for (size_t offset = 0; offset < kRunEntries; ++offset) {
    const uint64_t key = keys[offset].by_kind[kind];
    if (key != 0) items.emplace_back(key, static_cast<uint16_t>(offset));
  }
  std::sort(items.begin(), items.end());
  std::string bytes;
  bytes.reserve(items.size() * kItemSize);
  for (const auto& [key, offset] : items) {
    AppendU64(key, &bytes);
    AppendU16(offset, &bytes);
  }
  return bytes;
}

uint64_t LeafKey(const Digest& leaf) { return ByteReader(DigestView(leaf)).U64(); }

EntryKeys EntryKeys::Of(const Digest& leaf, int64_t searcher, int64_t custodian, int64_t subject) {
  return {{LeafKey(leaf), static_cast<uint64_t>(searcher), static_cast<uint64_t>(custodian),
           static_cast<uint64_t>(subject)}};
}

absl::Status LogIndex::Load(Database& database, int64_t size) {
  first_ = size / kRunEntries * kRunEntries;
  Query query(database, Sql::kReadEntryKeys);
  query.Bind(first_);
  while (query.Next()) {
    EHC_ASSIGN_OR_RETURN(const Digest leaf, DigestFromBytes(query.Blob(0)));
    Add(EntryKeys::Of(leaf, query.Integer(1), query.Integer(2), query.Integer(3)));
  }
  settled_ = keys_.size();
  return query.status();
}

absl::Status LogIndex::WriteFullRuns(Database& writer) {
  if (keys_.size() < kRunEntries) return absl::OkStatus();
  for (int kind = 0; kind < kEntryKeyKinds; ++kind) {
    const std::string run = EncodeRun(keys_, kind);
    Query add(writer, Sql::kAddRun);
    EHC_RETURN_IF_ERROR(add.Bind(RunPlace(kind, first_ / kRunEntries)).Bind(run).Run());
  }
  run_written_ = true;
  const int64_t runs = first_ / kRunEntries + 1;
  for (int level = 1; level <= kTopMergedLevel && runs % RunsIn(level) == 0; ++level) {
    EHC_RETURN_IF_ERROR(Merge(writer, level, runs / RunsIn(level) - 1));
  }
  return absl::OkStatus();
}

void LogIndex::Settle(bool committed) {
  if (!committed) keys_.resize(settled_);
  if (committed && run_written_) {
    keys_.erase(keys_.begin(), keys_.begin() + kRunEntries);
    first_ += kRunEntries;
  }
  settled_ = keys_.size();
  run_written_ = false;
}

absl::StatusOr<std::vector<int64_t>> FindInRun(Database& database, EntryKeyKind kind, int64_t run,
                                               uint64_t key) {
  Query query(database, Sql::kReadRun);
  const bool is_there = query.Bind(RunPlace(static_cast<int>(kind), run)).Next();
  EHC_RETURN_IF_ERROR(query.status());
  const absl::string_view items = is_there ? query.Blob(0) : absl::string_view();
  if (!is_there || items.size() % kItemSize != 0) {
    return IndexIsDamaged();
  }
  std::vector<int64_t> found;
  for (size_t i = LowerBound(items, key); i < items.size() / kItemSize; ++i) {
    ByteReader item(items.substr(i * kItemSize));
    if (item.U64() != key) break;
    found.push_back(run * kRunEntries + item.U16());
  }
  return found;
}

void RecentLeaves::Add(uint64_t leaf_key, int64_t entry) {
  const std::lock_guard lock(mutex_);
  entries_[leaf_key].push_back(entry);
}

void RecentLeaves::DropBelow(int64_t entry) {
  const std::lock_guard lock(mutex_);
  for (auto it = entries_.begin(); it != entries_.end();) {
    auto& entries = it->second;
    entries.erase(std::remove_if(entries.begin(), entries.end(),
                                 [entry](int64_t number) { return number < entry; }),
                  entries.end());
    const auto done = it++;
    if (entries.empty()) entries_.erase(done);
  }
}

std::vector<int64_t> RecentLeaves::Find(uint64_t leaf_key) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(leaf_key);
  if (found == entries_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<RunSpan> RunsNewestFirst(int64_t runs) {
  std::vector<RunSpan> spans;
  while (runs > 0) {
    int level = 0;
    while (level < kTopMergedLevel && runs % RunsIn(level + 1) == 0) ++level;
    spans.push_back({level, runs / RunsIn(level) - 1});
    runs -= RunsIn(level);
  }
  return spans;
}

absl::StatusOr<std::vector<int64_t>> FindLeafIn(Database& database, const RunSpan& span,
                                                uint64_t key) {
  if (span.level == 0) return FindInRun(database, EntryKeyKind::kLeaf, span.group, key);
  Query query(database, Sql::kReadMergedRun);
  const bool is_there =
      query.Bind(MergedRunPlace(span.level, span.group, BucketOf(span.level, key))).Next();
  EHC_RETURN_IF_ERROR(query.status());
  if (!is_there || query.Blob(0).size() % kMergedItemSize != 0) return IndexIsDamaged();
  const absl::string_view items = query.Blob(0);
  std::vector<int64_t> found;
  for (size_t i = LowerBound(items, key, kMergedItemSize); i < items.size() / kMergedItemSize;
       ++i) {
    ByteReader item(items.substr(i * kMergedItemSize));
    if (item.U64() != key) break;
    found.push_back(span.group * RunsIn(span.level) * kRunEntries + item.U32());
  }
  return found;
}

}  // namespace ehc
