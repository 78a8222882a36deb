#include "server/services/plan_parts.h"

#include "absl/strings/strip.h"

namespace ehc {
namespace {

using hub::v1::PlanHeadline;
using hub::v1::PlanSection;

constexpr char kBHeadline[] = "B_HEADLINE";
constexpr char kDates[] = "DATES";
constexpr char kPlacementType[] = "PLACEMENT_TYPE";

bool IsHeadline(const std::string& code) {
  return code == kBHeadline || code == kDates || code == kPlacementType;
}

void AddHeadlinePart(const char* code, const PlanHeadline& value, std::vector<Part>& parts) {
  std::string content = value.SerializeAsString();
  if (!content.empty()) parts.push_back({code, std::move(content), false});
}

void CutHeadline(const PlanHeadline& headline, std::vector<Part>& parts) {
  PlanHeadline needs;
  if (headline.has_b_headline()) needs.set_b_headline(headline.b_headline());
  AddHeadlinePart(kBHeadline, needs, parts);

  PlanHeadline placement;
  if (headline.has_placement_type()) placement.set_placement_type(headline.placement_type());
  AddHeadlinePart(kPlacementType, placement, parts);

  PlanHeadline dates = headline;
  dates.clear_b_headline();
  dates.clear_placement_type();
  AddHeadlinePart(kDates, dates, parts);
}

PlanSection* SummarySection(const std::string& code, hub::v1::PlanSummary& summary) {
  if (code == "C") return summary.mutable_health_needs();
  if (code == "E") return summary.mutable_outcomes();
  if (code == "G") return summary.mutable_health_provision();
  return nullptr;
}

}  // namespace

std::string PartOf(hub::v1::PlanSectionCode section) {
  return std::string(
      absl::StripPrefix(hub::v1::PlanSectionCode_Name(section), "PLAN_SECTION_CODE_"));
}

std::vector<Part> CutPlan(const hub::v1::Plan& plan) {
  std::vector<Part> parts;
  CutHeadline(plan.headline(), parts);
  for (const PlanSection& section : plan.sections()) {
    parts.push_back(
        {PartOf(section.code()), section.SerializeAsString(), section.location_checked()});
  }
  return parts;
}

std::vector<std::string> HeadlineParts() { return {kBHeadline, kDates, kPlacementType}; }

std::vector<std::string> SummaryParts() {
  std::vector<std::string> parts = HeadlineParts();
  parts.insert(parts.end(), {"C", "E", "G"});
  return parts;
}

void FillSummary(const std::vector<Part>& parts, hub::v1::PlanSummary& summary) {
  for (const Part& part : parts) {
    if (IsHeadline(part.code)) {
      summary.mutable_headline()->MergeFromString(part.content);
    } else if (PlanSection* section = SummarySection(part.code, summary)) {
      section->ParseFromString(part.content);
    }
  }
}

void FillPlan(const std::vector<Part>& parts, hub::v1::Plan& plan) {
  for (const Part& part : parts) {
    if (IsHeadline(part.code)) {
      plan.mutable_headline()->MergeFromString(part.content);
    } else {
      plan.add_sections()->ParseFromString(part.content);
    }
  }
}

}  // namespace ehc
