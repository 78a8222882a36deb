// A hub that lies, over real TLS and with its own true keys: it shows two histories, takes an entry
// away, or alters one. One honest witness finds it out, and so does one receipt.
#include <sqlite3.h>

#include <filesystem>
#include <functional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "server/base/status_macros.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/log_lab.h"

namespace ehc {
namespace {

namespace fs = std::filesystem;

class LyingHub : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
  }

  void SetUp() override {
    world_.Serve();
    world_.EnrolAgencies();
    EnrolWitness(world_, "kings-park-nhs-trust");
    witness_ = WitnessOf(world_, kTrustGovernance);
    const Clients caseworker = world_.As(kCaseworker);
    child_ = MakeChild(caseworker, 1);
    ASSERT_EQ(ReasonIn(caseworker.consents.RecordConsent(ConsentOf(child_, "mother", {"C"}))),
              "OK");
  }

  // The liar's own copy of everything, to go back to. The hub is stopped.
  std::string history(const std::string& name) const { return world_.folder() + "/" + name; }
  void Keep(const std::string& name) {
    world_.Stop();
    fs::remove_all(history(name));
    fs::copy(world_.data_folder(), history(name), fs::copy_options::recursive);
    world_.Serve();
  }
  void Show(const std::string& name) {
    world_.Stop();
    fs::remove_all(world_.data_folder());
    fs::copy(history(name), world_.data_folder(), fs::copy_options::recursive);
    world_.Serve();
  }

  std::string Disclose() {
    const auto pulled = world_.As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(child_));
    EXPECT_TRUE(pulled.ok()) << pulled.status();
    if (!pulled.ok()) return "";
    receipt_ = pulled->disclosure().receipt();
    return receipt_.leaf_hash();
  }
  // Entries that the victim has no receipt for.
  void GoOn(int entries) {
    const Clients other = world_.As(kCommissioner);
    for (int i = 0; i < entries; ++i) {
      (void)other.records.GetPlan(PlanForCommissioner(child_, {v1::PLAN_SECTION_CODE_I}));
    }
  }

  absl::StatusOr<ehchub::Cosigned> Witness() {
    return CosignAs(world_, kTrustGovernance, *witness_);
  }
  void ExpectWitnessFindsOut() {
    const auto round = Witness();
    EXPECT_TRUE(ehchub::AsLogFork(round.status()).has_value()) << round.status();
    const std::string evidence =
        FileText(world_.folder() + "/kings-park-nhs-trust.witness.state.fork");
    EXPECT_NE(evidence.find("ehc-hub/"), std::string::npos) << "two heads that convict";
  }
  // The victim's own receipts, settled by a fresh program.
  absl::Status Settle() {
    const ehchub::Profile profile = world_.ProfileOf(kPaediatrician);
    const ehchub::LogKeys keys = KeysOf(profile);
    const auto report = ehchub::VerifyReceiptsFile(profile.receipts_path, keys);
    if (!report.ok()) return report.status();
    auto keeper =
        ehchub::ReceiptKeeper::Create(keys, profile.receipts_path, HubWorld::Options()).value();
    const auto audit = ehchub::MakeAuditConnection(world_.As(kPaediatrician).hub);
    for (const std::string& leaf : report->outstanding_leaves) {
      const absl::Status proven = keeper->Prove(*audit, leaf);
      if (!proven.ok()) return proven;
    }
    return absl::OkStatus();
  }

  // The liar works on the stopped store; roots, openings and all that it can forge without being
  // anybody else are its own.
  void Doctor(const std::function<void(sqlite3*)>& work) {
    world_.Stop();
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((world_.data_folder() + "/hub.db").c_str(), &database), SQLITE_OK);
    work(database);
    ASSERT_EQ(sqlite3_close(database), SQLITE_OK);
    // The head that it signed before is forgotten, and the one that a start asks for made up.
    fs::copy(history("before") + "/log.head", world_.data_folder() + "/log.head",
             fs::copy_options::overwrite_existing);
    world_.Serve();
  }

  static void Run(sqlite3* database, const std::string& sql) {
    char* error = nullptr;
    ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
  }
  static std::vector<Digest> Leaves(sqlite3* database) {
    std::vector<Digest> leaves;
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database, "SELECT leaf FROM entry ORDER BY number", -1, &statement, nullptr);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      Digest leaf;
      std::copy_n(static_cast<const uint8_t*>(sqlite3_column_blob(statement, 0)), 32, leaf.begin());
      leaves.push_back(leaf);
    }
    sqlite3_finalize(statement);
    return leaves;
  }
  static std::string Hex(const Digest& digest) {
    return absl::BytesToHexString(DigestView(digest));
  }
  // After this the store opens: every root that it keeps follows from the leaves as they are now.
  static void MakeRootsFollow(sqlite3* database) {
    const std::vector<Digest> leaves = Leaves(database);
    ASSERT_LT(leaves.size(), 256u) << "no stored subtree to forge";
    for (size_t i = 0; i < leaves.size(); ++i) {
      Run(database, absl::StrCat("UPDATE entry SET root = x'", Hex(NaiveRoot(leaves, 0, i + 1)),
                                 "' WHERE number = ", i, " AND root IS NOT NULL"));
    }
  }
  static void AlterLeaf(sqlite3* database, const std::string& leaf) {
    Run(database, absl::StrCat("UPDATE entry SET leaf = x'", Hex(Sha256("another story")),
                               "' WHERE leaf = x'", absl::BytesToHexString(leaf), "'"));
    MakeRootsFollow(database);
  }
  // The entry is gone, and those after it have moved up.
  static void HideLeaf(sqlite3* database, const std::string& leaf) {
    Run(database, absl::StrCat("CREATE TEMP TABLE gone AS SELECT number FROM entry WHERE leaf = x'",
                               absl::BytesToHexString(leaf), "'"));
    Run(database, "DELETE FROM entry WHERE number = (SELECT number FROM gone)");
    Run(database,
        "UPDATE entry SET number = -number WHERE number > (SELECT number FROM gone);"
        "UPDATE entry SET number = -number - 1 WHERE number < 0");
    Run(database,
        "UPDATE entry SET root = zeroblob(32) WHERE number = (SELECT max(number) FROM entry)");
    MakeRootsFollow(database);
  }

  HubWorld world_;
  std::unique_ptr<ehchub::Witness> witness_;
  std::string child_;
  v1::Receipt receipt_;  // of the last disclosure
};

TEST_F(LyingHub, ThatShowsTwoHistoriesIsFoundOutByOneWitness) {
  Keep("before");
  GoOn(3);
  ASSERT_TRUE(Witness().ok());
  Show("before");  // the other history, for others
  GoOn(9);
  ExpectWitnessFindsOut();
}

TEST_F(LyingHub, ThatShowsTwoHistoriesIsFoundOutByOneReceipt) {
  Keep("before");
  Disclose();
  ASSERT_EQ(Settle(), absl::OkStatus());
  Show("before");
  GoOn(9);
  const std::string promised = Disclose();
  EXPECT_FALSE(promised.empty()) << "the promise itself is true";
  const absl::Status settled = Settle();
  EXPECT_TRUE(ehchub::AsLogFork(settled).has_value()) << settled;
}

TEST_F(LyingHub, ThatHidesAnEntryIsFoundOutByOneWitness) {
  Keep("before");
  const std::string leaf = Disclose();
  GoOn(2);
  ASSERT_TRUE(Witness().ok());
  Doctor([&](sqlite3* database) { HideLeaf(database, leaf); });
  GoOn(9);
  ExpectWitnessFindsOut();
}

TEST_F(LyingHub, ThatHidesAnEntryIsFoundOutByOneReceiptWhoseHeadNobodyElseSaw) {
  Keep("before");
  const std::string leaf = Disclose();
  GoOn(2);
  Doctor([&](sqlite3* database) { HideLeaf(database, leaf); });
  GoOn(9);
  const absl::Status settled = Settle();
  EXPECT_FALSE(settled.ok());
  EXPECT_TRUE(absl::IsNotFound(settled) || absl::IsDataLoss(settled)) << settled;
}

TEST_F(LyingHub, ThatAltersAnEntryIsFoundOutByOneWitness) {
  Keep("before");
  const std::string leaf = Disclose();
  GoOn(2);
  ASSERT_TRUE(Witness().ok());
  Doctor([&](sqlite3* database) { AlterLeaf(database, leaf); });
  GoOn(9);
  ExpectWitnessFindsOut();
}

TEST_F(LyingHub, ThatAltersAnEntryIsFoundOutByOneReceipt) {
  Keep("before");
  const std::string leaf = Disclose();
  GoOn(2);
  Doctor([&](sqlite3* database) { AlterLeaf(database, leaf); });
  GoOn(9);
  EXPECT_FALSE(Settle().ok());
}

TEST_F(LyingHub, IsHeldToItsReceiptWithinTwoSeconds) {
  Keep("before");
  const std::string leaf = Disclose();
  GoOn(1);  // a hub opens the last entry at its start
  Doctor([&](sqlite3* database) { AlterLeaf(database, leaf); });
  const ehchub::Profile profile = world_.ProfileOf(kPaediatrician);
  // The receipt as the victim holds it, and a hub that no longer honours it.
  auto keeper = ehchub::ReceiptKeeper::Create(KeysOf(profile), "", HubWorld::Options()).value();
  ASSERT_EQ(keeper->Keep(receipt_, "GetPlanSummary", "decision"), absl::OkStatus());
  const absl::Time start = absl::Now();
  const absl::Status settled =
      keeper->Settle(*ehchub::MakeAuditConnection(world_.As(kPaediatrician).hub));
  EXPECT_EQ(ehchub::HubError::FromStatus(settled).reason_name, "RECEIPT_UNHONOURED");
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_F(LyingHub, HonestHubPassesTheSameTests) {
  Keep("before");
  Disclose();
  GoOn(2);
  ASSERT_TRUE(Witness().ok());
  GoOn(9);
  EXPECT_TRUE(Witness().ok());
  EXPECT_EQ(Settle(), absl::OkStatus());
}

}  // namespace
}  // namespace ehc
