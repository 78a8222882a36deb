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

// The first item whose key is not below `key`.
size_t LowerBound(absl::string_view run, uint64_t key) {
  size_t low = 0;
  size_t high = run.size() / kItemSize;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const bool is_below = ByteReader(run.substr(middle * kItemSize)).U64() < key;
    (is_below ? low : high) = is_below ? middle + 1 : middle;
  }
  return low;
}

}  // namespace

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
    return absl::DataLossError("store: the log's index is damaged; rebuild it");
  }
  std::vector<int64_t> found;
  for (size_t i = LowerBound(items, key); i < items.size() / kItemSize; ++i) {
    ByteReader item(items.substr(i * kItemSize));
    if (item.U64() != key) break;
    found.push_back(run * kRunEntries + item.U16());
  }
  return found;
}

}  // namespace ehc
