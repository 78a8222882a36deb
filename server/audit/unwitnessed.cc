#include "server/audit/unwitnessed.h"

#include <vector>

#include "server/audit/entry.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

bool IsByWitness(const StoredEntry& entry) {
  if (entry.erased) return false;
  const absl::StatusOr<Opening> opening = Opening::Parse(entry.row.opening);
  return opening.ok() && opening->record()[AuditField::kAction] == kWitnessAction;
}

}  // namespace

absl::StatusOr<std::optional<absl::Time>> UnwitnessedSince::Find(ReadView& view,
                                                                 int64_t witnessed) {
  if (witnessed != from_) {
    from_ = looked_ = witnessed;
    since_.reset();
  }
  EntryFilter filter;
  filter.with_severed = true;
  filter.limit = 16;
  while (!since_.has_value()) {
    filter.after = looked_ - 1;
    EHC_ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries, view.ListEntries(filter));
    for (const StoredEntry& entry : entries) {
      if (!IsByWitness(entry)) {
        since_ = entry.row.recorded_at;
        break;
      }
      looked_ = entry.index + 1;
    }
    if (static_cast<int>(entries.size()) < filter.limit) break;
  }
  return since_;
}

}  // namespace ehc
