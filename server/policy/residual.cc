// The first half of a decision: which clauses apply, from the request alone.
#include <algorithm>

#include "server/policy/compiled.h"
#include "server/policy/engine.h"

namespace ehc {
namespace {

struct Organisation {
  uint32_t agency;
  uint32_t type;
  uint32_t region;
  uint32_t unit;

  OrganisationKey Key(OrganisationShape shape) const {
    switch (shape) {
      case kAnyone: return PackOrganisation(kAnyone, 0, 0);
      case kByAgency: return PackOrganisation(kByAgency, agency, 0);
      case kByType: return PackOrganisation(kByType, type, 0);
      case kByTypeInRegion: return PackOrganisation(kByTypeInRegion, type, region);
    }
    return 0;
  }
};

uint64_t BitOf(uint32_t number) { return number == 0 ? 0 : uint64_t{1} << (number - 1); }

// A guard that is not applicable holds in what restricts and not in what permits.
bool RequestGuardsHold(const CompiledPolicy& policy, const CompiledClause& clause,
                       const PolicyRequest& request, absl::Time now) {
  for (uint16_t i = 0; i < clause.request_guards; ++i) {
    const GuardAnswer answer =
        EvaluateRequestGuard(policy.guards[clause.guards_begin + i], request, now);
    const bool holds = answer.applicable ? answer.parts != 0 : clause.effect != Effect::kPermit;
    if (!holds) return false;
  }
  return true;
}

bool InUnitSet(const CompiledPolicy& policy, uint32_t set, uint32_t unit) {
  if (set == 0) return true;
  const std::vector<uint32_t>& units = policy.unit_sets[set];
  return std::binary_search(units.begin(), units.end(), unit);
}

bool StatesEverything(const GatewayInfo& gateway, const PolicyRequest& request) {
  if (gateway.statements == 0) return true;
  Guard guard;
  guard.kind = GuardKind::kStatement;
  guard.bits = gateway.statements;
  return EvaluateRequestGuard(guard, request, absl::Time()).parts != 0;
}

}  // namespace

// The request in numbers.
struct Residual::Asking {
  const PolicyRequest& request;
  const PolicySnapshot& snapshot;
  absl::Time now;
  int64_t seconds;
  Organisation recipient;
  Organisation supplier;
  uint32_t record_type;
  uint32_t purpose;
  uint32_t role;
  uint64_t basis;
  uint64_t special;
  uint64_t gateway;
  uint32_t agreement = 0;
  uint8_t disclosure;

  ClauseKey Key(Shape shape, uint32_t agreement_number, uint32_t purpose_key) const {
    return {recipient.Key(static_cast<OrganisationShape>(shape & 3)),
            supplier.Key(static_cast<OrganisationShape>((shape >> 2) & 3)),
            ClauseKey::PackRest(agreement_number, record_type, purpose_key)};
  }
  uint32_t PurposeKey(Shape shape) const { return (shape & 16) != 0 ? purpose : kAnyPurposeKey; }
};

Residual::Residual(const PolicyRequest& request, absl::Time now, const PolicySnapshot& snapshot)
    : request_(&request), policy_(&snapshot.compiled()) {
  const CompiledPolicy& policy = *policy_;
  const int64_t nanos = absl::ToUnixNanos(now);
  const uint64_t agreement_hash = policy.agreement_names.Prefetch(request.agreement.value());
  const uint64_t agency_hash = policy.agencies.Prefetch(request.agency.value());
  const uint64_t custodian_hash = policy.agencies.Prefetch(request.custodian.value());
  const uint32_t record_type = policy.record_types.FindEffective(request.record_type, nanos);
  if (record_type != 0 && !policy.vocabulary.record_info[record_type - 1].schema.parts.empty()) {
    schema_ = &policy.vocabulary.record_info[record_type - 1].schema;
  }
  if (schema_ == nullptr) {
    refusal_ = Reason::kNoClause;
    return;
  }
  const bool content = request.disclosure == DisclosureKind::kContent;
  asked_ = content ? request.parts & schema_->AllParts() : schema_->AllParts();
  if (content) location_ = policy.vocabulary.record_info[record_type - 1].location_parts;
  const uint32_t agreement = policy.agreement_names.Find(request.agreement.value(), agreement_hash);
  if (agreement != 0) __builtin_prefetch(&policy.agreements[agreement - 1]);
  refusal_ = agreement == 0 ? Reason::kAgreementUnknown : snapshot.StateOf(agreement - 1, nanos);
  if (refusal_ != Reason::kNone) return;

  const uint32_t purpose = policy.purposes.FindEffective(request.purpose, nanos);
  uint32_t gateway = 0;
  if (!request.gateway.empty()) {
    gateway = policy.gateways.FindEffective(request.gateway, nanos);
    if (gateway != 0) {
      const GatewayInfo& info = policy.vocabulary.gateway_info[gateway - 1];
      gateway_human_ = static_cast<uint8_t>(info.human_decision);
      if (!StatesEverything(info, request)) gateway = 0;
    }
  }
  const Asking asking{
      request,
      snapshot,
      now,
      absl::ToUnixSeconds(now),
      {policy.agencies.Find(request.agency.value(), agency_hash),
       policy.agency_types.FindEffective(request.agency_type, nanos),
       request.region.empty() ? 0 : policy.regions.Find(request.region),
       request.unit.empty() ? 0 : policy.units.Find(request.unit.value())},
      {policy.agencies.Find(request.custodian.value(), custodian_hash),
       request.custodian_type.empty()
           ? 0
           : policy.agency_types.FindEffective(request.custodian_type, nanos),
       request.custodian_region.empty() ? 0 : policy.regions.Find(request.custodian_region),
       request.custodian_unit.empty() ? 0 : policy.units.Find(request.custodian_unit.value())},
      record_type,
      purpose == 0 ? kNoPurposeKey : purpose,
      request.role.empty() ? 0 : policy.roles.FindEffective(request.role, nanos),
      BitOf(policy.lawful_bases.FindEffective(request.lawful_basis, nanos)),
      request.special_category_basis.empty()
          ? 0
          : BitOf(policy.special_bases.FindEffective(request.special_category_basis, nanos)),
      BitOf(gateway),
      agreement,
      DisclosureBit(request.disclosure)};
  if (gateway_human_ == policy_proto::HUMAN_DECISION_UNLESS_STANDING_DECISION) {
    CollectClassDecisions(asking);
  }
  CollectForbids(asking);
  if (request.by.has_value()) CollectForbidsOf(*request.by, asking);
  CollectGrants(asking);
}

// Whoever acts for another gains what that other may see, and nothing that it may not see itself.
void Residual::CollectForbidsOf(const Stand& stand, Asking asking) {
  const CompiledPolicy& policy = *policy_;
  const int64_t nanos = absl::ToUnixNanos(asking.now);
  asking.recipient = {policy.agencies.Find(stand.agency.value()),
                      policy.agency_types.FindEffective(stand.agency_type, nanos),
                      stand.region.empty() ? 0 : policy.regions.Find(stand.region),
                      stand.unit.empty() ? 0 : policy.units.Find(stand.unit.value())};
  asking.role = stand.role.empty() ? 0 : policy.roles.FindEffective(stand.role, nanos);
  CollectForbids(asking);
}

template <typename Function>
void Residual::ForEachEntry(const Asking& asking, ShapeSet shapes, uint32_t agreement,
                            const Function& function) const {
  struct Probe {
    ClauseKey key;
    uint64_t hash;
    size_t at;
    absl::Span<const ClauseEntry> entries;
  };
  std::array<Probe, kShapes> probes;
  size_t count = 0;
  ForEachShape(shapes, [&](Shape shape) {
    Probe& probe = probes[count++];
    probe.key = asking.Key(shape, agreement, asking.PurposeKey(shape));
    probe.hash = probe.key.Hash();
    policy_->index.Prefetch(probe.hash);
  });
  size_t likely = 0;
  for (size_t i = 0; i < count; ++i) {
    if (policy_->index.MayHold(probes[i].hash, &probes[i].at)) probes[likely++] = probes[i];
  }
  for (size_t i = 0; i < likely; ++i) {
    Probe& probe = probes[i];
    probe.entries = policy_->index.Entries(probe.key, probe.hash, probe.at);
    if (!probe.entries.empty()) {
      __builtin_prefetch(&policy_->clauses[probe.entries.front().clause]);
    }
  }
  for (size_t i = 0; i < likely; ++i) {
    for (const ClauseEntry& entry : probes[i].entries) function(entry);
  }
}

void Residual::CollectForbids(const Asking& asking) {
  ForEachEntry(asking, policy_->forbid_shapes, 0,
               [&](const ClauseEntry& entry) { ConsiderForbid(asking, entry); });
}

void Residual::ConsiderForbid(const Asking& asking, const ClauseEntry& entry) {
  const CompiledClause& clause = policy_->clauses[entry.clause];
  if (!clause.InForce(asking.seconds)) return;
  const CompiledAgreement& agreement = policy_->agreements[clause.agreement];
  const bool counts =
      agreement.all_signed || std::binary_search(agreement.signed_by.begin(),
                                                 agreement.signed_by.end(), asking.supplier.agency);
  if (!counts || !InUnitSet(*policy_, entry.recipient_units, asking.recipient.unit) ||
      !InUnitSet(*policy_, entry.supplier_units, asking.supplier.unit) ||
      (clause.roles != 0 &&
       (asking.role == 0 || !policy_->role_sets[clause.roles][asking.role - 1]))) {
    return;
  }
  const auto grounds = [](uint64_t wanted, uint64_t stated) {
    return wanted == 0 || wanted == ~uint64_t{0} || (wanted & stated) != 0;
  };
  if (!grounds(clause.lawful_bases, asking.basis) ||
      !grounds(clause.special_bases, asking.special) || !grounds(clause.gateways, asking.gateway) ||
      !RequestGuardsHold(*policy_, clause, asking.request, asking.now)) {
    return;
  }
  const uint8_t existence = DisclosureBit(DisclosureKind::kExistence);
  if ((clause.disclosures & existence) != 0 && clause.guards == clause.request_guards) {
    existence_forbidden_ = true;
  }
  if ((clause.disclosures & asking.disclosure) == 0) return;
  const bool content = asking.request.disclosure == DisclosureKind::kContent;
  forbids_.push_back({&clause, content ? entry.parts : asked_});
}

void Residual::CollectGrants(const Asking& asking) {
  bool found = false;
  for (uint32_t number : policy_->agreements[asking.agreement - 1].lineage) {
    ForEachEntry(asking, policy_->agreements[number].grant_shapes, number + 1,
                 [&](const ClauseEntry& entry) {
                   found = true;
                   ConsiderEntry(asking, entry);
                 });
  }
  existence_granted_ = existence_granted_ && !existence_forbidden_;
  if (!found && NamesSomePurpose(asking)) Fail(Reason::kPurposeNotCovered, asked_);
}

void Residual::ConsiderEntry(const Asking& asking, const ClauseEntry& entry) {
  const CompiledClause& clause = policy_->clauses[entry.clause];
  if (!clause.InForce(asking.seconds) ||
      !InUnitSet(*policy_, entry.recipient_units, asking.recipient.unit) ||
      !InUnitSet(*policy_, entry.supplier_units, asking.supplier.unit)) {
    return;
  }
  ConsiderExistence(asking, clause);
  if ((clause.disclosures & asking.disclosure) == 0) return;
  const bool content = asking.request.disclosure == DisclosureKind::kContent;
  ConsiderGrant(asking, clause, content ? entry.parts : asked_);
}

bool Residual::NamesSomePurpose(const Asking& asking) const {
  bool found = false;
  for (uint32_t number : policy_->agreements[asking.agreement - 1].lineage) {
    ForEachShape(policy_->agreements[number].grant_shapes, [&](Shape shape) {
      found =
          found ||
          !policy_->whatever_purpose.Find(asking.Key(shape, number + 1, kAnyPurposeKey)).empty();
    });
  }
  return found;
}

namespace {

// What the request itself lacks for `clause`; kNone if nothing.
template <typename Asking>
Reason Lacking(const CompiledPolicy& policy, const CompiledClause& clause, const Asking& asking,
               bool gateway_matters) {
  const auto lacks = [](uint64_t wanted, uint64_t stated) {
    return wanted != 0 && wanted != ~uint64_t{0} && (wanted & stated) == 0;
  };
  if (lacks(clause.lawful_bases, asking.basis)) return Reason::kBasisMissing;
  if (lacks(clause.special_bases, asking.special) ||
      (clause.special_bases == ~uint64_t{0} && asking.special == 0)) {
    return Reason::kBasisMissing;
  }
  if (clause.lawful_bases == ~uint64_t{0} && asking.basis == 0) return Reason::kBasisMissing;
  if (gateway_matters && clause.gateways != 0 && ((clause.gateways & asking.gateway) == 0)) {
    return Reason::kGatewayMissing;
  }
  if (asking.request.user.empty()) {
    if (!clause.unattended) return Reason::kPersonRequired;
  } else if (clause.roles != 0 &&
             (asking.role == 0 || !policy.role_sets[clause.roles][asking.role - 1])) {
    return Reason::kRoleNotEntitled;
  }
  const CompiledAgreement& agreement = policy.agreements[clause.agreement];
  if (!agreement.all_signed &&
      !std::binary_search(agreement.signed_by.begin(), agreement.signed_by.end(),
                          asking.supplier.agency)) {
    return Reason::kAgreementUnsigned;
  }
  return Reason::kNone;
}

}  // namespace

PartMask Residual::LeftToPeople() const {
  const bool by_gateway = gateway_human_ == policy_proto::HUMAN_DECISION_UNLESS_STANDING_DECISION ||
                          gateway_human_ == policy_proto::HUMAN_DECISION_UNLESS_APPROVED;
  PartMask left = 0;
  for (const Candidate& grant : grants_) {
    const bool left_by_gateway =
        by_gateway && grant.clause->gateways != 0 && grant.clause->break_glass_cap == 0;
    if (grant.clause->effect == Effect::kRefer || left_by_gateway) left |= grant.parts;
  }
  for (const Candidate& forbid : forbids_) {
    const bool whoever = forbid.clause->guards == forbid.clause->request_guards;
    if (whoever) left &= ~forbid.parts;
  }
  return left & asked_;
}

void Residual::ConsiderExistence(const Asking& asking, const CompiledClause& clause) {
  if (existence_granted_ || clause.effect != Effect::kPermit || clause.break_glass_cap != 0 ||
      (clause.disclosures & DisclosureBit(DisclosureKind::kExistence)) == 0 ||
      clause.guards != clause.request_guards) {
    return;
  }
  existence_granted_ =
      Lacking(*policy_, clause, asking, /*gateway_matters=*/false) == Reason::kNone &&
      RequestGuardsHold(*policy_, clause, asking.request, asking.now);
}

void Residual::ConsiderGrant(const Asking& asking, const CompiledClause& clause, PartMask parts) {
  const PolicyRequest& request = asking.request;
  if (clause.break_glass_cap != 0 && !request.break_glass.has_value()) return;
  const Reason lacking = Lacking(*policy_, clause, asking, /*gateway_matters=*/true);
  if (lacking != Reason::kNone) {
    Fail(lacking, parts);
  } else if (clause.break_glass_cap != 0 &&
             (request.break_glass->reason.empty() || !request.break_glass->second_factor)) {
    Fail(Reason::kBreakGlassRefused, parts);
  } else if (!RequestGuardsHold(*policy_, clause, request, asking.now)) {
    Fail(Reason::kGuard, parts);
  } else {
    grants_.push_back({&clause, parts});
  }
}

void Residual::CollectClassDecisions(const Asking& asking) {
  const int purpose = asking.purpose == kNoPurposeKey ? -1 : static_cast<int>(asking.purpose) - 1;
  const int role = static_cast<int>(asking.role) - 1;
  if (purpose < 0 || role < 0) return;
  for (const StandingInfo& standing : policy_->vocabulary.standing_decisions) {
    if (standing.from > asking.now || asking.now >= standing.until) continue;
    if (standing.authority != request_->custodian.value()) continue;
    if (BitOf(static_cast<uint32_t>(standing.gateway) + 1) != asking.gateway) continue;
    if (standing.record_type != static_cast<int>(asking.record_type) - 1) continue;
    if (!standing.purposes[purpose] || !standing.roles[role]) continue;
    const auto& to = standing.recipients;
    if (!to.empty() && !std::binary_search(to.begin(), to.end(), request_->agency.value())) {
      continue;
    }
    if (class_decision_ == nullptr) class_decision_ = &standing.id;
    class_decided_ |= standing.parts;
  }
}

}  // namespace ehc
