// Whether a support plan says what it has to, and whether its money adds up.
#ifndef EHC_SERVER_PATHWAY_SUPPORT_PLAN_H_
#define EHC_SERVER_PATHWAY_SUPPORT_PLAN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ehc/hub/v1/planning.pb.h"
#include "ehc/policy/v1/planning_rules.pb.h"
#include "server/pathway/exact.h"

namespace ehc {

// The codes of the tests that the plan fails, in their order. A text of blanks says nothing.
std::vector<std::string> FailedTests(const hub::v1::SupportPlan& plan,
                                     absl::Span<const policy::v1::SupportPlanTest> tests);

// INVALID_ARGUMENT, "lines[2].outcome: …", for a line or outcome whose id stands there twice, a
// line for an outcome that there is not, and a stream or category where the budget does not pay, or
// their lack where it does.
absl::Status CheckLines(const hub::v1::SupportPlan& plan);

// What this funder pays a year; with a stream, from that stream alone.
absl::StatusOr<Pence> SumOfLines(const google::protobuf::RepeatedPtrField<hub::v1::CostLine>& lines,
                                 hub::v1::LineFunder funder, absl::string_view stream = {});

// FAILED_PRECONDITION where the lines that the budget pays differ from the total by a penny or
// more.
absl::Status CheckTotal(const hub::v1::SupportPlan& plan);

}  // namespace ehc

#endif  // EHC_SERVER_PATHWAY_SUPPORT_PLAN_H_
