#ifndef EHC_SERVER_STORAGE_SQLITE_CHECK_RUNS_H_
#define EHC_SERVER_STORAGE_SQLITE_CHECK_RUNS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/log_index.h"

namespace ehc {

// Works merged runs out anew from the leaves and holds the stored ones against them.
class MergedRunCheck {
 public:
  using Bad = std::function<void(int64_t entry, absl::string_view what)>;

  MergedRunCheck(Database& database, Bad bad) : database_(database), bad_(std::move(bad)) {}

  // The next entry's leaf. A status only where the database cannot be read.
  absl::Status Add(uint64_t leaf_key);

  // Rows of runs, plain and merged, that a log of this size does not have.
  static std::vector<std::pair<const char*, std::string>> CountsOfExcess(int64_t size);

 private:
  struct Item {
    uint64_t key = 0;
    uint32_t offset = 0;

    friend bool operator<(const Item& a, const Item& b) {
      return a.key != b.key ? a.key < b.key : a.offset < b.offset;
    }
    friend bool operator==(const Item& a, const Item& b) {
      return a.key == b.key && a.offset == b.offset;
    }
  };
  using Items = std::vector<Item>;

  absl::Status CheckGroup(int level, int64_t group);
  absl::Status CheckBucket(int level, int64_t group, int64_t bucket, const Items& items);
  static Items Parse(absl::string_view bytes);
  // The first entry, within the group, about which both do not agree.
  static uint32_t FirstAtOdds(const Items& right, Items stored);

  Database& database_;
  const Bad bad_;
  Items open_[kTopMergedLevel + 1];  // of the group under way, by level
  int64_t size_ = 0;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_CHECK_RUNS_H_
