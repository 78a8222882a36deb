// Commits: what is visible when, what is refused, what stands or falls together, and many at once.
#include <atomic>
#include <thread>

#include "server/model/receipt.h"
#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

using StoreCommits = StoreContract;

constexpr absl::StatusCode kStale = absl::StatusCode::kAborted;
const AgencyId kTrust("trust");

PutRequest RequestOf(absl::string_view request_id, absl::Time at) {
  return {kTrust, "PublishPlan", std::string(request_id), "digest", "plans/1", at};
}

TEST_P(StoreCommits, ChangesAreVisibleOnceCalledBack) {
  const SubjectId child = NewSubject();
  std::promise<void> finished;
  store_->Append(CommitOf("entry", {PutSubject{child, DossierOf("Example")}}),
                 [&](absl::StatusOr<Committed> outcome) {
                   EXPECT_TRUE(outcome.ok());
                   EXPECT_EQ(View()->ReadDossier(child)->person().family_name(), "Example");
                   EXPECT_GT(View()->position(), static_cast<uint64_t>(outcome->index));
                   finished.set_value();
                 });
  finished.get_future().wait();
}

TEST_P(StoreCommits, ViewKeepsWhatItSawFirst) {
  const SubjectId child = NewSubject();
  MustCommit({PutSubject{child, DossierOf("Before")}});
  const std::unique_ptr<ReadView> view = View();
  EXPECT_EQ(view->ReadDossier(child)->person().family_name(), "Before");
  MustCommit(
      {PutSubject{child, DossierOf("After")}, PutRecord{PlanOf(NewRecord(), child, 1, {"B"})}});
  EXPECT_EQ(view->ReadDossier(child)->person().family_name(), "Before");
  EXPECT_EQ(view->FindRecord(child, AgencyId("bromley"), "EHC_PLAN").value(), std::nullopt);
  EXPECT_EQ(View()->ReadDossier(child)->person().family_name(), "After");
}

// One change of every kind that moves a key, and the key.
struct Move {
  Change change;
  VersionKey key;
};

std::vector<Move> Moves(SubjectId child, RecordId record) {
  Digest digest{};
  digest[0] = 7;
  PutCredential credential;
  credential.fingerprint = "fingerprint";
  credential.agency = kTrust;
  const PutRequest request = RequestOf("id", absl::FromUnixSeconds(1'790'000'000));
  return {
      {PutSubject{child, DossierOf("Example")}, SubjectKey(child)},
      {PutRecord{PlanOf(record, child, 1, {"B"})}, SubjectKey(child)},
      {BindIdentifier{digest, child}, IdentifierKey(DigestView(digest))},
      {BindIdentifier{digest, child}, SubjectKey(child)},
      {PutAgency{kTrust, {}}, AgencyKey(kTrust)},
      {credential, CredentialKey("fingerprint")},
      {PutPolicy{"revision", "canonical"}, PolicyKey()},
      {request, RequestKey(kTrust, request.method, request.request_id)},
  };
}

TEST_P(StoreCommits, CommitWhoseReadMovedIsStaleForEveryKind) {
  for (const Move& move : Moves(NewSubject(), NewRecord())) {
    const uint64_t before = View()->position();
    MustCommit({move.change});
    const TreeHead head = View()->Head().value();
    EXPECT_EQ(Append(CommitOfRead("late", before, move.key)).status().code(), kStale)
        << move.change.index();
    EXPECT_EQ(View()->Head()->size, head.size);
    EXPECT_TRUE(Append(CommitOfRead("fresh", View()->position(), move.key)).ok())
        << move.change.index();
  }
}

TEST_P(StoreCommits, MoveOfAnotherKeyIsNoMatter) {
  const SubjectId child = NewSubject();
  const uint64_t before = View()->position();
  MustCommit({PutSubject{NewSubject(), DossierOf("Other")}, PutPolicy{"revision", "bytes"}});
  EXPECT_TRUE(Append(CommitOfRead("entry", before, SubjectKey(child))).ok());
}

TEST_P(StoreCommits, EntryAloneMovesNothing) {
  const SubjectId child = NewSubject();
  Commit disclosure = CommitOf("first");
  disclosure.entry.subject = child;
  const uint64_t before = View()->position();
  ASSERT_TRUE(Append(std::move(disclosure)).ok());
  EXPECT_TRUE(Append(CommitOfRead("second", before, SubjectKey(child))).ok());
}

TEST_P(StoreCommits, ReadsFromBeforeReopeningAreStale) {
  ASSERT_TRUE(Append(CommitOf("entry")).ok());
  Reopen();
  EXPECT_EQ(Append(CommitOfRead("late", 0, SubjectKey(NewSubject()))).status().code(), kStale);
}

TEST_P(StoreCommits, RefusedChangeTakesTheWholeCommitBack) {
  const SubjectId child = NewSubject();
  const Identifier identifier{IdentifierKind::kNhsNumber, "9990000018"};
  const Digest digest = store_->IdentifierDigest(identifier);
  const TreeHead head = View()->Head().value();
  const absl::StatusOr<Committed> outcome = Append(
      CommitOf("entry", {PutSubject{child, DossierOf("Example")}, BindIdentifier{digest, child},
                         RequestOf("id", clock_.Now()), PutAgency{AgencyId("newcomer"), {}},
                         PutRecord{PlanOf(NewRecord(), child, 2, {"B"})}}));
  EXPECT_EQ(outcome.status().code(), kStale);
  const std::unique_ptr<ReadView> view = View();
  EXPECT_EQ(view->FindSubject(digest).value(), SubjectId{});
  EXPECT_EQ(view->ReadDossier(child)->ByteSizeLong(), 0u);
  EXPECT_EQ(view->FindRequest(kTrust, "PublishPlan", "id").value(), std::nullopt);
  EXPECT_THAT(view->ListAgencies().value(), IsEmpty());
  EXPECT_EQ(view->Head()->size, head.size);
  EXPECT_EQ(view->Head()->root, head.root);
}

TEST_P(StoreCommits, RequestIsRememberedFor35Days) {
  MustCommit({RequestOf("id", clock_.Now())});
  const std::optional<RequestRow> row = View()->FindRequest(kTrust, "PublishPlan", "id").value();
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->message_digest, "digest");
  EXPECT_EQ(row->resource, "plans/1");
  EXPECT_EQ(View()->FindRequest(kTrust, "GetPlan", "id").value(), std::nullopt);
  EXPECT_EQ(View()->FindRequest(AgencyId("x"), "PublishPlan", "id").value(), std::nullopt);
  EXPECT_EQ(Append(CommitOf("again", {RequestOf("id", clock_.Now())})).status().code(), kStale);
  clock_.Advance(absl::Hours(35 * 24) + absl::Seconds(1));
  EXPECT_EQ(View()->FindRequest(kTrust, "PublishPlan", "id").value(), std::nullopt);
  MustCommit({RequestOf("id", clock_.Now())});
}

TEST_P(StoreCommits, AgenciesCredentialsAndPolicyAreReadBack) {
  hub::v1::Agency agency;
  agency.set_name("agencies/trust");
  PutCredential credential;
  credential.fingerprint = "fingerprint";
  credential.agency = kTrust;
  credential.value.set_name("agencies/trust/credentials/1");
  MustCommit(
      {PutAgency{kTrust, agency}, credential, PutPolicy{"r1", "old"}, PutPolicy{"r2", "new"}});
  Reopen();
  const std::unique_ptr<ReadView> view = View();
  ASSERT_THAT(view->ListAgencies().value(), SizeIs(1));
  EXPECT_EQ(view->ListAgencies()->at(0).name(), "agencies/trust");
  ASSERT_THAT(view->ListCredentials().value(), SizeIs(1));
  EXPECT_EQ(view->ListCredentials()->at(0).fingerprint, "fingerprint");
  EXPECT_EQ(view->ListCredentials()->at(0).agency, kTrust);
  EXPECT_EQ(view->ListCredentials()->at(0).value.name(), credential.value.name());
  EXPECT_EQ(view->ActivePolicy().value()->revision, "r2");
  EXPECT_EQ(view->ActivePolicy().value()->canonical, "new");
}

TEST_P(StoreCommits, AgencyAndCredentialAreReplaced) {
  hub::v1::Agency agency;
  PutCredential credential;
  credential.fingerprint = "fingerprint";
  credential.agency = kTrust;
  MustCommit({PutAgency{kTrust, agency}, credential});
  agency.set_name("agencies/trust");
  credential.value.set_name("agencies/trust/credentials/1");
  MustCommit({PutAgency{kTrust, agency}, credential});
  EXPECT_EQ(View()->ListAgencies().value().at(0).name(), "agencies/trust");
  EXPECT_EQ(View()->ListCredentials().value().at(0).value.name(), credential.value.name());
}

TEST_P(StoreCommits, BatchIsSignedOverItsLeaves) {
  store_->SetBatchSigner([](absl::Span<const Digest> leaves) {
    auto promise = std::make_shared<BatchPromise>();
    promise->promise.batch_size = static_cast<uint32_t>(leaves.size());
    EXPECT_EQ(leaves[0], LeafHash("entry"));
    return std::shared_ptr<const BatchPromise>(std::move(promise));
  });
  const absl::StatusOr<Committed> outcome = Append(CommitOf("entry"));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->batch_position, 0);
  EXPECT_EQ(outcome->promise->promise.batch_size, 1u);
}

TEST_P(StoreCommits, UnsignedBatchIsNotWritten) {
  store_->SetBatchSigner([](absl::Span<const Digest>) { return absl::InternalError("no key"); });
  const SubjectId child = NewSubject();
  EXPECT_TRUE(absl::IsUnavailable(
      Append(CommitOf("entry", {PutSubject{child, DossierOf("Example")}})).status()));
  EXPECT_EQ(View()->Head()->size, 0);
  EXPECT_EQ(View()->ReadDossier(child)->ByteSizeLong(), 0u);
  store_->SetBatchSigner(nullptr);
  EXPECT_EQ(Append(CommitOf("entry"))->index, 0);
}

TEST_P(StoreCommits, CallbackMayAppend) {
  constexpr int kChain = 300;
  std::promise<void> finished;
  std::function<void(int)> append = [&](int left) {
    store_->Append(CommitOf(absl::StrCat("entry ", left)),
                   [&, left](absl::StatusOr<Committed> done) {
                     EXPECT_TRUE(done.ok());
                     left == 0 ? finished.set_value() : append(left - 1);
                   });
  };
  append(kChain);
  finished.get_future().wait();
  EXPECT_EQ(View()->Head()->size, kChain + 1);
}

// Four threads each add to one counter, kept in a dossier, by read-modify-write. If a stale commit
// ever passed, an increment would be lost.
TEST_P(StoreCommits, ConcurrentReadModifyWriteLosesNothing) {
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  const SubjectId child = NewSubject();
  MustCommit({PutSubject{child, {}}});
  std::atomic<int> stale{0};
  const auto increment = [&] {
    for (int done = 0; done < kEach;) {
      std::unique_ptr<ReadView> view = View();
      store::v1::Dossier dossier = view->ReadDossier(child).value();
      dossier.set_last_number(dossier.last_number() + 1);
      Commit commit = CommitOfRead("increment", view->position(), SubjectKey(child),
                                   {PutSubject{child, dossier}});
      view.reset();
      const absl::StatusOr<Committed> outcome = Append(std::move(commit));
      if (outcome.ok()) ++done;
      if (!outcome.ok()) {
        ASSERT_EQ(outcome.status().code(), kStale);
        ++stale;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(increment);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(View()->ReadDossier(child)->last_number(), kThreads * kEach);
  EXPECT_EQ(View()->Head()->size, kThreads * kEach + 1);
}

// Of commits that go in one group, those that are refused do not touch their neighbours.
TEST_P(StoreCommits, RefusedCommitsLeaveTheirNeighboursAlone) {
  constexpr int kCommits = 400;
  std::atomic<int> done{0};
  std::atomic<int> accepted{0};
  std::vector<SubjectId> children;
  for (int i = 0; i < kCommits; ++i) children.push_back(NewSubject());
  const auto append = [&](int from) {
    for (int i = from; i < kCommits; i += 4) {
      const int64_t version = i % 3 == 0 ? 9 : 1;
      std::vector<Change> changes = {PutSubject{children[i], DossierOf("Example")},
                                     PutRecord{PlanOf(NewRecord(), children[i], version, {"B"})}};
      store_->Append(CommitOf(absl::StrCat("entry ", i), std::move(changes)),
                     [&, i](absl::StatusOr<Committed> outcome) {
                       EXPECT_EQ(outcome.ok(), i % 3 != 0) << outcome.status();
                       if (outcome.ok()) ++accepted;
                       ++done;
                     });
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(append, i);
  for (std::thread& thread : threads) thread.join();
  while (done < kCommits) std::this_thread::yield();
  EXPECT_EQ(View()->Head()->size, accepted);
  for (int i = 0; i < kCommits; ++i) {
    const bool is_there = View()->ReadDossier(children[i])->has_person();
    EXPECT_EQ(is_there, i % 3 != 0) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreCommits, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
