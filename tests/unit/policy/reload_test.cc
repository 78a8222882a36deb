// Swapping policies under load: every decision is explained wholly by the revision it names.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "server/base/snapshot.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

TEST(ReloadTest, NoDecisionMixesTwoRevisions) {
  constexpr int kSwaps = 1000;
  constexpr int kThreads = 4;
  // They differ in the part that they permit.
  const std::shared_ptr<const PolicySnapshot> policies[] = {
      PolicyOf(ClauseText("a", "part: 'C' obligation { code: 'NO_ONWARD' }")),
      PolicyOf(ClauseText("b", "part: 'G' obligation { code: 'READ_RECEIPT' }"))};
  const PolicyRequest request = TrustRequest(*policies[0]);
  const PartMask expected[] = {Parts(*policies[0], {"C"}), Parts(*policies[1], {"G"})};
  Snapshot<PolicySnapshot> current(policies[0]);
  std::atomic<bool> done{false};
  std::atomic<int64_t> decisions{0};
  std::atomic<int64_t> mixed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      int64_t count = 0;
      while (!done.load(std::memory_order_relaxed) || count < 1000) {
        const auto policy = current.Get();
        const Decision decision = Decide(request, Facts(), MidJanuary(), *policy);
        const int which = policy->revision() == policies[0]->revision() ? 0 : 1;
        if (decision.granted != expected[which] || decision.obligations.size() != 1 ||
            decision.clause->id != (which == 0 ? "a" : "b")) {
          ++mixed;
        }
        ++count;
      }
      decisions += count;
    });
  }
  for (int i = 1; i <= kSwaps; ++i) {
    current.Set(policies[i % 2]);
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(mixed.load(), 0);
  EXPECT_GE(decisions.load(), kThreads * 1000);
}

}  // namespace
}  // namespace ehc
