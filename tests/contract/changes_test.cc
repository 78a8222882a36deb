// What subscribers are told of is found here: every change of a record and every event of a matter,
// once, in the log's order.
#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StoreChanges : public StoreContract {
 protected:
  std::vector<RecordChange> After(int64_t index, int limit = 100) {
    const auto changes = View()->ListRecordChanges(index, limit);
    EXPECT_TRUE(changes.ok()) << changes.status();
    return changes.ok() ? *changes : std::vector<RecordChange>();
  }
  std::vector<int64_t> RecordsAfter(int64_t index, int limit = 100) {
    std::vector<int64_t> records;
    for (const RecordChange& change : After(index, limit)) records.push_back(change.record.value);
    return records;
  }
};

TEST_P(StoreChanges, EachVersionIsAChangeAndNothingElseIsAlsoAfterARestart) {
  const SubjectId child = NewSubject();
  const RecordId plan = NewRecord();
  MustCommit({PutSubject{child, DossierOf("Synthetic")}});
  MustCommit({PutRecord{PlanOf(plan, child, 1, {"C"})}});
  MustCommit({});
  MustCommit({PutRecord{PlanOf(plan, child, 2, {"C"})}});
  for (int opened = 0; opened < 2; ++opened) {
    const std::vector<RecordChange> changes = After(-1);
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_EQ(changes[0].index, 1);
    EXPECT_EQ(changes[1].index, 3);
    EXPECT_EQ(changes[1].version, 2);
    for (const RecordChange& change : changes) {
      EXPECT_EQ(change.record, plan);
      EXPECT_EQ(change.subject, child);
      EXPECT_EQ(change.custodian, AgencyId("bromley"));
      EXPECT_EQ(change.record_type, "EHC_PLAN");
      EXPECT_EQ(absl::ToUnixMillis(change.at), 1'790'000'000'123);
    }
    EXPECT_THAT(RecordsAfter(1), ElementsAre(plan.value));
    EXPECT_THAT(RecordsAfter(3), IsEmpty());
    Reopen();
  }
}

TEST_P(StoreChanges, CommitThatFailsIsNoChange) {
  const SubjectId child = NewSubject();
  const RecordId plan = NewRecord();
  MustCommit({PutRecord{PlanOf(plan, child, 1, {"C"})}});
  EXPECT_FALSE(Append(CommitOf("late", {PutRecord{PlanOf(plan, child, 1, {"C"})}})).ok());
  EXPECT_EQ(After(-1).size(), 1u);
}

TEST_P(StoreChanges, PageHoldsAllOfACommitOrNoneOfIt) {
  const SubjectId child = NewSubject();
  std::vector<Change> three;
  for (int i = 0; i < 3; ++i) three.push_back(PutRecord{PlanOf(NewRecord(), child, 1, {"C"})});
  MustCommit({PutRecord{PlanOf(NewRecord(), child, 1, {"C"})}});
  MustCommit(std::move(three));
  EXPECT_EQ(After(-1, 2).size(), 1u);
  EXPECT_EQ(After(-1, 4).size(), 1u) << "whether the second commit goes on is not known";
  EXPECT_EQ(After(0, 1).size(), 3u);
  EXPECT_EQ(After(0, 2).size(), 3u);
  EXPECT_EQ(After(0, 3).size(), 3u);
}

class StoreMatterEvents : public StoreContract {
 protected:
  MatterId NewReview() {
    Matter matter;
    matter.id = store_->NewMatterId().value();
    matter.kind = "PATHWAY_REVIEW";
    matter.opener = kProvider;
    matter.addressee = kAuthority;
    matter.subject = child_;
    matter.revision = 1;
    MustCommit({PutMatter{matter}});
    return matter.id;
  }
  std::vector<MatterEvent> After(const AgencyId& party, int64_t index, int limit = 100) {
    const auto events = View()->ListMatterEvents(party, index, limit);
    EXPECT_TRUE(events.ok()) << events.status();
    return events.ok() ? *events : std::vector<MatterEvent>();
  }

  const AgencyId kAuthority{"bromley"};
  const AgencyId kProvider{"bridge-care"};
  const SubjectId child_ = NewSubject();
};

TEST_P(StoreMatterEvents, EachIsToldToItsPartyAloneInOrderAlsoAfterARestart) {
  const MatterId review = NewReview();  // entry 0
  MustCommit({TellOfMatter{review, kAuthority, "REVIEW_HELD"},
              TellOfMatter{review, kAuthority, "PLAN_ATTACHED"},
              TellOfMatter{review, kProvider, "REVIEW_HELD"}});
  MustCommit({TellOfMatter{review, kAuthority, "REVIEW_DUE"}});
  for (int opened = 0; opened < 2; ++opened) {
    const std::vector<MatterEvent> events = After(kAuthority, -1);
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(events[0].event, "REVIEW_HELD");
    EXPECT_EQ(events[1].event, "PLAN_ATTACHED");
    EXPECT_EQ(events[1].index, 1);
    EXPECT_EQ(events[2].event, "REVIEW_DUE");
    EXPECT_EQ(events[2].index, 2);
    for (const MatterEvent& event : events) {
      EXPECT_EQ(event.matter, review);
      EXPECT_EQ(event.kind, "PATHWAY_REVIEW");
      EXPECT_EQ(event.subject, child_);
      EXPECT_EQ(absl::ToUnixMillis(event.at), 1'790'000'000'123);
    }
    EXPECT_EQ(After(kProvider, -1).size(), 1u);
    EXPECT_THAT(After(AgencyId("enfield"), -1), IsEmpty());
    EXPECT_EQ(After(kAuthority, 1).size(), 1u);
    EXPECT_THAT(After(kAuthority, 2), IsEmpty());
    Reopen();
  }
}

TEST_P(StoreMatterEvents, PageHoldsAllOfACommitOrNoneOfIt) {
  const MatterId review = NewReview();
  MustCommit({TellOfMatter{review, kAuthority, "REVIEW_HELD"}});
  MustCommit({TellOfMatter{review, kAuthority, "REVIEW_HELD"},
              TellOfMatter{review, kAuthority, "PLAN_ATTACHED"},
              TellOfMatter{review, kAuthority, "REVIEW_DUE"}});
  EXPECT_EQ(After(kAuthority, -1, 2).size(), 1u);
  EXPECT_EQ(After(kAuthority, 1, 1).size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreMatterEvents, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Stores, StoreChanges, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
