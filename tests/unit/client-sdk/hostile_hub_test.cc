// A hub that signs, proves and opens whatever suits it: what an agency's library does not take.
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ehchub/error.h"
#include "ehchub/mocks/mock_audit_connection.h"
#include "ehchub/receipts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/audit/entry.h"
#include "server/base/encoding.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/client-sdk/scripted_log.h"

namespace ehchub {
namespace {

using ehc::AuditField;
using ehc::ScriptedLog;
using ::testing::_;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::NiceMock;
using ::testing::SizeIs;

constexpr absl::Duration kWithin = absl::Hours(1);

ehc::NoteSigner MakeWitness() {
  return *ehc::NoteSigner::Create(ehc::NoteKeyType::kCosignatureV1, "witness.test/w",
                                  ehc::Ed25519SigningKey::Generate());
}

// Answers from a log that the test moves about.
class HostileHub {
 public:
  HostileHub() {
    ON_CALL(audit, GetCheckpoint(_)).WillByDefault([this](const auto&) { return Heads(); });
    ON_CALL(audit, GetInclusionProof(_)).WillByDefault([this](const auto& request) {
      return log.Prove(request);
    });
    ON_CALL(audit, GetConsistencyProof(_)).WillByDefault([this](const auto& request) {
      return log.ProveConsistent(request);
    });
    ON_CALL(audit, ListAuditEntries(_)).WillByDefault([this](const auto&) {
      v1::ListAuditEntriesResponse page;
      for (const v1::AuditEntry& entry : entries) *page.add_entries() = entry;
      return page;
    });
  }

  LogKeys Keys() const {
    LogKeys keys = log.Keys();
    keys.witness_keys = {witness.verifier().Encode()};
    keys.witness_quorum = 1;
    keys.witnessed_within = kWithin;
    return keys;
  }

  // The witness signs what the log shows now; the hub keeps what it has.
  void HaveCosigned(absl::Time at) {
    to_cosign = log.Checkpoint().note();
    Resign(at);
  }
  // The same old head, with a new signature.
  void Resign(absl::Time at) {
    ehc::SignedNote note = *ehc::ParseSignedNote(to_cosign);
    note.signatures.push_back(*witness.Sign(note.text, at));
    cosigned = note.Encode();
  }

  absl::StatusOr<v1::GetCheckpointResponse> Heads() const {
    v1::GetCheckpointResponse heads;
    *heads.mutable_checkpoint() = log.Checkpoint();
    if (!cosigned.empty()) heads.mutable_witnessed()->set_note(cosigned);
    return heads;
  }

  ScriptedLog log;
  ehc::NoteSigner witness = MakeWitness();
  std::string to_cosign;
  std::string cosigned;
  std::vector<v1::AuditEntry> entries;
  NiceMock<MockAuditConnection> audit;
};

class HostileHubTest : public ::testing::Test {
 protected:
  std::string Path() const { return folder_.path() + "/receipts.jsonl"; }

  std::unique_ptr<ReceiptKeeper> Keeper(const LogKeys& keys) {
    Options options;
    options.now = [this] { return now_; };
    options.sleep = [this](absl::Duration duration) { now_ += duration; };
    return ReceiptKeeper::Create(keys, Path(), options).value();
  }
  std::unique_ptr<ReceiptKeeper> Keeper() { return Keeper(hub_.log.Keys()); }

  static std::string ReasonOf(const absl::Status& status) {
    return status.ok() ? "OK" : HubError::FromStatus(status).reason_name;
  }

  ehc::ScratchFolder folder_;
  absl::Time now_ = absl::FromUnixSeconds(1'790'000'000);
  HostileHub hub_;
};

// One entry in the log for two disclosures: the second agency is given the first one's receipt, or
// the same agency its own again.
TEST_F(HostileHubTest, ReceiptThatCameWithAnotherDecisionIsRefused) {
  const v1::Receipt receipt = hub_.log.Disclose();
  auto keeper = Keeper();
  EXPECT_EQ(ReasonOf(keeper->Keep(receipt, "GetPlan", "decision-1")), "OK");
  EXPECT_EQ(ReasonOf(keeper->Keep(receipt, "GetPlan", "decision-1")), "OK") << "repeated";
  const absl::Status again = keeper->Keep(receipt, "GetPlan", "decision-2");
  EXPECT_EQ(ReasonOf(again), "RECEIPT_UNHONOURED");
  EXPECT_THAT(again.message(), HasSubstr("two disclosures"));
}

TEST_F(HostileHubTest, FileTellsOfReceiptsThatSeveralProgramsWereGivenTwice) {
  const v1::Receipt receipt = hub_.log.Disclose();
  for (const char* decision : {"decision-1", "decision-2"}) {  // each keeps its own memory
    ASSERT_EQ(ReasonOf(Keeper()->Keep(receipt, "GetPlan", decision)), "OK");
  }
  const auto report = VerifyReceiptsFile(Path(), hub_.log.Keys());
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_THAT(report->problems, SizeIs(1));
  EXPECT_THAT(report->problems[0], HasSubstr("replayed"));
}

TEST_F(HostileHubTest, ReceiptOfNoTimeIsRefused) {
  for (const int64_t seconds : {int64_t{-1}, int64_t{1} << 62}) {
    v1::Receipt receipt = hub_.log.Disclose();
    receipt.mutable_promise()->mutable_issued_at()->set_seconds(seconds);
    const absl::Status kept = Keeper()->Keep(receipt, "GetPlan", "decision");
    EXPECT_EQ(ReasonOf(kept), "RECEIPT_UNHONOURED");
    EXPECT_THAT(kept.message(), HasSubstr("no time"));
  }
}

TEST_F(HostileHubTest, CosignatureFromTheFutureIsNotYoungForEver) {
  hub_.log.AddOther();
  hub_.HaveCosigned(now_ + absl::Hours(24 * 365));
  const absl::Status advanced = Keeper(hub_.Keys())->Advance(hub_.audit).status();
  EXPECT_EQ(ReasonOf(advanced), "LOG_UNWITNESSED");
  hub_.Resign(now_ + absl::Minutes(1));
  EXPECT_EQ(ReasonOf(Keeper(hub_.Keys())->Advance(hub_.audit).status()), "OK") << "clocks differ";
}

// The witnesses are shown one old head for ever, and sign it again and again; what agencies are
// shown beyond it may be another log for each.
TEST_F(HostileHubTest, WitnessesThatAreHeldAtAnOldHeadDoNotCoverWhatCameAfterIt) {
  hub_.log.AddOther();
  hub_.HaveCosigned(now_);
  auto keeper = Keeper(hub_.Keys());
  ASSERT_EQ(ReasonOf(keeper->Keep(hub_.log.Disclose(), "GetPlan", "decision")), "OK");
  EXPECT_EQ(ReasonOf(keeper->Settle(hub_.audit)), "OK") << "it may take them a while";
  for (int minutes = 20; minutes <= 60; minutes += 20) {
    now_ += absl::Minutes(20);
    hub_.Resign(now_);
    EXPECT_EQ(ReasonOf(keeper->Advance(hub_.audit).status()), "OK") << minutes;
  }
  now_ += absl::Minutes(20);
  hub_.Resign(now_);
  const absl::Status advanced = keeper->Advance(hub_.audit).status();
  EXPECT_EQ(ReasonOf(advanced), "LOG_UNWITNESSED");
  EXPECT_THAT(advanced.message(), HasSubstr("no head that the witnesses signed"));
  EXPECT_EQ(ReasonOf(Keeper(hub_.Keys())->Advance(hub_.audit).status()), "LOG_UNWITNESSED")
      << "a program that begins later sees it too";
  hub_.HaveCosigned(now_);
  EXPECT_EQ(ReasonOf(keeper->Advance(hub_.audit).status()), "OK");
  EXPECT_EQ(ReasonOf(Keeper(hub_.Keys())->Advance(hub_.audit).status()), "OK");
}

TEST_F(HostileHubTest, WitnessKeyIsNoLogKey) {
  LogKeys keys = hub_.log.Keys();
  keys.log_key = hub_.witness.verifier().Encode();
  EXPECT_TRUE(absl::IsInvalidArgument(ReceiptKeeper::Create(keys, Path(), {}).status()));
}

// Entries as a hub opens them for their searcher.
v1::AuditEntry EntryOf(const std::string& agency, const std::string& decision) {
  ehc::AuditRecord record;
  record[AuditField::kRecordedAt] = "1790000000123";
  record[AuditField::kAction] = "GetPlan";
  record[AuditField::kAnswer] = "OK";
  record[AuditField::kSearcherAgency] = agency;
  record[AuditField::kDecisionId] = decision;
  record[AuditField::kContentDigest] = std::string(ehc::DigestView(ehc::Sha256("content")));
  const auto built = ehc::BuildEntry(record).value();
  const ehc::EntryView view = ehc::Opening::Parse(built.opening)->OpenFor(ehc::Audience::kSearcher);
  v1::AuditEntry entry;
  entry.set_leaf_hash(std::string(ehc::DigestView(built.leaf_hash)));
  entry.mutable_recorded_at()->set_seconds(1'790'000'000);
  entry.mutable_recorded_at()->set_nanos(123'000'000);
  entry.set_view(view.Encode().value());
  for (const ehc::AuditFieldRule& rule : ehc::kAuditFieldRules) {
    const std::string* value = view.Find(rule.field);
    if (value == nullptr || value->empty()) continue;
    v1::AuditField& field = *entry.add_fields();
    field.set_name(std::string(rule.name));
    field.set_value(rule.field == AuditField::kContentDigest ? ehc::HexEncode(*value) : *value);
  }
  return entry;
}

TEST(HostileEntry, WhatIsReadBesideTheViewIsHeldToIt) {
  const v1::AuditEntry entry = EntryOf("trust", "decision");
  ASSERT_EQ(VerifyAuditEntry(entry), absl::OkStatus());
  for (int i = 0; i < entry.fields_size(); ++i) {
    v1::AuditEntry altered = entry;
    altered.mutable_fields(i)->set_value("another");
    EXPECT_TRUE(absl::IsDataLoss(VerifyAuditEntry(altered))) << entry.fields(i).name();
    altered = entry;
    altered.mutable_fields(i)->set_name("justification");
    EXPECT_TRUE(absl::IsDataLoss(VerifyAuditEntry(altered))) << entry.fields(i).name();
    altered = entry;
    altered.mutable_fields()->DeleteSubrange(i, 1);
    EXPECT_TRUE(absl::IsDataLoss(VerifyAuditEntry(altered))) << entry.fields(i).name();
  }
  v1::AuditEntry added = entry;
  added.add_fields()->set_name("break_glass");
  EXPECT_TRUE(absl::IsDataLoss(VerifyAuditEntry(added)));
  v1::AuditEntry bare;  // as an access report's views are checked
  bare.set_leaf_hash(entry.leaf_hash());
  bare.set_view(entry.view());
  EXPECT_EQ(VerifyAuditEntry(bare), absl::OkStatus());
  v1::AuditEntry moved = entry;
  moved.mutable_recorded_at()->set_seconds(1'790'000'001);
  EXPECT_TRUE(absl::IsDataLoss(VerifyAuditEntry(moved)));
}

class ReconcileTest : public HostileHubTest {
 protected:
  // A receipt that is good in itself, for a leaf of the hub's choosing.
  void KeepReceiptOf(const v1::AuditEntry& entry, const std::string& decision) {
    ASSERT_EQ(
        ReasonOf(Keeper()->Keep(hub_.log.DiscloseLeaf(entry.leaf_hash()), "GetPlan", decision)),
        "OK");
  }

  ReceiptsAtHub Reconciled() {
    const auto report = ReconcileReceipts(hub_.audit, Path(), "trust");
    EXPECT_TRUE(report.ok()) << report.status();
    return report.value_or(ReceiptsAtHub());
  }
};

TEST_F(ReconcileTest, HonestHubsEntriesTellOfTheDecisionsThatCameWithTheirReceipts) {
  for (const char* decision : {"d1", "d2", "d3"}) {
    hub_.entries.push_back(EntryOf("trust", decision));
    KeepReceiptOf(hub_.entries.back(), decision);
  }
  hub_.entries[2].set_erased(true);
  const ReceiptsAtHub report = Reconciled();
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.receipts, 3);
  EXPECT_EQ(report.told, 2);
  EXPECT_EQ(report.erased, 1);
}

TEST_F(ReconcileTest, ReceiptOfAnotherAgencysEntryIsFoundOut) {
  const v1::AuditEntry theirs = EntryOf("council", "d1");
  KeepReceiptOf(theirs, "d1");
  EXPECT_THAT(Reconciled().problems, SizeIs(1)) << "the hub does not list it";
  hub_.entries = {theirs};
  const ReceiptsAtHub shown = Reconciled();
  ASSERT_THAT(shown.problems, SizeIs(1));
  EXPECT_THAT(shown.problems[0], HasSubstr("another agency"));
  hub_.entries[0].mutable_fields(3)->set_value("trust");  // searcher_agency, beside the view
  EXPECT_THAT(Reconciled().problems, SizeIs(1)) << "lied about beside the view";
}

TEST_F(ReconcileTest, ReceiptOfAnotherDecisionsEntryIsFoundOut) {
  hub_.entries = {EntryOf("trust", "some other decision")};
  KeepReceiptOf(hub_.entries[0], "d1");
  const ReceiptsAtHub report = Reconciled();
  ASSERT_THAT(report.problems, SizeIs(1));
  EXPECT_THAT(report.problems[0], HasSubstr("another decision"));
}

}  // namespace
}  // namespace ehchub
