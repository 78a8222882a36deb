// Matters between agencies: found by opener, addressee and child, moved on one revision at a time.
#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const AgencyId kBromley("bromley");
const AgencyId kPolice("northshire-police");
const AgencyId kTrust("trust");
const absl::Time kNoon = absl::FromUnixMillis(1'790'000'000'000);

class StoreMatters : public StoreContract {
 protected:
  Matter NewMatter(SubjectId subject = {}) {
    Matter matter;
    matter.id = store_->NewMatterId().value();
    matter.kind = "RECORD_REQUEST";
    matter.opener = kPolice;
    matter.addressee = kBromley;
    matter.subject = subject;
    matter.revision = 1;
    matter.open = true;
    matter.due_at = kNoon;
    matter.body = "what is asked";
    return matter;
  }
  std::optional<Matter> Find(MatterId id) {
    return View()->FindMatter("RECORD_REQUEST", id).value();
  }
  std::vector<int64_t> Ids(const MatterFilter& filter) {
    std::vector<int64_t> ids;
    const absl::StatusOr<std::vector<Matter>> matters = View()->ListMatters(filter);
    EXPECT_TRUE(matters.ok()) << matters.status();
    if (!matters.ok()) return ids;
    for (const Matter& matter : *matters) ids.push_back(matter.id.value);
    return ids;
  }
  absl::Status Put(const Matter& matter) {
    return Append(CommitOf(absl::StrCat("matter ", ++puts_), {PutMatter{matter}})).status();
  }

 private:
  int puts_ = 0;
};

TEST_P(StoreMatters, MatterIsReadBackAsItWasPutAlsoAfterARestart) {
  const SubjectId child = NewSubject();
  const Matter put = NewMatter(child);
  MustCommit({PutMatter{put}});
  for (int opened = 0; opened < 2; ++opened) {
    const std::optional<Matter> read = Find(put.id);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->kind, "RECORD_REQUEST");
    EXPECT_EQ(read->opener, kPolice);
    EXPECT_EQ(read->addressee, kBromley);
    EXPECT_EQ(read->subject, child);
    EXPECT_EQ(read->revision, 1);
    EXPECT_TRUE(read->open);
    EXPECT_EQ(read->due_at, kNoon);
    EXPECT_EQ(read->body, "what is asked");
    Reopen();
  }
}

TEST_P(StoreMatters, NeitherAnotherKindNorAnUnknownNumberIsFound) {
  const Matter put = NewMatter();
  MustCommit({PutMatter{put}});
  EXPECT_EQ(View()->FindMatter("ADVICE_REQUEST", put.id).value(), std::nullopt);
  EXPECT_EQ(Find({put.id.value + 1}), std::nullopt);
}

TEST_P(StoreMatters, NextRevisionReplacesTheOneBefore) {
  Matter matter = NewMatter();
  MustCommit({PutMatter{matter}});
  matter.revision = 2;
  matter.open = false;
  matter.due_at = absl::InfiniteFuture();
  matter.body = "what was answered";
  MustCommit({PutMatter{matter}});
  const std::optional<Matter> read = Find(matter.id);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->revision, 2);
  EXPECT_FALSE(read->open);
  EXPECT_EQ(read->due_at, absl::InfiniteFuture());
  EXPECT_EQ(read->body, "what was answered");
}

TEST_P(StoreMatters, RevisionThatIsNotTheNextIsRefused) {
  Matter matter = NewMatter();
  MustCommit({PutMatter{matter}});
  matter.body = "late";
  for (const int64_t revision : {1, 3}) {
    matter.revision = revision;
    EXPECT_FALSE(Put(matter).ok()) << revision;
  }
  EXPECT_EQ(Find(matter.id)->body, "what is asked");
}

TEST_P(StoreMatters, KindPartiesAndChildStayAsTheyWere) {
  const Matter first = NewMatter();
  MustCommit({PutMatter{first}});
  Matter other_party = first, other_child = first, other_kind = first;
  other_party.addressee = kTrust;
  other_child.subject = NewSubject();
  other_kind.kind = "ADVICE_REQUEST";
  for (Matter* moved : {&other_party, &other_child, &other_kind}) {
    moved->revision = 2;
    EXPECT_EQ(Put(*moved).code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(Find(first.id)->revision, 1);
}

TEST_P(StoreMatters, ListsAreByOneKeyAndKindByRisingNumberAndPage) {
  const SubjectId child = NewSubject();
  Matter first = NewMatter(child), second = NewMatter(), third = NewMatter(child);
  Matter advice = NewMatter(child);
  second.opener = kTrust;
  second.open = false;
  advice.kind = "ADVICE_REQUEST";
  MustCommit({PutMatter{first}, PutMatter{second}, PutMatter{third}, PutMatter{advice}});
  MatterFilter to_bromley;
  to_bromley.kind = "RECORD_REQUEST";
  to_bromley.addressee = kBromley;
  EXPECT_THAT(Ids(to_bromley), ElementsAre(first.id.value, second.id.value, third.id.value));
  to_bromley.only_open = true;
  EXPECT_THAT(Ids(to_bromley), ElementsAre(first.id.value, third.id.value));
  to_bromley.after = first.id;
  EXPECT_THAT(Ids(to_bromley), ElementsAre(third.id.value));
  to_bromley.after = {};
  to_bromley.limit = 1;
  EXPECT_THAT(Ids(to_bromley), ElementsAre(first.id.value));
  MatterFilter of_trust;
  of_trust.kind = "RECORD_REQUEST";
  of_trust.opener = kTrust;
  EXPECT_THAT(Ids(of_trust), ElementsAre(second.id.value));
  MatterFilter of_child;
  of_child.kind = "ADVICE_REQUEST";
  of_child.subject = child;
  EXPECT_THAT(Ids(of_child), ElementsAre(advice.id.value));
  of_child.subject = NewSubject();
  EXPECT_THAT(Ids(of_child), IsEmpty());
}

TEST_P(StoreMatters, WhatIsDueIsFoundByItsTimeAndOnlyWhileOpen) {
  const absl::Time noon = absl::FromUnixSeconds(1800000000);
  Matter late = NewMatter(), soon = NewMatter(), done = NewMatter(), never = NewMatter();
  late.due_at = noon + absl::Hours(1);
  soon.due_at = noon - absl::Hours(1);
  done.due_at = noon - absl::Hours(2);
  done.open = false;
  never.due_at = absl::InfiniteFuture();
  MustCommit({PutMatter{late}, PutMatter{soon}, PutMatter{done}, PutMatter{never}});
  MatterFilter due;
  due.kind = "RECORD_REQUEST";
  due.addressee = kBromley;
  due.only_open = true;
  due.due_before = noon;
  EXPECT_THAT(Ids(due), ElementsAre(soon.id.value));
  due.due_before = noon + absl::Hours(1);
  EXPECT_THAT(Ids(due), ElementsAre(soon.id.value)) << "before, not at";
  due.due_before = noon + absl::Hours(2);
  EXPECT_THAT(Ids(due), ElementsAre(soon.id.value, late.id.value)) << "the sooner first";
  due.limit = 1;
  EXPECT_THAT(Ids(due), ElementsAre(soon.id.value));
}

TEST_P(StoreMatters, CommitThatReadAMatterWhichMovedIsStale) {
  Matter matter = NewMatter();
  MustCommit({PutMatter{matter}});
  const uint64_t seen = View()->position();
  matter.revision = 2;
  MustCommit({PutMatter{matter}});
  const absl::StatusOr<Committed> late = Append(CommitOfRead("late", seen, MatterKey(matter.id)));
  EXPECT_EQ(late.status().code(), absl::StatusCode::kAborted);
}

TEST_P(StoreMatters, DestroyedKeysLeaveNoMatterOfTheChildAndThoseOfOthersAlone) {
  const SubjectId child = NewSubject();
  const Matter of_child = NewMatter(child), of_nobody = NewMatter();
  MustCommit({PutMatter{of_child}, PutMatter{of_nobody}});
  ASSERT_TRUE(store_->DestroyKeys(MatterKeys{child}).ok());
  EXPECT_EQ(Find(of_child.id), std::nullopt);
  EXPECT_TRUE(Find(of_nobody.id).has_value());
  MatterFilter to_bromley;
  to_bromley.kind = "RECORD_REQUEST";
  to_bromley.addressee = kBromley;
  EXPECT_THAT(Ids(to_bromley), ElementsAre(of_nobody.id.value));
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreMatters, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
