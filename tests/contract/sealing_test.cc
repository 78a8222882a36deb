// What the disk does not show, what damage does, and what destroyed keys leave.
#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const AgencyId kBromley("bromley");

class StoreSealing : public StoreContract {
 protected:
  // One child with a dossier, a plan and an entry.
  void WriteChild() {
    child_ = NewSubject();
    Commit commit = CommitOf("entry", {PutSubject{child_, DossierOf("Quillfeather")},
                                       PutRecord{PlanOf(NewRecord(), child_, 1, {"B"})}});
    commit.entry.subject = child_;
    ASSERT_TRUE(Append(std::move(commit)).ok());
  }

  // The first error met in reading all of the child.
  absl::Status ReadAll() {
    const std::unique_ptr<ReadView> view = View();
    const auto dossier = view->ReadDossier(child_);
    if (!dossier.ok()) return dossier.status();
    const auto head = view->FindRecord(child_, kBromley, "EHC_PLAN");
    if (!head.ok()) return head.status();
    const auto parts = view->ReadParts(**head, {"B"});
    if (!parts.ok()) return parts.status();
    return view->ListEntries({}).status();
  }

  SubjectId child_;
};

TEST_P(StoreSealing, DiskShowsNothingAboutAChild) {
  WriteChild();
  const Identifier identifier{IdentifierKind::kNhsNumber, "9990000018"};
  MustCommit({BindIdentifier{store_->IdentifierDigest(identifier), child_}});
  Close();
  const std::string bytes = home_->AllBytes();
  ASSERT_THAT(bytes.size(), testing::Gt(10'000u));
  for (const char* secret : {"Quillfeather", "text of B", "plan of", "a summary", "a contact",
                             "opening of", "9990000018"}) {
    EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
  }
}

TEST_P(StoreSealing, DamagedSealedValueIsDataLossThatNamesNobody) {
  for (const SealedColumn column :
       {SealedColumn::kDossier, SealedColumn::kDossierKey, SealedColumn::kRecordHead,
        SealedColumn::kDataKey, SealedColumn::kPart, SealedColumn::kOpening,
        SealedColumn::kAuditKey}) {
    Close();
    home_ = GetParam().make();
    Reopen();
    WriteChild();
    ASSERT_TRUE(ReadAll().ok());
    Close();
    home_->Damage(column);
    Reopen();
    const absl::Status status = ReadAll();
    EXPECT_TRUE(absl::IsDataLoss(status)) << static_cast<int>(column) << status;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("Quillfeather")));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("text of")));
  }
}

TEST_P(StoreSealing, SealedValueOfAnotherChildDoesNotOpen) {
  WriteChild();
  WriteChild();
  child_ = SubjectId{1};
  ASSERT_TRUE(ReadAll().ok());
  Close();
  home_->SwapDossiers();
  Reopen();
  EXPECT_TRUE(absl::IsDataLoss(ReadAll()));
}

TEST_P(StoreSealing, DamagedKeyOfOneChildStopsNobodyElse) {
  WriteChild();
  Close();
  home_->Damage(SealedColumn::kAuditKey);
  Reopen();
  Commit about_the_child = CommitOf("damaged");
  about_the_child.entry.subject = child_;
  EXPECT_TRUE(absl::IsDataLoss(Append(std::move(about_the_child)).status()));
  EXPECT_TRUE(Append(CommitOf("another")).ok());
}

TEST_P(StoreSealing, DestroyedRecordKeysHideTheRecordsOfThatType) {
  WriteChild();
  Record health = PlanOf(NewRecord(), child_, 1, {"B"});
  health.head.record_type = "HEALTH_RECORD";
  MustCommit({PutRecord{health}});
  const RecordHead plan = *View()->FindRecord(child_, kBromley, "EHC_PLAN").value();
  ASSERT_TRUE(store_->DestroyKeys(RecordKeys{child_, kBromley, "EHC_PLAN"}).ok());
  const std::unique_ptr<ReadView> view = View();
  EXPECT_EQ(view->FindRecord(child_, kBromley, "EHC_PLAN").value(), std::nullopt);
  EXPECT_THAT(view->ListRecords(child_, "EHC_PLAN").value(), IsEmpty());
  EXPECT_TRUE(absl::IsNotFound(view->ReadParts(plan, {"B"}).status()));
  EXPECT_TRUE(view->FindRecord(child_, kBromley, "HEALTH_RECORD").value().has_value());
}

TEST_P(StoreSealing, RecordPutAfterItsKeysWereDestroyedIsReadable) {
  WriteChild();
  const RecordHead plan = *View()->FindRecord(child_, kBromley, "EHC_PLAN").value();
  ASSERT_TRUE(store_->DestroyKeys(RecordKeys{child_, kBromley, "EHC_PLAN"}).ok());
  MustCommit({PutRecord{PlanOf(plan.id, child_, 2, {"B"})}});
  const std::unique_ptr<ReadView> view = View();
  const RecordHead again = *view->FindRecord(child_, kBromley, "EHC_PLAN").value();
  EXPECT_EQ(view->ReadParts(again, {"B"}).value()[0].content, "text of B in 2");
  EXPECT_TRUE(absl::IsNotFound(view->ReadParts(plan, {"B"}).status()));
}

TEST_P(StoreSealing, DestroyedDossierKeyLeavesAnUnknownChild) {
  WriteChild();
  ASSERT_TRUE(store_->DestroyKeys(DossierKey{child_}).ok());
  Reopen();
  EXPECT_EQ(View()->ReadDossier(child_)->ByteSizeLong(), 0u);
}

TEST_P(StoreSealing, DestroyedOpeningKeysLeaveErasedEntriesAndTheLog) {
  WriteChild();
  const TreeHead head = View()->Head().value();
  ASSERT_TRUE(store_->DestroyKeys(OpeningKeys{child_}).ok());
  const StoredEntry entry = View()->ListEntries({.subject = child_}).value().at(0);
  EXPECT_TRUE(entry.erased);
  EXPECT_EQ(entry.row.opening, "");
  EXPECT_EQ(entry.row.leaf_hash, LeafHash("entry"));
  EXPECT_EQ(View()->Head()->root, head.root);
  Commit later = CommitOf("later");
  later.entry.subject = child_;
  ASSERT_TRUE(Append(std::move(later)).ok());
  const auto entries = View()->ListEntries({.subject = child_}).value();
  EXPECT_TRUE(entries.at(0).erased);
  EXPECT_EQ(entries.at(1).row.opening, "opening of later");
}

TEST_P(StoreSealing, DestroyedDenialKeysLeaveErasedDenials) {
  for (const int day : {0, 1}) {
    Commit denial = CommitOf(absl::StrCat("denial ", day));
    denial.entry.denial = true;
    denial.entry.recorded_at = clock_.Now() + absl::Hours(24 * day);
    ASSERT_TRUE(Append(std::move(denial)).ok());
  }
  ASSERT_TRUE(store_->DestroyKeys(DenialKeysBefore{clock_.Now() + absl::Hours(24)}).ok());
  const auto entries = View()->ListEntries({}).value();
  EXPECT_TRUE(entries.at(0).erased);
  EXPECT_FALSE(entries.at(1).erased);
}

TEST_P(StoreSealing, DestroyingAbsentKeysIsNoError) {
  EXPECT_TRUE(store_->DestroyKeys(RecordKeys{SubjectId{9}, kBromley, "EHC_PLAN"}).ok());
  EXPECT_TRUE(store_->DestroyKeys(OpeningKeys{SubjectId{9}}).ok());
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreSealing, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
