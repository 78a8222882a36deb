// Taking two registrations for one child, and one child for two again (docs/adr/0027).
#ifndef EHC_SERVER_SERVICES_JOINS_H_
#define EHC_SERVER_SERVICES_JOINS_H_

#include <vector>

#include "server/services/incidents.h"
#include "server/services/match_reviews.h"

namespace ehc {

// Adds the join to the plan. The child with the lower number stays the root.
absl::Status PlanJoin(const ReviewSides& sides, Plan& plan);

// Adds to the plan that both are two again, and an incident with its notices for every record that
// was disclosed as the other child's. REQUIRES: sides.joined().
absl::Status PlanSplit(const Desks& desks, const CaseFile& file, ReadView& view,
                       const ReviewSides& sides, Plan& plan);

// After the split: the same for what was disclosed while it was being planned. None can follow.
absl::Status PlanSplitCompletion(const Desks& desks, const CaseFile& file, ReadView& view,
                                 const ReviewSides& sides, Plan& plan);

// That two numbers are two children, whatever anybody finds: nobody is asked again.
absl::Status PlanKeepApart(const ReviewSides& sides, Plan& plan);

// That they are two, and that those of these identifiers which the other one is found by are the
// child's. To the agencies that stated them for the other they go on meaning that.
absl::Status PlanMoveIdentifiers(const Desks& desks, ReadView& view, const ReviewSides& sides,
                                 const std::vector<hub::v1::Identifier>& identifiers, Plan& plan);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_JOINS_H_
