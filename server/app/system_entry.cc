#include "server/app/system_entry.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"
#include "server/app/data_folder.h"
#include "server/audit/entry.h"
#include "server/base/ids.h"
#include "server/base/log.h"
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
  record[AuditField::kJustification] = act.justification;
  if (act.content_digest != Digest{}) {
    record[AuditField::kContentDigest] = std::string(DigestView(act.content_digest));
  }
  if (act.subject.known()) record[AuditField::kSubject] = absl::StrCat(act.subject.value);
  EHC_ASSIGN_OR_RETURN(BuiltEntry built, BuildEntry(record));
  EntryRow row;
  row.subject = act.subject;
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
  commit.reads = std::move(act.reads);
  absl::Notification done;
  absl::Status status;
  store.Append(std::move(commit), [&](absl::StatusOr<Committed> committed) {
    status = committed.status();
    done.Notify();
  });
  done.WaitForNotification();
  return status;
}

absl::Status ReplayErasures(Store& store, Clock& clock) {
  EHC_ASSIGN_OR_RETURN(const auto missing, store.MissingErasures());
  for (const store::v1::ErasureRecord& record : missing) {
    SystemAct act{"erasure.replay", AgencyId("hub"), "", {}};
    act.changes.push_back(ReplayErasure{record});
    EHC_RETURN_IF_ERROR(CommitSystemAct(store, std::move(act), clock.Now()));
  }
  if (!missing.empty()) {
    LogWarning("erasures replayed: an older copy of the store was put back",
               {{"erasures", missing.size()}});
  }
  return absl::OkStatus();
}

absl::Status CommitLogAct(DataFolder& data, const std::string& action, const Digest& digest,
                          const std::string& justification, absl::Time now) {
  SystemAct act;
  act.action = action;
  act.content_digest = digest;
  act.justification = justification;
  {
    EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, data.store->Read());
    EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view->ListAgencies());
    for (const hub::v1::Agency& agency : agencies) {
      if (agency.type() != hub::v1::AGENCY_TYPE_OPERATOR) continue;
      act.agency = AgencyId(absl::StripPrefix(agency.name(), "agencies/"));
      break;
    }
  }
  return CommitSystemAct(*data.store, std::move(act), now);
}

}  // namespace ehc
