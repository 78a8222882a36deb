// The compiled policy: what PolicySnapshot holds and the engine reads. Immutable.
#ifndef EHC_SERVER_POLICY_COMPILED_H_
#define EHC_SERVER_POLICY_COMPILED_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "server/model/decision.h"
#include "server/policy/clause_box.h"
#include "server/policy/clause_index.h"
#include "server/policy/name_table.h"
#include "server/policy/planning_terms.h"
#include "server/policy/scoring_models.h"
#include "server/policy/vocabulary.h"

namespace ehc {

// One cache line. Days begin at midnight, so whole seconds (clamped to 1970–2106) are exact.
struct alignas(64) CompiledClause {
  uint64_t lawful_bases = 0;
  uint64_t special_bases = 0;
  uint64_t gateways = 0;
  uint32_t from = 0;
  uint32_t until = 0;  // exclusive
  uint32_t roles = 0;  // in CompiledPolicy::role_sets; 0: any
  uint32_t agreement = 0;
  uint32_t guards_begin = 0;
  uint32_t obligations_begin = 0;
  uint16_t request_guards = 0;  // the first guards: decided by the request alone
  uint16_t guards = 0;
  uint16_t obligations = 0;
  uint16_t break_glass_cap = 0;  // 0: not of the break-glass class
  uint8_t disclosures = 0;
  Effect effect = Effect::kPermit;
  ConsentRule consent = ConsentRule::kNotConsulted;
  bool unattended = false;
  bool may_be_overridden = false;
  bool depends_on_subject = false;
  bool tests_flags = false;
  bool counts = false;  // has a guard on the rate

  bool InForce(int64_t seconds) const { return from <= seconds && seconds < until; }
};
static_assert(sizeof(CompiledClause) == 64, "one cache line");

struct CompiledAgreement {
  AgreementId id;
  int64_t from = 0;
  int64_t until = 0;
  bool suspended = false;
  bool all_signed = false;          // signatures are not required, or every custodian signed
  std::vector<uint32_t> signed_by;  // agency numbers, sorted
  absl::InlinedVector<uint32_t, 4> lineage;  // itself first, then its parents
  ShapeSet grant_shapes = 0;                 // of its own permits and referrals
  bool counts = false;                       // some clause that may apply under it has a rate
};

// When a term may be used, by its number in a NameTable (index 0: an unknown name, never).
struct TermWindow {
  int64_t from = 0;
  int64_t until = 0;
};

struct TermTable {
  NameTable names;  // numbers are the vocabulary's plus one
  std::vector<TermWindow> windows;

  // The number of a code in use now; 0 otherwise.
  uint32_t FindEffective(absl::string_view code, int64_t now) const {
    const uint32_t number = names.Find(code);
    const TermWindow& window = windows[number];
    return window.from <= now && now < window.until ? number : 0;
  }
};

struct CompiledPolicy {
  std::string revision;
  PolicyDocument document;
  Vocabulary vocabulary;
  ScoringModels scoring_models;
  PlanningTerms planning_terms;
  std::vector<ClauseBox> boxes;  // canonical order: by agreement and clause id

  TermTable agency_types;
  TermTable roles;
  TermTable purposes;
  TermTable lawful_bases;
  TermTable special_bases;
  TermTable gateways;
  TermTable record_types;
  NameTable agencies;
  NameTable regions;
  NameTable units;
  NameTable agreement_names;  // numbers are indexes in agreements plus one

  std::vector<CompiledAgreement> agreements;
  std::vector<CompiledClause> clauses;   // parallel to boxes
  std::vector<ClauseInfo> clause_infos;  // parallel to boxes
  std::vector<Guard> guards;             // clauses with the same conditions share them
  std::vector<RoleSet> role_sets;
  std::vector<std::vector<uint32_t>> unit_sets;
  std::vector<ObligationInfo> obligation_pool;
  std::vector<uint32_t> clause_obligations;  // in obligation_pool
  ShapeSet forbid_shapes = 0;
  ClauseIndex index;
  ClauseIndex whatever_purpose;  // permits and referrals with the purpose left out: for explaining
};

// Compiles what ResolveClauses made; `boxes` are in canonical order.
void CompileClauses(CompiledPolicy* policy);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_COMPILED_H_
