#include "server/pipeline/desk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/ids.h"
#include "server/pipeline/deny.h"

namespace ehc {
namespace {

absl::Status FieldError(absl::string_view message) {
  return RefusalError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", message);
}

// Proven by an approval of this very request that names itself as the request does, by somebody who
// signed in with more than a password.
bool IsFreshSecondFactor(const Caller& caller, const BreakGlass& stated) {
  return caller.person().has_value() && caller.person()->strong_authentication &&
         !caller.person()->approval_id.empty() && caller.person()->approval_id == stated.claim;
}

// About the agency alone, and for no child: like a suspension, it is said at the door.
absl::Status NotLive() {
  return RefusalError(absl::StatusCode::kPermissionDenied, "AGENCY_NOT_LIVE",
                      "the calling agency is not live yet; declare its readiness, then ask the "
                      "hub's operator");
}

// The caller's half of the request comes from the Caller alone, never from the message.
void FillCaller(const Caller& caller, PolicyRequest& request) {
  if (request.break_glass.has_value()) {
    request.break_glass->second_factor = IsFreshSecondFactor(caller, *request.break_glass);
  }
  request.agency = caller.agency();
  request.agency_type = caller.agency_type();
  request.region = caller.region();
  if (!caller.person().has_value()) return;
  const ActingPerson& person = *caller.person();
  request.unit = person.unit;
  request.user = person.user;
  request.role = person.role;
  request.training_valid_until = person.training_valid_until;
  request.strong_authentication = person.strong_authentication;
}

absl::Status FillParts(const Ask& ask, const RecordSchema& schema, PartMask& parts) {
  for (const std::string& code : ask.parts) {
    const int index = schema.IndexOf(code);
    if (index < 0) {
      return FieldError(absl::StrCat("parts: ", schema.record_type,
                                     " has no such part; see docs/record-types.md"));
    }
    parts |= PartMask{1} << index;
  }
  return absl::OkStatus();
}

// A caller that names nobody means the agreement's only custodian besides itself.
absl::Status FillCustodian(const PolicySnapshot& policy, PolicyRequest& request) {
  if (!request.custodian.empty()) return absl::OkStatus();
  const AgreementSummary* agreement = policy.FindAgreement(request.agreement);
  if (agreement == nullptr) return absl::OkStatus();  // decided as an unknown agreement
  for (const AgencyId& supplier : agreement->suppliers) {
    if (supplier == request.agency) continue;
    if (!request.custodian.empty()) {
      return FieldError("custodian: the agreement has several custodians; name the one you ask");
    }
    request.custodian = supplier;
  }
  return absl::OkStatus();
}

// What the registry says of the custodian, whoever it is, the same for every child: its type and
// area, and the unit that keeps this type of record.
void DescribeCustodian(const RegistryData& registry, const RecordSchema* schema,
                       PolicyRequest& request) {
  const RegisteredAgency* custodian = registry.FindAgency(request.custodian.value());
  if (custodian == nullptr) return;
  request.custodian_type = custodian->type;
  request.custodian_region = custodian->region;
  if (schema == nullptr || schema->held_by.empty() || !request.custodian_unit.empty()) return;
  for (const auto& [unit, kind] : custodian->units) {
    if (kind != schema->held_by) continue;
    if (request.custodian_unit.empty() || UnitId(unit) < request.custodian_unit) {
      request.custodian_unit = UnitId(unit);
    }
  }
}

// What of a call depends on the policy: the snapshot, and the parts by its numbering.
absl::Status PinTo(const std::shared_ptr<const PinnedPolicy>& pinned, CaseFile& file) {
  const PolicySnapshot& policy = *pinned->policy;
  PolicyRequest& request = file.ask.request;
  if (!file.caller.is_live() && !policy.MayBeforeGoLive(file.ask.action)) return NotLive();
  if (!request.role.empty()) request.role = policy.RoleOf(request.role);
  file.snapshot = std::shared_ptr<const void>(pinned, pinned->policy.get());
  file.policy_revision = std::string(policy.revision());
  file.reads.policy_position = pinned->position;
  file.decision.schema = nullptr;
  if (request.record_type.empty()) return absl::OkStatus();
  file.decision.schema = policy.FindSchema(request.record_type);
  if (file.decision.schema == nullptr) {
    return FieldError("record_type: is not in the vocabulary; see docs/record-types.md");
  }
  request.parts = 0;
  return FillParts(file.ask, *file.decision.schema, request.parts);
}

}  // namespace

absl::Status Desk::CheckFresh(const std::shared_ptr<const PinnedPolicy>& pinned) const {
  if (pinned == nullptr || pinned->policy == nullptr) {
    return RefusalError(absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
                        "no policy is loaded; nothing can be decided");
  }
  if (clock_.Now() - pinned->confirmed_at <= options_.max_staleness) return absl::OkStatus();
  return RefusalError(absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
                      "the policy could not be confirmed for too long; nothing can be decided");
}

std::string Desk::ContactOf(const AgencyId& agency) const {
  const RegisteredAgency* found = registry_.Current().FindAgency(agency.value());
  return found == nullptr ? std::string() : found->contact;
}

absl::Status Desk::Pin(const std::shared_ptr<const PinnedPolicy>& pinned, CaseFile& file) const {
  if (absl::Status fresh = CheckFresh(pinned); !fresh.ok()) {
    if (!file.ask.may_break_glass || !file.ask.request.break_glass.has_value()) return fresh;
    if (!file.caller.is_live()) return NotLive();
    file.snapshot = nullptr;
    file.policy_revision.clear();
    file.decision.schema = nullptr;
    return absl::OkStatus();
  }
  if (absl::Status pinning = PinTo(pinned, file); !pinning.ok()) return pinning;
  if (!file.ask.action.empty() && !file.ask.asks_custodian) return absl::OkStatus();
  PolicyRequest& request = file.ask.request;
  absl::Status custodian = FillCustodian(*pinned->policy, request);
  if (custodian.ok()) DescribeCustodian(registry_.Current(), file.decision.schema, request);
  return custodian;
}

absl::StatusOr<Call> Desk::Renew(Call call, int attempt) const {
  if (attempt > 2 && options_.refresh) options_.refresh();
  const std::shared_ptr<const PinnedPolicy> pinned = policies_.Get();
  CaseFile& file = *call.file_;
  const bool is_pinned = file.snapshot != nullptr && CheckFresh(pinned).ok() &&
                         file.reads.policy_position == pinned->position;
  if (is_pinned) return call;
  absl::Status pinning = Pin(pinned, file);
  if (!pinning.ok()) return pinning;
  return call;
}

absl::StatusOr<Call> Desk::Open(uint64_t call_id, Caller caller, Ask ask) const {
  return OpenUnder(policies_.Get(), call_id, std::move(caller), std::move(ask));
}

absl::StatusOr<std::vector<Call>> Desk::OpenAll(uint64_t call_id, const Caller& caller,
                                                std::vector<Ask> asks) const {
  const std::shared_ptr<const PinnedPolicy> pinned = policies_.Get();
  std::vector<Call> calls;
  calls.reserve(asks.size());
  for (Ask& ask : asks) {
    absl::StatusOr<Call> call = OpenUnder(pinned, call_id, caller.Again(), std::move(ask));
    if (!call.ok()) return call.status();
    calls.push_back(*std::move(call));
  }
  return calls;
}

absl::StatusOr<Call> Desk::OpenUnder(const std::shared_ptr<const PinnedPolicy>& pinned,
                                     uint64_t call_id, Caller caller, Ask ask) const {
  if (ask.request.break_glass.has_value() && !ask.may_break_glass) {
    return FieldError(
        "context.break_glass: this call takes none; an emergency is one child and one answer");
  }
  const bool may_act_for_another =
      ask.may_break_glass && ask.action.empty() && !ask.request.break_glass.has_value();
  if (!ask.request.on_behalf_of.empty() && !may_act_for_another) {
    return FieldError(
        "context.on_behalf_of: this call takes none; one acts for another where one child is asked "
        "about and one answer given, and never in an emergency");
  }
  auto file = std::make_unique<CaseFile>(std::move(caller), std::move(ask));
  FillCaller(file->caller, file->ask.request);
  absl::Status pinning = Pin(pinned, *file);
  if (!pinning.ok()) return pinning;
  file->call_id = call_id;
  file->decision_id = NewDecisionId();
  file->received_at = clock_.Now();
  file->reads.registry_position = file->caller.registry_position();
  return Call(std::move(file));
}

}  // namespace ehc
