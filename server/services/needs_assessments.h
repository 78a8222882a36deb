// Needs assessments: what is due when, counted from the day of the request.
#ifndef EHC_SERVER_SERVICES_NEEDS_ASSESSMENTS_H_
#define EHC_SERVER_SERVICES_NEEDS_ASSESSMENTS_H_

#include <optional>
#include <string>
#include <vector>

#include "ehc/hub/v1/custody.pb.h"
#include "ehc/store/v1/custody.pb.h"
#include "server/services/matters.h"

namespace ehc {

struct NeedsAssessments {
  using Body = store::v1::NeedsAssessmentBody;
  using Value = hub::v1::NeedsAssessment;
  static constexpr char kKind[] = "NEEDS_ASSESSMENT";
  static constexpr char kCollection[] = "needsAssessments";
  static std::string UnitOf(const Opened<NeedsAssessments>& opened, Side) {
    return opened.body.unit();
  }
};

struct DueStep {
  std::string clock;
  absl::Time due_at;
  bool done = false;
};

// First due first.
absl::StatusOr<std::vector<DueStep>> StepsOf(const CaseFile& file, const Calendar& calendar,
                                             const store::v1::NeedsAssessmentBody& body);

// The open one of the calling agency about the call's child.
absl::StatusOr<std::optional<Opened<NeedsAssessments>>> OpenAssessmentOf(const CaseFile& file,
                                                                         ReadView& view);

// Ends it: what is written down is the next revision.
void EndAssessment(hub::v1::AssessmentOutcomeCode outcome, absl::Time now,
                   Opened<NeedsAssessments>& opened);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_NEEDS_ASSESSMENTS_H_
