// A clause with every word resolved: a box of finite sets and intervals plus guards. What the
// engine compiles, and what analysis and explanation compute with.
#ifndef EHC_SERVER_POLICY_CLAUSE_BOX_H_
#define EHC_SERVER_POLICY_CLAUSE_BOX_H_

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/model/decision.h"
#include "server/model/request.h"
#include "server/policy/document.h"
#include "server/policy/guard.h"
#include "server/policy/vocabulary.h"

namespace ehc {

enum class Effect : uint8_t { kPermit, kForbid, kRefer };
enum class ConsentRule : uint8_t { kNotConsulted, kRequired, kNotRefused };

using RoleSet = std::bitset<Vocabulary::kMaxRoles>;

inline constexpr uint8_t DisclosureBit(DisclosureKind kind) {
  return static_cast<uint8_t>(1u << static_cast<int>(kind));
}
inline constexpr uint8_t kEveryDisclosure = 7;

// One organisation, or all of one type, or everybody.
struct OrganisationBox {
  enum class Kind : uint8_t { kAny, kAgency, kType, kTypeInRegion };
  Kind kind = Kind::kAny;
  std::string agency;
  int type = -1;
  std::string region;
  std::vector<std::string> units;  // sorted; empty: any
};

struct CoverBox {
  int record_type = -1;
  PartMask parts = 0;
};

struct BreakGlassBox {
  int minutes = 0;
  uint32_t max_uses_per_day = 0;
};

struct ClauseBox {
  ClauseInfo info;
  std::string title;
  Place place;
  int agreement = -1;  // index in the document
  Effect effect = Effect::kPermit;
  std::vector<OrganisationBox> recipients;
  std::vector<OrganisationBox> suppliers;
  bool any_role = false;
  RoleSet roles;
  std::vector<CoverBox> covers;  // by record type
  uint8_t disclosures = 0;       // DisclosureBit
  bool any_purpose = false;
  std::vector<int> purposes;  // ascending
  uint64_t lawful_bases = 0;
  uint64_t special_bases = 0;  // 0: none is asked for
  uint64_t gateways = 0;       // 0: none is asked for
  ConsentRule consent = ConsentRule::kNotConsulted;
  absl::Time from = absl::InfinitePast();  // clause and agreement together; until is exclusive
  absl::Time until = absl::InfiniteFuture();
  std::vector<Guard> guards;  // by stage
  std::vector<ObligationInfo> obligations;
  bool unattended = false;
  std::optional<BreakGlassBox> break_glass;
  bool break_glass_may_override = false;

  bool DependsOnSubject() const {
    return !guards.empty() && guards.back().stage() == GuardStage::kSubject;
  }
};

// Resolves every clause of the agreement. What is wrong goes to `problems`.
std::vector<ClauseBox> ResolveClauses(const ParsedAgreement& agreement, int agreement_index,
                                      const Vocabulary& vocabulary, Problems* problems);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_CLAUSE_BOX_H_
