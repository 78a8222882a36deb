#include "server/base/quota_book.h"

#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace ehc {
namespace {

constexpr QuotaLimits kLimits{{10, 20}, {10, 100}, {1, 5}, 4};
const absl::Time kNow = absl::FromUnixSeconds(1000000);

// Enters and leaves at once.
bool Call(QuotaAccount& account, const QuotaLimits& limits, QuotaAsk ask, absl::Time now) {
  const QuotaRuling ruling = account.Enter(limits, ask, now);
  if (ruling.admitted) account.Leave();
  return ruling.admitted;
}

TEST(QuotaAccountTest, BurstIsServedThenTheRateHolds) {
  QuotaAccount account;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Call(account, kLimits, {}, kNow)) << i;
  const QuotaRuling refused = account.Enter(kLimits, {}, kNow);
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.retry_after, absl::Milliseconds(100));
  EXPECT_FALSE(Call(account, kLimits, {}, kNow + absl::Milliseconds(99)));
  EXPECT_TRUE(Call(account, kLimits, {}, kNow + refused.retry_after));
  EXPECT_FALSE(Call(account, kLimits, {}, kNow + refused.retry_after));
}

TEST(QuotaAccountTest, BucketNeverHoldsMoreThanItsBurst) {
  QuotaAccount account;
  EXPECT_TRUE(Call(account, kLimits, {}, kNow));
  const absl::Time later = kNow + absl::Hours(24);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Call(account, kLimits, {}, later)) << i;
  EXPECT_FALSE(Call(account, kLimits, {}, later));
}

TEST(QuotaAccountTest, ClockThatIsSetBackGivesNothing) {
  QuotaAccount account;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Call(account, kLimits, {}, kNow));
  EXPECT_FALSE(Call(account, kLimits, {}, kNow - absl::Hours(1)));
  EXPECT_FALSE(Call(account, kLimits, {}, kNow));
}

TEST(QuotaAccountTest, WholeRollIsServedOnceAndOwedAfterwards) {
  QuotaAccount account;
  EXPECT_TRUE(Call(account, kLimits, {false, 150}, kNow)) << "more than the bucket holds";
  const QuotaRuling refused = account.Enter(kLimits, {false, 1}, kNow);
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.retry_after, absl::Milliseconds(5100)) << "51 questions at 10 a second";
  EXPECT_TRUE(Call(account, kLimits, {}, kNow)) << "calls about no child go on";
}

TEST(QuotaAccountTest, WhoCallsEverythingSafeguardingGainsOneBucketAndNoMore) {
  QuotaAccount account;
  int first = 0, ordinary = 0, refused = 0;
  for (int i = 0; i < 100; ++i) {
    const QuotaRuling ruling = account.Enter(kLimits, {true, 0}, kNow);
    (!ruling.admitted ? refused : ruling.first ? first : ordinary) += 1;
    if (ruling.admitted) account.Leave();
  }
  EXPECT_EQ(first, 5);
  EXPECT_EQ(ordinary, 20);
  EXPECT_EQ(refused, 75);
  EXPECT_EQ(account.Use(kLimits, kNow).made_ordinary, 20);
}

TEST(QuotaAccountTest, SafeguardingIsServedWhenTheOrdinaryQuotaIsUsedUp) {
  QuotaAccount account;
  while (Call(account, kLimits, {}, kNow)) {
  }
  const QuotaRuling ruling = account.Enter(kLimits, {true, 1}, kNow);
  EXPECT_TRUE(ruling.admitted);
  EXPECT_TRUE(ruling.first);
}

// What its agency's other systems asked does not keep a safeguarding lead from asking.
TEST(QuotaAccountTest, SafeguardingOfOneChildIsServedWhenTheQuestionsAreUsedUp) {
  QuotaAccount account;
  EXPECT_TRUE(Call(account, kLimits, {false, 100}, kNow));
  EXPECT_FALSE(Call(account, kLimits, {false, 1}, kNow));
  EXPECT_FALSE(Call(account, kLimits, {true, 2}, kNow)) << "a roll is no emergency";
  for (int i = 0; i < 5; ++i) {
    const QuotaRuling ruling = account.Enter(kLimits, {true, 1}, kNow);
    EXPECT_TRUE(ruling.admitted && ruling.first) << i;
    account.Leave();
  }
  const QuotaRuling refused = account.Enter(kLimits, {true, 1}, kNow);
  EXPECT_FALSE(refused.admitted) << "its own bucket is all that it gains";
  EXPECT_EQ(refused.retry_after, absl::Milliseconds(600)) << "the five are owed";
}

TEST(QuotaAccountTest, CallsInFlightAreCappedWithRoomLeftForSafeguarding) {
  QuotaAccount account;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(account.Enter(kLimits, {}, kNow).admitted);
  EXPECT_FALSE(account.Enter(kLimits, {}, kNow).admitted);
  EXPECT_TRUE(account.Enter(kLimits, {true, 0}, kNow).admitted);
  EXPECT_TRUE(account.Enter(kLimits, {true, 0}, kNow).admitted);
  EXPECT_FALSE(account.Enter(kLimits, {true, 0}, kNow).admitted) << "half as many again";
  const QuotaUse use = account.Use(kLimits, kNow);
  EXPECT_EQ(use.in_flight, 6);
  EXPECT_EQ(use.turned_away, 2);
  account.Leave();
  account.Leave();
  account.Leave();
  EXPECT_TRUE(account.Enter(kLimits, {}, kNow).admitted);
}

TEST(QuotaAccountTest, WithoutLimitsEverythingIsServedAndCounted) {
  QuotaAccount account;
  for (int i = 0; i < 10000; ++i) ASSERT_TRUE(Call(account, {}, {false, 1}, kNow));
  const QuotaUse use = account.Use({}, kNow);
  EXPECT_EQ(use.buckets[0].used, 10000);
  EXPECT_EQ(use.buckets[1].used, 10000);
}

TEST(QuotaBookTest, ThreadsTogetherGetWhatTheBucketHolds) {
  QuotaBook book(kNow);
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 1000; ++call) {
        QuotaLimits limits = kLimits;
        limits.in_flight = 0;
        if (Call(*book.Of("bromley"), limits, {}, kNow)) ++admitted;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, 20);
  EXPECT_EQ(book.Of("bromley")->Use(kLimits, kNow).in_flight, 0);
  EXPECT_EQ(book.Of("another")->Use(kLimits, kNow).buckets[0].used, 0);
}

TEST(QuotaPlaceTest, IsGivenBackOnceHoweverItMoves) {
  QuotaBook book(kNow);
  ASSERT_TRUE(book.Of("x")->Enter(kLimits, {}, kNow).admitted);
  {
    QuotaPlace place(book.Of("x"));
    QuotaPlace moved = std::move(place);
    EXPECT_EQ(book.Of("x")->Use(kLimits, kNow).in_flight, 1);
  }
  EXPECT_EQ(book.Of("x")->Use(kLimits, kNow).in_flight, 0);
}

}  // namespace
}  // namespace ehc
