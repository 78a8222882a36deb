#include "server/policy/box_algebra.h"

#include <algorithm>

namespace ehc {
namespace {

using Kind = OrganisationBox::Kind;

bool CoversUnits(const OrganisationBox& outer, const OrganisationBox& inner) {
  return outer.units.empty() ||
         (!inner.units.empty() && std::includes(outer.units.begin(), outer.units.end(),
                                                inner.units.begin(), inner.units.end()));
}

bool Covers(const OrganisationBox& outer, const OrganisationBox& inner) {
  if (!CoversUnits(outer, inner)) return false;
  switch (outer.kind) {
    case Kind::kAny: return true;
    case Kind::kAgency: return inner.kind == Kind::kAgency && inner.agency == outer.agency;
    case Kind::kType:
      return (inner.kind == Kind::kType || inner.kind == Kind::kTypeInRegion) &&
             inner.type == outer.type;
    case Kind::kTypeInRegion:
      return inner.kind == Kind::kTypeInRegion && inner.type == outer.type &&
             inner.region == outer.region;
  }
  return false;
}

bool CoversAll(const std::vector<OrganisationBox>& outer,
               const std::vector<OrganisationBox>& inner) {
  return std::all_of(inner.begin(), inner.end(), [&](const OrganisationBox& one) {
    return std::any_of(outer.begin(), outer.end(),
                       [&](const OrganisationBox& cover) { return Covers(cover, one); });
  });
}

bool Overlap(const OrganisationBox& a, const OrganisationBox& b) {
  const bool units = a.units.empty() || b.units.empty() ||
                     std::find_first_of(a.units.begin(), a.units.end(), b.units.begin(),
                                        b.units.end()) != a.units.end();
  if (!units) return false;
  if (a.kind == Kind::kAgency && b.kind == Kind::kAgency) return a.agency == b.agency;
  const auto by_type = [](Kind kind) { return kind == Kind::kType || kind == Kind::kTypeInRegion; };
  if (!by_type(a.kind) || !by_type(b.kind)) return true;
  const bool regions = a.kind == Kind::kType || b.kind == Kind::kType || a.region == b.region;
  return a.type == b.type && regions;
}

bool OverlapAny(const std::vector<OrganisationBox>& a, const std::vector<OrganisationBox>& b) {
  return std::any_of(a.begin(), a.end(), [&](const OrganisationBox& one) {
    return std::any_of(b.begin(), b.end(),
                       [&](const OrganisationBox& other) { return Overlap(one, other); });
  });
}

// Bits that a request states one of; 0 asks for none.
bool CoversGround(uint64_t outer, uint64_t inner) {
  return outer == 0 || outer == ~uint64_t{0} || (inner != 0 && (inner & ~outer) == 0);
}

bool OverlapGround(uint64_t a, uint64_t b) { return a == 0 || b == 0 || (a & b) != 0; }

bool SameGuard(const Guard& a, const Guard& b) {
  return a.kind == b.kind && a.quantifier == b.quantifier && a.of_caller == b.of_caller &&
         a.bits == b.bits && a.low == b.low && a.high == b.high && a.codes == b.codes;
}

}  // namespace

PartMask PartsOf(const ClauseBox& box, int record_type) {
  for (const CoverBox& cover : box.covers) {
    if (cover.record_type == record_type) return cover.parts;
  }
  return 0;
}

bool CoversButParts(const ClauseBox& outer, const ClauseBox& inner) {
  const bool guards =
      std::all_of(outer.guards.begin(), outer.guards.end(), [&](const Guard& guard) {
        return std::any_of(inner.guards.begin(), inner.guards.end(),
                           [&](const Guard& other) { return SameGuard(guard, other); });
      });
  if (!guards || (inner.disclosures & ~outer.disclosures) != 0) return false;
  if (outer.from > inner.from || outer.until < inner.until) return false;
  if (!outer.any_purpose &&
      (inner.any_purpose || !std::includes(outer.purposes.begin(), outer.purposes.end(),
                                           inner.purposes.begin(), inner.purposes.end()))) {
    return false;
  }
  if (!outer.any_role &&
      (inner.any_role || inner.unattended || (inner.roles & ~outer.roles).any())) {
    return false;
  }
  return CoversGround(outer.lawful_bases, inner.lawful_bases) &&
         CoversGround(outer.special_bases, inner.special_bases) &&
         CoversGround(outer.gateways, inner.gateways) &&
         CoversAll(outer.recipients, inner.recipients) &&
         CoversAll(outer.suppliers, inner.suppliers);
}

bool Overlap(const ClauseBox& a, const ClauseBox& b) {
  if ((a.disclosures & b.disclosures) == 0 || a.from >= b.until || b.from >= a.until) return false;
  const bool parts = std::any_of(a.covers.begin(), a.covers.end(), [&](const CoverBox& cover) {
    return (cover.parts & PartsOf(b, cover.record_type)) != 0;
  });
  const bool roles = a.any_role || b.any_role || (a.roles & b.roles).any();
  const bool purposes = a.any_purpose || b.any_purpose ||
                        std::find_first_of(a.purposes.begin(), a.purposes.end(), b.purposes.begin(),
                                           b.purposes.end()) != a.purposes.end();
  return parts && roles && purposes && OverlapGround(a.lawful_bases, b.lawful_bases) &&
         OverlapGround(a.special_bases, b.special_bases) && OverlapGround(a.gateways, b.gateways) &&
         OverlapAny(a.recipients, b.recipients) && OverlapAny(a.suppliers, b.suppliers);
}

bool Contradict(const Guard& a, const Guard& b, Effect effect) {
  if (a.kind != b.kind || a.of_caller != b.of_caller) return false;
  const auto excludes = [](const Guard& x, const Guard& y) {
    if (x.quantifier != policy_proto::QUANTIFIER_NONE) return false;
    return (y.quantifier == policy_proto::QUANTIFIER_ALL && (x.bits & y.bits) != 0) ||
           (y.quantifier == policy_proto::QUANTIFIER_ANY && (y.bits & ~x.bits) == 0);
  };
  switch (a.kind) {
    case GuardKind::kSubjectFlag:
    case GuardKind::kRelationship: return excludes(a, b) || excludes(b, a);
    case GuardKind::kDateWindow: return a.low >= b.high || b.low >= a.high;
    case GuardKind::kHours:
      return a.low >= b.high || b.low >= a.high ||
             (a.bits != 0 && b.bits != 0 && (a.bits & b.bits) == 0);
    case GuardKind::kAge: return effect == Effect::kPermit && (a.low > b.high || b.low > a.high);
    case GuardKind::kSchoolLeaving: return effect == Effect::kPermit && a.bits != b.bits;
    case GuardKind::kDecisionMaker: return effect == Effect::kPermit && (a.bits & b.bits) == 0;
    case GuardKind::kRegion:
    case GuardKind::kArea:
      return effect == Effect::kPermit &&
             std::find_first_of(a.codes.begin(), a.codes.end(), b.codes.begin(), b.codes.end()) ==
                 a.codes.end();
    default: return false;
  }
}

}  // namespace ehc
