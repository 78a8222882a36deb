// Counts by the day: what commits takes the count for granted, and of two that race one is STALE.
#include <atomic>
#include <thread>

#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

class StoreTallies : public StoreContract {
 protected:
  static TallyKey KeyOf(const std::string& user, Date day = Date(2026, 11, 27)) {
    return {"break glass", AgencyId("trust"), user, "", day};
  }
  int64_t Count(const TallyKey& key) { return View()->ReadTally(key).value(); }
  absl::Status Add(const TallyKey& key, int64_t at_most = AddToTally::kNoLimit) {
    return Append(CommitOf(absl::StrCat("tally ", ++commits_), {AddToTally{key, at_most}}))
        .status();
  }

 private:
  int commits_ = 0;
};

TEST_P(StoreTallies, CountsEachKeyByItselfAlsoAfterARestart) {
  const TallyKey key = KeyOf("ed-1");
  EXPECT_EQ(Count(key), 0);
  EXPECT_TRUE(Add(key).ok());
  EXPECT_TRUE(Add(key).ok());
  EXPECT_TRUE(Add(KeyOf("ed-2")).ok());
  Reopen();
  EXPECT_EQ(Count(key), 2);
  EXPECT_EQ(Count(KeyOf("ed-2")), 1);
  TallyKey other = key;
  other.agency = AgencyId("bromley");
  EXPECT_EQ(Count(other), 0);
  other = key;
  other.what = "disclosures";
  EXPECT_EQ(Count(other), 0);
  other = key;
  other.of = "bromley";
  EXPECT_EQ(Count(other), 0);
  EXPECT_EQ(Count(KeyOf("ed-1", Date(2026, 11, 28))), 0) << "another day";
}

TEST_P(StoreTallies, WhatWouldGoBeyondTheLimitIsStaleAndLeavesNothing) {
  const TallyKey key = KeyOf("ed-1");
  const SubjectId child = NewSubject();
  EXPECT_TRUE(Add(key, 2).ok());
  EXPECT_TRUE(Add(key, 2).ok());
  const int64_t before = View()->Head()->size;
  const absl::Status third =
      Append(CommitOf("third", {PutSubject{child, DossierOf("Example")}, AddToTally{key, 2}}))
          .status();
  EXPECT_TRUE(absl::IsAborted(third)) << third;
  EXPECT_EQ(Count(key), 2);
  EXPECT_EQ(View()->Head()->size, before) << "no entry";
  EXPECT_EQ(View()->ReadDossier(child)->registered_by_size(), 0) << "nor its other changes";
  EXPECT_TRUE(Add(key, 3).ok()) << "another limit";
  EXPECT_TRUE(Add(key).ok());
  EXPECT_EQ(Count(key), 4);
}

TEST_P(StoreTallies, OfManyThatRaceExactlyTheLimitCommits) {
  const TallyKey key = KeyOf("ed-1");
  std::atomic<int> committed{0};
  std::vector<std::thread> racing;
  for (int i = 0; i < 16; ++i) {
    racing.emplace_back([&, i] {
      const Commit commit = CommitOf(absl::StrCat("racing ", i), {AddToTally{key, 5}});
      if (AppendAndWait(*store_, commit).ok()) ++committed;
    });
  }
  for (std::thread& one : racing) one.join();
  EXPECT_EQ(committed, 5);
  EXPECT_EQ(Count(key), 5);
}

TEST_P(StoreTallies, DaysBeforeYesterdayAreForgotten) {
  EXPECT_TRUE(Add(KeyOf("ed-1", Date(2026, 11, 25))).ok());
  EXPECT_TRUE(Add(KeyOf("ed-1", Date(2026, 11, 26))).ok());
  EXPECT_TRUE(Add(KeyOf("ed-1", Date(2026, 11, 27))).ok());
  EXPECT_EQ(Count(KeyOf("ed-1", Date(2026, 11, 25))), 0);
  EXPECT_EQ(Count(KeyOf("ed-1", Date(2026, 11, 26))), 1);
  EXPECT_EQ(Count(KeyOf("ed-1", Date(2026, 11, 27))), 1);
}

TEST_P(StoreTallies, LimitOfNoneIsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(Add(KeyOf("ed-1"), 0)));
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreTallies, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
