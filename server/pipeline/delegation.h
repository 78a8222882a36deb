// One agency acts for another, by a delegation that both have agreed to (ADR 0047). The delegation
// is a matter between the two; services/delegations.h opens, accepts and ends it.
#ifndef EHC_SERVER_PIPELINE_DELEGATION_H_
#define EHC_SERVER_PIPELINE_DELEGATION_H_

#include "absl/status/status.h"
#include "ehc/hub/v1/delegation.pb.h"
#include "server/model/case_file.h"
#include "server/pipeline/names.h"
#include "server/storage/store.h"

namespace ehc {

inline constexpr char kDelegationKind[] = "DELEGATION";
inline constexpr char kDelegations[] = "delegations";

// Where a delegation stands at a moment. Pure: nothing ends it but the two agencies and the clock.
hub::v1::DelegationState StateAt(const hub::v1::Delegation& delegation, absl::Time now);

// Puts the agency that the call names in on_behalf_of into the request in the caller's place, with
// the unit and role that its delegation says, where one is in force for the caller's role, the
// purpose and the record type; the delegation and that agency join the read set, so that whoever
// ends it stops what has not been committed. Otherwise the request is the caller's own. It reads
// nothing about any child. An error means that the store could not be read.
absl::Status StandIn(CaseFile& file, ReadView& view, const SubjectNames& names);

// Whether the call was to be in another's name and nothing lets it: it is then refused.
bool LacksDelegation(const CaseFile& file);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_DELEGATION_H_
