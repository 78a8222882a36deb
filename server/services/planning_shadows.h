// What models in shadow make of a sheet that the live one scored: recorded, never released.
#ifndef EHC_SERVER_SERVICES_PLANNING_SHADOWS_H_
#define EHC_SERVER_SERVICES_PLANNING_SHADOWS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ehc/hub/v1/score.pb.h"
#include "server/policy/snapshot.h"

namespace ehc {

// One score for each model in shadow of this instrument that this agency may use today, by model.
// A candidate that asks other questions has nothing to say of the sheet and is left out.
std::vector<hub::v1::Score> ScoreInShadow(
    const PolicySnapshot& policy, absl::string_view instrument, absl::string_view agency,
    absl::Time now, const google::protobuf::RepeatedPtrField<hub::v1::NeedsAnswer>& answers);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PLANNING_SHADOWS_H_
