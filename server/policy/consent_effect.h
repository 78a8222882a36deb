// What a consent would open: who, in which roles, could read which parts with it and not without.
#ifndef EHC_SERVER_POLICY_CONSENT_EFFECT_H_
#define EHC_SERVER_POLICY_CONSENT_EFFECT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/model/facts.h"
#include "server/model/request.h"
#include "server/policy/snapshot.h"

namespace ehc {

// Under one agreement.
struct ConsentOpening {
  AgreementId agreement;
  std::vector<std::string> roles;  // codes; a role stands for the narrower ones
  PartMask opened = 0;             // with the consent, and not without it
  PartMask open_anyway = 0;        // without it too
  absl::Time until;                // when the agreement ends
};

// Pure. `request` says which recipient, custodian, record type, parts and purpose; whatever else a
// clause asks of a reader (role, unit, basis, gateway, case reference, training) is taken as stated
// and true, so that what is left to decide is the child's. Emergency access is left out.
std::vector<ConsentOpening> OpeningsOf(const PolicyRequest& request, const Facts& without,
                                       const Facts& with, absl::Time now,
                                       const PolicySnapshot& snapshot);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_CONSENT_EFFECT_H_
