// A child that is several numbers taken for one, and identities that are severed.
#include "server/model/joined.h"
#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const AgencyId kBromley("bromley");

class StoreJoins : public StoreContract {
 protected:
  void SetUp() override {
    one_ = NewSubject();
    other_ = NewSubject();
    MustCommit({PutSubject{one_, DossierOf("One")}, PutSubject{other_, DossierOf("Other")},
                PutRecord{PlanOf(NewRecord(), one_, 1, {"B"})}});
    Record newer = PlanOf(NewRecord(), other_, 1, {"C"});
    newer.head.published_at += absl::Hours(1);
    MustCommit({PutRecord{newer}});
  }

  void Join() { MustCommit({PutJoin{other_, one_}}); }

  std::vector<int64_t> SubjectsOfPlans(SubjectId child) {
    std::vector<int64_t> subjects;
    const auto heads = View()->ListRecords(child, "EHC_PLAN");
    EXPECT_TRUE(heads.ok()) << heads.status();
    if (!heads.ok()) return subjects;
    for (const RecordHead& head : *heads) subjects.push_back(head.subject.value);
    return subjects;
  }

  MatterId OpenMatter(SubjectId child) {
    Matter matter;
    matter.id = store_->NewMatterId().value();
    matter.kind = "LETTER";
    matter.opener = matter.addressee = kBromley;
    matter.subject = child;
    matter.revision = 1;
    matter.open = true;
    matter.body = "what it says";
    MustCommit({PutMatter{matter}});
    return matter.id;
  }

  std::vector<int64_t> MattersOf(SubjectId child) {
    MatterFilter filter;
    filter.kind = "LETTER";
    filter.subject = child;
    std::vector<int64_t> ids;
    const std::vector<Matter> matters = View()->ListMatters(filter).value();
    for (const Matter& matter : matters) ids.push_back(matter.id.value);
    return ids;
  }

  void AddEntry(absl::string_view leaf, SubjectId child) {
    Commit commit = CommitOf(leaf);
    commit.entry.subject = child;
    ASSERT_TRUE(Append(std::move(commit)).ok());
  }

  size_t EntriesOf(const EntryFilter& filter) { return View()->ListEntries(filter).value().size(); }

  SubjectId one_;
  SubjectId other_;
};

TEST_P(StoreJoins, NumbersOfOneChildShareTheirRecordsAndASplitGivesEachItsOwn) {
  EXPECT_THAT(SubjectsOfPlans(one_), ElementsAre(one_.value));
  Join();
  for (int opened = 0; opened < 2; ++opened) {
    for (const SubjectId number : {one_, other_}) {
      EXPECT_EQ(View()->RootOf(number).value(), one_);
      EXPECT_THAT(SubjectsOfPlans(number), UnorderedElementsAre(one_.value, other_.value));
      const auto newest = View()->FindRecord(number, kBromley, "EHC_PLAN");
      ASSERT_TRUE(newest.ok() && newest->has_value());
      EXPECT_EQ((*newest)->subject, other_) << "the newest, under whichever number";
      EXPECT_EQ(View()->ReadParts(**newest, {"C"})->size(), 1u);
    }
    Reopen();
  }
  MustCommit({PutJoin{other_, SubjectId{}}});
  EXPECT_EQ(View()->RootOf(other_).value(), other_);
  EXPECT_THAT(SubjectsOfPlans(one_), ElementsAre(one_.value));
  EXPECT_THAT(SubjectsOfPlans(other_), ElementsAre(other_.value));
}

TEST_P(StoreJoins, MattersAndEntriesAreFoundUnderEveryNumber) {
  const MatterId first = OpenMatter(one_), second = OpenMatter(other_);
  AddEntry("about one", one_);
  AddEntry("about the other", other_);
  EntryFilter filter;
  filter.subject = other_;
  EXPECT_EQ(EntriesOf(filter), 1u);
  Join();
  EXPECT_EQ(EntriesOf(filter), 2u);
  filter.this_number_only = true;
  EXPECT_EQ(EntriesOf(filter), 1u);
  EXPECT_THAT(MattersOf(one_), ElementsAre(first.value, second.value));
  EXPECT_THAT(MattersOf(other_), ElementsAre(first.value, second.value));
}

TEST_P(StoreJoins, JoinAndSplitMoveBothNumbersSoThatDecisionsOnEitherAreStale) {
  for (const SubjectId root : {one_, SubjectId{}}) {
    const uint64_t before = View()->position();
    MustCommit({PutJoin{other_, root}});
    for (const SubjectId number : {one_, other_}) {
      const auto stale = Append(CommitOfRead(absl::StrCat("decided ", root.value, number.value),
                                             before, SubjectKey(number)));
      const bool moved = number == other_ || root.known();
      EXPECT_EQ(absl::IsAborted(stale.status()), moved) << number.value;
    }
  }
}

TEST_P(StoreJoins, NumberOfANumberIsRefused) {
  Join();
  const SubjectId third = NewSubject();
  EXPECT_TRUE(absl::IsAborted(Append(CommitOf("chain", {PutJoin{third, other_}})).status()));
  EXPECT_TRUE(absl::IsAborted(Append(CommitOf("root joins", {PutJoin{one_, third}})).status()));
  EXPECT_FALSE(Append(CommitOf("itself", {PutJoin{third, third}})).ok());
}

TEST_P(StoreJoins, NothingOfASeveredIdentityIsListedSaveForTheAuditor) {
  Join();
  const MatterId first = OpenMatter(one_), second = OpenMatter(other_);
  AddEntry("about one", one_);
  AddEntry("about the other", other_);
  EntryFilter everything;
  const size_t before = EntriesOf(everything);
  store::v1::Dossier severed = DossierOf("One");
  store::v1::Dossier member = DossierOf("Other");
  JoinInto(severed, one_, other_, member);
  severed.set_severed(true);
  MustCommit({PutSubject{one_, severed}});
  for (int opened = 0; opened < 2; ++opened) {
    for (const MatterId id : {first, second}) {
      EXPECT_EQ(View()->FindMatter("LETTER", id).value(), std::nullopt);
    }
    EXPECT_THAT(MattersOf(one_), IsEmpty());
    MatterFilter of_agency;
    of_agency.kind = "LETTER";
    of_agency.addressee = kBromley;
    EXPECT_THAT(View()->ListMatters(of_agency).value(), IsEmpty());
    EXPECT_EQ(EntriesOf(everything), before - 2 + 1) << "without both, with the severance's own";
    EntryFilter auditor;
    auditor.with_severed = true;
    EXPECT_EQ(EntriesOf(auditor), before + 1);
    Reopen();
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreJoins, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
