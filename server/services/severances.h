// Identities that are to behave as unknown: one person asks, another confirms; and, where that was
// an error, one asks and another confirms that they are known again. The matter names no child to
// the store, so that it stays, as the record of the act, when everything about the child is hidden.
#ifndef EHC_SERVER_SERVICES_SEVERANCES_H_
#define EHC_SERVER_SERVICES_SEVERANCES_H_

#include <memory>
#include <string>

#include "ehc/hub/v1/subject_service.pb.h"
#include "ehc/store/v1/match_review.pb.h"
#include "server/services/matters.h"

namespace ehc {

struct Severances {
  using Body = store::v1::SeveranceBody;
  using Value = hub::v1::Severance;
  static constexpr char kKind[] = "SEVERANCE";
  static constexpr char kCollection[] = "severances";
  static std::string UnitOf(const Opened<Severances>& opened, Side side);
};

// FIELD_INVALID where the request neither asks nor confirms, or does both.
absl::Status CheckSeverance(const hub::v1::SeverIdentityRequest& request);

// The child that the request is about: named by it, or by the caller's severance.
absl::StatusOr<SubjectRef> ChildOfSeverance(const Desks& desks, const Caller& caller,
                                            const hub::v1::SeverIdentityRequest& request);

std::shared_ptr<const Mutation> MakeSeverance(const Desks& desks,
                                              const hub::v1::SeverIdentityRequest& request);

// Takes a severance back. The call names no child, for there is none until the second person has
// confirmed (docs/adr/0038).
std::shared_ptr<const Mutation> MakeRestoration(const Desks& desks,
                                                const hub::v1::RestoreIdentityRequest& request);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_SEVERANCES_H_
