// What to do so that the hub holds the relations and protections of an extract, given those that it
// holds already: so that an import that runs again, whether tomorrow, after the hub has forgotten
// request ids or after half a run, adds nothing.
#ifndef EHC_CLIENT_SDK_CLI_IMPORT_RECONCILE_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_RECONCILE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client-sdk/cli/import_posts.h"

namespace ehchub {

struct Step {
  bool create = false;
  int round = 0;  // how often the same was recorded and ended before: another act, another id
  // Relations to end, and on which day.
  std::vector<v1::Relationship> end;
  std::string last_day;

  bool IsNothing() const { return !create && end.empty(); }
};

// One for each of `wanted`. Where the same relation (kind, party, first day) is held open with
// other content, it is replaced. Where it was ended at the hub, it stays ended: a person did that.
// What the extract does not mention is left alone.
std::vector<Step> ReconcileRelationships(const std::vector<RelationshipPost>& wanted,
                                         const std::vector<v1::Relationship>& held,
                                         absl::string_view as_at);

// A protection is created where none in force says the same, even if one was ended before. Nothing
// is ever ended: that is a manager's decision.
std::vector<Step> ReconcileProtections(const std::vector<Post<v1::Protection>>& wanted,
                                       const std::vector<v1::Protection>& held,
                                       absl::string_view as_at);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_RECONCILE_H_
