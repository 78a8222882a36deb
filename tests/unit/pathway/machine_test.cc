// What a pathway lets happen, whom it asks, and which days contradict each other.
#include "server/pathway/machine.h"

#include <google/protobuf/text_format.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/pathway/timescales.h"

namespace ehc {
namespace {

using policy::v1::Pathway;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Pathway Sample() {
  Pathway pathway;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(id: 'sample' state { code: 'IN' shown_as: 'RECEIVED' }
         state { code: 'SCORED' shown_as: 'IN_PROGRESS' }
         state { code: 'OUT' shown_as: 'CLOSED' final: true }
         transition { from: 'IN' event: PATHWAY_EVENT_SCORED to: 'SCORED' role: 'SOCIAL_WORKER' }
         transition { from: 'SCORED' event: PATHWAY_EVENT_RATIFIED to: 'OUT' role: 'MANAGER'
                      not_by_whoever: PATHWAY_EVENT_SCORED issues_outcome: true }
         transition { from: 'ANY' event: PATHWAY_EVENT_WITHDRAWN to: 'OUT' }
         transition { from: 'IN' event: PATHWAY_EVENT_WITHDRAWN to: 'SCORED' }
         panel { code: 'YOUNG' below_age: 5 quorum: 1 } panel { code: 'OLD' from_age: 5 quorum: 1 }
         outcome { code: 'GIVEN' grants_service: true } outcome { code: 'NONE' }
         eligibility { id: 'here' answer: 'YES' answer: 'NO' eligible_answer: 'YES' }
         eligibility { id: 'safe' answer: 'YES' answer: 'NO' eligible_answer: 'YES'
                       eligible_answer: 'NO' safeguarding_answer: 'NO' }
         clock { code: 'ANSWER' clock: 'DAYS' from: 'IN' until: 'OUT' }
         clock { code: 'STEP' clock: 'DAYS' from: 'IN' from: 'SCORED' until: 'SCORED' until: 'OUT' }
         date_before_closure: 'decided_on' date_before_closure: 'service_started_on')",
      &pathway));
  return pathway;
}

Move Try(const std::string& state, policy::v1::PathwayEvent event, const std::string& role,
         bool scored = false) {
  static const auto* const pathway = new Pathway(Sample());
  return FindMove(
      *pathway, state, event, [&](absl::string_view wider) { return wider == role; },
      [&](policy::v1::PathwayEvent done) {
        return scored && done == policy::v1::PATHWAY_EVENT_SCORED;
      });
}

TEST(MachineTest, MoveIsThePathwaysForItsRolesAndForAnotherPerson) {
  using policy::v1::PATHWAY_EVENT_RATIFIED;
  using policy::v1::PATHWAY_EVENT_SCORED;
  EXPECT_EQ(Try("IN", PATHWAY_EVENT_SCORED, "SOCIAL_WORKER").transition->to(), "SCORED");
  EXPECT_EQ(Try("IN", PATHWAY_EVENT_SCORED, "CLERK").fault, MoveFault::kRole);
  EXPECT_EQ(Try("IN", PATHWAY_EVENT_RATIFIED, "MANAGER").fault, MoveFault::kNoTransition);
  EXPECT_EQ(Try("SCORED", PATHWAY_EVENT_RATIFIED, "MANAGER").fault, MoveFault::kNone);
  EXPECT_EQ(Try("SCORED", PATHWAY_EVENT_RATIFIED, "MANAGER", true).fault, MoveFault::kSamePerson);
  EXPECT_EQ(Try("NOWHERE", PATHWAY_EVENT_SCORED, "SOCIAL_WORKER").fault, MoveFault::kNoTransition);
}

TEST(MachineTest, AnyMeansEveryStateThatIsNotFinalAndANamedStateCountsFirst) {
  using policy::v1::PATHWAY_EVENT_WITHDRAWN;
  const Pathway pathway = Sample();
  EXPECT_EQ(TargetOf(pathway, "SCORED", PATHWAY_EVENT_WITHDRAWN), "OUT");
  EXPECT_EQ(TargetOf(pathway, "IN", PATHWAY_EVENT_WITHDRAWN), "SCORED");
  EXPECT_EQ(TargetOf(pathway, "OUT", PATHWAY_EVENT_WITHDRAWN), "");
}

TEST(MachineTest, EligibilityWantsEveryAnswerOnceAndTellsTheTwoKindsOfNoApart) {
  const Pathway pathway = Sample();
  google::protobuf::RepeatedPtrField<hub::v1::EligibilityAnswer> answers;
  const auto answer = [&](const char* question, const char* text) {
    answers.Add()->set_question(question);
    answers.rbegin()->set_answer(text);
  };
  answer("here", "NO");
  EXPECT_THAT(std::string(JudgeEligibility(pathway, answers).status().message()),
              HasSubstr("'safe' has no answer"));
  answer("safe", "NO");
  const auto judged = JudgeEligibility(pathway, answers);
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_FALSE(judged->eligible);
  EXPECT_TRUE(judged->safeguarding);
  answer("safe", "YES");
  EXPECT_THAT(std::string(JudgeEligibility(pathway, answers).status().message()),
              HasSubstr("eligibility[2].question: is answered twice"));
  answers.RemoveLast();
  answers.rbegin()->set_answer("PERHAPS");
  const std::string refused(JudgeEligibility(pathway, answers).status().message());
  EXPECT_THAT(refused, HasSubstr("eligibility[1].answer"));
  EXPECT_THAT(refused, ::testing::Not(HasSubstr("PERHAPS"))) << "never a value";
}

TEST(MachineTest, PanelIsByCompletedYears) {
  const Pathway pathway = Sample();
  EXPECT_EQ(FindPanel(pathway, 0)->code(), "YOUNG");
  EXPECT_EQ(FindPanel(pathway, 4)->code(), "YOUNG");
  EXPECT_EQ(FindPanel(pathway, 5)->code(), "OLD");
  EXPECT_EQ(FindPanel(Pathway(), 5), nullptr);
}

TEST(MachineTest, DaysAscendAndNoneLiesInTheFuture) {
  hub::v1::StageDates dates;
  const Date today(2026, 11, 27);
  EXPECT_EQ(FirstDisordered(dates, today), "");
  dates.set_received_on("2026-11-02");
  dates.set_decided_on("2026-11-20");
  EXPECT_EQ(FirstDisordered(dates, today), "");
  dates.set_panel_on("2026-11-01");
  EXPECT_EQ(FirstDisordered(dates, today), "panel_on");
  dates.set_panel_on("2026-11-21");
  EXPECT_EQ(FirstDisordered(dates, today), "decided_on");
  dates.clear_panel_on();
  dates.set_closed_on("2026-11-28");
  EXPECT_EQ(FirstDisordered(dates, today), "closed_on");
}

TEST(MachineTest, StartOfServiceIsMissedOnlyWhereOneWasGranted) {
  const Pathway pathway = Sample();
  hub::v1::StageDates dates;
  EXPECT_THAT(MissingDates(pathway, dates, "GIVEN"),
              ElementsAre("decided_on", "service_started_on"));
  EXPECT_THAT(MissingDates(pathway, dates, "NONE"), ElementsAre("decided_on"));
  dates.set_decided_on("2026-11-20");
  EXPECT_THAT(MissingDates(pathway, dates, "NONE"), IsEmpty());
}

TEST(TimescalesTest, ClockStartsOnceStopsByStateAndStartsAgain) {
  const Pathway pathway = Sample();
  Timescales clocks;
  const absl::Time start = absl::FromUnixSeconds(1000000);
  const auto due = [&](const std::string&) -> absl::StatusOr<absl::Time> {
    return start + absl::Hours(10);
  };
  ASSERT_TRUE(EnterState(pathway, "IN", start, due, clocks).ok());
  ASSERT_EQ(clocks.size(), 2);
  ASSERT_TRUE(EnterState(pathway, "IN", start + absl::Hours(1), due, clocks).ok());
  EXPECT_EQ(clocks.size(), 2) << "it runs already";
  ASSERT_TRUE(EnterState(pathway, "SCORED", start + absl::Hours(2), due, clocks).ok());
  ASSERT_EQ(clocks.size(), 3) << "the step's clock begins anew";
  EXPECT_NE(clocks[1].stopped_ms(), 0);
  EXPECT_EQ(EarliestDue(clocks), start + absl::Hours(10));
  ASSERT_TRUE(EnterState(pathway, "OUT", start + absl::Hours(3), due, clocks).ok());
  EXPECT_EQ(EarliestDue(clocks), absl::InfiniteFuture());
}

TEST(TimescalesTest, BreachIsWhatRanOutBeforeItStoppedOrRunsStill) {
  store::v1::RunningClock clock;
  clock.set_due_ms(10000);
  EXPECT_FALSE(IsBreached(clock, absl::FromUnixMillis(9999)));
  EXPECT_TRUE(IsBreached(clock, absl::FromUnixMillis(10000)));
  clock.set_stopped_ms(9000);
  EXPECT_FALSE(IsBreached(clock, absl::FromUnixMillis(20000))) << "it was kept";
  clock.set_stopped_ms(11000);
  EXPECT_TRUE(IsBreached(clock, absl::FromUnixMillis(20000))) << "passed for ever";
}

TEST(TimescalesTest, ClockThatCannotBeCountedLeavesTheOthersAsTheyWere) {
  const Pathway pathway = Sample();
  Timescales clocks;
  const auto none = [](const std::string&) -> absl::StatusOr<absl::Time> {
    return absl::FailedPreconditionError("outside the calendar");
  };
  EXPECT_FALSE(EnterState(pathway, "IN", absl::UnixEpoch(), none, clocks).ok());
  EXPECT_THAT(clocks, IsEmpty());
}

}  // namespace
}  // namespace ehc
