#include "server/services/plan_transfers.h"

#include "server/model/deadline.h"
#include "server/pipeline/facts.h"

namespace ehc {

hub::v1::PlanTransferState StateOf(const Opened<PlanTransfers>& opened, absl::Time now) {
  if (opened.body.cancelled()) return hub::v1::PLAN_TRANSFER_STATE_CANCELLED;
  if (!opened.body.value().wrote_on().empty()) return hub::v1::PLAN_TRANSFER_STATE_ACKNOWLEDGED;
  return now < absl::FromUnixMillis(opened.body.at_ms()) ? hub::v1::PLAN_TRANSFER_STATE_PENDING
                                                         : hub::v1::PLAN_TRANSFER_STATE_TRANSFERRED;
}

MatterShow<PlanTransfers> TransferShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<PlanTransfers>& opened) {
    hub::v1::PlanTransfer out = opened.body.value();
    ShowHeader(rooms, file, opened, out);
    const absl::Time at = absl::FromUnixMillis(opened.body.at_ms());
    const absl::Time due = absl::FromUnixMillis(opened.body.transfer_due_ms());
    *out.mutable_transfers_at() = ToTimestamp(at);
    out.set_transfer_due_on(FormatDate(LastDayBefore(due)));
    out.set_late(at >= due);
    out.set_state(StateOf(opened, file.received_at));
    return out;
  };
}

absl::Status CheckMaintains(const CaseFile& file) {
  const AgencyId& own = file.caller.agency();
  if (MovedAway(file.dossier, own, file.received_at) != nullptr) {
    return StateConflict(
        "subject: the child's plan has moved to another authority, which maintains it now; what "
        "you "
        "keep is a retention copy");
  }
  for (const store::v1::PlanTransferItem& item : file.dossier.plan_transfers()) {
    if (item.to() == own.value() && absl::FromUnixMillis(item.at_ms()) > file.received_at) {
      return StateConflict(
          "subject: the child's plan is still maintained by the authority that transfers it to "
          "you; "
          "see ListPlanTransfers for when");
    }
  }
  return absl::OkStatus();
}

}  // namespace ehc
