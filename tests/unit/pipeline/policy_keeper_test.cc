// The policy in force, what beats it, and what happens to calls on their way when it moves.
#include "server/pipeline/policy_keeper.h"

#include <fstream>
#include <utility>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "server/audit/audit_log.h"
#include "server/pipeline/accountant.h"
#include "server/pipeline/source.h"
#include "server/policy/source.h"
#include "server/redaction/redactor.h"
#include "tests/unit/pipeline/path_fixture.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

constexpr char kChild[] = R"(
  person { date_of_birth: "2016-05-04" }
  relationships { value { kind: RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY
                          person_reference: "mother" valid_from: "2016-05-04" } }
  consents { origin { number: 1 } value {
    state: CONSENT_STATE_GIVEN recipients: "agencies/kings-park-nhs-trust" purposes: "DIRECT_CARE"
    decision_maker { role: DECISION_MAKER_ROLE_PARENT person_reference: "mother" }
    scopes { record_type: "EHC_PLAN" parts: ["C"] } } })";

const AgreementId kAgreement("bromley-kings-park-direct-care");

PolicySource ShippedFiles() {
  const std::string folder = std::string(EHC_SOURCE_DIR) + "/policies";
  PolicySource files = ReadPolicyFolder(folder).value();
  const std::string tests = "tests/bromley-kings-park-direct-care.textproto";
  std::ifstream in(folder + "/" + tests, std::ios::binary);
  files.files.push_back({tests, {std::istreambuf_iterator<char>(in), {}}});
  return files;
}

// The same policy as `files`, differently titled: another revision.
PolicySource Retitled(PolicySource files, const std::string& title) {
  for (PolicyFile& file : files.files) {
    const size_t at = file.text.find("\ntitle: \"");
    if (file.path.rfind("agreements/", 0) == 0) file.text.insert(at + 9, title);
  }
  return files;
}

class PolicyKeeperTest : public PathTest {
 protected:
  PolicyKeeperTest() {
    PolicySource shipped = WithoutTests(ShippedFiles());
    Activate(shipped);
    EXPECT_TRUE(keeper_.Refresh().ok());
  }

  static PolicySource WithoutTests(PolicySource files) {
    PolicySource source;
    for (PolicyFile& file : files.files) {
      if (!IsTestFile(file)) source.files.push_back(std::move(file));
    }
    return source;
  }

  void Activate(const PolicySource& source) {
    const auto policy = PolicySnapshot::Compile(source, {false, nullptr});
    ASSERT_TRUE(policy.ok()) << policy.status();
    Put({PutPolicy{std::string((*policy)->revision()), SerializePolicySource(source)}});
  }

  void Suspend(const AgreementId& agreement, bool suspended = true) {
    store::v1::AgreementStanding standing;
    if (suspended) standing.add_suspensions()->set_agency("operator");
    Put({keeper_.papers().Put(agreement, standing)});
  }

  Redacted<Record> DecideAndLoad() {
    const SubjectId subject = PutChild(kChild);
    PutPlan(subject, {{"C", "needs", true}});
    auto view = store_->Read().value();
    Decided decided = Decide(Paediatrician(), TrustAsks(subject, {"C"}), *view);
    EXPECT_TRUE(decided.file().decision.permits());
    return Redactor::Redact(
        std::get<Loaded<Record>>(HeldRecords().Load(std::move(decided), *view)));
  }

  AuditResult<Record> Commit(Redacted<Record> redacted) {
    std::optional<AuditResult<Record>> outcome;
    absl::Notification finished;
    FactsReader facts(*store_, *names_, calendar_);
    AuditLog audit(*store_, clock_);
    const Rooms rooms{*store_, clock_, *names_, desk_, facts, judge_, audit};
    auto accounted = Accountant::Account<Record>(rooms, std::move(redacted));
    audit.Commit<Record>(*std::move(accounted), [&](AuditResult<Record> result) {
      outcome.emplace(std::move(result));
      finished.Notify();
    });
    finished.WaitForNotification();
    return std::move(*outcome);
  }

  Reason DecidedAgain(Call call) {
    auto view = store_->Read().value();
    const FactsReader facts(*store_, *names_, calendar_);
    return judge_.Decide(facts.Read(std::move(call), *view).value()).file().decision.reason;
  }

  ShadowRunner shadow_{*store_, folder_.path() + "/shadow.records"};
  PolicyKeeper keeper_{*store_, clock_, policies_, shadow_, KeeperOptions{false}};
};

TEST_F(PolicyKeeperTest, DecidedBeforeASuspensionAndCommittedAfterItIsDecidedAgain) {
  Redacted<Record> redacted = DecideAndLoad();
  Suspend(kAgreement);
  AuditResult<Record> result = Commit(std::move(redacted));
  auto* stale = std::get_if<Call>(&result);
  ASSERT_NE(stale, nullptr) << "nothing that rests on the agreement is committed any more";

  // Though this hub has not heard of it: the third attempt asks the store.
  const Desk desk(policies_, registry_, clock_,
                  DeskOptions{absl::InfiniteDuration(), [this] { (void)keeper_.Refresh(); }});
  absl::StatusOr<Call> renewed = desk.Renew(std::move(*stale), 3);
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(DecidedAgain(*std::move(renewed)), Reason::kAgreementSuspended);
}

TEST_F(PolicyKeeperTest, DecidedBeforeAnActivationAndCommittedAfterItIsDecidedAgain) {
  Redacted<Record> redacted = DecideAndLoad();
  const std::string before = redacted.file().policy_revision;
  Activate(WithoutTests(Retitled(ShippedFiles(), "New: ")));
  ASSERT_TRUE(keeper_.Refresh().ok());
  AuditResult<Record> result = Commit(std::move(redacted));
  auto* stale = std::get_if<Call>(&result);
  ASSERT_NE(stale, nullptr);
  absl::StatusOr<Call> renewed = desk_.Renew(std::move(*stale), 2);
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_NE(renewed->file().policy_revision, before);
  EXPECT_EQ(DecidedAgain(*std::move(renewed)), Reason::kNone);
}

TEST_F(PolicyKeeperTest, DecisionAfterARefreshCommits) {
  Suspend(kAgreement);
  Suspend(kAgreement, false);
  ASSERT_TRUE(keeper_.Refresh().ok());
  AuditResult<Record> result = Commit(DecideAndLoad());
  EXPECT_NE(std::get_if<Audited<Record>>(&result), nullptr);
}

TEST_F(PolicyKeeperTest, SuspensionOutlivesTheProcessAndAnotherActivation) {
  Suspend(kAgreement);
  Activate(WithoutTests(Retitled(ShippedFiles(), "New: ")));
  Snapshot<PinnedPolicy> policies;
  ShadowRunner shadow(*store_, "");
  PolicyKeeper another(*store_, clock_, policies, shadow, KeeperOptions{false});
  ASSERT_TRUE(another.Refresh().ok());
  EXPECT_EQ(policies.Get()->policy->StateOf(kAgreement, clock_.Now()), Reason::kAgreementSuspended);
}

TEST_F(PolicyKeeperTest, WhatDoesNotLoadLeavesTheLastGoodOneAndShows) {
  const std::string before(policies_.Get()->policy->revision());
  Put({PutPolicy{std::string(64, 'a'),
                 SerializePolicySource({{{"agreements/x.textproto", "id: \"x\"\nbroken"}}})}});
  EXPECT_FALSE(keeper_.Refresh().ok());
  EXPECT_EQ(policies_.Get()->policy->revision(), before);
  EXPECT_FALSE(keeper_.health().ok);
  EXPECT_THAT(keeper_.health().problem, HasSubstr("agreements/x.textproto:2:"));
  EXPECT_THAT(keeper_.MetricsText(), HasSubstr("ehc_policy_healthy 0"));
}

TEST_F(PolicyKeeperTest, StoredBytesThatAreNotTheirRevisionDoNotLoad) {
  Put({PutPolicy{std::string(64, 'a'),
                 SerializePolicySource(WithoutTests(Retitled(ShippedFiles(), "New: ")))}});
  EXPECT_EQ(keeper_.Refresh().code(), absl::StatusCode::kDataLoss);
}

TEST_F(PolicyKeeperTest, PaperOfAnotherNameDoesNotOpen) {
  store::v1::AgreementStanding standing;
  standing.add_suspensions()->set_reason("why");
  PutPolicyPaper paper = keeper_.papers().Put(kAgreement, standing);
  EXPECT_THAT(paper.sealed, ::testing::Not(HasSubstr("why")));
  paper.name = "standing/bromley-schools";
  Put({paper});
  EXPECT_EQ(keeper_.Refresh().code(), absl::StatusCode::kDataLoss) << "could not decide";
}

TEST_F(PolicyKeeperTest, PreparationFindsFaultsByPlaceAndChangesNothing) {
  const std::string before(policies_.Get()->policy->revision());
  PolicySource files = ShippedFiles();
  files.files[0].text += "\nclause { id: \"x\" no_such_field: 1 }\n";
  auto prepared = keeper_.Prepare(files);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_FALSE(prepared->good());
  EXPECT_THAT(prepared->Faults(), ::testing::ContainsRegex("agreements/.*textproto:[0-9]+:[0-9]+"));
  EXPECT_EQ(policies_.Get()->policy->revision(), before);
}

TEST_F(PolicyKeeperTest, PolicyWithoutTestsIsNotGood) {
  auto prepared = keeper_.Prepare(WithoutTests(ShippedFiles()));
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_FALSE(prepared->good());
  EXPECT_THAT(prepared->Faults(), HasSubstr("no case tests this policy"));
}

TEST_F(PolicyKeeperTest, FileOfFourMegabytesIsReadAndItsFaultNamed) {
  PolicySource files = ShippedFiles();
  files.files[0].text += "\n" + std::string(4 << 20, '#') + "\nnonsense\n";
  auto prepared = keeper_.Prepare(files);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_THAT(prepared->Faults(), HasSubstr(files.files[0].path));
}

TEST_F(PolicyKeeperTest, PolicyTooLongUnconfirmedDecidesNothing) {
  const Desk desk(policies_, registry_, clock_, DeskOptions{absl::Minutes(5), nullptr});
  const auto open = [&] { return desk.Open(1, Paediatrician(), TrustAsks(SubjectId{}, {"C"})); };
  clock_.Advance(absl::Minutes(5));
  EXPECT_TRUE(open().ok());
  clock_.Advance(absl::Nanoseconds(1));
  EXPECT_EQ(open().status().code(), absl::StatusCode::kUnavailable);
  ASSERT_TRUE(keeper_.Refresh().ok());
  EXPECT_TRUE(open().ok());
}

TEST_F(PolicyKeeperTest, ShadowThatIsFullDropsAndCounts) {
  auto candidate =
      PolicySnapshot::Compile(WithoutTests(Retitled(ShippedFiles(), "New: ")), {false, nullptr});
  ASSERT_TRUE(candidate.ok());
  EXPECT_FALSE(shadow_.active());
  shadow_.SetCandidate(*candidate);
  EXPECT_TRUE(shadow_.active());
  auto view = store_->Read().value();
  const Judge judge(clock_, &shadow_);
  const FactsReader facts(*store_, *names_, calendar_);
  const int offered = static_cast<int>(ShadowRunner::kQueue) * 3;
  for (int i = 0; i < offered; ++i) {
    Call call = desk_.Open(1, Paediatrician(), TrustAsks(SubjectId{}, {"C"})).value();
    (void)judge.Decide(facts.Read(std::move(call), *view).value());
  }
  shadow_.Settle();
  const ShadowCounts counts = shadow_.Counts();
  EXPECT_EQ(counts.decided + counts.dropped, offered);
  EXPECT_EQ(counts.gains + counts.losses + counts.other_reasons, 0) << "it decides alike";
  shadow_.SetCandidate(nullptr);
  EXPECT_FALSE(shadow_.active());
}

}  // namespace
}  // namespace ehc
