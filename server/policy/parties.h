#ifndef EHC_SERVER_POLICY_PARTIES_H_
#define EHC_SERVER_POLICY_PARTIES_H_

#include <string>

#include "server/policy/document.h"
#include "server/policy/snapshot.h"
#include "server/policy/vocabulary.h"

namespace ehc {

struct Organisation {
  AgencyId id;
  std::string type;    // "NHS_TRUST"
  std::string region;  // may be empty
};

// Whether the party is the organisation: by name, or by its type (a wider type covers the narrower)
// and area, or one of the areas that have come in its place.
bool Covers(const Vocabulary& vocabulary, const policy_proto::Party& party,
            const Organisation& organisation);

// Whether the organisation is a party to the agreement: by name, or by its type (a wider type
// covers the narrower) and area. False for an agreement that there is not.
bool IsParty(const PolicySnapshot& snapshot, const AgreementId& agreement,
             const Organisation& organisation);

// Whether it is a party to the agreement or to one below it, whose permits rest on this one too.
bool Concerns(const PolicySnapshot& snapshot, const AgreementId& agreement,
              const Organisation& organisation);

// False where it names custodians and none of them has signed it as it stands: it permits nothing.
bool IsSigned(const PolicySnapshot& snapshot, const AgreementSummary& agreement);

size_t ClauseCount(const PolicySnapshot& snapshot);

// Whether it is a custodian that the agreement names.
bool IsNamedCustodian(const AgreementSummary& agreement, const AgencyId& agency);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_PARTIES_H_
