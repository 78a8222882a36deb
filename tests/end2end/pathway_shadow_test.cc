// A model in shadow scores what is scored through a referral; an authority compares the two and
// sees no case, and nobody else sees anything.
#include "tests/end2end/pathway_world.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

inline const Persona kBudgetHolder{"bromley", "com-1", "COMMISSIONING_OFFICER", "social-care"};
inline const Persona kYorkBudgetHolder{"york", "com-1", "COMMISSIONING_OFFICER", "send"};
constexpr char kShadow[] = "bromley-short-breaks-nights";

class ShadowScoreTest : public PathwayTest {
 protected:
  // A referral with this level ticked in every row, verified and scored; its name.
  static std::string Scored(const std::string& level) {
    const std::string child = Registered(kPaediatrician);
    v1::SubmitReferralRequest form = Form(kPaediatrician, child, kBromleyPathway);
    for (v1::NeedsAnswer& answer :
         *form.mutable_referral()->mutable_application()->mutable_answers()) {
      answer.set_level(level);
    }
    const std::string name = Submitted(kPaediatrician, form);
    Verified(name, child);
    EXPECT_EQ(ReasonIn(Paths(kSocialWorker)
                           .ScoreReferral(Step<v1::ScoreReferralRequest>(kSocialWorker, name))),
              "OK");
    return name;
  }
  static v1::CompareScoresResponse Compare() {
    const auto report = Paths(kBudgetHolder).CompareScores(v1::CompareScoresRequest());
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : v1::CompareScoresResponse();
  }
  static v1::ScoreComparison TheOne() {
    const v1::CompareScoresResponse report = Compare();
    EXPECT_EQ(report.comparisons_size(), 1);
    return report.comparisons_size() == 1 ? report.comparisons(0) : v1::ScoreComparison();
  }
};

TEST_F(ShadowScoreTest, FewCasesAreNotToldOfAndMoreAreByCountAgreementAndMeanAlone) {
  EXPECT_THAT(Compare().comparisons(), IsEmpty());
  for (int i = 0; i < 4; ++i) Scored("SOME");
  v1::ScoreComparison one = TheOne();
  EXPECT_TRUE(one.suppressed());
  EXPECT_EQ(one.cases(), 0u);
  EXPECT_EQ(one.mean_difference(), "");
  EXPECT_EQ(Compare().least_cases(), 5u);

  Scored("SOME");  // 11 points and TARGETED_1; in shadow 13 and TARGETED_2
  one = TheOne();
  EXPECT_FALSE(one.suppressed());
  EXPECT_EQ(one.live_model(), "bromley-short-breaks");
  EXPECT_EQ(one.live_version(), 2u);
  EXPECT_EQ(one.shadow_model(), kShadow);
  EXPECT_EQ(one.shadow_version(), 1u);
  EXPECT_EQ(one.cases(), 5u);
  EXPECT_TRUE(one.has_same_band());
  EXPECT_EQ(one.same_band(), 0u);
  EXPECT_EQ(one.mean_difference(), "2");

  Scored("NONE");  // no points in either
  one = TheOne();
  EXPECT_EQ(one.cases(), 6u);
  EXPECT_FALSE(one.has_same_band()) << "one case is few";
  EXPECT_EQ(one.mean_difference(), "5/3");
  for (int i = 0; i < 4; ++i) Scored("NONE");
  one = TheOne();
  EXPECT_EQ(one.same_band(), 5u);
  EXPECT_EQ(one.mean_difference(), "1");
}

TEST_F(ShadowScoreTest, WhatAShadowGaveIsInNoAnswerAboutTheReferral) {
  const std::string name = Scored("HIGH");
  for (const Persona& as : {kSocialWorker, kPaediatrician}) {
    EXPECT_THAT(Read(as, name).DebugString(), Not(HasSubstr(kShadow)));
  }
  EXPECT_THAT(Read(kSocialWorker, name).DebugString(), HasSubstr("bromley-short-breaks"));
  auto again = Step<v1::ScoreReferralRequest>(kSocialWorker, name);
  const auto refused = Paths(kSocialWorker).ScoreReferral(again);
  EXPECT_THAT(std::string(refused.status().message()), Not(HasSubstr(kShadow)));
}

TEST_F(ShadowScoreTest, ReportIsTheAuthoritysOwnForThoseWhoAnswerForItsModels) {
  EXPECT_EQ(ReasonIn(Paths(kTeamManager).CompareScores(v1::CompareScoresRequest())), "OK");
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).CompareScores(v1::CompareScoresRequest())),
            "POLICY_DENIED");
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician).CompareScores(v1::CompareScoresRequest())),
            "POLICY_DENIED");
  const auto york = Paths(kYorkBudgetHolder).CompareScores(v1::CompareScoresRequest());
  ASSERT_TRUE(york.ok()) << york.status();
  EXPECT_THAT(york->comparisons(), IsEmpty());
  v1::CompareScoresRequest other;
  other.set_instrument("ENFIELD_NEEDS_MATRIX");
  const auto none = Paths(kBudgetHolder).CompareScores(other);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_THAT(none->comparisons(), IsEmpty());
}

}  // namespace
}  // namespace ehc
