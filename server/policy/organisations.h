#ifndef EHC_SERVER_POLICY_ORGANISATIONS_H_
#define EHC_SERVER_POLICY_ORGANISATIONS_H_

#include "absl/strings/string_view.h"
#include "server/policy/document.h"
#include "server/policy/vocabulary.h"

namespace ehc {

// Where the shipped folder lists them; any vocabulary file may.
inline constexpr absl::string_view kOrganisationsFile = "vocabulary/agencies.textproto";

// Holds every organisation that an agreement names (parties, groups, clauses, onward recipients) to
// those that the vocabulary lists, and those that clauses name beside a party given by type to the
// parties as well. Where the vocabulary lists none, every name is taken.
void CheckOrganisations(const PolicyDocument& document, const Vocabulary& vocabulary,
                        Problems* problems);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_ORGANISATIONS_H_
