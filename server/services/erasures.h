// What may be erased and when, and erasures by two people.
#ifndef EHC_SERVER_SERVICES_ERASURES_H_
#define EHC_SERVER_SERVICES_ERASURES_H_

#include <memory>
#include <optional>
#include <string>

#include "ehc/hub/v1/retention_service.pb.h"
#include "ehc/store/v1/access.pb.h"
#include "server/model/retention.h"
#include "server/services/matter_mutations.h"

namespace ehc {

// Opener and addressee are the custodian; about nobody (subject 0), so that it outlives what it
// erases: the body has the child's number.
struct Erasures {
  using Body = store::v1::ErasureBody;
  using Value = hub::v1::Erasure;
  static constexpr char kKind[] = "ERASURE";
  static constexpr char kCollection[] = "erasures";
  static std::string UnitOf(const Opened<Erasures>& opened, Side);
};

// A record's retention by the policy in force.
struct Retention {
  const RetentionRule* rule = nullptr;  // null: no rule covers it
  std::optional<Date> ends;             // empty: the rule cannot say

  bool IsOver(Date today) const { return rule != nullptr && ends.has_value() && *ends <= today; }
};
Retention RetentionOf(const CaseFile& file, const RecordHead& head,
                      const store::v1::Dossier& dossier);

MatterShow<Erasures> ErasureShow(const Desks& desks);

std::shared_ptr<const Mutation> RequestingErasure(const Desks& desks, const Calendar& calendar,
                                                  const hub::v1::RequestErasureRequest& request);
// Carries it out: in the commit that approves it.
std::shared_ptr<const Mutation> ApprovingErasure(const Desks& desks, MatterId id,
                                                 const std::string& etag);
MatterEdit<Erasures>::Edit CancellingErasure(const hub::v1::CancelErasureRequest& request);

// The child that an erasure of the caller's is about; 0 for every other name.
absl::StatusOr<SubjectRef> ChildOfErasure(const Desks& desks, const Caller& caller, MatterId id);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_ERASURES_H_
