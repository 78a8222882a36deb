// What somebody is to ask about the consents of a child: tasks in the queue of the unit that
// recorded them, kept in step with the consents by whatever commit changes those.
#ifndef EHC_SERVER_SERVICES_CONSENT_TASKS_H_
#define EHC_SERVER_SERVICES_CONSENT_TASKS_H_

#include <string>

#include "ehc/hub/v1/custody.pb.h"
#include "ehc/store/v1/custody.pb.h"
#include "server/services/matters.h"

namespace ehc {

// A matter of an agency with itself, due when the consent ends, open until somebody has said anew
// what it says.
struct ConsentTasks {
  using Body = store::v1::ConsentTaskBody;
  using Value = hub::v1::WorkItem;
  static constexpr char kKind[] = "CONSENT_TASK";
  static constexpr char kCollection[] = "consentTasks";
  static std::string UnitOf(const Opened<ConsentTasks>& opened, Side) { return opened.body.unit(); }
};

// Adds to the plan what makes the caller's tasks about the child those that `after` asks for.
absl::Status KeepTasks(const Desks& desks, const CaseFile& file, ReadView& view,
                       const store::v1::Dossier& after, Plan& plan);

// From when a task of this kind that is due then stands in the queue, by the policy's clocks.
absl::StatusOr<absl::Time> TaskOpensAt(const CaseFile& file, const Calendar& calendar,
                                       hub::v1::WorkKind kind, absl::Time due);

// Before when a task has to be due to stand in the queue now, whatever its kind.
absl::StatusOr<absl::Time> LatestTaskDue(const CaseFile& file, const Calendar& calendar);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_CONSENT_TASKS_H_
