#include "server/transport/pace.h"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;

constexpr PaceOptions kOptions{absl::Milliseconds(10), absl::Microseconds(250),
                               absl::Milliseconds(50), absl::Milliseconds(250)};

microseconds MomentAfter(microseconds ready, int questions = 1) {
  Pace pace(kOptions);
  const Pace::Instant arrived(std::chrono::hours(1000));
  return std::chrono::duration_cast<microseconds>(
      pace.MomentFor(arrived, questions, arrived + ready) - arrived);
}

TEST(PaceMoment, FollowsFromTheRequestHoweverLongTheWorkTook) {
  for (const int ready : {0, 420, 428, 9'000, 10'000}) {
    EXPECT_EQ(MomentAfter(microseconds(ready)), milliseconds(10)) << ready;
  }
  EXPECT_EQ(MomentAfter(microseconds(0), 0), milliseconds(10)) << "no child counts as one";
  EXPECT_EQ(MomentAfter(milliseconds(5), 5), milliseconds(11));
  EXPECT_EQ(MomentAfter(milliseconds(700), 5001), milliseconds(1260));
}

TEST(PaceMoment, OfWhatIsLateLiesFarFromTheNext) {
  EXPECT_EQ(MomentAfter(microseconds(10'001)), milliseconds(60));
  EXPECT_EQ(MomentAfter(milliseconds(60)), milliseconds(60));
  EXPECT_EQ(MomentAfter(microseconds(60'001)), milliseconds(110));
  EXPECT_EQ(MomentAfter(milliseconds(12), 5), milliseconds(61));
}

TEST(PaceMoment, OfWhatIsTurnedAwayLeavesTheCallerHalfOfItsTime) {
  Pace pace(kOptions);
  const Pace::Instant arrived(std::chrono::hours(1000));
  const auto moment_with = [&](std::chrono::nanoseconds left, bool crowded = false) {
    return std::chrono::duration_cast<microseconds>(pace.MomentToTurnAway(arrived, left, crowded) -
                                                    arrived);
  };
  EXPECT_EQ(moment_with(std::chrono::nanoseconds::max()), milliseconds(250)) << "no deadline";
  EXPECT_EQ(moment_with(std::chrono::seconds(5)), milliseconds(250));
  EXPECT_EQ(moment_with(milliseconds(500)), milliseconds(250));
  EXPECT_EQ(moment_with(milliseconds(100)), milliseconds(50));
  EXPECT_EQ(moment_with(std::chrono::nanoseconds::zero()), milliseconds(0));
  EXPECT_EQ(moment_with(std::chrono::seconds(5), true), milliseconds(10));
  EXPECT_EQ(moment_with(milliseconds(10), true), milliseconds(5));
}

TEST(PaceHold, LeavesInTheOrderOfTheirMomentsAndNotBefore) {
  Pace pace(kOptions);
  std::vector<int> left;
  std::vector<Pace::Instant> at;
  std::promise<void> done;
  const Pace::Instant now = steady_clock::now();
  const auto leave = [&](int number) {
    return [&, number] {
      left.push_back(number);
      at.push_back(steady_clock::now());
      if (left.size() == 3) done.set_value();
    };
  };
  pace.Hold(now + milliseconds(30), leave(3));
  pace.Hold(now + milliseconds(10), leave(1));
  pace.Hold(now + milliseconds(20), leave(2));
  done.get_future().wait();
  EXPECT_THAT(left, ElementsAre(1, 2, 3));
  EXPECT_GE(at[0], now + milliseconds(10));
  EXPECT_GE(at[1], now + milliseconds(20));
  EXPECT_GE(at[2], now + milliseconds(30));
}

TEST(PaceHold, MayBeAskedFromWhatLeaves) {
  Pace pace(kOptions);
  std::promise<void> done;
  pace.Hold(steady_clock::now(),
            [&] { pace.Hold(steady_clock::now() + milliseconds(1), [&] { done.set_value(); }); });
  done.get_future().wait();
}

TEST(PaceHold, WhatThrowsKeepsNothingElse) {
  Pace pace(kOptions);
  std::promise<void> done;
  pace.Hold(steady_clock::now(), [] { throw std::bad_alloc(); });
  pace.Hold(steady_clock::now(), [&] { done.set_value(); });
  done.get_future().wait();
}

TEST(PaceStop, LetsEverythingGoOnceAndHoldsNothingAfterwards) {
  std::atomic<int> left{0};
  {
    Pace pace(kOptions);
    const Pace::Instant never = steady_clock::now() + std::chrono::hours(1);
    for (int i = 0; i < 100; ++i) pace.Hold(never, [&] { ++left; });
    pace.Stop();
    EXPECT_EQ(left, 100) << "when it returns";
    pace.Stop();
    pace.Hold(never, [&] { left += 1000; });
    EXPECT_EQ(left, 1100) << "on the thread that brought it";
  }
  EXPECT_EQ(left, 1100);
}

TEST(PaceStop, LastToHoldItMayBeWhatLeavesAfterwards) {
  auto pace = std::make_shared<Pace>(kOptions);
  bool left = false;
  pace->Stop();
  Pace& held = *pace;
  held.Hold(steady_clock::now(), [pace = std::move(pace), &left] { left = true; });
  EXPECT_TRUE(left);
}

TEST(PaceStop, LosesNothingThatComesMeanwhile) {
  std::atomic<int> left{0};
  {
    Pace pace(kOptions);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 500; ++j)
          pace.Hold(steady_clock::now() + milliseconds(j % 5), [&] { ++left; });
      });
    }
    pace.Stop();
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(left, 2000);
}

}  // namespace
}  // namespace ehc
