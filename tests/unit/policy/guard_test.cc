// Each guard of the closed list, met, not met and not applicable.
#include <gtest/gtest.h>

#include <string>

#include "server/model/date.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

class GuardTest : public testing::Test {
 protected:
  void Use(const std::string& guard) {
    policy_ = PolicyOf(ClauseText("a", "guard { " + guard + " }"));
    request_ = TrustRequest(*policy_);
  }
  bool Holds() const {
    return Decide(request_, facts_, now_, *policy_).outcome == Outcome::kPermit;
  }

  std::shared_ptr<const PolicySnapshot> policy_;
  PolicyRequest request_;
  Facts facts_ = ConsentGiven(0);
  absl::Time now_ = MidJanuary();
};

TEST_F(GuardTest, DateWindowIsInclusiveInLondon) {
  Use("date_window { from: '2026-01-10' until: '2026-01-15' }");
  EXPECT_TRUE(Holds());
  now_ = LondonMidnight(Date(2026, 1, 16));
  EXPECT_FALSE(Holds());
  now_ -= absl::Nanoseconds(1);
  EXPECT_TRUE(Holds());
  now_ = LondonMidnight(Date(2026, 1, 10)) - absl::Seconds(1);
  EXPECT_FALSE(Holds());
}

TEST_F(GuardTest, HoursFollowLondonsClocks) {
  Use("hours { weekday: WEEKDAY_THURSDAY start: '10:00' end: '11:00' }");
  EXPECT_TRUE(Holds());
  now_ += absl::Hours(1);
  EXPECT_FALSE(Holds());
  now_ += absl::Hours(23);
  EXPECT_FALSE(Holds()) << "Friday";
}

TEST_F(GuardTest, ConsentStateCountsForItsPartsOnly) {
  Use("consent_state { state: CONSENT_STATE_NOT_ASKED state: CONSENT_STATE_GIVEN }");
  EXPECT_TRUE(Holds());
  facts_.consent.refused = Parts(*policy_, {"C"});
  EXPECT_EQ(Decide(request_, facts_, now_, *policy_).granted, Parts(*policy_, {"G"}));
}

TEST_F(GuardTest, DecisionMaker) {
  Use("decision_maker { one_of: DECISION_MAKER_KIND_YOUNG_PERSON }");
  EXPECT_FALSE(Holds()) << "not known";
  facts_.decision_maker = DecisionMaker::kYoungPerson;
  EXPECT_TRUE(Holds());
  facts_.decision_maker = DecisionMaker::kParent;
  EXPECT_FALSE(Holds());
}

TEST_F(GuardTest, SubjectFlagsByAllAnyAndNone) {
  const std::string flags = " flag: ['GANG', 'HOMELESSNESS'] }";
  Use("subject_flag { quantifier: QUANTIFIER_ALL" + flags);
  facts_.protections = kGang;
  EXPECT_FALSE(Holds());
  facts_.protections |= kHomelessness;
  EXPECT_TRUE(Holds());
  Use("subject_flag { quantifier: QUANTIFIER_ANY" + flags);
  EXPECT_TRUE(Holds());
  Use("subject_flag { quantifier: QUANTIFIER_NONE" + flags);
  EXPECT_FALSE(Holds());
  facts_.cleared_protections = facts_.protections;
  EXPECT_TRUE(Holds()) << "cleared for this caller";
}

TEST_F(GuardTest, AgeInCompletedYearsWithALeapDayBirth) {
  Use("age { min_years: 18 max_years: 24 }");
  EXPECT_FALSE(Holds()) << "no date of birth";
  facts_.date_of_birth = Date(2008, 2, 29);
  facts_.today = Date(2026, 2, 28);
  EXPECT_FALSE(Holds()) << "17";
  facts_.today = Date(2026, 3, 1);
  EXPECT_TRUE(Holds());
  facts_.today = Date(2033, 2, 28);
  EXPECT_TRUE(Holds()) << "24";
  facts_.today = Date(2033, 3, 1);
  EXPECT_FALSE(Holds()) << "25";
}

TEST_F(GuardTest, SchoolLeavingDateItselfStillBelongsToTheParent) {
  Use("school_leaving { side: SCHOOL_LEAVING_SIDE_UP_TO }");
  EXPECT_FALSE(Holds()) << "not known";
  facts_.school_leaving_date = Date(2026, 6, 26);
  facts_.today = Date(2026, 6, 26);
  EXPECT_TRUE(Holds());
  facts_.today = Date(2026, 6, 27);
  EXPECT_FALSE(Holds());
}

TEST_F(GuardTest, RelationshipOfCallerOrCustodian) {
  Use("relationship { holder: HOLDER_CUSTODIAN quantifier: QUANTIFIER_ALL relationship: "
      "RELATIONSHIP_MAINTAINING_AUTHORITY }");
  facts_.caller_relationships = kMaintainingAuthority;
  EXPECT_FALSE(Holds());
  facts_.custodian_relationships = kMaintainingAuthority;
  EXPECT_TRUE(Holds());
}

TEST_F(GuardTest, StatementsAreAllNeeded) {
  Use("statement { statement: [STATEMENT_CASE_REFERENCE, STATEMENT_CONSIDERED_BY] }");
  request_.case_reference = "x";
  EXPECT_FALSE(Holds());
  request_.considered_by = "y";
  EXPECT_TRUE(Holds());
}

TEST_F(GuardTest, SecondPersonAndStrongAuthentication) {
  Use("second_person {}");
  EXPECT_FALSE(Holds());
  request_.second_person_approved = true;
  EXPECT_TRUE(Holds());
  Use("strong_authentication {}");
  EXPECT_FALSE(Holds());
  request_.strong_authentication = true;
  EXPECT_TRUE(Holds());
}

TEST_F(GuardTest, TrainingIsInDate) {
  Use("training {}");
  EXPECT_FALSE(Holds()) << "not known";
  request_.training_valid_until = now_;
  EXPECT_FALSE(Holds());
  request_.training_valid_until = now_ + absl::Seconds(1);
  EXPECT_TRUE(Holds());
}

TEST_F(GuardTest, RateCountsThePresentDisclosure) {
  Use("rate { max_per_person_per_day: 2 }");
  EXPECT_FALSE(Holds()) << "not counted";
  facts_.disclosures_today = 1;
  EXPECT_TRUE(Holds());
  facts_.disclosures_today = 2;
  const Decision decision = Decide(request_, facts_, now_, *policy_);
  EXPECT_EQ(decision.reason, Reason::kGuard);
  EXPECT_FALSE(decision.subject_dependent);
}

TEST_F(GuardTest, RegionOfTheCallerAndAreaOfTheChild) {
  Use("region { one_of: '305' }");
  EXPECT_FALSE(Holds());
  request_.region = "305";
  EXPECT_TRUE(Holds());
  policy_ = PolicyOf(ClauseText("a", "cohort { area: '305' }"));
  EXPECT_FALSE(Holds());
  facts_.area = "305";
  EXPECT_TRUE(Holds());
}

TEST_F(GuardTest, AreaThatWasReorganisedMeansWhatCameInItsPlace) {
  Use("region { one_of: '909' }");
  for (const char* area : {"909", "942", "943"}) {  // Cumbria and its successors
    request_.region = area;
    EXPECT_TRUE(Holds()) << area;
  }
  request_.region = "941";
  EXPECT_FALSE(Holds());
  Use("region { one_of: '942' }");
  request_.region = "909";
  EXPECT_FALSE(Holds()) << "the new one does not mean the old one";
  request_.region = "943";
  EXPECT_FALSE(Holds()) << "nor its sister";
  policy_ = PolicyOf(ClauseText("a", "cohort { area: 'E10000006' }"));
  facts_.area = "E06000064";
  EXPECT_TRUE(Holds());
}

}  // namespace
}  // namespace ehc
