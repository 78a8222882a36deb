#include "server/services/entry_times.h"

#include <vector>

#include "server/base/status_macros.h"

namespace ehc {

absl::StatusOr<int64_t> FirstSince(ReadView& view, int64_t low, int64_t high, absl::Time since) {
  const absl::Time from = since - kLongestWait;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    EntryFilter filter;
    filter.after = middle - 1;
    filter.limit = 1;
    EHC_ASSIGN_OR_RETURN(const std::vector<StoredEntry> one, view.ListEntries(filter));
    const bool earlier = !one.empty() && one[0].row.recorded_at < from;
    (earlier ? low : high) = earlier ? middle + 1 : middle;
  }
  return low;
}

}  // namespace ehc
