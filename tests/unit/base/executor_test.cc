#include "server/base/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"

namespace ehc {
namespace {

// Keeps one worker busy until released.
class Blocker {
 public:
  Executor::Task Task() {
    return [this] {
      started_.Notify();
      release_.WaitForNotification();
    };
  }
  void WaitUntilRunning() { started_.WaitForNotification(); }
  void Release() { release_.Notify(); }

 private:
  absl::Notification started_;
  absl::Notification release_;
};

class OneWorkerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(executor_.TrySubmit(blocker_.Task()));
    blocker_.WaitUntilRunning();
  }

  bool Append(char mark, Priority priority = Priority::kNormal) {
    return executor_.TrySubmit([this, mark] { order_.push_back(mark); }, priority);
  }

  void Finish() {
    blocker_.Release();
    executor_.Shutdown();
  }

  std::string order_;
  Blocker blocker_;
  Executor executor_{1, 3};
};

TEST_F(OneWorkerTest, TasksOfOnePriorityRunInOrder) {
  EXPECT_TRUE(Append('a') && Append('b') && Append('c'));
  Finish();
  EXPECT_EQ(order_, "abc");
}

TEST_F(OneWorkerTest, SafeguardingOvertakesNormalWork) {
  EXPECT_TRUE(Append('a') && Append('b'));
  EXPECT_TRUE(Append('S', Priority::kSafeguarding) && Append('T', Priority::kSafeguarding));
  Finish();
  EXPECT_EQ(order_, "STab");
}

TEST_F(OneWorkerTest, FullQueueRefusesAndLeavesTheTaskUsable) {
  EXPECT_TRUE(Append('a') && Append('b') && Append('c'));
  Executor::Task task = [this] { order_ += "refused"; };
  EXPECT_FALSE(executor_.TrySubmit(std::move(task)));
  ASSERT_TRUE(task != nullptr);
  Finish();
  EXPECT_EQ(order_, "abc");
  task();
  EXPECT_EQ(order_, "abcrefused");
}

TEST_F(OneWorkerTest, FloodOfNormalWorkDoesNotRefuseSafeguarding) {
  while (Append('n')) {
  }
  EXPECT_TRUE(Append('S', Priority::kSafeguarding));
  Finish();
  EXPECT_EQ(order_, "Snnn");
}

TEST_F(OneWorkerTest, DepthCountsWaitingTasksOnly) {
  EXPECT_EQ(executor_.queue_depth(), 0u);
  EXPECT_TRUE(Append('a') && Append('S', Priority::kSafeguarding));
  EXPECT_EQ(executor_.queue_depth(), 2u);
  EXPECT_EQ(executor_.queue_depth(Priority::kNormal), 1u);
  EXPECT_EQ(executor_.queue_depth(Priority::kSafeguarding), 1u);
  Finish();
  EXPECT_EQ(executor_.queue_depth(), 0u);
}

TEST_F(OneWorkerTest, ShutdownRunsAcceptedTasksAndRefusesNewOnes) {
  EXPECT_TRUE(Append('a') && Append('b'));
  std::thread shutting_down([this] { executor_.Shutdown(); });
  while (Append('x')) std::this_thread::yield();  // Until shutdown has begun or the queue is full.
  blocker_.Release();
  shutting_down.join();
  EXPECT_EQ(order_.substr(0, 2), "ab");
  EXPECT_FALSE(Append('y'));
  executor_.Shutdown();
  EXPECT_EQ(order_.find('y'), std::string::npos);
}

TEST(ExecutorTest, EveryTaskOfManyProducersRunsOnce) {
  std::atomic<int> ran{0};
  std::atomic<int> accepted{0};
  {
    Executor executor(4, 64);
    std::vector<std::thread> producers;
    for (int p = 0; p < 4; ++p) {
      producers.emplace_back([&, p] {
        const Priority priority = p % 2 == 0 ? Priority::kNormal : Priority::kSafeguarding;
        for (int i = 0; i < 3000; ++i) {
          if (executor.TrySubmit([&ran] { ran.fetch_add(1); }, priority)) accepted.fetch_add(1);
        }
      });
    }
    for (std::thread& producer : producers) producer.join();
  }
  EXPECT_EQ(ran.load(), accepted.load());
  EXPECT_GE(accepted.load(), 64);
}

// A lost wake-up would leave a task waiting although workers sleep.
TEST(ExecutorTest, IdleWorkersAlwaysWake) {
  Executor executor(2, 8);
  for (int i = 0; i < 2000; ++i) {
    std::promise<void> done;
    ASSERT_TRUE(executor.TrySubmit([&done] { done.set_value(); }));
    ASSERT_EQ(done.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  }
}

TEST(ExecutorTest, TasksRunInParallel) {
  Executor executor(2, 8);
  Blocker one, two;
  ASSERT_TRUE(executor.TrySubmit(one.Task()));
  ASSERT_TRUE(executor.TrySubmit(two.Task()));
  one.WaitUntilRunning();
  two.WaitUntilRunning();
  one.Release();
  two.Release();
}

TEST(ExecutorTest, MoveOnlyTaskIsDestroyedOnceItHasRun) {
  Executor executor(1, 8);
  auto resource = std::make_shared<int>(7);
  std::weak_ptr<int> watch = resource;
  auto holder = std::make_unique<std::shared_ptr<int>>(std::move(resource));
  ASSERT_TRUE(executor.TrySubmit([holder = std::move(holder)] { EXPECT_EQ(**holder, 7); }));
  absl::Notification next_ran;
  ASSERT_TRUE(executor.TrySubmit([&next_ran] { next_ran.Notify(); }));
  next_ran.WaitForNotification();
  EXPECT_TRUE(watch.expired());
}

TEST(ExecutorTest, WhatATaskLeavesWhileMoreIsComingIsOfferedAgainWithNothingQueued) {
  constexpr int kTasks = 5000;
  std::atomic<int> left{0};
  std::atomic<int> taken{0};
  {
    std::unique_ptr<Executor> executor;
    executor = std::make_unique<Executor>(4, kTasks, [&](bool nothing_queued) {
      if (nothing_queued) taken += left.exchange(0);
    });
    for (int i = 0; i < kTasks; ++i) {
      ASSERT_TRUE(executor->TrySubmit([&] { executor->more_is_coming() ? ++left : ++taken; }));
    }
    EXPECT_FALSE(executor->more_is_coming()) << "not asked by a worker";
  }
  EXPECT_EQ(left, 0);
  EXPECT_EQ(taken, kTasks);
}

TEST(ExecutorTest, ReservedThreadTakesSafeguardingWorkWhileEverybodyElseIsBusy) {
  Executor executor(1, 8, nullptr, /*reserved=*/1);
  Blocker blocker;
  ASSERT_TRUE(executor.TrySubmit(blocker.Task()));
  blocker.WaitUntilRunning();
  std::atomic<bool> normal_ran = false;
  ASSERT_TRUE(executor.TrySubmit([&] { normal_ran = true; }));
  for (int i = 0; i < 3; ++i) {
    absl::Notification ran;
    ASSERT_TRUE(executor.TrySubmit([&] { ran.Notify(); }, Priority::kSafeguarding));
    ASSERT_TRUE(ran.WaitForNotificationWithTimeout(absl::Seconds(30)));
  }
  EXPECT_FALSE(normal_ran) << "the reserved thread takes nothing else";
  blocker.Release();
  executor.Shutdown();
  EXPECT_TRUE(normal_ran);
}

TEST(ExecutorTest, SafeguardingTaskWaitsForNobodysCompanyAndKnowsThatItIsOne) {
  Executor executor(1, 8);
  Blocker blocker;
  ASSERT_TRUE(executor.TrySubmit(blocker.Task()));
  blocker.WaitUntilRunning();
  std::vector<bool> coming, first;
  const auto note = [&] {
    coming.push_back(executor.more_is_coming());
    first.push_back(executor.is_at_safeguarding());
  };
  ASSERT_TRUE(executor.TrySubmit(note, Priority::kSafeguarding));
  ASSERT_TRUE(executor.TrySubmit(note));
  ASSERT_TRUE(executor.TrySubmit([] {}));
  blocker.Release();
  executor.Shutdown();
  EXPECT_EQ(coming, (std::vector<bool>{false, true}));
  EXPECT_EQ(first, (std::vector<bool>{true, false}));
  EXPECT_FALSE(executor.is_at_safeguarding());
}

}  // namespace
}  // namespace ehc
