// Registering a child and linking identifiers. Always succeeds identically: whether the child was
// known, and whether an identifier belongs to somebody else, is never told; conflicts go to a
// review queue.
#ifndef EHC_SERVER_SERVICES_REGISTRATION_H_
#define EHC_SERVER_SERVICES_REGISTRATION_H_

#include <memory>
#include <vector>

#include "ehc/hub/v1/subject.pb.h"
#include "server/matching/index.h"
#include "server/services/common.h"

namespace ehc {

// One identifier of a message, which stands at `field`, in canonical form. FIELD_INVALID names the
// rule it breaks.
absl::StatusOr<Identifier> ReadIdentifier(const Desks& desks, const hub::v1::Identifier& message,
                                          absl::string_view field);

// All answer with a Written whose value is a RegisterSubjectResponse. FIELD_INVALID also for a name
// that cannot be compared: nobody would ever find the child by it.
absl::StatusOr<std::shared_ptr<const Mutation>> MakeRegistration(
    const Desks& desks, const MatchIndex& matches, const Caller& caller,
    const hub::v1::PersonDetails& person, const std::vector<hub::v1::Identifier>& identifiers);
absl::StatusOr<std::shared_ptr<const Mutation>> MakeLink(const Desks& desks,
                                                         const hub::v1::Identifier& identifier);
absl::StatusOr<std::shared_ptr<const Mutation>> MakeSupersession(
    const Desks& desks, const hub::v1::Identifier& superseded,
    const hub::v1::Identifier& replacement);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_REGISTRATION_H_
