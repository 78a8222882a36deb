// The plug is pulled while a whole hub discloses: whatever was received by then is in the log that
// the disk holds. No answer leaves before its entry is durable.
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "server/audit/entry.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/storage/sqlite/store_check.h"
#include "server/transport/platform_setup.h"
#include "tests/chaos/power_cut.h"
#include "tests/end2end/hub_world.h"

namespace ehc {
namespace {

constexpr int kCuts = 12;
constexpr int kReaders = 3;

class HubPower : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
    PowerCut::Get();
  }

  void SetUp() override {
    world_ = std::make_unique<HubWorld>();
    world_->Serve();
    world_->EnrolAgencies();
    const Clients caseworker = world_->As(kCaseworker);
    child_ = MakeChild(caseworker, 1);
    ASSERT_EQ(ReasonIn(caseworker.consents.RecordConsent(ConsentOf(child_, "mother", {"C"}))),
              "OK");
    for (int i = 0; i < kReaders; ++i) readers_.emplace_back([this] { Read(); });
    writer_ = std::thread([this] { Publish(); });
  }

  void TearDown() override {
    stop_ = true;
    for (std::thread& reader : readers_) reader.join();
    if (writer_.joinable()) writer_.join();
    world_.reset();
    PowerCut::Get().Lie(false);
  }

  void Read() {
    const Clients paediatrician = world_->As(kPaediatrician);
    while (!stop_) {
      const auto pulled = paediatrician.records.GetPlanSummary(SummaryForTrust(child_));
      if (!pulled.ok()) continue;
      const std::lock_guard lock(mutex_);
      received_.push_back(DigestFromBytes(pulled->disclosure().receipt().leaf_hash()).value());
    }
  }

  // So that more than the log changes.
  void Publish() {
    const Clients caseworker = world_->As(kCaseworker);
    for (int version = 2; !stop_; ++version) {
      const auto published =
          caseworker.records.PublishPlan(PlanOf(child_, absl::StrCat(version), "plan-1"));
      if (!published.ok()) continue;
      const std::lock_guard lock(mutex_);
      acknowledged_ = published->published().version();
    }
  }

  struct Outcome {
    size_t received = 0;
    int missing = 0;
    bool sound = false;
  };

  // Pulls the plug, and looks at what the disk then holds.
  Outcome CutAndLook(double loss) {
    const std::string image = absl::StrCat(world_->folder(), "/image-", ++images_);
    std::vector<Digest> received;
    PowerCut::Get().Cut(world_->data_folder(), image, loss, random_, [&] {
      const std::lock_guard lock(mutex_);
      received = received_;
    });
    Outcome outcome;
    outcome.received = received.size();
    StoreCheckOptions check{image + "/hub.db", image + "/store.key", {}, {}, CheckOpening, nullptr};
    const auto report = CheckSqliteStore(check);
    outcome.sound = report.ok() && report->sound();
    if (report.ok() && !report->sound()) last_finding_ = report->findings.front().what;
    auto store = OpenSqliteStore({.path = check.path, .key_file = check.key_file});
    if (!store.ok()) {
      outcome.missing = static_cast<int>(received.size());
      return outcome;
    }
    const std::unique_ptr<ReadView> view = (*store)->Read().value();
    for (const Digest& leaf : received) {
      outcome.missing += !view->FindEntry(leaf).value_or(std::nullopt).has_value();
    }
    return outcome;
  }

  static absl::Status CheckOpening(const Digest& leaf, absl::string_view bytes) {
    const auto opening = Opening::Parse(bytes);
    if (!opening.ok()) return opening.status();
    return opening->LeafHash() == leaf ? absl::OkStatus() : absl::DataLossError("another leaf");
  }

  void AwaitReceived(size_t count) {
    for (;;) {
      {
        const std::lock_guard lock(mutex_);
        if (received_.size() >= count) return;
      }
      absl::SleepFor(absl::Milliseconds(2));
    }
  }

  std::unique_ptr<HubWorld> world_;
  std::string child_;
  std::mutex mutex_;  // guards received_ and acknowledged_
  std::vector<Digest> received_;
  uint32_t acknowledged_ = 0;
  std::atomic<bool> stop_{false};
  std::vector<std::thread> readers_;
  std::thread writer_;
  int images_ = 0;
  std::string last_finding_;
  std::mt19937_64 random_{[] {
    const char* given = std::getenv("EHC_CRASH_SEED");
    const uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::cout << "EHC_CRASH_SEED=" << seed << std::endl;
    return seed;
  }()};
};

TEST_F(HubPower, EveryAnswerThatWasReceivedIsInTheLogThatTheDiskHolds) {
  for (int cut = 0; cut < kCuts; ++cut) {
    AwaitReceived(static_cast<size_t>(10 * (cut + 1)));
    absl::SleepFor(absl::Microseconds(random_() % 30'000));
    // All that was not synced is lost; or some of it, in any order.
    const Outcome outcome = CutAndLook(cut % 2 == 0 ? 1.0 : 0.5);
    EXPECT_EQ(outcome.missing, 0) << "of " << outcome.received << ", at cut " << cut;
    EXPECT_TRUE(outcome.sound) << last_finding_;
  }
}

TEST_F(HubPower, DiskThatLiesAboutItsSyncsIsNoticedByThisTest) {
  AwaitReceived(5);
  PowerCut::Get().Lie(true);
  size_t before = 0;
  {
    const std::lock_guard lock(mutex_);
    before = received_.size();
  }
  AwaitReceived(before + 50);
  EXPECT_GT(CutAndLook(1.0).missing, 0);
}

}  // namespace
}  // namespace ehc
