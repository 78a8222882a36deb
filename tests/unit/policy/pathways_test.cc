// The pathways of policies/pathways: the shipped ones are whole, and what is not whole is refused
// where it stands.
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ehc/policy/v1/pathway.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/policy/source.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A pathway that is whole, and nothing more.
std::string Whole() {
  return "pathway { id: 'mine' version: 1 title: 'mine' source: 'a paper' authority: 'bromley' "
         "unit: 'social-care' from: '2026-01-01' channel: 'ONLINE' "
         "state { code: 'IN' title: 'in' shown_as: 'RECEIVED' } "
         "state { code: 'WORK' title: 'w' shown_as: 'IN_PROGRESS' } "
         "state { code: 'OUT' title: 'out' shown_as: 'CLOSED' final: true } "
         "transition { from: 'IN' event: PATHWAY_EVENT_PANEL_DECIDED to: 'OUT' "
         "role: 'SOCIAL_WORKER' issues_outcome: true } "
         "transition { from: 'ANY' event: PATHWAY_EVENT_SOCIAL_WORK to: 'WORK' } "
         "transition { from: 'WORK' event: PATHWAY_EVENT_PANEL_DECIDED to: 'OUT' } "
         "transition { from: 'ANY' event: PATHWAY_EVENT_WITHDRAWN to: 'OUT' } "
         "transition { from: 'ANY' event: PATHWAY_EVENT_HANDED_OVER to: 'OUT' } "
         "panel { code: 'P' title: 'p' quorum: 3 } "
         "outcome { code: 'YES' title: 'yes' } "
         "clock { code: 'ANSWER' clock: 'SHORT_BREAK_ANSWER' from: 'IN' until: 'OUT' } "
         "date_before_closure: 'decided_on' } ";
}

std::string ProblemWith(const std::string& text) {
  PolicySource source = SourceWith({});
  source.files.push_back({"pathways/mine.textproto", text});
  return std::string(PolicySnapshot::Compile(source, {false, nullptr}).status().message());
}

std::string Changed(const std::string& from, const std::string& to) {
  const std::string text = absl::StrReplaceAll(Whole(), {{from, to}});
  EXPECT_NE(text, Whole()) << from;
  return ProblemWith(text);
}

TEST(PathwaysTest, WholePathwayIsTakenAndFoundByTheDayOfReceipt) {
  ASSERT_THAT(ProblemWith(Whole()), IsEmpty());
  PolicySource source = SourceWith({});
  const std::string old =
      absl::StrReplaceAll(Whole(), {{"from: '2026-01-01'", "until: '2026-06-30'"}});
  const std::string now = absl::StrReplaceAll(
      Whole(), {{"version: 1", "version: 2"}, {"from: '2026-01-01'", "from: '2026-07-01'"}});
  source.files.push_back({"pathways/mine.textproto", old + now});
  const auto policy = PolicySnapshot::Compile(source, {false, nullptr});
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ((*policy)->FindPathway("mine", Date(2026, 6, 30))->version(), 1u);
  EXPECT_EQ((*policy)->FindPathway("mine", Date(2026, 7, 1))->version(), 2u);
  EXPECT_EQ((*policy)->FindPathway("theirs", Date(2026, 7, 1)), nullptr);
}

TEST(PathwaysTest, PathwayIsPartOfTheRevision) {
  const auto revision = [](const std::string& text) {
    PolicySource source = SourceWith({});
    source.files.push_back({"pathways/mine.textproto", text});
    return std::string((*PolicySnapshot::Compile(source, {false, nullptr}))->revision());
  };
  EXPECT_NE(revision(Whole()),
            revision(absl::StrReplaceAll(Whole(), {{"quorum: 3", "quorum: 2"}})));
}

TEST(PathwaysTest, StateThatIsNeverReachedOrNeverLeftIsRefused) {
  EXPECT_THAT(Changed("state { code: 'OUT'",
                      "state { code: 'LOST' title: 'l' shown_as: "
                      "'IN_PROGRESS' } state { code: 'OUT'"),
              HasSubstr("'LOST' is never reached"));
  EXPECT_THAT(
      Changed("transition { from: 'WORK' event: PATHWAY_EVENT_PANEL_DECIDED to: 'OUT' } ", ""),
      HasSubstr("'WORK' leads to no end but withdrawal"));
}

TEST(PathwaysTest, RightsOfTheFamilyAreTransitionsOfEveryPathway) {
  for (const char* event : {"WITHDRAWN", "HANDED_OVER"}) {
    EXPECT_THAT(Changed(absl::StrCat("transition { from: 'ANY' event: PATHWAY_EVENT_", event,
                                     " to: 'OUT' } "),
                        ""),
                HasSubstr(absl::StrCat(event, ": missing")));
  }
}

TEST(PathwaysTest, WordsThatNobodyKnowsAreRefused) {
  EXPECT_THAT(Changed("role: 'SOCIAL_WORKER'", "role: 'WIZARD'"), HasSubstr("'WIZARD'"));
  EXPECT_THAT(Changed("clock: 'SHORT_BREAK_ANSWER'", "clock: 'SOON'"),
              HasSubstr("'SOON' is no clock"));
  EXPECT_THAT(Changed("to: 'OUT' role", "to: 'NOWHERE' role"), HasSubstr("'NOWHERE' is no state"));
  EXPECT_THAT(Changed("shown_as: 'RECEIVED'", "shown_as: 'THERE'"), HasSubstr("is no stage"));
  EXPECT_THAT(Changed("channel: 'ONLINE'", "channel: 'PIGEON'"), HasSubstr("is no channel"));
  EXPECT_THAT(Changed("'decided_on'", "'someday'"), HasSubstr("no such day"));
  EXPECT_THAT(Changed("from: '2026-01-01'", "from: '2026-13-01'"), HasSubstr("YYYY-MM-DD"));
}

TEST(PathwaysTest, FinalStateIsNotLeftAndNoEventIsGivenTwoWays) {
  EXPECT_THAT(Changed("from: 'WORK' event: PATHWAY_EVENT_PANEL_DECIDED to: 'OUT'",
                      "from: 'WORK' from: 'OUT' event: PATHWAY_EVENT_PANEL_DECIDED to: 'OUT'"),
              HasSubstr("'OUT' is final"));
  EXPECT_THAT(Changed("from: 'WORK' event", "from: 'WORK' from: 'IN' event"),
              HasSubstr("has a transition for this event already"));
}

TEST(PathwaysTest, ApprovalIsAskedForWhatAPanelDecidesAlone) {
  EXPECT_THAT(Changed("issues_outcome: true", "issues_outcome: true needs_approval: true"),
              IsEmpty());
  EXPECT_THAT(Changed("event: PATHWAY_EVENT_SOCIAL_WORK to: 'WORK'",
                      "event: PATHWAY_EVENT_SOCIAL_WORK to: 'WORK' needs_approval: true"),
              HasSubstr("needs_approval: is for what a panel decides"));
}

TEST(PathwaysTest, EveryAgeHasOnePanel) {
  const std::string panels = "panel { code: 'P' title: 'p' quorum: 3 } ";
  EXPECT_THAT(Changed(panels,
                      "panel { code: 'A' title: 'a' below_age: 5 quorum: 3 } "
                      "panel { code: 'B' title: 'b' from_age: 6 quorum: 3 } "),
              HasSubstr("age 5: 0 panels"));
  EXPECT_THAT(Changed(panels,
                      "panel { code: 'A' title: 'a' below_age: 5 quorum: 3 } "
                      "panel { code: 'B' title: 'b' from_age: 4 quorum: 3 } "),
              HasSubstr("age 4: 2 panels"));
  EXPECT_THAT(Changed("quorum: 3", "quorum: 0"), HasSubstr("quorum: left out"));
}

TEST(PathwaysTest, TwoVersionsDoNotTakeReferralsOnOneDay) {
  EXPECT_THAT(ProblemWith(Whole() + Whole()), HasSubstr("is there already"));
  EXPECT_THAT(ProblemWith(Whole() + absl::StrReplaceAll(Whole(), {{"version: 1", "version: 2"}})),
              HasSubstr("two versions take referrals on one day"));
}

TEST(PathwaysTest, ShippedPathwaysAreThoseOfTheFourAuthorities) {
  const auto source = ReadPolicyFolder(std::string(EHC_SOURCE_DIR) + "/policies");
  ASSERT_TRUE(source.ok()) << source.status();
  const auto policy = PolicySnapshot::Compile(*source, {false, nullptr});
  ASSERT_TRUE(policy.ok()) << policy.status();
  const std::pair<const char*, const char*> shipped[] = {{"bromley-online-assessment", "bromley"},
                                                         {"enfield-joint-referral", "enfield"},
                                                         {"york-short-break-enquiry", "york"},
                                                         {"cornwall-lets-talk", "cornwall"}};
  for (const auto& [id, authority] : shipped) {
    const auto* pathway = (*policy)->FindPathway(id, Date(2026, 11, 27));
    ASSERT_NE(pathway, nullptr) << id;
    EXPECT_EQ(pathway->authority(), authority);
  }
  EXPECT_EQ((*policy)->FindPathway("york-short-break-enquiry", Date(2026, 11, 27))->outcome_size(),
            8)
      << "Table 15";
}

}  // namespace
}  // namespace ehc
