// Agreements in plain English: what the parties read, approve and sign.
#ifndef EHC_SERVER_POLICY_RENDER_H_
#define EHC_SERVER_POLICY_RENDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/model/names.h"
#include "server/policy/clause_box.h"
#include "server/policy/snapshot.h"

namespace ehc {

// The whole agreement with a matrix of fields. NOT_FOUND without such an agreement.
absl::StatusOr<std::string> RenderMarkdown(const PolicySnapshot& snapshot, const AgreementId& id);
// The same as one page that prints, without anything to load from elsewhere.
absl::StatusOr<std::string> RenderHtml(const PolicySnapshot& snapshot, const AgreementId& id);

// Who on one side of a clause: "kings-park-nhs-trust (any unit)".
std::string OrganisationText(const std::vector<OrganisationBox>& organisations,
                             const Vocabulary& vocabulary);
// "EHC_PLAN: C, G"
std::string CoverText(const ClauseBox& box, const Vocabulary& vocabulary);
std::string RoleText(const ClauseBox& box, const Vocabulary& vocabulary);
std::string PurposeText(const ClauseBox& box, const Vocabulary& vocabulary);
std::string DisclosureText(uint8_t disclosures);
// "until 31 December 2029"'s day: 2029-12-31.
std::string LastDay(absl::Time until);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_RENDER_H_
