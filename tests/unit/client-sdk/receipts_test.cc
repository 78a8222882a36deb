// Receipts: what is believed, what is kept, and what a hub that breaks its word is told.
#include "ehchub/receipts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "ehchub/error.h"
#include "ehchub/record_exchange_client.h"
#include "tests/unit/client-sdk/scripted_hub.h"

namespace ehchub {
namespace {

using ehc::Honesty;
using ehc::ScriptedLog;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Slurp(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void Replace(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::trunc) << text;
}

class Receipts : public ::testing::Test {
 protected:
  Receipts() : profile_(hub_.ProfileFor("trust")) {}

  Hub Open(Settlement settlement = Settlement::kByHand) {
    Options options;
    options.settlement = settlement;
    options.settle_within = absl::Milliseconds(500);
    options.on_receipt_failure = [this](const absl::Status& status) {
      absl::MutexLock lock(&mutex_);
      told_ = status;
    };
    const auto hub = Hub::Open(profile_, options);
    EXPECT_TRUE(hub.ok()) << hub.status();
    return *hub;
  }

  ReceiptsReport Report() {
    const auto report = VerifyReceiptsFile(profile_.receipts_path, *LoadLogKeys(profile_));
    EXPECT_TRUE(report.ok()) << report.status();
    return *report;
  }

  static absl::Status Pull(const Hub& hub) {
    return RecordExchangeClient(hub).GetPlanSummary({}).status();
  }

  ehc::ScriptedHub hub_;
  Profile profile_;
  absl::Mutex mutex_;
  absl::Status told_ ABSL_GUARDED_BY(mutex_);
};

v1::ErrorReason ReasonOf(const absl::Status& status) { return HubError::FromStatus(status).reason; }

TEST_F(Receipts, HonestHubIsShownToBeSo) {
  const Hub hub = Open();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Pull(hub).ok());
  EXPECT_EQ(Report().outstanding, 3);
  const absl::Status settled = hub.SettleReceipts();
  EXPECT_TRUE(settled.ok()) << settled;
  const ReceiptsReport report = Report();
  EXPECT_EQ(report.receipts, 3);
  EXPECT_EQ(report.proven, 3);
  EXPECT_EQ(report.outstanding, 0);
  EXPECT_THAT(report.problems, IsEmpty());
}

TEST_F(Receipts, EachNewCheckpointIsProvenToExtendTheLast) {
  const Hub hub = Open();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Pull(hub).ok());
    ASSERT_TRUE(hub.SettleReceipts().ok());
    hub_.ChangeLog([](ScriptedLog& log) { log.AddOther(); });
  }
  EXPECT_EQ(Report().checkpoints, 3);
  EXPECT_THAT(Report().problems, IsEmpty());
}

TEST_F(Receipts, FileIsPrivateAndHoldsNoPersonalData) {
  v1::GetPlanSummaryRequest request;
  request.set_subject("nhs:9434765870");
  ASSERT_TRUE(RecordExchangeClient(Open()).GetPlanSummary(request).ok());
  struct stat info;
  ASSERT_EQ(stat(profile_.receipts_path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_THAT(Slurp(profile_.receipts_path), Not(HasSubstr("9434765870")));
  EXPECT_THAT(Slurp(profile_.receipts_path), Not(HasSubstr("communication aid")));
}

TEST_F(Receipts, SpoiltPromiseWithholdsTheAnswer) {
  hub_.Be(Honesty::kSpoilsSignature);
  const absl::Status status = Pull(Open());
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_RECEIPT_UNHONOURED);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
}

TEST_F(Receipts, PromiseOfAnotherLogIsRefused) {
  const ScriptedLog other;
  profile_.log_key = other.Keys().log_key;
  std::ofstream(profile_.promise_key_paths.front()) << other.promise_key_pem();
  EXPECT_EQ(ReasonOf(Pull(Open())), v1::ERROR_REASON_RECEIPT_UNHONOURED);
}

TEST_F(Receipts, DisclosureWithoutReceiptIsRefused) {
  hub_.Be(Honesty::kSendsNoReceipt);
  EXPECT_EQ(ReasonOf(Pull(Open())), v1::ERROR_REASON_RECEIPT_UNHONOURED);
}

TEST_F(Receipts, EntryThatTheLogLacksIsUnhonoured) {
  hub_.Be(Honesty::kForgetsEntries);
  const Hub hub = Open();
  ASSERT_TRUE(Pull(hub).ok());
  const absl::Status status = hub.SettleReceipts();
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_RECEIPT_UNHONOURED);
  EXPECT_EQ(Report().outstanding, 1);  // the evidence is kept
  EXPECT_THAT(Report().problems, IsEmpty());
}

TEST_F(Receipts, DisclosingCallItselfFailsWhereThatIsAskedFor) {
  hub_.Be(Honesty::kForgetsEntries);
  EXPECT_EQ(ReasonOf(Pull(Open(Settlement::kBeforeReturning))),
            v1::ERROR_REASON_RECEIPT_UNHONOURED);
  hub_.Be(Honesty::kHonest);
  const absl::Status status = Pull(Open(Settlement::kBeforeReturning));
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(Receipts, BackgroundSettlesBeforeTheHubIsLetGo) {
  {
    const Hub hub = Open(Settlement::kInBackground);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(Pull(hub).ok());
  }
  EXPECT_EQ(Report().proven, 5);
}

TEST_F(Receipts, ManyThreadsShareOneHub) {
  {
    const Hub hub = Open(Settlement::kInBackground);
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&hub] {
        for (int j = 0; j < 25; ++j) EXPECT_TRUE(Pull(hub).ok());
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(Report().receipts, 200);
  EXPECT_EQ(Report().proven, 200);
  EXPECT_THAT(Report().problems, IsEmpty());
}

TEST_F(Receipts, TwoProgramsShareOneFile) {
  const Hub one = Open();
  const Hub two = Open();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Pull(one).ok());
    ASSERT_TRUE(Pull(two).ok());
    ASSERT_TRUE(two.SettleReceipts().ok());
    ASSERT_TRUE(one.SettleReceipts().ok());
  }
  EXPECT_EQ(Report().proven, 10);
  EXPECT_THAT(Report().problems, IsEmpty());
}

TEST_F(Receipts, BackgroundFailureIsToldAndFailsTheNextCallOnce) {
  hub_.Be(Honesty::kForgetsEntries);
  const Hub hub = Open(Settlement::kInBackground);
  ASSERT_TRUE(Pull(hub).ok());
  {
    absl::MutexLock lock(&mutex_);
    const auto was_told = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !told_.ok(); };
    ASSERT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&was_told), absl::Seconds(10)));
  }
  hub_.Be(Honesty::kHonest);
  EXPECT_EQ(ReasonOf(Pull(hub)), v1::ERROR_REASON_RECEIPT_UNHONOURED);
  EXPECT_TRUE(Pull(hub).ok());
}

TEST_F(Receipts, HubThatIsAwayLeavesThemOutstandingForLater) {
  const Hub hub = Open();
  ASSERT_TRUE(Pull(hub).ok());
  hub_.FailNext(
      std::vector<ehc::ScriptedFailure>(200, {grpc::StatusCode::UNAVAILABLE, "AUDIT_UNAVAILABLE"}));
  EXPECT_EQ(ReasonOf(hub.SettleReceipts()), v1::ERROR_REASON_RECEIPT_UNHONOURED);
  EXPECT_EQ(Report().outstanding, 1);
}

TEST_F(Receipts, ForkIsLoudAndLeavesEvidence) {
  const Hub hub = Open();
  ASSERT_TRUE(Pull(hub).ok());
  ASSERT_TRUE(hub.SettleReceipts().ok());
  hub_.ChangeLog([](ScriptedLog& log) { log.Fork(); });
  ASSERT_TRUE(Pull(hub).ok());
  const absl::Status status = hub.SettleReceipts();
  const auto fork = AsLogFork(status);
  ASSERT_TRUE(fork.has_value()) << status;
  EXPECT_TRUE(HubError::FromStatus(status).log_forked);
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_LOG_CORRUPT);
  const std::string evidence = Slurp(fork->evidence_path);
  EXPECT_THAT(evidence, HasSubstr(fork->saved_note));
  EXPECT_THAT(evidence, HasSubstr(fork->seen_note));
}

TEST_F(Receipts, ForkOfTheSameSizeIsFound) {
  const Hub hub = Open();
  ASSERT_TRUE(Pull(hub).ok());
  ASSERT_TRUE(hub.SettleReceipts().ok());
  hub_.ChangeLog([](ScriptedLog& log) { log.Fork(); });
  const auto keeper =
      ReceiptKeeper::Create(*LoadLogKeys(profile_), profile_.receipts_path, Options());
  const auto checkpoint = (*keeper)->Advance(*MakeAuditConnection(hub));
  EXPECT_TRUE(AsLogFork(checkpoint.status()).has_value()) << checkpoint.status();
}

TEST_F(Receipts, ForkIsRememberedByTheNextProgram) {
  {
    const Hub hub = Open();
    ASSERT_TRUE(Pull(hub).ok());
    ASSERT_TRUE(hub.SettleReceipts().ok());
  }
  hub_.ChangeLog([](ScriptedLog& log) { log.Fork(); });
  const Hub hub = Open();
  ASSERT_TRUE(Pull(hub).ok());
  EXPECT_TRUE(AsLogFork(hub.SettleReceipts()).has_value());
}

TEST_F(Receipts, LogThatShrankIsAFork) {
  const Hub hub = Open();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Pull(hub).ok());
  ASSERT_TRUE(hub.SettleReceipts().ok());
  const auto keeper =
      ReceiptKeeper::Create(*LoadLogKeys(profile_), profile_.receipts_path, Options());
  const auto audit = MakeAuditConnection(hub);
  hub_.ChangeLog([](ScriptedLog& log) { log.Truncate(4); });
  EXPECT_TRUE(AsLogFork((*keeper)->Advance(*audit).status()).has_value());
  hub_.ChangeLog([](ScriptedLog& log) { log.Truncate(0); });
  EXPECT_TRUE(AsLogFork((*keeper)->Advance(*audit).status()).has_value());
}

TEST_F(Receipts, HubThatCannotBeAskedIsNoFork) {
  const Hub hub = Open();
  ASSERT_TRUE(Pull(hub).ok());
  ASSERT_TRUE(hub.SettleReceipts().ok());
  const auto keeper =
      ReceiptKeeper::Create(*LoadLogKeys(profile_), profile_.receipts_path, Options());
  hub_.FailNext({{grpc::StatusCode::PERMISSION_DENIED, "AGENCY_SUSPENDED"}});
  const auto checkpoint = (*keeper)->Advance(*MakeAuditConnection(hub));
  EXPECT_EQ(ReasonOf(checkpoint.status()), v1::ERROR_REASON_AGENCY_SUSPENDED);
}

TEST_F(Receipts, ProfileWithoutLogKeysServesWhatDisclosesNothing) {
  profile_.log_key.clear();
  profile_.promise_key_paths.clear();
  const Hub hub = Open();
  EXPECT_TRUE(RecordExchangeClient(hub).PublishPlan({}).ok());
  const absl::Status status = Pull(hub);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("log_key"));
}

class ReceiptsFile : public Receipts {
 protected:
  void SetUp() override {
    const Hub hub = Open();
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(Pull(hub).ok());
      ASSERT_TRUE(hub.SettleReceipts().ok());
    }
    text_ = Slurp(profile_.receipts_path);
  }

  // Lines of the file as it stands: receipt, checkpoint, proof, receipt, checkpoint, proof.
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    std::istringstream in(text_);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

  void Rewrite(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
    Replace(profile_.receipts_path, text);
  }

  std::string text_;
};

TEST_F(ReceiptsFile, IsOneReceiptCheckpointAndProofForEach) {
  const auto lines = Lines();
  ASSERT_THAT(lines, SizeIs(6));
  EXPECT_THAT(lines[0], HasSubstr("\"kind\":\"receipt\""));
  EXPECT_THAT(lines[1], HasSubstr("\"kind\":\"checkpoint\""));
  EXPECT_THAT(lines[2], HasSubstr("\"kind\":\"proof\""));
}

TEST_F(ReceiptsFile, ChangedReceiptIsFound) {
  auto lines = Lines();
  const size_t place = lines[0].find("\"receipt\":\"") + 60;
  lines[0][place] = lines[0][place] == 'A' ? 'B' : 'A';
  Rewrite(lines);
  EXPECT_THAT(Report().problems, SizeIs(1));
}

TEST_F(ReceiptsFile, ProofOfAnotherLeafIsFound) {
  auto lines = Lines();
  lines[2] = absl::StrReplaceAll(lines[2], {{"\"index\":1", "\"index\":0"}});
  ASSERT_NE(lines[2], Lines()[2]);
  Rewrite(lines);
  const ReceiptsReport report = Report();
  EXPECT_THAT(report.problems, SizeIs(1));
  EXPECT_EQ(report.outstanding, 1);
}

TEST_F(ReceiptsFile, CheckpointThatDoesNotExtendTheLastIsFound) {
  auto lines = Lines();
  const size_t start = lines[4].find("\"consistency\":[\"") + 16;
  lines[4][start] = lines[4][start] == 'A' ? 'B' : 'A';
  Rewrite(lines);
  EXPECT_FALSE(Report().problems.empty());
}

TEST_F(ReceiptsFile, ProofWithoutItsCheckpointProvesNothing) {
  auto lines = Lines();
  lines.erase(lines.begin() + 4);
  Rewrite(lines);
  EXPECT_THAT(Report().problems, SizeIs(1));
  EXPECT_EQ(Report().proven, 1);
}

TEST_F(ReceiptsFile, UnsignedCheckpointIsFound) {
  auto lines = Lines();
  lines[1] = absl::StrReplaceAll(lines[1], {{"\\n3\\n", "\\n4\\n"}});
  ASSERT_NE(lines[1], Lines()[1]);
  Rewrite(lines);
  EXPECT_FALSE(Report().problems.empty());
}

TEST_F(ReceiptsFile, LineCutShortByACrashSpoilsNoLaterLine) {
  Replace(profile_.receipts_path, text_ + "{\"kind\":\"rec");
  const Hub hub = Open();
  ASSERT_TRUE(Pull(hub).ok());
  ASSERT_TRUE(hub.SettleReceipts().ok());
  const ReceiptsReport report = Report();
  EXPECT_THAT(report.problems, SizeIs(1));
  EXPECT_THAT(report.problems.front(), HasSubstr("line 7"));
  EXPECT_EQ(report.proven, 3);
}

TEST_F(ReceiptsFile, OfAnotherLogIsAllProblems) {
  const auto report = VerifyReceiptsFile(profile_.receipts_path, ScriptedLog().Keys());
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->receipts, 0);
  EXPECT_THAT(report->problems, SizeIs(6));
}

TEST_F(ReceiptsFile, MissingFileIsSaidToBeMissing) {
  EXPECT_EQ(VerifyReceiptsFile("/nowhere/at/all", ScriptedLog().Keys()).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace ehchub
