#include "server/policy/compiled.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace ehc {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

uint32_t ClampedSeconds(absl::Time time) {
  return static_cast<uint32_t>(
      std::clamp<int64_t>(absl::ToUnixSeconds(time), 0, std::numeric_limits<uint32_t>::max()));
}

TermWindow WindowOf(const TermInfo& term) {
  if (term.switched_off) return {kNever, kNever};
  return {absl::ToUnixNanos(term.from), absl::ToUnixNanos(term.until)};
}

TermTable TableOf(const TermList& list) {
  TermTable table;
  table.windows.push_back({kNever, kNever});
  for (int i = 0; i < list.size(); ++i) {
    const uint32_t number = table.names.Add(list[i].code);
    for (const std::string& synonym : list[i].synonyms) table.names.AddAlias(synonym, number);
    table.windows.push_back(WindowOf(list[i]));
  }
  return table;
}

class Compiler {
 public:
  explicit Compiler(CompiledPolicy* policy) : policy_(*policy) {
    policy_.role_sets.emplace_back();
    policy_.unit_sets.emplace_back();
  }

  void Run() {
    CollectObligations();
    for (size_t i = 0; i < policy_.boxes.size(); ++i) {
      policy_.clauses.push_back(Compile(policy_.boxes[i]));
      policy_.clause_infos.push_back(policy_.boxes[i].info);
      Index(policy_.boxes[i], static_cast<uint32_t>(i));
    }
    NoteWhatCounts();
    policy_.index = ClauseIndex(building_);
    policy_.whatever_purpose = ClauseIndex(whatever_purpose_);
  }

 private:
  // Every agreement's forbids apply; permits and referrals are its own and its parents'.
  void NoteWhatCounts() {
    bool some_forbid_counts = false;
    std::vector<bool> own(policy_.agreements.size());
    for (const CompiledClause& clause : policy_.clauses) {
      if (!clause.counts) continue;
      own[clause.agreement] = true;
      some_forbid_counts |= clause.effect == Effect::kForbid;
    }
    for (CompiledAgreement& agreement : policy_.agreements) {
      agreement.counts =
          some_forbid_counts || std::any_of(agreement.lineage.begin(), agreement.lineage.end(),
                                            [&](uint32_t number) { return own[number]; });
    }
  }

  // The pool is in order of code and detail, so that equal obligations are one and order is
  // canonical.
  void CollectObligations() {
    for (const ClauseBox& box : policy_.boxes) {
      for (const ObligationInfo& info : box.obligations) obligations_[{info.code, info.detail}] = 0;
    }
    for (auto& [key, number] : obligations_) {
      number = static_cast<uint32_t>(policy_.obligation_pool.size());
      policy_.obligation_pool.push_back({key.first, key.second});
    }
  }

  uint32_t RoleSetOf(const ClauseBox& box) {
    if (box.any_role) return 0;
    const auto [found, added] =
        role_sets_.emplace(box.roles.to_string(), static_cast<uint32_t>(policy_.role_sets.size()));
    if (added) {
      // Numbers in TermTables are the vocabulary's plus one.
      policy_.role_sets.push_back(box.roles);
    }
    return found->second;
  }

  uint32_t UnitSetOf(const std::vector<std::string>& units) {
    if (units.empty()) return 0;
    std::vector<uint32_t> numbers;
    for (const std::string& unit : units) numbers.push_back(policy_.units.Add(unit));
    std::sort(numbers.begin(), numbers.end());
    const auto [found, added] =
        unit_sets_.emplace(numbers, static_cast<uint32_t>(policy_.unit_sets.size()));
    if (added) policy_.unit_sets.push_back(std::move(numbers));
    return found->second;
  }

  uint32_t GuardsOf(const ClauseBox& box) {
    std::string key;
    for (const Guard& guard : box.guards) {
      absl::StrAppend(&key, static_cast<int>(guard.kind), ",", static_cast<int>(guard.quantifier),
                      ",", guard.of_caller, ",", guard.bits, ",", guard.low, ",", guard.high, ",",
                      absl::StrJoin(guard.codes, ","), ";");
    }
    const auto [found, added] = guards_.emplace(key, static_cast<uint32_t>(policy_.guards.size()));
    if (added) policy_.guards.insert(policy_.guards.end(), box.guards.begin(), box.guards.end());
    return found->second;
  }

  uint32_t ObligationsOf(const ClauseBox& box) {
    std::vector<uint32_t> numbers;
    for (const ObligationInfo& info : box.obligations) {
      numbers.push_back(obligations_[{info.code, info.detail}]);
    }
    const auto [found, added] = obligation_lists_.emplace(
        numbers, static_cast<uint32_t>(policy_.clause_obligations.size()));
    if (added) {
      policy_.clause_obligations.insert(policy_.clause_obligations.end(), numbers.begin(),
                                        numbers.end());
    }
    return found->second;
  }

  CompiledClause Compile(const ClauseBox& box) {
    CompiledClause clause;
    clause.from = ClampedSeconds(box.from);
    clause.until = ClampedSeconds(box.until);
    clause.lawful_bases = box.lawful_bases;
    clause.special_bases = box.special_bases;
    clause.gateways = box.gateways;
    clause.roles = RoleSetOf(box);
    clause.agreement = static_cast<uint32_t>(box.agreement);
    clause.guards_begin = GuardsOf(box);
    clause.guards = static_cast<uint16_t>(box.guards.size());
    for (const Guard& guard : box.guards) {
      if (guard.stage() == GuardStage::kRequest) ++clause.request_guards;
      clause.tests_flags |= guard.kind == GuardKind::kSubjectFlag;
      clause.counts |= guard.kind == GuardKind::kRate;
    }
    clause.obligations_begin = ObligationsOf(box);
    clause.obligations = static_cast<uint16_t>(box.obligations.size());
    clause.disclosures = box.disclosures;
    clause.effect = box.effect;
    clause.consent = box.consent;
    clause.unattended = box.unattended;
    clause.may_be_overridden = box.break_glass_may_override;
    clause.depends_on_subject = box.DependsOnSubject();
    if (box.break_glass.has_value()) {
      clause.break_glass_cap =
          static_cast<uint16_t>(std::min<uint32_t>(box.break_glass->max_uses_per_day, 0xFFFF));
    }
    return clause;
  }

  struct Side {
    OrganisationShape shape;
    OrganisationKey key;
    uint32_t units;
  };

  Side SideOf(const OrganisationBox& box) {
    const uint32_t units = UnitSetOf(box.units);
    const uint32_t type = static_cast<uint32_t>(box.type + 1);
    switch (box.kind) {
      case OrganisationBox::Kind::kAny: return {kAnyone, PackOrganisation(kAnyone, 0, 0), units};
      case OrganisationBox::Kind::kAgency:
        return {kByAgency, PackOrganisation(kByAgency, policy_.agencies.Add(box.agency), 0), units};
      case OrganisationBox::Kind::kType:
        return {kByType, PackOrganisation(kByType, type, 0), units};
      case OrganisationBox::Kind::kTypeInRegion:
        return {kByTypeInRegion,
                PackOrganisation(kByTypeInRegion, type, policy_.regions.Add(box.region)), units};
    }
    return {kAnyone, 0, 0};
  }

  void Index(const ClauseBox& box, uint32_t number) {
    for (const OrganisationBox& recipient : box.recipients) {
      const Side from = SideOf(recipient);
      for (const OrganisationBox& supplier : box.suppliers) {
        const Side to = SideOf(supplier);
        ShapeSet& shapes = box.effect == Effect::kForbid
                               ? policy_.forbid_shapes
                               : policy_.agreements[box.agreement].grant_shapes;
        shapes |= ShapeSet{1} << MakeShape(from.shape, to.shape, !box.any_purpose);
        for (const CoverBox& cover : box.covers) {
          AddEntries(box, {number, from.units, to.units, cover.parts}, from.key, to.key,
                     static_cast<uint32_t>(cover.record_type + 1));
        }
      }
    }
  }

  void AddEntries(const ClauseBox& box, const ClauseEntry& entry, OrganisationKey from,
                  OrganisationKey to, uint32_t record_type) {
    const bool forbid = box.effect == Effect::kForbid;
    const uint32_t agreement = forbid ? 0 : static_cast<uint32_t>(box.agreement) + 1;
    const auto key = [&](uint32_t purpose) {
      return ClauseKey{from, to, ClauseKey::PackRest(agreement, record_type, purpose)};
    };
    if (box.any_purpose) {
      building_[key(kAnyPurposeKey)].push_back(entry);
    }
    for (int purpose : box.purposes) {
      building_[key(static_cast<uint32_t>(purpose + 1))].push_back(entry);
    }
    if (!forbid) whatever_purpose_[key(kAnyPurposeKey)].push_back(entry);
  }

  CompiledPolicy& policy_;
  ClauseIndex::Building building_;
  ClauseIndex::Building whatever_purpose_;
  std::map<std::string, uint32_t> guards_;
  std::map<std::vector<uint32_t>, uint32_t> obligation_lists_;
  std::map<std::pair<std::string, std::string>, uint32_t> obligations_;
  std::map<std::string, uint32_t> role_sets_;
  std::map<std::vector<uint32_t>, uint32_t> unit_sets_;
};

}  // namespace

void CompileClauses(CompiledPolicy* policy) {
  const Vocabulary& words = policy->vocabulary;
  policy->agency_types = TableOf(words.agency_types);
  policy->roles = TableOf(words.roles);
  policy->purposes = TableOf(words.purposes);
  policy->lawful_bases = TableOf(words.lawful_bases);
  policy->special_bases = TableOf(words.special_bases);
  policy->gateways = TableOf(words.gateways);
  policy->record_types = TableOf(words.record_types);
  Compiler(policy).Run();
}

}  // namespace ehc
