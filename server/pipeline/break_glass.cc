#include "server/pipeline/break_glass.h"

#include <algorithm>
#include <limits>
#include <string>

#include "ehc/hub/v1/custody.pb.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

// The person, by whatever unit and role.
bool IsBy(const store::v1::BreakGlassUseBody& use, const CaseFile& file) {
  return use.user() == file.ask.request.user;
}

absl::StatusOr<bool> IsSuspended(const CaseFile& file, ReadView& view) {
  MatterFilter filter;
  filter.kind = kBreakGlassKind;
  filter.opener = file.caller.agency();
  filter.only_open = true;
  while (true) {
    EHC_ASSIGN_OR_RETURN(const std::vector<Matter> open, view.ListMatters(filter));
    for (const Matter& matter : open) {
      filter.after = matter.id;
      store::v1::BreakGlassUseBody use;
      if (!use.ParseFromString(matter.body)) return absl::DataLossError("a matter's body");
      if (IsBy(use, file) && Suspends(matter, use, file.received_at)) return true;
    }
    if (static_cast<int>(open.size()) < filter.limit) return false;
  }
}

// The hub's memory of approvals ends with the process; this one does not.
absl::StatusOr<bool> IsSpent(const CaseFile& file, ReadView& view) {
  for (const Date day : {file.facts.today, file.facts.today - 1}) {
    EHC_ASSIGN_OR_RETURN(const int64_t spent, view.ReadTally(SpendingOf(file, day)));
    if (spent > 0) return true;
  }
  return false;
}

}  // namespace

TallyKey UsesBy(const CaseFile& file) {
  return {"break glass", file.caller.agency(), file.ask.request.user, "", file.facts.today};
}

TallyKey SpendingOf(const CaseFile& file, Date day) {
  return {"approval", file.caller.agency(), file.ask.request.user,
          file.ask.request.break_glass->claim, day};
}

TallyKey DisclosuresTo(const CaseFile& file) {
  const PolicyRequest& request = file.ask.request;
  std::string of = request.custodian.value();
  of.push_back('\n');
  of += request.agreement.value();
  return {"disclosures", file.caller.agency(), request.user, std::move(of), file.facts.today};
}

bool Suspends(const Matter& matter, const store::v1::BreakGlassUseBody& use, absl::Time now) {
  if (!matter.open) return false;
  return use.verdict() == hub::v1::BREAK_GLASS_VERDICT_UNSPECIFIED
             ? matter.due_at <= now
             : use.verdict() == hub::v1::BREAK_GLASS_VERDICT_NOT_JUSTIFIED;
}

absl::Status ReadUses(CaseFile& file, ReadView& view) {
  EHC_ASSIGN_OR_RETURN(const int64_t uses, view.ReadTally(UsesBy(file)));
  file.facts.break_glass_uses_today =
      static_cast<uint32_t>(std::min<int64_t>(uses, std::numeric_limits<uint32_t>::max()));
  EHC_ASSIGN_OR_RETURN(const bool suspended, IsSuspended(file, view));
  EHC_ASSIGN_OR_RETURN(const bool spent, IsSpent(file, view));
  file.facts.break_glass_suspended = suspended || spent;
  return absl::OkStatus();
}

}  // namespace ehc
