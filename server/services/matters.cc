#include "server/services/matters.h"

#include <algorithm>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "server/model/deadline.h"
#include "server/services/letters.h"

namespace ehc {

absl::Status NoSuchMatter() {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      "name: your agency has nothing of this name");
}

absl::StatusOr<SubjectRef> ChildOfMatter(const Desks& desks, const Caller& caller,
                                         absl::string_view kind, MatterId id) {
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, desks.rooms.store.Read());
  EHC_ASSIGN_OR_RETURN(const std::optional<Matter> matter, view->FindMatter(kind, id));
  const bool own = matter.has_value() &&
                   (matter->opener == caller.agency() || matter->addressee == caller.agency());
  return SubjectRef{std::nullopt, own ? matter->subject : SubjectId{}};
}

bool IsOfUnit(const CaseFile& file, absl::string_view unit) {
  const auto& person = file.caller.person();
  if (unit.empty() || !person.has_value() || person->unit.value() == unit) return true;
  return MayAct(file.caller, "custody.oversee", file.received_at, PolicyOf(file));
}

bool IsHiddenFrom(const CaseFile& file, const AgencyId& recipient) {
  if (recipient == file.caller.agency()) return false;
  const std::string today = FormatDate(LondonDate(file.received_at));
  const std::string name = AgencyNameOf(recipient);
  for (const store::v1::ProtectionItem& item : file.dossier.protections()) {
    const hub::v1::Protection& value = item.value();
    if (value.label() != hub::v1::PROTECTION_LABEL_ADDRESS_RESTRICTED) continue;
    if (value.valid_from() > today) continue;
    if (!value.valid_to().empty() && value.valid_to() < today) continue;
    const auto& cleared = value.cleared_recipients();
    if (std::find(cleared.begin(), cleared.end(), name) == cleared.end()) return true;
  }
  return false;
}

absl::StatusOr<absl::Time> ClockDue(const CaseFile& file, const Calendar& calendar,
                                    absl::string_view clock, absl::Time from) {
  return ClockDue(PolicyOf(file), calendar, clock, from, file.received_at);
}

absl::StatusOr<absl::Time> ClockDue(const PolicySnapshot& policy, const Calendar& calendar,
                                    absl::string_view clock, absl::Time from, absl::Time now) {
  const DeadlineRule* rule = policy.FindClock(clock, now);
  if (rule == nullptr) {
    return RefusalError(absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
                        "the policy in force does not say how long this may take");
  }
  return DueAt(*rule, from, calendar);
}

void RestOnDuty(Ask& ask, absl::string_view purpose) {
  ask.request.purpose = std::string(purpose);
  ask.request.lawful_basis = "ART6_1_C";
  ask.request.special_category_basis = "SCH1_PARA6";
  ask.request.gateway = "CONFIDENCE_LAW";
}

absl::Status CheckAddressee(ReadView& view, const std::string& name, absl::string_view field) {
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
  for (const hub::v1::Agency& agency : agencies) {
    if (agency.name() == name) return absl::OkStatus();
  }
  return FieldInvalid(absl::StrCat(field, ".to: is not an agency of this hub; see ListAgencies"));
}

MatterId MatterOfResource(absl::string_view resource) {
  MatterId id;
  if (!absl::ConsumePrefix(&resource, "matter/") || !absl::SimpleAtoi(resource, &id.value)) {
    return {};
  }
  return id;
}

}  // namespace ehc
