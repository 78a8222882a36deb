// Containment and overlap of clauses, dimension by dimension. Exact over everything but guards,
// which compare as equal or not.
#ifndef EHC_SERVER_POLICY_BOX_ALGEBRA_H_
#define EHC_SERVER_POLICY_BOX_ALGEBRA_H_

#include "server/policy/clause_box.h"

namespace ehc {

// Every request that `inner` answers, in everything but parts, `outer` answers too.
bool CoversButParts(const ClauseBox& outer, const ClauseBox& inner);

// Some request is answered by both, for some part. What an agency's type is, no policy says: an
// agency and a type overlap.
bool Overlap(const ClauseBox& a, const ClauseBox& b);

// Two guards of one clause that cannot hold together; for a PERMIT, where unknown input is a no.
bool Contradict(const Guard& a, const Guard& b, Effect effect);

PartMask PartsOf(const ClauseBox& box, int record_type);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_BOX_ALGEBRA_H_
