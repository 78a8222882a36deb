#include "server/pipeline/delegation.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/status_macros.h"
#include "server/pipeline/desk.h"

namespace ehc {
namespace {

using hub::v1::Agency;
using hub::v1::Delegation;

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// The caller's half of the request, as the caller's own: a call that is decided again begins here.
void StandForOneself(const Caller& caller, const PolicySnapshot& policy, PolicyRequest& request) {
  request.by.reset();
  request.agency = caller.agency();
  request.agency_type = caller.agency_type();
  request.region = caller.region();
  request.unit = caller.person()->unit;
  request.role = policy.RoleOf(caller.person()->role);
}

bool Covers(const Delegation& delegation, const PolicyRequest& request,
            const PolicySnapshot& policy) {
  const auto& types = delegation.record_types();
  const auto& purposes = delegation.purposes();
  return policy.RoleCovers(delegation.role(), request.role) &&
         std::find(types.begin(), types.end(), request.record_type) != types.end() &&
         std::any_of(purposes.begin(), purposes.end(), [&](const std::string& purpose) {
           return policy.PurposeCovers(purpose, request.purpose);
         });
}

struct Found {
  MatterId number;
  Delegation delegation;
};

// The first in force that serves; nothing where there is none.
absl::StatusOr<std::optional<Found>> FindServing(const CaseFile& file, ReadView& view) {
  MatterFilter filter;
  filter.kind = kDelegationKind;
  filter.addressee = file.caller.agency();
  filter.only_open = true;
  for (;;) {
    EHC_ASSIGN_OR_RETURN(const std::vector<Matter> matters, view.ListMatters(filter));
    for (const Matter& matter : matters) {
      filter.after = matter.id;
      if (matter.opener != file.ask.request.on_behalf_of) continue;
      Delegation delegation;
      if (!delegation.ParseFromString(matter.body)) return absl::DataLossError("a delegation");
      if (StateAt(delegation, file.received_at) != hub::v1::DELEGATION_STATE_IN_FORCE) continue;
      if (!Covers(delegation, file.ask.request, PolicyOf(file))) continue;
      return std::optional<Found>(Found{matter.id, std::move(delegation)});
    }
    if (static_cast<int>(matters.size()) < filter.limit) return std::optional<Found>();
  }
}

// The agency while it is live and still has the unit.
absl::StatusOr<std::optional<Agency>> FindPrincipal(const CaseFile& file, ReadView& view,
                                                    const std::string& unit) {
  EHC_ASSIGN_OR_RETURN(std::vector<Agency> agencies, view.ListAgencies());
  const std::string name = absl::StrCat("agencies/", file.ask.request.on_behalf_of.value());
  for (Agency& agency : agencies) {
    if (agency.name() != name || agency.state() != hub::v1::AGENCY_STATE_ACTIVE) continue;
    const auto& units = agency.units();
    const bool has_unit = std::any_of(units.begin(), units.end(),
                                      [&](const auto& one) { return one.unit_id() == unit; });
    if (has_unit) return std::optional<Agency>(std::move(agency));
  }
  return std::optional<Agency>();
}

void StandFor(const Agency& principal, const Delegation& delegation, PolicyRequest& request) {
  request.by =
      Stand{request.agency, request.agency_type, request.region, request.unit, request.role};
  request.agency = AgencyId(absl::StripPrefix(principal.name(), "agencies/"));
  request.agency_type =
      std::string(absl::StripPrefix(hub::v1::AgencyType_Name(principal.type()), "AGENCY_TYPE_"));
  request.region = principal.region();
  request.unit = UnitId(delegation.unit());
  request.role = delegation.acts_as_role();
}

}  // namespace

hub::v1::DelegationState StateAt(const Delegation& delegation, absl::Time now) {
  if (delegation.has_ended_at()) return hub::v1::DELEGATION_STATE_ENDED;
  if (now >= ToTime(delegation.valid_until())) return hub::v1::DELEGATION_STATE_EXPIRED;
  return delegation.has_accepted_at() ? hub::v1::DELEGATION_STATE_IN_FORCE
                                      : hub::v1::DELEGATION_STATE_OFFERED;
}

absl::Status StandIn(CaseFile& file, ReadView& view, const SubjectNames& names) {
  file.acts_by.clear();
  if (file.ask.request.on_behalf_of.empty() || file.snapshot == nullptr) return absl::OkStatus();
  if (!file.caller.person().has_value()) return absl::OkStatus();  // content needs a person
  StandForOneself(file.caller, PolicyOf(file), file.ask.request);
  EHC_ASSIGN_OR_RETURN(const std::optional<Found> found, FindServing(file, view));
  if (!found.has_value()) return absl::OkStatus();
  EHC_ASSIGN_OR_RETURN(const std::optional<Agency> principal,
                       FindPrincipal(file, view, found->delegation.unit()));
  if (!principal.has_value()) return absl::OkStatus();
  file.reads.keys.push_back(MatterKey(found->number));
  file.reads.keys.push_back(AgencyKey(file.ask.request.on_behalf_of));
  StandFor(*principal, found->delegation, file.ask.request);
  file.acts_by = absl::StrCat("on-behalf-of/", file.ask.request.on_behalf_of.value(), " ",
                              names.MatterName(kDelegations, found->number));
  return absl::OkStatus();
}

bool LacksDelegation(const CaseFile& file) {
  return !file.ask.request.on_behalf_of.empty() && file.acts_by.empty();
}

}  // namespace ehc
