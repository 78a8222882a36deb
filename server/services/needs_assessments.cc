#include "server/services/needs_assessments.h"

#include <utility>

#include "server/model/deadline.h"

namespace ehc {

absl::StatusOr<std::vector<DueStep>> StepsOf(const CaseFile& file, const Calendar& calendar,
                                             const store::v1::NeedsAssessmentBody& body) {
  EHC_ASSIGN_OR_RETURN(const Date requested, ParseIsoDate(body.requested_on()));
  const bool closed = body.closed_ms() != 0;
  std::vector<DueStep> steps;
  for (const char* clock :
       {"EHC_DECISION_TO_ASSESS", "EHC_DECISION_NOT_TO_ISSUE", "EHC_FINAL_PLAN"}) {
    DueStep step{clock, {}, closed};
    EHC_ASSIGN_OR_RETURN(step.due_at, ClockDue(file, calendar, clock, LondonMidnight(requested)));
    steps.push_back(std::move(step));
  }
  steps[0].done = closed || body.decided();
  return steps;
}

absl::StatusOr<std::optional<Opened<NeedsAssessments>>> OpenAssessmentOf(const CaseFile& file,
                                                                         ReadView& view) {
  MatterFilter filter;
  filter.kind = NeedsAssessments::kKind;
  filter.subject = file.subject;
  filter.only_open = true;
  EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
  for (Matter& matter : matters) {
    if (matter.opener != file.caller.agency()) continue;
    EHC_ASSIGN_OR_RETURN(auto opened, Unpack<NeedsAssessments>(std::move(matter)));
    return opened;
  }
  return std::nullopt;
}

void EndAssessment(hub::v1::AssessmentOutcomeCode outcome, absl::Time now,
                   Opened<NeedsAssessments>& opened) {
  opened.body.set_outcome(outcome);
  opened.body.set_closed_ms(absl::ToUnixMillis(now));
  opened.matter.open = false;
  ++opened.matter.revision;
}

}  // namespace ehc
