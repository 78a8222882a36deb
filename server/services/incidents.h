// Recalled pushes: who had received what was recalled, the incident that says so, and the notices
// to those who did.
#ifndef EHC_SERVER_SERVICES_INCIDENTS_H_
#define EHC_SERVER_SERVICES_INCIDENTS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "ehc/hub/v1/custody.pb.h"
#include "ehc/store/v1/custody.pb.h"
#include "server/model/audit_entry.h"
#include "server/services/matters.h"
#include "server/services/seen_disclosures.h"

namespace ehc {

struct Incidents {
  using Body = store::v1::IncidentBody;
  using Value = hub::v1::Incident;
  static constexpr char kKind[] = "INCIDENT";
  static constexpr char kCollection[] = "incidents";
  static std::string UnitOf(const Opened<Incidents>& opened, Side);
};

// What the audit log has, and the incident has not yet, of disclosures of the versions recalled.
// After the record was withdrawn no more can come.
absl::StatusOr<std::vector<store::v1::SeenDisclosure>> DisclosuresMissingFrom(
    const Opened<Incidents>& incident, ReadView& view);

// Writes disclosures into the incident and into a notice for each unit that received one; adds the
// notices, not the incident, to the plan.
absl::Status SendNotices(const Desks& desks, const CaseFile& file, ReadView& view,
                         std::vector<store::v1::SeenDisclosure> missing,
                         Opened<Incidents>& incident, Plan& plan);

// For showing an incident whose recall was cut short: recipients without a notice yet.
absl::Status AddUnlisted(ReadView& view, Opened<Incidents>& incident);

bool AwaitsRecipients(const Opened<Incidents>& incident);

MatterShow<Incidents> IncidentShow(const Desks& desks, bool with_recipients);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_INCIDENTS_H_
