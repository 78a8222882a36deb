// FindMove          what a pathway lets happen to a referral, and to whom it leaves it
// JudgeEligibility  what the answers to its questions come to
// FindPanel         which panel decides, by the child's age on the day of receipt
// FirstDisordered   days that contradict each other; MissingDates: those that closure still needs
//
// A pathway is policy data (ehc.policy.v1.Pathway) that the policy's loader has checked. Everything
// here is pure.
#ifndef EHC_SERVER_PATHWAY_MACHINE_H_
#define EHC_SERVER_PATHWAY_MACHINE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ehc/hub/v1/pathway.pb.h"
#include "ehc/policy/v1/pathway.pb.h"
#include "server/model/date.h"

namespace ehc {

enum class MoveFault {
  kNone,
  kNoTransition,  // the pathway does not lead on from this state by this event
  kRole,          // it leaves the step to other roles
  kSamePerson,    // it leaves the step to another person
};

struct Move {
  const policy::v1::PathwayTransition* transition = nullptr;
  MoveFault fault = MoveFault::kNone;
};

// `covers`: whether the acting person has this role; `has_done`: whether that person has done this
// to the same referral. `transition` is set whatever the fault, but for kNoTransition.
Move FindMove(const policy::v1::Pathway& pathway, absl::string_view state,
              policy::v1::PathwayEvent event, absl::FunctionRef<bool(absl::string_view)> covers,
              absl::FunctionRef<bool(policy::v1::PathwayEvent)> has_done);

// Where the event leads from this state, whoever does it; empty: nowhere.
std::string TargetOf(const policy::v1::Pathway& pathway, absl::string_view state,
                     policy::v1::PathwayEvent event);
inline bool LeadsOn(const policy::v1::Pathway& pathway, absl::string_view state,
                    policy::v1::PathwayEvent event) {
  return !TargetOf(pathway, state, event).empty();
}

// nullptr: there is none of this code.
const policy::v1::PathwayState* FindState(const policy::v1::Pathway& pathway,
                                          absl::string_view code);
const policy::v1::PathwayOutcome* FindOutcome(const policy::v1::Pathway& pathway,
                                              absl::string_view code);
const policy::v1::VerifiableClaim* FindClaim(const policy::v1::Pathway& pathway,
                                             absl::string_view code);
// Empty: the score proposes nothing.
std::string OutcomeOfBand(const policy::v1::Pathway& pathway, absl::string_view band);

// What the referrer is told of a state.
hub::v1::ReferralStage StageOf(const policy::v1::Pathway& pathway, absl::string_view state);

struct Eligibility {
  bool eligible = true;
  bool safeguarding = false;
};
// INVALID_ARGUMENT, with a message that begins with the path under the application, unless every
// question has exactly one of its answers. Never a value.
absl::StatusOr<Eligibility> JudgeEligibility(
    const policy::v1::Pathway& pathway,
    const google::protobuf::RepeatedPtrField<hub::v1::EligibilityAnswer>& answers);

// Whether the panel depends on the age.
bool AsksForAge(const policy::v1::Pathway& pathway);
// The panel for a child of this age in completed years; nullptr: the pathway has none.
const policy::v1::PathwayPanel* FindPanel(const policy::v1::Pathway& pathway, int age);

// The first field whose day lies before that of an earlier stage or after `today`; empty: none.
std::string FirstDisordered(const hub::v1::StageDates& dates, Date today);

// Those that the pathway wants before closure and that are not there. The start of a service is
// wanted only where the outcome grants one.
std::vector<std::string> MissingDates(const policy::v1::Pathway& pathway,
                                      const hub::v1::StageDates& dates, absl::string_view outcome);

}  // namespace ehc

#endif  // EHC_SERVER_PATHWAY_MACHINE_H_
