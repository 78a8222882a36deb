// Plans that move with the child to another authority (SEND Regs 2014 reg 15), as matters between
// the two. Whose the plan is at a moment is in the child's dossier.
#ifndef EHC_SERVER_SERVICES_PLAN_TRANSFERS_H_
#define EHC_SERVER_SERVICES_PLAN_TRANSFERS_H_

#include <string>

#include "ehc/hub/v1/custody.pb.h"
#include "ehc/store/v1/custody.pb.h"
#include "server/services/matters.h"

namespace ehc {

struct PlanTransfers {
  using Body = store::v1::PlanTransferBody;
  using Value = hub::v1::PlanTransfer;
  static constexpr char kKind[] = "PLAN_TRANSFER";
  static constexpr char kCollection[] = "planTransfers";
  // The new authority has named no unit yet: it is for the whole of it.
  static std::string UnitOf(const Opened<PlanTransfers>& opened, Side side) {
    return side == Side::kOpener ? opened.body.value().from_unit() : "";
  }
};

hub::v1::PlanTransferState StateOf(const Opened<PlanTransfers>& opened, absl::Time now);

MatterShow<PlanTransfers> TransferShow(const Desks& desks);

// STATE_CONFLICT where this authority no longer maintains the child's plan, or not yet: it then
// neither publishes nor issues one.
absl::Status CheckMaintains(const CaseFile& file);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PLAN_TRANSFERS_H_
