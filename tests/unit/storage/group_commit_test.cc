#include "server/storage/group_commit.h"

#include <atomic>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace ehc {
namespace {

void AcceptAll(GroupCommit::Batch& batch) {
  for (PendingCommit& pending : batch) pending.outcome = Committed{};
}

TEST(GroupCommit, IdleCallerCommitsOnItsOwnThread) {
  std::thread::id committed_on;
  std::thread::id called_back_on;
  GroupCommit commits([&](GroupCommit::Batch& batch) {
    committed_on = std::this_thread::get_id();
    AcceptAll(batch);
  });
  commits.Submit({},
                 [&](absl::StatusOr<Committed>) { called_back_on = std::this_thread::get_id(); });
  EXPECT_EQ(committed_on, std::this_thread::get_id());
  EXPECT_EQ(called_back_on, std::this_thread::get_id());
}

TEST(GroupCommit, WhatQueuedDuringACommitGoesTogetherInBoundedBatches) {
  std::vector<size_t> sizes;
  std::promise<void> first_started;
  std::promise<void> queued;
  GroupCommit commits([&](GroupCommit::Batch& batch) {
    if (sizes.empty()) {
      first_started.set_value();
      queued.get_future().wait();
    }
    sizes.push_back(batch.size());
    AcceptAll(batch);
  });
  std::thread leader([&] { commits.Submit({}, [](absl::StatusOr<Committed>) {}); });
  first_started.get_future().wait();
  for (int i = 0; i < 200; ++i) commits.Submit({}, [](absl::StatusOr<Committed>) {});
  queued.set_value();
  leader.join();
  EXPECT_EQ(sizes, (std::vector<size_t>{1, 128, 72}));
}

TEST(GroupCommit, WhatIsSubmittedTogetherGoesTogetherAndHasOutcomesOfItsOwn) {
  std::vector<size_t> sizes;
  GroupCommit commits([&](GroupCommit::Batch& batch) {
    sizes.push_back(batch.size());
    AcceptAll(batch);
    batch[0].outcome = absl::AbortedError("stale");
  });
  int accepted = 0, stale = 0;
  std::vector<Appending> together;
  for (int i = 0; i < 130; ++i) {
    together.push_back(
        {{}, [&](absl::StatusOr<Committed> result) { ++(result.ok() ? accepted : stale); }});
  }
  commits.SubmitAll(std::move(together));
  EXPECT_EQ(sizes, (std::vector<size_t>{128, 2}));
  EXPECT_EQ(accepted, 128);
  EXPECT_EQ(stale, 2);
}

TEST(GroupCommit, NextBatchIsCommittedWhileCallbacksRun) {
  GroupCommit commits(AcceptAll);
  std::promise<void> second_done;
  std::promise<void> in_callback;
  std::thread first([&] {
    commits.Submit({}, [&](absl::StatusOr<Committed>) {
      in_callback.set_value();
      EXPECT_EQ(second_done.get_future().wait_for(std::chrono::seconds(30)),
                std::future_status::ready);
    });
  });
  in_callback.get_future().wait();
  commits.Submit({}, [&](absl::StatusOr<Committed>) { second_done.set_value(); });
  first.join();
}

TEST(GroupCommit, SubmitFromACallbackDoesNotGrowTheStack) {
  constexpr int kChain = 100'000;
  GroupCommit commits(AcceptAll);
  int left = kChain;
  std::function<void()> submit = [&] {
    commits.Submit({}, [&](absl::StatusOr<Committed>) {
      if (--left > 0) submit();
    });
  };
  submit();
  EXPECT_EQ(left, 0);
}

TEST(GroupCommit, WorkAloneNeverMeetsACommit) {
  std::atomic<int> inside{0};
  std::atomic<int> committed{0};
  const auto alone = [&] {
    EXPECT_EQ(++inside, 1);
    --inside;
  };
  {
    GroupCommit commits([&](GroupCommit::Batch& batch) {
      alone();
      AcceptAll(batch);
    });
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        for (int n = 0; n < 2000; ++n) {
          if (i == 0) commits.RunAlone(alone);
          commits.Submit({}, [&](absl::StatusOr<Committed>) { ++committed; });
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(committed, 8000);
}

TEST(GroupCommit, WorkAloneMayStartInACallback) {
  GroupCommit commits(AcceptAll);
  int runs = 0;
  commits.Submit({}, [&](absl::StatusOr<Committed>) { commits.RunAlone([&] { ++runs; }); });
  EXPECT_EQ(runs, 1);
}

// Counts what was committed in each batch; more is coming for as long as `busy`.
class SharedCommits {
 public:
  SharedCommits()
      : commits_([this](GroupCommit::Batch& batch) {
          sizes_.push_back(batch.size());
          AcceptAll(batch);
        }) {
    commits_.WaitForCompanyWhile([this] { return busy_; });
  }

  void Submit() {
    commits_.Submit({}, [this](absl::StatusOr<Committed>) { ++answered_; });
  }

  bool busy_ = true;
  int answered_ = 0;
  std::vector<size_t> sizes_;
  GroupCommit commits_;
};

TEST(GroupCommit, WaitsForCompanyUntilNothingElseIsOnItsWay) {
  SharedCommits shared;
  for (int i = 0; i < 5; ++i) shared.Submit();
  EXPECT_EQ(shared.answered_, 0);
  shared.commits_.LeadIfDue(/*nothing_else=*/true);
  EXPECT_EQ(shared.answered_, 5);
  EXPECT_EQ(shared.sizes_, std::vector<size_t>{5});
}

TEST(GroupCommit, TheLastToComeTakesAllWithIt) {
  SharedCommits shared;
  for (int i = 0; i < 5; ++i) shared.Submit();
  shared.busy_ = false;
  shared.Submit();
  EXPECT_EQ(shared.sizes_, std::vector<size_t>{6});
}

TEST(GroupCommit, EnoughCompanyIsNotKeptWaiting) {
  SharedCommits shared;
  for (size_t i = 0; i < GroupCommit::kCompany; ++i) shared.Submit();
  EXPECT_EQ(shared.sizes_, std::vector<size_t>{GroupCommit::kCompany});
}

// Calls that commit nothing, one after another, must not keep a commit waiting for ever.
TEST(GroupCommit, PatienceEndsThoughMoreIsComing) {
  SharedCommits shared;
  shared.Submit();
  std::this_thread::sleep_for(GroupCommit::kPatience);
  shared.commits_.LeadIfDue(/*nothing_else=*/false);
  EXPECT_EQ(shared.answered_, 1);
}

TEST(GroupCommit, NothingWaitingIsNothingToLead) {
  SharedCommits shared;
  shared.commits_.LeadIfDue(/*nothing_else=*/true);
  EXPECT_TRUE(shared.sizes_.empty());
}

// Commits by name; those whose name says so go first.
class FirstTest : public ::testing::Test {
 protected:
  FirstTest()
      : commits_([this](GroupCommit::Batch& batch) {
          if (on_batch_) on_batch_();
          sizes_.push_back(batch.size());
          AcceptAll(batch);
        }) {
    commits_.WaitForCompanyWhile([this] { return busy_ && !first_; });
    commits_.PutFirstWhile([this] { return first_; });
  }

  void Submit(const std::string& name, bool first = false) {
    first_ = first;
    commits_.Submit({}, [this, name](absl::StatusOr<Committed>) {
      order_.push_back(name);
      if (on_call_back_) on_call_back_(name);
    });
    first_ = false;
  }

  bool busy_ = false;
  bool first_ = false;
  std::function<void()> on_batch_;
  std::function<void(const std::string&)> on_call_back_;
  std::vector<size_t> sizes_;
  std::vector<std::string> order_;
  GroupCommit commits_;
};

TEST_F(FirstTest, WaitsForNobodysCompanyAndIsCalledBackBeforeThoseThatDo) {
  busy_ = true;
  Submit("a");
  Submit("b");
  EXPECT_TRUE(order_.empty());
  Submit("first", true);
  EXPECT_EQ(order_, (std::vector<std::string>{"first", "a", "b"}));
  EXPECT_EQ(sizes_, std::vector<size_t>{3});
}

TEST_F(FirstTest, IsInTheNextBatchWhateverWaitsWithFewBesideIt) {
  bool queued = false;
  on_batch_ = [&] {  // while the first batch is committed, too many for the next one queue
    if (std::exchange(queued, true)) return;
    for (size_t i = 0; i < GroupCommit::kMaxBatch + 10; ++i) Submit("ordinary");
    Submit("first 1", true);
    Submit("first 2", true);
  };
  Submit("leader");
  ASSERT_EQ(order_.size(), GroupCommit::kMaxBatch + 13);
  // Before the leader's own batch has been called back, even.
  EXPECT_EQ(order_[0], "first 1");
  EXPECT_EQ(order_[1], "first 2");
  EXPECT_EQ(sizes_, (std::vector<size_t>{1, 2 + GroupCommit::kBesideFirst, GroupCommit::kMaxBatch,
                                         10 - GroupCommit::kBesideFirst}));
}

TEST_F(FirstTest, WhatItsBatchLeavesBehindIsLedByWhoeverIsIdle) {
  bool queued = false;
  on_batch_ = [&] {
    if (std::exchange(queued, true)) return;
    for (size_t i = 0; i < GroupCommit::kBesideFirst + 2; ++i) Submit("ordinary");
    Submit("first", true);
  };
  on_call_back_ = [&](const std::string& name) {  // the leader is away for as long as this takes
    if (name != "leader") return;
    std::thread([&] { commits_.LeadIfDue(/*nothing_else=*/true); }).join();
    EXPECT_EQ(sizes_, (std::vector<size_t>{1, 1 + GroupCommit::kBesideFirst, 2}));
  };
  Submit("leader");
  EXPECT_EQ(order_.size(), GroupCommit::kBesideFirst + 4);
}

TEST_F(FirstTest, WaitsForNoOrdinaryCallBack) {
  busy_ = true;
  Submit("a");
  Submit("b");
  Submit("c");
  on_call_back_ = [&](const std::string& name) {
    if (name == "a") Submit("first", true);
  };
  commits_.LeadIfDue(/*nothing_else=*/true);
  EXPECT_EQ(order_, (std::vector<std::string>{"a", "first", "b", "c"}));
}

}  // namespace
}  // namespace ehc
