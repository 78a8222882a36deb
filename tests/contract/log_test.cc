// The log: entries, their openings, and the tree over them.
#include <atomic>
#include <future>
#include <map>

#include "server/base/merkle.h"
#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using StoreLog = StoreContract;

std::vector<int64_t> Indexes(const std::vector<StoredEntry>& entries) {
  std::vector<int64_t> indexes;
  for (const StoredEntry& entry : entries) indexes.push_back(entry.index);
  return indexes;
}

MerkleRange TreeOf(int first, int last) {
  MerkleRange tree;
  for (int i = first; i <= last; ++i) tree.Append(LeafHash(absl::StrCat("entry ", i)));
  return tree;
}

TEST_P(StoreLog, EmptyLogHasTheEmptyRoot) {
  const TreeHead head = View()->Head().value();
  EXPECT_EQ(head.size, 0);
  EXPECT_EQ(head.root, EmptyRoot());
  EXPECT_EQ(View()->position(), 0u);
  EXPECT_THAT(View()->ListEntries({}).value(), IsEmpty());
}

TEST_P(StoreLog, EntriesGetConsecutiveIndexesAcrossReopening) {
  for (int i = 0; i < 10; ++i) {
    if (i % 4 == 3) Reopen();
    EXPECT_EQ(Append(CommitOf(absl::StrCat("entry ", i)))->index, i);
    const TreeHead head = View()->Head().value();
    EXPECT_EQ(head.size, i + 1);
    EXPECT_EQ(head.root, TreeOf(0, i).Root());
  }
}

TEST_P(StoreLog, EntryIsReadBackAsItWasWritten) {
  Commit commit = CommitOf("entry 0");
  commit.entry.custodian = AgencyId("bromley");
  commit.entry.subject = NewSubject();
  const EntryRow row = commit.entry;
  ASSERT_TRUE(Append(std::move(commit)).ok());
  const std::vector<StoredEntry> entries = View()->ListEntries({}).value();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].row.leaf_hash, row.leaf_hash);
  EXPECT_EQ(entries[0].row.recorded_at, row.recorded_at);
  EXPECT_EQ(entries[0].row.opening, "opening of entry 0");
  EXPECT_EQ(entries[0].row.searcher, AgencyId("trust"));
  EXPECT_EQ(entries[0].row.custodian, AgencyId("bromley"));
  EXPECT_EQ(entries[0].row.subject, row.subject);
  EXPECT_FALSE(entries[0].row.denial);
  EXPECT_FALSE(entries[0].erased);
}

TEST_P(StoreLog, DenialOpensLikeAnyEntry) {
  Commit commit = CommitOf("entry 0");
  commit.entry.denial = true;
  ASSERT_TRUE(Append(std::move(commit)).ok());
  const StoredEntry entry = View()->ListEntries({}).value().at(0);
  EXPECT_TRUE(entry.row.denial);
  EXPECT_EQ(entry.row.opening, "opening of entry 0");
  EXPECT_EQ(entry.row.custodian, AgencyId());
}

TEST_P(StoreLog, EntriesAreListedByEachFilter) {
  const SubjectId child = NewSubject();
  for (int i = 0; i < 12; ++i) {
    Commit commit = CommitOf(absl::StrCat("entry ", i));
    if (i % 2 == 0) commit.entry.searcher = AgencyId("school");
    if (i % 3 == 0) commit.entry.custodian = AgencyId("bromley");
    if (i % 4 == 0) commit.entry.subject = child;
    ASSERT_TRUE(Append(std::move(commit)).ok());
  }
  const std::unique_ptr<ReadView> view = View();
  const auto list = [&](const EntryFilter& filter) {
    return Indexes(view->ListEntries(filter).value());
  };
  EXPECT_THAT(list({.searcher = AgencyId("school")}), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(list({.custodian = AgencyId("bromley")}), ElementsAre(0, 3, 6, 9));
  EXPECT_THAT(list({.subject = child}), ElementsAre(0, 4, 8));
  EXPECT_THAT(list({.searcher = AgencyId("school"), .subject = child, .after = 3}),
              ElementsAre(4, 8));
  EXPECT_THAT(list({.after = 8, .limit = 2}), ElementsAre(9, 10));
  EXPECT_THAT(list({.searcher = AgencyId("nobody")}), IsEmpty());
  EXPECT_THAT(list({.limit = 0}), IsEmpty());
}

TEST_P(StoreLog, LeafIsFoundByItsHash) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Append(CommitOf(absl::StrCat("entry ", i))).ok());
  EXPECT_EQ(View()->FindEntry(LeafHash("entry 3")).value(), 3);
  EXPECT_EQ(View()->FindEntry(LeafHash("entry 5")).value(), std::nullopt);
}

TEST_P(StoreLog, EveryCompleteSubtreeHasItsHash) {
  constexpr int kEntries = 600;
  MerkleRange tree;
  std::map<std::pair<int, int64_t>, Digest> nodes;
  const auto keep = [&](NodeId node, const Digest& hash) {
    nodes[{static_cast<int>(node.level), static_cast<int64_t>(node.index)}] = hash;
  };
  for (int i = 0; i < kEntries; ++i) {
    if (i == 300) Reopen();
    Commit commit = CommitOf(absl::StrCat("entry ", i));
    tree.Append(commit.entry.leaf_hash, keep);
    ASSERT_TRUE(Append(std::move(commit)).ok());
  }
  const std::unique_ptr<ReadView> view = View();
  for (const auto& [place, hash] : nodes) {
    EXPECT_EQ(view->NodeHash(place.first, place.second).value(), hash)
        << place.first << " " << place.second;
  }
  EXPECT_EQ(view->Head()->root, tree.Root());
}

TEST_P(StoreLog, ProofsBuiltFromNodesVerify) {
  for (int i = 0; i < 77; ++i) ASSERT_TRUE(Append(CommitOf(absl::StrCat("entry ", i))).ok());
  const std::unique_ptr<ReadView> view = View();
  const TreeHead head = view->Head().value();
  const auto read = [&](NodeId node) {
    return view->NodeHash(static_cast<int>(node.level), static_cast<int64_t>(node.index));
  };
  const auto path = InclusionPath(31, 77, read).value();
  EXPECT_TRUE(VerifyInclusion(LeafHash("entry 31"), 31, 77, path, head.root).ok());
  const auto consistency = ConsistencyPath(50, 77, read).value();
  EXPECT_TRUE(VerifyConsistency(50, 77, TreeOf(0, 49).Root(), head.root, consistency).ok());
}

TEST_P(StoreLog, IncompleteSubtreeIsRefused) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Append(CommitOf(absl::StrCat("entry ", i))).ok());
  const std::unique_ptr<ReadView> view = View();
  for (const auto& [level, index] :
       {std::pair<int, int64_t>{0, 3}, {1, 1}, {2, 0}, {-1, 0}, {0, -1}, {63, 0}, {100, 0}}) {
    EXPECT_EQ(view->NodeHash(level, index).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

// Entries [first, last), handed over all at once, so that they go in large groups.
void AppendMany(Store& store, int first, int last, SubjectId child) {
  std::atomic<int> left{last - first};
  std::promise<void> finished;
  const auto append = [&](int i) {
    Commit commit = CommitOf(absl::StrCat("entry ", i));
    commit.entry.searcher = AgencyId(absl::StrCat("trust-", i % 7));
    if (i % 1000 == 17) commit.entry.subject = child;
    if (i % 2 == 0) commit.entry.custodian = AgencyId("bromley");
    store.Append(std::move(commit), [&, i, last](absl::StatusOr<Committed> outcome) {
      EXPECT_EQ(outcome->index, i);
      if (--left == 0) finished.set_value();
    });
  };
  // From a callback they queue up behind it.
  Commit refused = CommitOf("refused", {PutSubject{}});
  store.Append(std::move(refused), [&](absl::StatusOr<Committed>) {
    for (int i = first; i < last; ++i) append(i);
  });
  finished.get_future().wait();
}

// Long enough for every way in which a backend finds entries, old and recent.
TEST_P(StoreLog, LongLogIsFilteredLikeAShortOne) {
  constexpr int kEntries = 9000;
  const SubjectId child = NewSubject();
  AppendMany(*store_, 0, 6000, child);
  Reopen();
  AppendMany(*store_, 6000, kEntries, child);
  std::vector<int64_t> of_child;
  for (int i = 17; i < kEntries; i += 1000) of_child.push_back(i);
  const std::unique_ptr<ReadView> view = View();
  const auto list = [&](const EntryFilter& filter) {
    return Indexes(view->ListEntries(filter).value());
  };
  EXPECT_EQ(list({.subject = child}), of_child);
  EXPECT_THAT(list({.subject = child, .after = 4017}), ElementsAre(5017, 6017, 7017, 8017));
  EXPECT_THAT(list({.searcher = AgencyId("trust-3"), .after = 4090, .limit = 3}),
              ElementsAre(4091, 4098, 4105));
  EXPECT_THAT(list({.searcher = AgencyId("trust-3"), .subject = child}), ElementsAre(17, 7017));
  EXPECT_EQ(list({.searcher = AgencyId("trust-3"), .limit = kEntries}).size(), 1286u);
  EXPECT_EQ(list({.custodian = AgencyId("bromley"), .limit = kEntries}).size(), 4500u);
  EXPECT_THAT(list({.subject = SubjectId{child.value + 1}}), IsEmpty());
  for (const int i : {0, 4095, 4096, 8191, 8192, 8999}) {
    EXPECT_EQ(view->FindEntry(LeafHash(absl::StrCat("entry ", i))).value(), i);
  }
}

TEST_P(StoreLog, ViewSeesNoEntryAfterItsPosition) {
  ASSERT_TRUE(Append(CommitOf("entry 0")).ok());
  const std::unique_ptr<ReadView> before = View();
  ASSERT_TRUE(Append(CommitOf("entry 1")).ok());
  EXPECT_EQ(before->position(), 1u);
  EXPECT_EQ(before->Head()->size, 1);
  EXPECT_THAT(Indexes(before->ListEntries({}).value()), ElementsAre(0));
  EXPECT_EQ(before->FindEntry(LeafHash("entry 1")).value(), std::nullopt);
  EXPECT_FALSE(before->NodeHash(1, 0).ok());
  EXPECT_EQ(View()->position(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreLog, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
