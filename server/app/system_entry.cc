#include "server/app/system_entry.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "server/audit/entry.h"
#include "server/base/ids.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

absl::StatusOr<EntryRow> EntryOf(const SystemAct& act, absl::Time now) {
  AuditRecord record;
  record[AuditField::kEventId] = NewUuid4();
  record[AuditField::kRecordedAt] = absl::StrCat(absl::ToUnixMillis(now));
  record[AuditField::kAction] = act.action;
  record[AuditField::kOutcome] = "PERMIT";
  record[AuditField::kAnswer] = "OK";
  record[AuditField::kSearcherAgency] = act.agency.value();
  record[AuditField::kPolicyRevision] = act.policy_revision;
  EHC_ASSIGN_OR_RETURN(BuiltEntry built, BuildEntry(record));
  EntryRow row;
  row.leaf_hash = built.leaf_hash;
  row.opening = std::move(built.opening);
  row.recorded_at = now;
  row.searcher = act.agency;
  row.custodian = act.agency;
  return row;
}

}  // namespace

absl::Status CommitSystemAct(Store& store, SystemAct act, absl::Time now) {
  struct Commit commit;
  EHC_ASSIGN_OR_RETURN(commit.entry, EntryOf(act, now));
  commit.changes = std::move(act.changes);
  absl::Notification done;
  absl::Status status;
  store.Append(std::move(commit), [&](absl::StatusOr<Committed> committed) {
    status = committed.status();
    done.Notify();
  });
  done.WaitForNotification();
  return status;
}

}  // namespace ehc
