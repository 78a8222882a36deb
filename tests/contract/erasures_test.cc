// Erasures: keys and rows go in the commit, the journal has it before anybody is told, and an older
// copy of the database forgets again, but nothing newer.
#include "server/model/joined.h"
#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const AgencyId kBromley("bromley");

class StoreErasures : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    child_ = NewSubject();
    Commit commit = CommitOf(
        "entry", {PutSubject{child_, DossierOf("Quillfeather")}, BindIdentifier{digest(), child_},
                  PutRecord{PlanOf(NewRecord(), child_, 1, {"B"})}});
    commit.entry.subject = child_;
    ASSERT_TRUE(Append(std::move(commit)).ok());
  }

  Digest digest() const {
    return store_->IdentifierDigest({IdentifierKind::kNhsNumber, "9990000018"});
  }

  static std::string Id(char c) { return std::string(16, c); }
  EraseKeys Everything(char id) const {
    return {Id(id),
            absl::UnixEpoch(),
            {RecordKeys{child_, kBromley, "EHC_PLAN"}, OpeningKeys{child_}, DossierKey{child_}}};
  }

  void ExpectForgotten() {
    const std::unique_ptr<ReadView> view = View();
    EXPECT_EQ(view->FindSubject(digest()).value().value, 0);
    EXPECT_EQ(view->ReadDossier(child_).value().registered_by_size(), 0);
    EXPECT_FALSE(view->FindRecord(child_, kBromley, "EHC_PLAN").value().has_value());
    EXPECT_THAT(view->ListRecordsOf(kBromley, RecordId{}, 10).value(), IsEmpty());
    EXPECT_TRUE(view->ListEntries({}).value()[0].erased);
  }

  SubjectId child_;
};

TEST_P(StoreErasures, ErasedChildIsUnknownAndItsLeafStays) {
  EXPECT_THAT(View()->ListRecordsOf(kBromley, RecordId{}, 10).value(), SizeIs(1));
  Commit commit = CommitOf("erasure", {Everything('a')});
  commit.entry.subject = child_;
  ASSERT_TRUE(Append(std::move(commit)).ok());
  ExpectForgotten();
  const auto entries = View()->ListEntries({}).value();
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_EQ(entries[0].row.leaf_hash, LeafHash("entry"));
  EXPECT_FALSE(entries[1].erased);  // that it was erased is not
  EXPECT_THAT(View()->ListErasures().value(), SizeIs(1));
  EXPECT_THAT(store_->MissingErasures().value(), IsEmpty());
  Reopen();
  ExpectForgotten();
}

TEST_P(StoreErasures, LocalIdIsFreeAgain) {
  ASSERT_TRUE(Append(CommitOf("erasure", {EraseKeys{Id('a'),
                                                    absl::UnixEpoch(),
                                                    {RecordKeys{child_, kBromley, "EHC_PLAN"}}}}))
                  .ok());
  Record plan = PlanOf(NewRecord(), child_, 1, {"B"});
  plan.head.local_id = "plan of 1";
  EXPECT_TRUE(Append(CommitOf("again", {PutRecord{plan}})).ok());
}

TEST_P(StoreErasures, WhoeverReadTheChildDecidesAgain) {
  const uint64_t position = View()->position();
  ASSERT_TRUE(Append(CommitOf("erasure", {Everything('a')})).ok());
  EXPECT_TRUE(absl::IsAborted(Append(CommitOfRead("late", position, SubjectKey(child_))).status()));
}

TEST_P(StoreErasures, MalformedIdIsRefusedAndErasesNothing) {
  EraseKeys erase = Everything('a');
  erase.id = "short";
  EXPECT_TRUE(absl::IsInvalidArgument(Append(CommitOf("erasure", {erase})).status()));
  EXPECT_THAT(View()->ListRecordsOf(kBromley, RecordId{}, 10).value(), SizeIs(1));
}

TEST_P(StoreErasures, ReplayTakesTheVeryKeysAndNothingNewer) {
  ASSERT_TRUE(Append(CommitOf("erasure", {Everything('a')})).ok());
  store::v1::ErasureRecord record = View()->ListErasures().value()[0];
  // The child comes back, under the same number, with keys of its own.
  ASSERT_TRUE(Append(CommitOf("again", {PutSubject{child_, DossierOf("Quillfeather")},
                                        PutRecord{PlanOf(NewRecord(), child_, 1, {"B"})}}))
                  .ok());
  record.set_id(Id('b'));
  ASSERT_TRUE(Append(CommitOf("replay", {ReplayErasure{record}})).ok());
  EXPECT_EQ(View()->ReadDossier(child_).value().registered_by_size(), 1);
  EXPECT_THAT(View()->ListRecordsOf(kBromley, RecordId{}, 10).value(), SizeIs(1));
}

TEST_P(StoreErasures, OneAgencysRegistrationGoesAndTheOthersStays) {
  store::v1::Dossier dossier = DossierOf("Quillfeather");
  dossier.add_registered_by("trust");
  for (const char* agency : {"bromley", "trust"}) {
    store::v1::RelationshipItem& item = *dossier.add_relationships();
    item.mutable_origin()->set_agency(agency);
    item.mutable_origin()->set_number(dossier.last_number() + 1);
    dossier.set_last_number(dossier.last_number() + 1);
  }
  ASSERT_TRUE(Append(CommitOf("both", {PutSubject{child_, dossier}})).ok());
  ASSERT_TRUE(
      Append(CommitOf("erasure",
                      {EraseKeys{Id('a'), absl::UnixEpoch(), {RegistrationOf{child_, kBromley}}}}))
          .ok());
  const store::v1::Dossier left = View()->ReadDossier(child_).value();
  ASSERT_EQ(left.registered_by_size(), 1);
  EXPECT_EQ(left.registered_by(0), "trust");
  ASSERT_EQ(left.relationships_size(), 1);
  EXPECT_EQ(left.relationships(0).origin().agency(), "trust");
}

// Two numbers of one child, and how an older copy of the store has them.
class StoreErasuresOfJoined : public StoreErasures {
 protected:
  void SetUp() override {
    StoreErasures::SetUp();
    other_ = NewSubject();
    store::v1::Dossier dossier = DossierOf("Peppercorn");
    dossier.clear_registered_by();
    dossier.add_registered_by("trust");
    Commit commit = CommitOf("entry of other", {PutSubject{other_, dossier}});
    commit.entry.subject = other_;
    ASSERT_TRUE(Append(std::move(commit)).ok());
    Join();
  }

  void Join() {
    store::v1::Dossier root = View()->ReadDossier(child_).value();
    store::v1::Dossier member = View()->ReadDossier(other_).value();
    JoinInto(root, child_, other_, member);
    ASSERT_TRUE(Append(CommitOf("join", {PutSubject{child_, root}, PutSubject{other_, member},
                                         PutJoin{other_, child_}}))
                    .ok());
  }

  // A copy is made; then they are split and one is erased; then the copy is put back, older than
  // both, and replays what it lacks. False: this backend is not copied so.
  bool SplitEraseAndPutBack(SubjectId erased) {
    Close();
    if (!home_->CopyAside()) return false;
    Reopen();
    SplitAndErase(erased);
    Close();
    home_->PutBack();
    Reopen();
    EXPECT_EQ(View()->RootOf(other_).value(), child_) << "as the copy has it";
    const auto missing = store_->MissingErasures().value();
    EXPECT_THAT(missing, SizeIs(1));
    for (const store::v1::ErasureRecord& record : missing) {
      EXPECT_TRUE(Append(CommitOf("replay", {ReplayErasure{record}})).ok());
    }
    return true;
  }

  void SplitAndErase(SubjectId number) {
    store::v1::Dossier root = View()->ReadDossier(child_).value();
    store::v1::Dossier own = SplitFrom(root, child_, other_, View()->ReadDossier(other_).value());
    EXPECT_TRUE(Append(CommitOf("split", {PutSubject{child_, root}, PutSubject{other_, own},
                                          PutJoin{other_, SubjectId{}}}))
                    .ok());
    EXPECT_TRUE(Append(CommitOf("erasure", {EraseKeys{Id('a'),
                                                      absl::UnixEpoch(),
                                                      {OpeningKeys{number}, DossierKey{number}}}}))
                    .ok());
  }

  SubjectId other_;
};

TEST_P(StoreErasuresOfJoined, ErasingBothNumbersLeavesNoJoinBehind) {
  ASSERT_TRUE(Append(CommitOf("erasure", {EraseKeys{Id('a'),
                                                    absl::UnixEpoch(),
                                                    {OpeningKeys{child_}, DossierKey{child_},
                                                     OpeningKeys{other_}, DossierKey{other_}}}}))
                  .ok());
  EXPECT_EQ(View()->RootOf(other_).value(), other_) << "the row that joined them is gone";
  const auto entries = View()->ListEntries({}).value();
  EXPECT_TRUE(entries[0].erased);
  EXPECT_TRUE(entries[1].erased);
}

// The copy was made while they were one; afterwards they were split, and one of them erased.
TEST_P(StoreErasuresOfJoined, ReplayOfTheMembersErasurePartsItFromTheRootThatStays) {
  if (!SplitEraseAndPutBack(other_)) GTEST_SKIP();
  EXPECT_EQ(View()->RootOf(other_).value(), other_);
  EXPECT_EQ(View()->ReadDossier(other_).value().person().family_name(), "");
  const store::v1::Dossier left = View()->ReadDossier(child_).value();
  EXPECT_EQ(left.person().family_name(), "Quillfeather");
  EXPECT_EQ(left.joined_size(), 0);
  EXPECT_THAT(left.registered_by(), ::testing::ElementsAre("bromley"))
      << "whoever had registered the erased child alone is not told of this one";
}

TEST_P(StoreErasuresOfJoined, ReplayOfTheRootsErasureLeavesTheMemberAChildOfItsOwn) {
  if (!SplitEraseAndPutBack(child_)) GTEST_SKIP();
  EXPECT_EQ(View()->RootOf(other_).value(), other_);
  EXPECT_EQ(View()->ReadDossier(child_).value().registered_by_size(), 0);
  const store::v1::Dossier left = View()->ReadDossier(other_).value();
  EXPECT_EQ(left.person().family_name(), "Peppercorn");
  EXPECT_THAT(left.registered_by(), ::testing::ElementsAre("trust"));
  EXPECT_EQ(left.joined_into(), 0);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreErasuresOfJoined, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Stores, StoreErasures, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
