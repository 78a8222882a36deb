// How an EHC plan is cut into separately released parts, and put together again from those that may
// leave. Part codes are the vocabulary's: the section codes, and B_HEADLINE, DATES (with status and
// kind of plan) and PLACEMENT_TYPE of the headline.
#ifndef EHC_SERVER_SERVICES_PLAN_PARTS_H_
#define EHC_SERVER_SERVICES_PLAN_PARTS_H_

#include <string>
#include <vector>

#include "ehc/hub/v1/plan.pb.h"
#include "server/model/record.h"

namespace ehc {

inline constexpr char kPlanType[] = "EHC_PLAN";

// "C", "H1"
std::string PartOf(hub::v1::PlanSectionCode section);

std::vector<Part> CutPlan(const hub::v1::Plan& plan);

// The parts that a summary asks for: headline, C, E and G (what a health trust plans care by).
std::vector<std::string> SummaryParts();
// Every part of the headline.
std::vector<std::string> HeadlineParts();

void FillSummary(const std::vector<Part>& parts, hub::v1::PlanSummary& summary);
void FillPlan(const std::vector<Part>& parts, hub::v1::Plan& plan);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PLAN_PARTS_H_
