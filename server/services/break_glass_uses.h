// Uses of the emergency override as matters: opened by the disclosure itself (pipeline/accountant),
// reviewed by the custodian, and where it was not justified resolved by the person's own agency.
#ifndef EHC_SERVER_SERVICES_BREAK_GLASS_USES_H_
#define EHC_SERVER_SERVICES_BREAK_GLASS_USES_H_

#include <string>

#include "ehc/hub/v1/custody.pb.h"
#include "ehc/store/v1/break_glass.pb.h"
#include "server/pipeline/break_glass.h"
#include "server/services/matters.h"

namespace ehc {

struct BreakGlassUses {
  using Body = store::v1::BreakGlassUseBody;
  using Value = hub::v1::BreakGlassUse;
  static constexpr const char* kKind = kBreakGlassKind;
  static constexpr const char* kCollection = kBreakGlassUses;
  static std::string UnitOf(const Opened<BreakGlassUses>& opened, Side side);
};

hub::v1::BreakGlassState StateOf(const Opened<BreakGlassUses>& opened);

MatterShow<BreakGlassUses> BreakGlassShow(const Desks& desks);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_BREAK_GLASS_USES_H_
