// What the hub knows about one child that bears on one request. Assembled from storage only
// (pipeline/facts.h), in the same shape whether or not the child exists: what is absent is a
// default. Decide() reads nothing else.
#ifndef EHC_SERVER_MODEL_FACTS_H_
#define EHC_SERVER_MODEL_FACTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/inlined_vector.h"
#include "server/model/date.h"
#include "server/model/names.h"
#include "server/model/record.h"

namespace ehc {

// Relationships of an agency to the child. Bits, so that a guard is one AND.
enum RelationshipBit : uint32_t {
  kNamedInstitution = 1u << 0,  // Section I
  kResponsibleCommissioner = 1u << 1,
  kEnrolled = 1u << 2,  // on roll
  kKeyWorker = 1u << 3,
  kMaintainingAuthority = 1u << 4,
  kRepresentative = 1u << 5,
  kCorporateParent = 1u << 6,  // parental responsibility under a care order
};

// Labels of domain §3.4, and need-to-know flags.
enum ProtectionBit : uint32_t {
  kAddressRestricted = 1u << 0,
  kIdentitySevered = 1u << 1,
  kThirdParty = 1u << 2,
  kSensitiveService = 1u << 3,
  kPoliceIntelligence = 1u << 4,
  kYouthJustice = 1u << 5,
  kCourtRestricted = 1u << 6,
  kHomelessness = 1u << 7,
  kGang = 1u << 8,
  kFgm = 1u << 9,
};

// Who decides for the child today (C&F Act 2014 s.80, SEND Regs 2014 regs 63-64, Gillick).
enum class DecisionMaker { kUnknown, kParent, kCompetentChild, kYoungPerson, kRepresentative };

// Per asked part: what the decision-maker has said about this recipient, purpose and record type. A
// part is in at most one mask; in none: never asked.
struct ConsentFacts {
  PartMask given = 0;
  PartMask refused = 0;  // by the decision-maker: beats another's grant
  PartMask withdrawn = 0;
  PartMask expired = 0;
  PartMask superseded = 0;          // SUPERSEDED_BY_ADULTHOOD
  PartMask not_decision_maker = 0;  // given only by somebody who does not decide
  PartMask conflict = 0;  // two holders of parental responsibility disagree: a human decides
  absl::InlinedVector<std::string, 2> ids;  // the consents that these masks rest on, for the audit
};

struct Facts {
  // False: something could not be read. Nothing is then decided (UNAVAILABLE).
  bool complete = true;
  bool subject_known = false;  // read by the load stage and the wire outcome, never by a clause
  std::optional<Date> date_of_birth;
  std::optional<Date> school_leaving_date;
  Date today;  // Europe/London
  DecisionMaker decision_maker = DecisionMaker::kUnknown;
  uint32_t caller_relationships = 0;  // RelationshipBit, in force today
  uint32_t custodian_relationships = 0;
  uint32_t protections = 0;          // ProtectionBit, in force
  uint32_t cleared_protections = 0;  // of those: the custodian listed this caller
  ConsentFacts consent;
  // Parts for which the custodian has recorded a standing decision about this child that serves the
  // gateway, recipient, role and purpose of the request (SEND Regs 2014 reg 17).
  PartMask standing_decision = 0;
  absl::InlinedVector<std::string, 1> standing_ids;  // "standing/7 SEND_MANAGER": those decisions
  // The record has moved to another authority with the child's plan: what the custodian keeps is a
  // retention copy, and the caller is not whom it went to.
  bool moved_away = false;
  // Parts to which a person at the custodian said yes, by a record request of this caller's unit
  // and role, and for which that yes lasts. It turns a referral into a permit, and nothing else.
  PartMask approved = 0;
  std::string area;  // local authority code of the child's home authority; empty: not known
  // Disclosures that a clause with a rate has let this custodian make to the acting person today
  // (Europe/London) under the agreement stated; absent: it has no such clause.
  std::optional<uint32_t> disclosures_today;
  // Break-glass uses of the acting person today, whosesoever records, and whether one that is
  // unreviewed past its time, or was found not justified, has suspended theirs.
  uint32_t break_glass_uses_today = 0;
  bool break_glass_suspended = false;
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_FACTS_H_
