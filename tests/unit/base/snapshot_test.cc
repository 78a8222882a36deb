#include "server/base/snapshot.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace ehc {
namespace {

struct Pair {
  int first;
  int second;
};

TEST(SnapshotTest, NothingSetReadsAsNull) {
  Snapshot<int> snapshot;
  EXPECT_EQ(snapshot.Get(), nullptr);
  snapshot.Set(std::make_shared<int>(1));
  EXPECT_EQ(*snapshot.Get(), 1);
  snapshot.Set(nullptr);
  EXPECT_EQ(snapshot.Get(), nullptr);
}

TEST(SnapshotTest, ReadAfterSetSeesTheNewValueAndAKeptCopyTheOld) {
  Snapshot<int> snapshot(std::make_shared<int>(1));
  const std::shared_ptr<const int> kept = snapshot.Get();
  const uint64_t generation = snapshot.generation();
  snapshot.Set(std::make_shared<int>(2));
  EXPECT_EQ(*snapshot.GetCached(), 2);
  EXPECT_EQ(*kept, 1);
  EXPECT_GT(snapshot.generation(), generation);
}

TEST(SnapshotTest, UnchangedSnapshotGivesTheSamePointerWithoutCounting) {
  Snapshot<int> snapshot(std::make_shared<int>(1));
  const std::shared_ptr<const int>* const first = &snapshot.GetCached();
  const long uses = first->use_count();
  EXPECT_EQ(&snapshot.GetCached(), first);
  EXPECT_EQ(snapshot.GetCached().use_count(), uses);
}

TEST(SnapshotTest, ManyInstancesOfOneTypeDoNotMix) {
  std::vector<std::unique_ptr<Snapshot<int>>> snapshots;
  for (int i = 0; i < 30; ++i) {  // More than there are cache slots.
    snapshots.push_back(std::make_unique<Snapshot<int>>(std::make_shared<int>(i)));
  }
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 30; ++i) EXPECT_EQ(*snapshots[i]->Get(), i);
    for (int i = 29; i >= 0; --i) EXPECT_EQ(*snapshots[i]->Get(), i);
  }
}

// A new instance often gets the address, and after enough of them the slot, of a destroyed one.
TEST(SnapshotTest, NewInstanceNeverShowsTheValueOfADestroyedOne) {
  for (int i = 0; i < 200; ++i) {
    const auto snapshot = std::make_unique<Snapshot<int>>(std::make_shared<int>(i));
    EXPECT_EQ(*snapshot->Get(), i);
  }
}

TEST(SnapshotTest, ReadersSeeWholeValuesThatNeverGoBack) {
  Snapshot<Pair> snapshot(std::make_shared<Pair>(Pair{0, 0}));
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      int last = 0;
      while (!done.load()) {
        const std::shared_ptr<const Pair>& value = snapshot.GetCached();
        EXPECT_EQ(value->first, value->second);
        EXPECT_GE(value->first, last);
        last = value->first;
      }
      EXPECT_EQ(snapshot.Get()->first, 2000);
    });
  }
  for (int i = 1; i <= 2000; ++i) {
    snapshot.Set(std::make_shared<Pair>(Pair{i, i}));
    if (i % 64 == 0) std::this_thread::yield();
  }
  done.store(true);
  for (std::thread& reader : readers) reader.join();
}

TEST(SnapshotTest, ConcurrentWritersLeaveOneOfTheirValues) {
  Snapshot<Pair> snapshot;
  std::vector<std::thread> writers;
  for (int t = 1; t <= 3; ++t) {
    writers.emplace_back([&snapshot, t] {
      for (int i = 0; i < 500; ++i) {
        snapshot.Set(std::make_shared<Pair>(Pair{t, t}));
        const std::shared_ptr<const Pair>& value = snapshot.GetCached();
        EXPECT_EQ(value->first, value->second);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(snapshot.Get()->first, snapshot.Get()->second);
}

TEST(SnapshotTest, ValueOutlivesItsSnapshotOnAnotherThread) {
  auto snapshot = std::make_unique<Snapshot<std::string>>(std::make_shared<std::string>("kept"));
  std::shared_ptr<const std::string> kept;
  std::thread([&] { kept = snapshot->Get(); }).join();
  snapshot.reset();
  EXPECT_EQ(*kept, "kept");
  EXPECT_EQ(kept.use_count(), 1) << "the ended thread let go of its cached copy";
}

}  // namespace
}  // namespace ehc
