// Registrations that nearly are another child's: who was registered twice, under two numbers or in
// other words, goes to the hub's identity officers. Worked out after the registration was answered,
// so that neither the answer nor its time tells of anybody (docs/adr/0039).
#ifndef EHC_SERVER_SERVICES_NEAR_MATCHES_H_
#define EHC_SERVER_SERVICES_NEAR_MATCHES_H_

#include "server/matching/index.h"
#include "server/services/match_reviews.h"

namespace ehc {

class NearMatches {
 public:
  // Both outlive this.
  NearMatches(const Desks& desks, const MatchIndex& matches) : desks_(desks), matches_(matches) {}

  // Whether anybody is so like the child that somebody must look; reads no store.
  bool HasAny(SubjectId subject, absl::Time now) const;

  // The reviews to be opened about the child, and what that rests on; no changes: none. Nobody is
  // asked about a severed or hidden identity, twice about the same two, or about more than
  // policies/matching lets stand open. No reads either: the view does not have the child yet.
  absl::StatusOr<Plan> PlanFor(SubjectId subject, const PolicySnapshot& policy, absl::Time now,
                               ReadView& view) const;

 private:
  std::vector<MatchCandidate> Alike(SubjectId subject, absl::Time now) const;

  const Desks& desks_;
  const MatchIndex& matches_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_NEAR_MATCHES_H_
