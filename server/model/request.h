// What a caller asks, as the policy engine sees it: plain values, known before anything is read
// about the child.
#ifndef EHC_SERVER_MODEL_REQUEST_H_
#define EHC_SERVER_MODEL_REQUEST_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/model/names.h"
#include "server/model/record.h"

namespace ehc {

// The two disclosures, decided separately, and the push that only says "something changed".
enum class DisclosureKind { kExistence, kContent, kNotify };

struct BreakGlass {
  std::string reason;
  bool second_factor = false;  // proven: a fresh one, over this very request
  std::string claim{};         // as stated: the one-time name of the approval that proves it

  friend bool operator==(const BreakGlass&, const BreakGlass&) = default;
};

// Who really asks, where it asks in another's name.
struct Stand {
  AgencyId agency;
  std::string agency_type;
  std::string region;
  UnitId unit;
  std::string role;

  friend bool operator==(const Stand&, const Stand&) = default;
};

struct PolicyRequest {
  // Who asks. Agency, type and unit come from the certificate and the registry; the person from the
  // signed assertion. user is empty for an unattended system.
  AgencyId agency;
  std::string agency_type;  // "NHS_TRUST"
  std::string region;       // the agency's LA or police area code; may be empty
  UnitId unit;
  std::string user;
  std::string role;  // "SENCO": a code of policies/vocabulary
  std::optional<absl::Time> training_valid_until;
  bool strong_authentication = false;
  bool second_person_approved = false;
  AgencyId on_behalf_of;  // whom the caller says it acts for; empty: itself
  // Where something lets it (pipeline/delegation.h), that agency stands above and the caller here:
  // what is forbidden to the caller, or hidden from it, stays so.
  std::optional<Stand> by;

  // What is asked.
  DisclosureKind disclosure = DisclosureKind::kContent;
  AgencyId custodian;  // who holds it; resolved from the agreement when the caller names nobody
  UnitId custodian_unit;
  std::string custodian_type;    // the custodian's agency type, for clauses by type of supplier
  std::string custodian_region;  // its area code; may be empty
  std::string record_type;
  PartMask parts = 0;  // asked parts, over the snapshot's schema of record_type

  // On what ground.
  AgreementId agreement;
  std::string purpose;
  std::string lawful_basis;            // UK GDPR Art 6, e.g. "ART6_1_E"
  std::string special_category_basis;  // Art 9 / Sch 1, e.g. "ART9_2_H"; may be empty
  std::string gateway;                 // e.g. "R17_CONSENT"; may be empty
  std::string case_reference;
  std::string considered_by;
  std::string detriment_assessment;
  std::optional<BreakGlass> break_glass;

  friend bool operator==(const PolicyRequest&, const PolicyRequest&) = default;
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_REQUEST_H_
