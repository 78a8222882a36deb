#include "server/storage/sqlite/check_runs.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "server/base/byte_codec.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/schema.h"

namespace ehc {
namespace {

int64_t EntriesIn(int level) { return kRunEntries << (4 * level); }
int64_t BucketsOf(int level) { return int64_t{1} << (4 * level); }

}  // namespace

absl::Status MergedRunCheck::Add(uint64_t leaf_key) {
  ++size_;
  for (int level = 1; level <= kTopMergedLevel; ++level) {
    open_[level].push_back({leaf_key, static_cast<uint32_t>(open_[level].size())});
    if (size_ % EntriesIn(level) != 0) continue;
    EHC_RETURN_IF_ERROR(CheckGroup(level, size_ / EntriesIn(level) - 1));
    open_[level].clear();
  }
  return absl::OkStatus();
}

absl::Status MergedRunCheck::CheckGroup(int level, int64_t group) {
  Items& all = open_[level];
  std::sort(all.begin(), all.end());
  auto item = all.begin();
  for (int64_t bucket = 0; bucket < BucketsOf(level); ++bucket) {
    Items items;
    for (; item != all.end() && static_cast<int64_t>(item->key >> (64 - 4 * level)) == bucket;
         ++item) {
      items.push_back(*item);
    }
    EHC_RETURN_IF_ERROR(CheckBucket(level, group, bucket, items));
  }
  return absl::OkStatus();
}

absl::Status MergedRunCheck::CheckBucket(int level, int64_t group, int64_t bucket,
                                         const Items& items) {
  Query query(database_, Sql::kReadMergedRun);
  const bool is_there = query.Bind(MergedRunPlace(level, group, bucket)).Next();
  EHC_RETURN_IF_ERROR(query.status());
  Items stored;
  if (is_there) stored = Parse(query.Blob(0));
  if (is_there && stored == items) return absl::OkStatus();
  bad_(group * EntriesIn(level) + FirstAtOdds(items, std::move(stored)),
       absl::StrCat("is not as it should be in merged run ", level, "/", group, "/", bucket,
                    is_there ? "" : ", which is missing"));
  return absl::OkStatus();
}

MergedRunCheck::Items MergedRunCheck::Parse(absl::string_view bytes) {
  Items items;
  ByteReader reader(bytes);
  while (!reader.rest().empty()) {
    const uint64_t key = reader.U64();
    const uint32_t offset = reader.U32();
    if (reader.failed()) return {};
    items.push_back({key, offset});
  }
  return items;
}

uint32_t MergedRunCheck::FirstAtOdds(const Items& right, Items stored) {
  const Items unsorted = stored;
  std::sort(stored.begin(), stored.end());
  Items odd;  // what is lacking, else what is too much
  std::set_difference(right.begin(), right.end(), stored.begin(), stored.end(),
                      std::back_inserter(odd));
  if (odd.empty()) {
    std::set_difference(stored.begin(), stored.end(), right.begin(), right.end(),
                        std::back_inserter(odd));
  }
  if (odd.empty()) {  // the same items in another order
    odd.assign(std::mismatch(right.begin(), right.end(), unsorted.begin(), unsorted.end()).first,
               right.end());
  }
  const auto first = std::min_element(
      odd.begin(), odd.end(), [](const Item& a, const Item& b) { return a.offset < b.offset; });
  return first == odd.end() ? 0 : first->offset;
}

std::vector<std::pair<const char*, std::string>> MergedRunCheck::CountsOfExcess(int64_t size) {
  constexpr char kGroup[] = "((place & 72057594037927935) >> (4 * (place >> 56)))";
  return {{"run", absl::StrCat("SELECT count(*) FROM run WHERE (place & 72057594037927935) >= ",
                               size / kRunEntries)},
          {"merged_run", absl::StrCat("SELECT count(*) FROM merged_run WHERE place >> 56 NOT "
                                      "BETWEEN 1 AND ",
                                      kTopMergedLevel, " OR ", kGroup, " >= ", size, " / (",
                                      kRunEntries, " << (4 * (place >> 56)))")}};
}

}  // namespace ehc
