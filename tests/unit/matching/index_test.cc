#include "server/matching/index.h"

#include <atomic>
#include <cmath>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/unit/matching/committed_rules.h"

namespace ehc {
namespace {

const AgencyId kBromley("bromley");
const AgencyId kBexley("bexley");
const Date kBirth(2015, 3, 4);

class MatchIndexTest : public ::testing::Test {
 protected:
  MatchResult Find(const Demographics& person, std::optional<AgencyId> registrar = kBromley,
                   SubjectId except = {}) {
    auto result = index_.Find({person, registrar, except, AnyDay()});
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : MatchResult{};
  }
  void Put(int64_t number, const Demographics& person, const AgencyId& registrar = kBromley) {
    EXPECT_TRUE(index_.Put(SubjectId{number}, registrar, person).ok());
  }

  MatchIndex index_{CommittedRules()};
};

TEST_F(MatchIndexTest, AnEmptyIndexHasNobody) {
  EXPECT_EQ(Find(Person("Ada", "Thornvale", kBirth)).band, MatchBand::kNoMatch);
}

TEST_F(MatchIndexTest, WhatOthersRegisteredIsNotFoundAmongTheRegistrarsOwn) {
  Put(1, Person("Ada", "Thornvale", kBirth), kBexley);
  EXPECT_EQ(Find(Person("Ada", "Thornvale", kBirth)).band, MatchBand::kNoMatch);
  EXPECT_EQ(Find(Person("Ada", "Thornvale", kBirth), kBexley).band, MatchBand::kMatch);
  EXPECT_EQ(Find(Person("Ada", "Thornvale", kBirth), std::nullopt).band, MatchBand::kMatch);
}

TEST_F(MatchIndexTest, AnAnswerRestsOnNothingThatOthersRegistered) {
  Put(1, Person("Ada", "Thornvale", kBirth));
  const MatchResult before = Find(Person("Ada", "Thornvele", kBirth));
  for (int i = 0; i < 500; ++i) {
    Put(100 + i, Person("Ada", "Thornvale", kBirth + i % 3), kBexley);
  }
  const MatchResult after = Find(Person("Ada", "Thornvele", kBirth));
  EXPECT_EQ(after.band, before.band);
  ASSERT_EQ(after.candidates.size(), before.candidates.size());
  EXPECT_EQ(after.candidates[0].score(), before.candidates[0].score());
  EXPECT_EQ(after.candidates[0].comparison.bits, before.candidates[0].comparison.bits);
}

TEST_F(MatchIndexTest, TwoAgenciesAccountsOfOneChildAreOneCandidate) {
  Put(1, Person("Ada", "Thornvale", kBirth, "BR1 3UH"));
  Put(1, Person("Ada", "Quillmere", kBirth, "DA5 1AA"), kBexley);
  const MatchResult result = Find(Person("Ada", "Quillmere", kBirth), std::nullopt);
  EXPECT_EQ(result.band, MatchBand::kMatch);
  ASSERT_EQ(result.candidates.size(), 1);
  EXPECT_EQ(result.candidates[0].registrar, kBexley);
}

TEST_F(MatchIndexTest, WhatIsPutAgainReplacesWhatWasThere) {
  Put(1, Person("Ada", "Thornvale", kBirth));
  Put(1, Person("Kestra", "Quillmere", kBirth));
  EXPECT_NE(Find(Person("Ada", "Thornvale", kBirth)).band, MatchBand::kMatch);
  EXPECT_EQ(Find(Person("Kestra", "Quillmere", kBirth)).unique, SubjectId{1});
  EXPECT_EQ(index_.accounts(), 1);
}

TEST_F(MatchIndexTest, NothingIsLeftOfWhoeverIsRemoved) {
  Put(1, Person("Ada", "Thornvale", kBirth, "BR1 3UH"));
  Put(1, Person("Ada", "Thornvale", kBirth, "BR1 3UH"), kBexley);
  index_.Remove(SubjectId{1});
  for (const auto& registrar : {std::optional<AgencyId>(kBromley), std::optional<AgencyId>()}) {
    const MatchResult result = Find(Person("Ada", "Thornvale", kBirth, "BR1 3UH"), registrar);
    EXPECT_EQ(result.band, MatchBand::kNoMatch);
    EXPECT_TRUE(result.candidates.empty());
  }
  EXPECT_EQ(index_.accounts(), 0);
  Put(2, Person("Kestra", "Thornvale", kBirth, "BR1 3UH"));
  EXPECT_EQ(Find(Person("Kestra", "Thornvale", kBirth)).unique, SubjectId{2});
}

TEST_F(MatchIndexTest, NoWordIsLeftOfANameThatNobodyBearsAnyMore) {
  Put(1, Person("Ada", "Thornvale", kBirth, "BR1 3UH"));
  Put(2, Person("Ada", "Quillmere", kBirth), kBexley);
  EXPECT_EQ(index_.words(), 4);
  Put(1, Person("Ada", "Ravelstone", kBirth));
  EXPECT_EQ(index_.words(), 4) << "Thornvale is gone";
  index_.Remove(SubjectId{1});
  EXPECT_EQ(index_.words(), 2);
  index_.Remove(SubjectId{2});
  EXPECT_EQ(index_.words(), 0);
  Put(3, Person("Kestra", "Fennick", kBirth));
  EXPECT_EQ(Find(Person("Kestra", "Fennick", kBirth)).unique, SubjectId{3});
}

TEST_F(MatchIndexTest, ChildIsFoundByEachOfItsDescriptions) {
  const SubjectId child{1};
  EXPECT_TRUE(index_.Replace(child, {{kBromley, Person("Ada", "Thornvale", kBirth)},
                                     {kBromley, Person("Ada", "Quillmere", kBirth)},
                                     {kBexley, Person("Ada", "Fennick", kBirth)}}));
  EXPECT_EQ(Find(Person("Ada", "Thornvale", kBirth)).unique, child);
  EXPECT_EQ(Find(Person("Ada", "Quillmere", kBirth)).unique, child);
  EXPECT_EQ(Find(Person("Ada", "Fennick", kBirth)).unique, SubjectId{})
      << "bexley alone knows her by it";
  EXPECT_EQ(Find(Person("Ada", "Fennick", kBirth), kBexley).unique, child);
  EXPECT_EQ(index_.accounts(), 3);
  EXPECT_FALSE(index_.Replace(child, {{kBromley, Person("Ada", "Thornvale", kBirth)},
                                      {kBromley, Person("Ada", "Quillmere", kBirth)},
                                      {kBexley, Person("Ada", "Fennick", kBirth)}}))
      << "nothing is new";
  EXPECT_TRUE(index_.Replace(child, {{kBexley, Person("Ada", "Fennick", kBirth)}}));
  EXPECT_NE(Find(Person("Ada", "Thornvale", kBirth)).band, MatchBand::kMatch);
  EXPECT_EQ(index_.accounts(), 1);
}

TEST_F(MatchIndexTest, WhoIsAlikeIsFoundByAnyDescriptionAndWhoeverRegistered) {
  (void)index_.Replace(SubjectId{1}, {{kBromley, Person("Ada", "Thornvale", kBirth)},
                                      {kBexley, Person("Ada", "Fennick", kBirth)}});
  Put(2, Person("Ada", "Fenick", kBirth), AgencyId("kent"));
  Put(3, Person("Orrin", "Thornvale", kBirth));
  const MatchResult alike = index_.FindAlike(SubjectId{1}, AnyDay());
  ASSERT_GE(alike.candidates.size(), 1);
  EXPECT_EQ(alike.candidates[0].subject, SubjectId{2});
  EXPECT_GE(alike.candidates[0].score(), 0.85);
  for (const MatchCandidate& candidate : alike.candidates) {
    EXPECT_NE(candidate.subject, SubjectId{1}) << "oneself";
    if (candidate.subject == SubjectId{3}) {
      EXPECT_LT(candidate.score(), 0.85) << "a brother";
    }
  }
  EXPECT_TRUE(index_.FindAlike(SubjectId{99}, AnyDay()).candidates.empty());
}

// A twin is never missing while something else about it is written down, or the other one would be
// taken for the only one.
TEST_F(MatchIndexTest, ChildWhoseDescriptionsAreReplacedIsNeverMissing) {
  Put(1, Person("Baby", "Thornvale", kBirth, "BR1 3UH"));
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; i < 5000; ++i) {
      (void)index_.Replace(
          SubjectId{2},
          {{kBromley, Person("Baby", "Thornvale", kBirth, i % 2 == 0 ? "BR1 3UH" : "BR1 3UJ")}});
    }
    stop = true;
  });
  while (index_.accounts() < 2) std::this_thread::yield();
  while (!stop) {
    EXPECT_EQ(Find(Person("Baby", "Thornvale", kBirth, "BR1 3UH")).band, MatchBand::kManyMatch);
  }
  writer.join();
}

TEST_F(MatchIndexTest, OnesOwnChildCanBeLeftOut) {
  Put(1, Person("Ada", "Thornvale", kBirth));
  Put(2, Person("Ada", "Thornvale", kBirth), kBexley);
  const MatchResult result = Find(Person("Ada", "Thornvale", kBirth), std::nullopt, SubjectId{1});
  EXPECT_EQ(result.unique, SubjectId{2});
}

TEST_F(MatchIndexTest, TheWeightsExplainTheScore) {
  Put(1, Person("Ada", "Thornvale", kBirth, "BR1 3UH", RecordedSex::kFemale));
  const MatchResult result =
      Find(Person("Ada", "Thornvale", kBirth, "BR1 3UH", RecordedSex::kFemale));
  ASSERT_EQ(result.candidates.size(), 1);
  const Comparison& comparison = result.candidates[0].comparison;
  double bits = comparison.prior_bits;
  for (const MatchTerm& term : comparison.terms) {
    EXPECT_EQ(term.level, MatchLevel::kExact) << MatchFieldCode(term.field);
    bits += term.bits;
  }
  EXPECT_DOUBLE_EQ(bits, comparison.bits);
  EXPECT_DOUBLE_EQ(comparison.probability, 1 / (1 + std::exp2(-bits)));
  EXPECT_EQ(comparison.step->code, "EXACT");
}

TEST_F(MatchIndexTest, ARareNameIsWorthMoreThanACommonOne) {
  Put(1, Person("Oliver", "Smith", kBirth));
  Put(2, Person("Oliver", "Xylander", kBirth));
  const double common = Find(Person("Oliver", "Smith", kBirth)).candidates[0].comparison.bits;
  const double rare = Find(Person("Oliver", "Xylander", kBirth)).candidates[0].comparison.bits;
  EXPECT_GT(rare, common + 5);
}

TEST_F(MatchIndexTest, ThousandsOfOneNameAndBirthReleaseNobodyAndEndSoon) {
  for (int i = 1; i <= 20000; ++i) Put(i, Person("Ada", "Thornvale", kBirth));
  const MatchResult result = Find(Person("Ada", "Thornvale", kBirth));
  EXPECT_EQ(result.band, MatchBand::kManyMatch);
  EXPECT_FALSE(result.unique.known());
  EXPECT_LE(result.candidates.size(), MatchResult::kMostShown);
  for (int i = 1; i < 20000; ++i) index_.Remove(SubjectId{i});
  EXPECT_EQ(Find(Person("Ada", "Thornvale", kBirth)).unique, SubjectId{20000});
}

// As many as are compared at most, each with words of a thousand letters.
TEST_F(MatchIndexTest, NamesOfAThousandLettersEndSoon) {
  std::string squares, ligatures;
  for (int i = 0; i < 180; ++i) {
    squares += "\u3300";
    ligatures += "\ufb03";
  }
  const auto named = [&](int number) {
    return Person((ligatures + absl::StrCat("a", number)).c_str(),
                  (squares + absl::StrCat("b", number)).c_str(), kBirth, "BR1 3UH");
  };
  for (int i = 1; i <= 4500; ++i) Put(i, named(i));
  const absl::Time begun = absl::Now();
  EXPECT_EQ(Find(named(9999)).unique, SubjectId{});
  EXPECT_LT(absl::Now() - begun, absl::Seconds(1));
}

TEST_F(MatchIndexTest, ReadersSeeWholeAccountsWhileAWriterReplacesThem) {
  Put(1, Person("Ada", "Thornvale", kBirth));
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; i < 3000; ++i) {
      Put(1,
          i % 2 == 0 ? Person("Kestra", "Quillmere", kBirth) : Person("Ada", "Thornvale", kBirth));
      Put(2 + i, Person("Orrin", "Fennick", kBirth + i));
    }
    stop = true;
  });
  while (!stop) {
    const MatchResult result = Find(Person("Ada", "Quillmere", kBirth));
    EXPECT_NE(result.band, MatchBand::kMatch) << "half of one, half of the other";
  }
  writer.join();
  EXPECT_EQ(Find(Person("Ada", "Thornvale", kBirth)).unique, SubjectId{1});
}

}  // namespace
}  // namespace ehc
