// What a hub starts on, and what only on an operator's word: a log that lost entries, a key that is
// gone, a clock that went back; and keys that changed in an orderly way.
#include "gmock/gmock.h"
#include "server/app/log_keys.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/log_lab.h"

namespace ehc {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class LogStart : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
  }

  void SetUp() override {
    world_.Serve();
    world_.EnrolAgencies();
    child_ = MakeChild(world_.As(kCaseworker), 1);
    ASSERT_EQ(
        ReasonIn(world_.As(kCaseworker).consents.RecordConsent(ConsentOf(child_, "mother", {"C"}))),
        "OK");
  }

  // Why the hub does not start; OK: it does, and serves.
  absl::Status Start(const std::function<void(HouseOptions&)>& adjust = nullptr,
                     Clock& clock = SystemClock()) {
    world_.Stop();
    HouseOptions options;
    options.data_folder = world_.data_folder();
    options.policy_folder = HubWorld::policy_folder();
    options.audience = HubWorld::audience();
    options.development = true;
    options.server.tls = TlsFiles::InDirectory(world_.tls_folder());
    if (adjust) adjust(options);
    auto house = House::Open(options, clock);
    if (!house.ok()) return house.status();
    house->reset();
    return absl::OkStatus();
  }

  void Serve(const std::function<void(HouseOptions&)>& adjust = nullptr) {
    world_.Serve(SystemClock(), adjust);
  }

  static void AcceptRestoredLog(HouseOptions& options) { options.word.accept_restored_log = true; }

  std::string copy() const { return world_.folder() + "/copy"; }
  void Backup() {
    world_.Stop();
    fs::remove_all(copy());
    fs::copy(world_.data_folder(), copy(), fs::copy_options::recursive);
    Serve();
  }
  // The store alone, as a backup has it; log.head stays what it is.
  void RestoreStore() {
    world_.Stop();
    for (const char* file : {"hub.db", "hub.db-wal", "hub.db-shm"}) {
      fs::remove(world_.data_folder() + "/" + file);
      if (fs::exists(copy() + "/" + file)) {
        fs::copy(copy() + "/" + file, world_.data_folder() + "/" + file);
      }
    }
  }

  void Disclose() {
    const auto pulled = world_.As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(child_));
    ASSERT_TRUE(pulled.ok()) << pulled.status();
  }

  uint64_t LogSize() {
    return world_.As(kPaediatrician).audit.GetCheckpoint({})->checkpoint().tree_size();
  }

  std::string LogId() const { return FileText(world_.data_folder() + "/log.id"); }

  ManualClock clock_{absl::Now()};  // outlives whatever is served by it
  HubWorld world_;
  std::string child_;
};

TEST_F(LogStart, OlderCopyOfTheStoreIsRefusedAndSaysHowManyEntriesAreMissing) {
  Backup();
  Disclose();
  RestoreStore();
  const absl::Status refused = Start();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(MessageOf(refused),
              AllOf(HasSubstr("entries are missing"), HasSubstr("--accept-restored-log")));
  EXPECT_FALSE(Start().ok()) << "nothing was repaired on the way";
}

TEST_F(LogStart, CopyThatWentOnDifferentlyIsRefused) {
  Backup();
  Disclose();
  RestoreStore();
  const std::string head = FileText(world_.data_folder() + "/log.head");
  fs::remove(world_.data_folder() + "/log.head");
  fs::copy(copy() + "/log.head", world_.data_folder() + "/log.head");
  Serve();  // as if the copy were the log
  for (int i = 0; i < 3; ++i) Disclose();
  world_.Stop();
  std::ofstream(world_.data_folder() + "/log.head") << head;
  const absl::Status refused = Start();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(MessageOf(refused), HasSubstr("another history"));
}

TEST_F(LogStart, RestoredLogGoesOnUnderANewIdOnTheOperatorsWordOnce) {
  Backup();
  Disclose();
  RestoreStore();
  const std::string former = LogId();
  ASSERT_EQ(Start(AcceptRestoredLog), absl::OkStatus());
  EXPECT_NE(LogId(), former);
  const absl::Status again = Start(AcceptRestoredLog);
  EXPECT_TRUE(absl::IsFailedPrecondition(again)) << again;
  EXPECT_THAT(MessageOf(again), HasSubstr("start without"));
  Serve();
  Disclose();  // with the new keys, which ProfileOf() reads
  v1::ListAuditEntriesRequest list;
  list.set_audience(v1::AUDIT_AUDIENCE_OFFICER);
  list.set_page_size(200);
  const auto entries = world_.As(kAuditor).audit.ListAuditEntries(list);
  ASSERT_TRUE(entries.ok()) << entries.status();
  int renewals = 0;
  for (const auto& entry : entries->entries()) {
    for (const auto& field : entry.fields()) {
      renewals += field.name() == "action" && field.value() == "log.renewed";
    }
  }
  EXPECT_EQ(renewals, 1);
}

TEST_F(LogStart, ClientsOfTheFormerLogAreToldNotFooled) {
  const ehchub::Profile former = world_.ProfileOf(kPaediatrician);
  const ehchub::LogKeys keys = KeysOf(former);
  auto keeper =
      ehchub::ReceiptKeeper::Create(keys, former.receipts_path, HubWorld::Options()).value();
  ASSERT_TRUE(keeper->Advance(*ehchub::MakeAuditConnection(world_.As(kPaediatrician).hub)).ok());
  Backup();
  Disclose();
  RestoreStore();
  ASSERT_EQ(Start(AcceptRestoredLog), absl::OkStatus());
  Serve();
  const auto advanced =
      keeper->Advance(*ehchub::MakeAuditConnection(world_.As(kPaediatrician).hub));
  EXPECT_TRUE(absl::IsDataLoss(advanced.status())) << advanced.status();
}

TEST_F(LogStart, StoreWithoutItsHeadNeedsACosignedCheckpointOrTheOperatorsWord) {
  EnrolWitness(world_, "kings-park-nhs-trust");
  auto witness = WitnessOf(world_, kTrustGovernance);
  ASSERT_TRUE(CosignAs(world_, kTrustGovernance, *witness).ok());
  const std::string cosigned = world_.folder() + "/kings-park-nhs-trust.witness.state.checkpoint";
  world_.Stop();
  fs::remove(world_.data_folder() + "/log.head");
  const absl::Status refused = Start();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(MessageOf(refused), AllOf(HasSubstr("log.head"), HasSubstr("--checkpoint")));

  const std::string unsigned_note = world_.folder() + "/unsigned";
  const std::string note = FileText(cosigned);
  std::ofstream(unsigned_note) << note.substr(0, note.rfind("\xE2\x80\x94"));
  const absl::Status unwitnessed =
      Start([&](HouseOptions& options) { options.word.outside_checkpoint = unsigned_note; });
  EXPECT_THAT(MessageOf(unwitnessed), HasSubstr("cosigned by 0"));
  EXPECT_EQ(Start([&](HouseOptions& options) { options.word.outside_checkpoint = cosigned; }),
            absl::OkStatus());
}

TEST_F(LogStart, CosignedCheckpointFromOutsideConvictsAWholeFolderThatWentBack) {
  EnrolWitness(world_, "kings-park-nhs-trust");
  Backup();
  Disclose();
  auto witness = WitnessOf(world_, kTrustGovernance);
  ASSERT_TRUE(CosignAs(world_, kTrustGovernance, *witness).ok());
  const std::string cosigned = world_.folder() + "/kings-park-nhs-trust.witness.state.checkpoint";
  world_.Stop();
  fs::remove_all(world_.data_folder());
  fs::copy(copy(), world_.data_folder(), fs::copy_options::recursive);
  EXPECT_EQ(Start(), absl::OkStatus()) << "from the inside nobody can tell";
  const absl::Status refused =
      Start([&](HouseOptions& options) { options.word.outside_checkpoint = cosigned; });
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(MessageOf(refused),
              AnyOf(HasSubstr("entries are missing"), HasSubstr("another history")));

  Serve();  // and the witness finds out by itself
  const auto round = CosignAs(world_, kTrustGovernance, *witness);
  EXPECT_TRUE(ehchub::AsLogFork(round.status()).has_value()) << round.status();
}

TEST_F(LogStart, LostCheckpointKeyStopsTheHubUntilTheOperatorBeginsANewLog) {
  world_.Stop();
  fs::remove(world_.data_folder() + "/log.key");
  const absl::Status refused = Start();
  EXPECT_FALSE(refused.ok());
  EXPECT_THAT(MessageOf(refused), AllOf(HasSubstr("log.key"), HasSubstr("--accept-restored-log")));
  const std::string former = LogId();
  ASSERT_EQ(Start(AcceptRestoredLog), absl::OkStatus());
  EXPECT_NE(LogId(), former);
  EXPECT_EQ(Start(), absl::OkStatus());
}

TEST_F(LogStart, ClockBehindTheLogNeedsTheOperatorsWord) {
  ManualClock yesterday(absl::Now() - absl::Hours(24));
  const absl::Status refused = Start(nullptr, yesterday);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(MessageOf(refused), AllOf(HasSubstr("clock"), HasSubstr("--accept-clock")));
  const absl::Status needless =
      Start([](HouseOptions& options) { options.word.accept_clock = true; });
  EXPECT_THAT(MessageOf(needless), HasSubstr("start without --accept-clock"));
}

TEST_F(LogStart, ClockThatGoesBackWhileServingCommitsNothingUntilItHasCaughtUp) {
  world_.Stop();
  clock_.Set(absl::Now());
  world_.Serve(clock_, [](HouseOptions& options) { options.word.any_clock = false; });
  Disclose();
  const uint64_t size = LogSize();
  clock_.Advance(-absl::Seconds(8));
  const auto refused = world_.As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(child_));
  EXPECT_TRUE(absl::IsUnavailable(refused.status())) << refused.status();
  EXPECT_EQ(ReasonIn(refused), "AUDIT_UNAVAILABLE");
  EXPECT_EQ(
      ReasonIn(
          world_.As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(SubjectOf(777777)))),
      "AUDIT_UNAVAILABLE")
      << "whoever asks about nobody is told the same";
  EXPECT_EQ(
      ReasonIn(
          world_.As(kCaseworker).consents.RecordConsent(ConsentOf(child_, "mother", {"C", "E"}))),
      "AUDIT_UNAVAILABLE")
      << "nor is anything changed";
  clock_.Advance(absl::Seconds(9));
  EXPECT_EQ(LogSize(), size);
  Disclose();
  clock_.Advance(-absl::Seconds(2));
  Disclose();  // a time server may set it a little
}

// The whole folder went back but for the journal, which is kept elsewhere: nothing tells from the
// inside. Whatever opens the store first erases again.
class RestoredFolder : public LogStart, public ::testing::WithParamInterface<bool> {};

TEST_P(RestoredFolder, IsMadeToForgetBeforeAKeyIsChangedOrRetired) {
  const bool retire = GetParam();
  const std::string journal = world_.folder() + "/erasures";
  const auto elsewhere = [&](HouseOptions& options) { options.erasure_journal = journal; };
  if (retire) {
    world_.Stop();
    ASSERT_EQ(RotateLogKey(world_.data_folder(), LogKeyKind::kCheckpoint, SystemClock(), journal),
              absl::OkStatus());
  }
  world_.Stop();
  Serve(elsewhere);
  Backup();
  world_.Stop();
  Serve(elsewhere);
  v1::RequestErasureRequest erase;
  erase.set_unit("send");
  erase.set_subject(child_);
  erase.set_scope(v1::ERASURE_SCOPE_SUBJECT);
  erase.set_ground(v1::ERASURE_GROUND_UNLAWFULLY_HELD);
  erase.set_reason("was never ours to keep");
  const auto asked = world_.As(kRecords).retention.RequestErasure(erase);
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::ApproveErasureRequest approve;
  approve.set_unit("send");
  approve.set_name(asked->erasure().name());
  ASSERT_EQ(ReasonIn(world_.As(kGovernance).retention.ApproveErasure(approve)), "OK");
  world_.Stop();
  fs::remove_all(world_.data_folder());
  fs::copy(copy(), world_.data_folder(), fs::copy_options::recursive);

  ASSERT_EQ(retire
                ? RetireLogKey(world_.data_folder(), SystemClock(), journal)
                : RotateLogKey(world_.data_folder(), LogKeyKind::kPromise, SystemClock(), journal),
            absl::OkStatus());
  auto store = OpenSqliteStore(StoreOptionsIn(world_.data_folder(), SystemClock()));
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->Read().value()->ListErasures()->size(), 1u) << "already, without a hub";
  store->reset();
  Serve(elsewhere);
  v1::ListRelationshipsRequest list;
  list.set_subject(child_);
  EXPECT_EQ(ReasonIn(world_.As(kCaseworker).subjects.ListRelationships(list)), "NOT_AVAILABLE");
}

INSTANTIATE_TEST_SUITE_P(Commands, RestoredFolder, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "retire_key" : "rotate_key"; });

TEST_F(LogStart, KeyOfALogThatWentBackIsNotChanged) {
  Backup();
  Disclose();
  RestoreStore();
  const absl::Status refused =
      RotateLogKey(world_.data_folder(), LogKeyKind::kPromise, SystemClock());
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(MessageOf(refused), HasSubstr("entries are missing"));
}

TEST_F(LogStart, ChangedKeysAreFollowedByWhoeverTrustedTheFormer) {
  const ehchub::Profile pinned = world_.ProfileOf(kPaediatrician);
  const ehchub::LogKeys keys = KeysOf(pinned);
  const auto open = [&] {
    ehchub::Profile profile = pinned;
    profile.hub = world_.ProfileOf(kPaediatrician).hub;
    profile.promise_key_paths = {world_.folder() + "/promise.pinned.pem"};
    return Clients(ehchub::Hub::Open(profile, HubWorld::Options()).value());
  };
  std::ofstream(world_.folder() + "/promise.pinned.pem") << keys.promise_keys_pem[0];
  {
    const Clients before = open();
    ASSERT_TRUE(before.records.GetPlanSummary(SummaryForTrust(child_)).ok());
    ASSERT_EQ(before.hub.SettleReceipts(), absl::OkStatus());
  }
  world_.Stop();
  ASSERT_EQ(RotateLogKey(world_.data_folder(), LogKeyKind::kPromise, SystemClock()),
            absl::OkStatus());
  ASSERT_EQ(RotateLogKey(world_.data_folder(), LogKeyKind::kCheckpoint, SystemClock()),
            absl::OkStatus());
  EXPECT_TRUE(absl::IsFailedPrecondition(
      RotateLogKey(world_.data_folder(), LogKeyKind::kCheckpoint, SystemClock())))
      << "two changes at once";
  Serve();
  {
    const Clients during = open();
    const auto pulled = during.records.GetPlanSummary(SummaryForTrust(child_));
    ASSERT_TRUE(pulled.ok()) << pulled.status();  // a promise by the new key
    EXPECT_EQ(during.hub.SettleReceipts(), absl::OkStatus());
    const SignedNote note =
        ParseSignedNote(during.audit.GetCheckpoint({})->checkpoint().note()).value();
    EXPECT_EQ(note.signatures.size(), 2u) << "both keys sign";
  }
  world_.Stop();
  ASSERT_EQ(RetireLogKey(world_.data_folder(), SystemClock()), absl::OkStatus());
  Serve();
  const Clients after = open();
  ASSERT_TRUE(after.records.GetPlanSummary(SummaryForTrust(child_)).ok());
  EXPECT_EQ(after.hub.SettleReceipts(), absl::OkStatus());
  const auto report = ehchub::VerifyReceiptsFile(pinned.receipts_path, keys);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->problems, std::vector<std::string>());
  EXPECT_EQ(report->proven, 3);
}

TEST_F(LogStart, KeyThatNoFormerKeyVouchedForIsNotFollowed) {
  const ehchub::Profile pinned = world_.ProfileOf(kPaediatrician);
  const ehchub::LogKeys keys = KeysOf(pinned);
  world_.Stop();
  // An attacker with the folder but without the former key: the hub signs with a key of theirs.
  ASSERT_EQ(RemoveFile(world_.data_folder() + "/log.key"), absl::OkStatus());
  ASSERT_EQ(CreateSecretFile(world_.data_folder() + "/log.key", kLogSeedSize), absl::OkStatus());
  EXPECT_THAT(MessageOf(Start()), HasSubstr("not signed by this log's checkpoint key"));
  fs::remove(world_.data_folder() + "/log.head");
  EXPECT_FALSE(Start().ok());
}

}  // namespace
}  // namespace ehc
