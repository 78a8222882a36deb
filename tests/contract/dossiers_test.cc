// Dossiers told to whoever watches, and read one after the other.
#include <map>

#include "server/storage/dossier_feed.h"
#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

class StoreDossiers : public StoreContract {
 protected:
  DossierFeed& Feed() { return dynamic_cast<DossierFeed&>(*store_); }
};

TEST_P(StoreDossiers, AllAreListedByNumberPageByPage) {
  std::vector<int64_t> put;
  for (int i = 0; i < 5; ++i) {
    const SubjectId subject = NewSubject();
    put.push_back(subject.value);
    ASSERT_TRUE(
        Append(CommitOf(absl::StrCat("put ", i), {PutSubject{subject, DossierOf("Thornvale")}}))
            .ok());
  }
  std::vector<int64_t> listed;
  SubjectId last;
  for (;;) {
    const auto page = Feed().ListDossiers(last, 2);
    ASSERT_TRUE(page.ok()) << page.status();
    if (page->empty()) break;
    for (const SubjectDossier& one : *page) {
      listed.push_back(one.subject.value);
      EXPECT_EQ(one.dossier.person().family_name(), "Thornvale");
    }
    last = page->back().subject;
  }
  EXPECT_EQ(listed, put);
}

TEST_P(StoreDossiers, AWatcherHasSeenAChangeWhenItIsAcknowledged) {
  std::map<int64_t, std::string> seen;
  Feed().WatchDossiers([&](SubjectId subject, const store::v1::Dossier* dossier) {
    seen[subject.value] = dossier == nullptr ? "gone" : dossier->person().family_name();
  });
  const SubjectId subject = NewSubject();
  ASSERT_TRUE(Append(CommitOf("one", {PutSubject{subject, DossierOf("Fennick")}})).ok());
  EXPECT_EQ(seen[subject.value], "Fennick");
  ASSERT_TRUE(Append(CommitOf("two", {PutSubject{subject, DossierOf("Garthwyn")}})).ok());
  EXPECT_EQ(seen[subject.value], "Garthwyn");
  ASSERT_TRUE(store_->DestroyKeys(DossierKey{subject}).ok());
  EXPECT_EQ(seen[subject.value], "gone");
  Feed().WatchDossiers(nullptr);
}

TEST_P(StoreDossiers, AWatcherIsNotToldOfWhatWasNotCommitted) {
  int told = 0;
  const SubjectId subject = NewSubject();
  ASSERT_TRUE(Append(CommitOf("one", {PutSubject{subject, DossierOf("Fennick")}})).ok());
  Feed().WatchDossiers([&](SubjectId, const store::v1::Dossier*) { ++told; });
  const auto stale =
      Append(CommitOfRead("two", 0, SubjectKey(subject), {PutSubject{subject, DossierOf("X")}}));
  EXPECT_TRUE(absl::IsAborted(stale.status()));
  EXPECT_EQ(told, 0);
  Feed().WatchDossiers(nullptr);
}

TEST_P(StoreDossiers, WhoseKeyWasDestroyedIsLeftOut) {
  const SubjectId subject = NewSubject();
  ASSERT_TRUE(Append(CommitOf("one", {PutSubject{subject, DossierOf("Fennick")}})).ok());
  ASSERT_TRUE(store_->DestroyKeys(DossierKey{subject}).ok());
  const auto page = Feed().ListDossiers(SubjectId{}, 10);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_TRUE(page->empty());
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreDossiers, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
