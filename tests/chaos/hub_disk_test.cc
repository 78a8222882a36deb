// The whole hub when its disk takes no more: it says so, discloses nothing and goes on afterwards.
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/ioctl.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "server/audit/checkpointer.h"
#include "server/base/fs.h"
#include "tests/chaos/hub_chaos.h"

namespace ehc {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kSerial = 1;
constexpr uint64_t kRoom = 400'000;  // bytes that the store may still grow by
constexpr int kMostVersions = 500;   // far more than fit

v1::PublishPlanRequest SmallVersion(const std::string& subject, uint32_t version) {
  return PlanOf(subject, absl::StrCat(version), absl::StrCat("plan-", kSerial));
}

v1::PublishPlanRequest BigVersion(const std::string& subject, uint32_t version) {
  v1::PublishPlanRequest request = SmallVersion(subject, version);
  request.mutable_plan()->mutable_sections(0)->set_text(std::string(20'000, 'x'));
  return request;
}

// Files that nobody may write any more, not even through descriptors that are open already: what a
// hub meets when the kernel turns its file system read-only under it. Remounting does not do for
// that, as it is refused while a file is open for writing.
class ReadOnlyFiles {
 public:
  ReadOnlyFiles() = default;
  ReadOnlyFiles(const ReadOnlyFiles&) = delete;
  ReadOnlyFiles& operator=(const ReadOnlyFiles&) = delete;
  ~ReadOnlyFiles() { Release(); }

  // False where the file system or the user may not.
  bool Hold(const std::string& path) {
    if (!SetImmutable(path, true)) return false;
    held_.push_back(path);
    return true;
  }

  void Release() {
    for (const std::string& path : held_) EXPECT_TRUE(SetImmutable(path, false)) << path;
    held_.clear();
  }

 private:
  static bool SetImmutable(const std::string& path, bool immutable) {
    const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    int flags = 0;
    if (!file.valid() || ioctl(file.get(), FS_IOC_GETFLAGS, &flags) != 0) return false;
    flags = immutable ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
    return ioctl(file.get(), FS_IOC_SETFLAGS, &flags) == 0;
  }

  std::vector<std::string> held_;
};

class HubDisk : public ChaosTest {
 protected:
  void SetUp() override {
    StartHub();
    world_.EnrolAgencies();
    child_ = MakeChild(world_.As(kCaseworker), kSerial);
    ASSERT_EQ(
        ReasonIn(world_.As(kCaseworker).consents.RecordConsent(ConsentOf(child_, "mother", {"C"}))),
        "OK");
  }

  // The disk is full as far as the hub can tell: its files may not grow beyond this.
  void FillDisk() {
    uint64_t largest = 0;
    for (const auto& file : std::filesystem::directory_iterator(world_.data_folder())) {
      largest = std::max<uint64_t>(largest, file.file_size());
    }
    ASSERT_EQ(hub_->LimitFileSize(largest + kRoom), absl::OkStatus());
  }

  // Until the hub refuses; the newest version that it acknowledged.
  uint32_t PublishUntilRefused(const Clients& caseworker) {
    for (uint32_t version = 2; version < kMostVersions; ++version) {
      const auto published = caseworker.records.PublishPlan(BigVersion(child_, version));
      if (published.ok()) continue;
      ExpectRefused(published.status());
      return version - 1;
    }
    ADD_FAILURE() << "the disk was never full";
    return 0;
  }

  static void ExpectRefused(const absl::Status& status) {
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_THAT(ehchub::HubError::FromStatus(status).reason_name,
                AnyOf("STORE_UNAVAILABLE", "AUDIT_UNAVAILABLE"));
  }

  // Of everything that was answered before: a head may be as old as a checkpoint's interval.
  static uint64_t LogSize(const Clients& clients) {
    absl::SleepFor(2 * Checkpointer::kMinInterval);
    const auto answer = clients.audit.GetCheckpoint({});
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->checkpoint().tree_size() : 0;
  }

  void ExpectShows(const Clients& paediatrician, uint32_t version) {
    const auto pulled = paediatrician.records.GetPlanSummary(SummaryForTrust(child_));
    ASSERT_TRUE(pulled.ok()) << pulled.status();
    EXPECT_EQ(pulled->disclosure().version(), version);
    EXPECT_EQ(pulled->plan_summary().health_needs().text(), absl::StrCat("text of C ", version));
  }

  // The files that hold data. Not hub.db-shm, the memory that SQLite's connections share: without
  // it the hub's process was seen to end, presumably by a signal for the page that it could not
  // write.
  bool MakeStoreReadOnly() {
    for (const char* suffix : {"", "-wal"}) {
      if (!read_only_.Hold(world_.data_folder() + "/hub.db" + suffix)) return false;
    }
    return true;
  }

  std::string child_;
  ReadOnlyFiles read_only_;  // released before the folder is removed
};

TEST_F(HubDisk, FullDiskIsUnavailableDisclosesNothingAndPasses) {
  const Clients caseworker = world_.As(kCaseworker);
  const Clients paediatrician = world_.As(kPaediatrician);
  FillDisk();
  uint32_t version = PublishUntilRefused(caseworker);
  ASSERT_GT(version, 1u);
  // Small commits may still fit where a large one did not; in the end nothing does.
  int disclosed = 0;
  absl::Status refused;
  while (refused.ok() && disclosed < 2000) {
    const auto pulled = paediatrician.records.GetPlanSummary(SummaryForTrust(child_));
    refused = pulled.status();
    disclosed += pulled.ok() ? 1 : 0;
  }
  ExpectRefused(refused);
  EXPECT_THAT(std::string(refused.message()), Not(HasSubstr("text of")));
  const uint64_t size = LogSize(paediatrician);
  for (int i = 0; i < 5; ++i) {
    ExpectRefused(caseworker.records.PublishPlan(BigVersion(child_, version + 1)).status());
    ExpectRefused(paediatrician.records.GetPlanSummary(SummaryForTrust(child_)).status());
  }
  EXPECT_EQ(LogSize(paediatrician), size) << "nothing was disclosed, nothing was written";

  ASSERT_EQ(hub_->LimitFileSize(0), absl::OkStatus());
  ExpectShows(paediatrician, version);
  const auto published = caseworker.records.PublishPlan(BigVersion(child_, version + 1));
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->published().version(), ++version);

  hub_->Signal(SIGTERM);
  EXPECT_EQ(hub_->AwaitExit(absl::Seconds(25)), 0);
  EXPECT_EQ(IntegrityOf(world_.data_folder() + "/hub.db"), "ok");
  StartHub();
  ExpectShows(world_.As(kPaediatrician), version);
}

TEST_F(HubDisk, ReadOnlyStoreIsUnavailableDisclosesNothingAndPasses) {
  const Clients caseworker = world_.As(kCaseworker);
  const Clients paediatrician = world_.As(kPaediatrician);
  const auto published = caseworker.records.PublishPlan(SmallVersion(child_, 2));
  ASSERT_TRUE(published.ok()) << published.status();
  ExpectShows(paediatrician, 2);
  if (!MakeStoreReadOnly()) {
    GTEST_SKIP() << "needs the right to make files immutable, on a file system that has that";
  }
  const uint64_t size = LogSize(paediatrician);
  for (int i = 0; i < 5; ++i) {
    ExpectRefused(caseworker.records.PublishPlan(SmallVersion(child_, 3)).status());
    const auto pulled = paediatrician.records.GetPlanSummary(SummaryForTrust(child_));
    ExpectRefused(pulled.status());
    EXPECT_THAT(std::string(pulled.status().message()), Not(HasSubstr("text of")));
  }
  EXPECT_EQ(LogSize(paediatrician), size) << "nothing was disclosed, nothing was written";

  read_only_.Release();
  ExpectShows(paediatrician, 2);
  const auto again = caseworker.records.PublishPlan(SmallVersion(child_, 3));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->published().version(), 3u);
  hub_->Kill();
  EXPECT_EQ(IntegrityOf(world_.data_folder() + "/hub.db"), "ok");
}

TEST_F(HubDisk, HubStartedOnAReadOnlyStoreAnswersNothing) {
  ASSERT_EQ(ReasonIn(world_.As(kCaseworker).records.PublishPlan(SmallVersion(child_, 2))), "OK");
  hub_->Kill();
  if (!MakeStoreReadOnly()) {
    GTEST_SKIP() << "needs the right to make files immutable, on a file system that has that";
  }
  auto hub = HubProcess::Start(HubOptions());
  if (hub.ok()) {  // it may also refuse to start
    world_.UsePort((*hub)->port());
    ExpectRefused(world_.As(kCaseworker).records.PublishPlan(SmallVersion(child_, 3)).status());
    ExpectRefused(
        world_.As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(child_)).status());
    (*hub)->Kill();
  }
  read_only_.Release();
  StartHub();
  ExpectShows(world_.As(kPaediatrician), 2);
}

TEST_F(HubDisk, HubKilledOnAFullDiskOpensWithoutRepair) {
  const Clients caseworker = world_.As(kCaseworker);
  FillDisk();
  const uint32_t version = PublishUntilRefused(caseworker);
  hub_->Kill();
  StartHub();
  ExpectShows(world_.As(kPaediatrician), version);
  hub_->Kill();
  EXPECT_EQ(IntegrityOf(world_.data_folder() + "/hub.db"), "ok");
}

}  // namespace
}  // namespace ehc
