// The trial in short: right answers, never how fast.
#include "gtest/gtest.h"
#include "tests/bench/match/trial.h"

namespace ehc {
namespace {

TEST(MatchTrial, WhatIsActedOnWithoutAPersonIsTheChildMeant) {
  auto trial =
      Trial::Create({.seed = 11, .people = 20000, .questions = 20000}, EHC_SOURCE_DIR "/policies");
  ASSERT_TRUE(trial.ok()) << trial.status();
  (*trial)->Fill();
  const TrialResult result = (*trial)->Ask();
  const Tally all = result.all();
  EXPECT_GE(all.asked, 15000);
  EXPECT_GE(all.precision(), 0.999) << all.wrong << " of " << all.right + all.wrong;
  EXPECT_GE(all.recall(), 0.75);
  EXPECT_GE(result.by_error[static_cast<size_t>(ErrorClass::kNone)].recall(), 0.97);
  // Whoever has no given name is never taken for somebody without a person.
  const Tally& unnamed = result.by_error[static_cast<size_t>(ErrorClass::kUnnamed)];
  EXPECT_EQ(unnamed.right + unnamed.wrong, 0);
}

TEST(MatchTrial, TheSameSeedMakesTheSameTrial) {
  const TrialOptions options{.seed = 5, .people = 500, .questions = 500};
  auto one = Trial::Create(options, EHC_SOURCE_DIR "/policies");
  auto two = Trial::Create(options, EHC_SOURCE_DIR "/policies");
  ASSERT_TRUE(one.ok() && two.ok());
  (*one)->Fill();
  (*two)->Fill();
  const auto a = (*one)->Questions();
  const auto b = (*two)->Questions();
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].asked.given_names, b[i].asked.given_names);
    EXPECT_EQ(a[i].meant, b[i].meant);
  }
}

}  // namespace
}  // namespace ehc
