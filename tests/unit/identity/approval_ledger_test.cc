#include "server/identity/approval_ledger.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const absl::Time kLater = kNow + absl::Minutes(15);

TEST(ApprovalLedgerTest, AnApprovalIsGoodOnce) {
  MemoryApprovalLedger ledger;
  EXPECT_TRUE(ledger.Spend(AgencyId("a"), "one", kLater, kNow).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(ledger.Spend(AgencyId("a"), "one", kLater, kNow)));
  EXPECT_TRUE(absl::IsAlreadyExists(ledger.Spend(AgencyId("a"), "one", kLater, kLater)));
}

TEST(ApprovalLedgerTest, AgenciesDoNotShareNames) {
  MemoryApprovalLedger ledger;
  EXPECT_TRUE(ledger.Spend(AgencyId("a"), "one", kLater, kNow).ok());
  EXPECT_TRUE(ledger.Spend(AgencyId("b"), "one", kLater, kNow).ok());
}

TEST(ApprovalLedgerTest, ExpiredApprovalsAreForgotten) {
  MemoryApprovalLedger ledger;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(ledger.Spend(AgencyId("a"), absl::StrCat(i), kLater, kNow).ok());
  }
  const absl::Time much_later = kLater + absl::Hours(1);
  ASSERT_TRUE(ledger.Spend(AgencyId("a"), "new", much_later, much_later).ok());
  EXPECT_EQ(ledger.size(), 1u);
}

TEST(ApprovalLedgerTest, OneAgencyCannotFillItForOthers) {
  MemoryApprovalLedger ledger(/*max_per_agency=*/2);
  EXPECT_TRUE(ledger.Spend(AgencyId("a"), "one", kLater, kNow).ok());
  EXPECT_TRUE(ledger.Spend(AgencyId("a"), "two", kLater, kNow).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(ledger.Spend(AgencyId("a"), "three", kLater, kNow)));
  EXPECT_TRUE(ledger.Spend(AgencyId("b"), "one", kLater, kNow).ok());
}

TEST(ApprovalLedgerTest, OfManyThreadsExactlyOneSpendsAnApproval) {
  MemoryApprovalLedger ledger;
  std::atomic<int> spent{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        spent += ledger.Spend(AgencyId("a"), absl::StrCat(i), kLater, kNow).ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(spent, 500);
}

}  // namespace
}  // namespace ehc
