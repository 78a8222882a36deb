// Witnesses: agencies cosign the log's head, the hub keeps what they signed, and a client asks for
// so many of them.
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "client-sdk/src/internal/wire.h"
#include "grpcpp/generic/generic_stub.h"
#include "server/base/checkpoint.h"
#include "server/base/encoding.h"
#include "server/base/secret_bytes.h"
#include "server/base/signed_note.h"
#include "server/base/status_macros.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/hub_suite.h"
#include "tests/end2end/log_lab.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

class WitnessTest : public HubTest {
 protected:
  static void SetUpTestSuite() { SetUpAskingFor(2); }

  static void SetUpAskingFor(int quorum) {
    HubTest::SetUpTestSuite();
    world().Stop();
    world().Serve(SystemClock(), [quorum](HouseOptions& options) {
      options.witnesses.quorum = quorum;
      options.witnesses.hold = absl::ZeroDuration();  // each asking is offered the newest head
    });
    trust_key_ = EnrolWitness(world(), "kings-park-nhs-trust");
    bromley_key_ = EnrolWitness(world(), "bromley");
  }

  v1::GetCheckpointResponse Heads() {
    auto heads = paediatrician_.audit.GetCheckpoint({});
    EXPECT_TRUE(heads.ok()) << heads.status();
    return *std::move(heads);
  }

  // The head offered, signed by this key; `at` is when the witness says that it signed.
  static std::string Signed(const std::string& note, const std::string& key_file,
                            absl::Time at = absl::Now()) {
    SignedNote parsed = ParseSignedNote(note).value();
    const std::string text = FileText(key_file);
    const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('+', 4));
    const std::string bytes = Base64Decode(absl::StripAsciiWhitespace(parts[4])).value();
    const NoteSigner signer =
        NoteSigner::Create(
            NoteKeyType::kCosignatureV1, parts[2],
            Ed25519SigningKey::FromSeed(SecretBytes::CopyOf(bytes.substr(1))).value())
            .value();
    parsed.signatures.push_back(signer.Sign(parsed.text, at).value());
    return parsed.Encode();
  }

  // With the log's signature alone.
  static std::string Bare(const std::string& note) {
    SignedNote parsed = ParseSignedNote(note).value();
    parsed.signatures.resize(1);
    return parsed.Encode();
  }

  static v1::SubmitWitnessSignatureRequest Submission(const std::string& note) {
    v1::SubmitWitnessSignatureRequest request;
    request.set_note(note);
    return request;
  }

  static std::string TrustKeyFile() { return world().folder() + "/kings-park-nhs-trust.witness"; }

  const Clients trust_ = world().As(kTrustGovernance);
  const Clients governance_ = world().As(kGovernance);
  static inline std::string trust_key_;
  static inline std::string bromley_key_;
};

TEST_F(WitnessTest, TwoAgenciesMakeTheHeadWitnessedAndItsNoteHoldsForAnybody) {
  const std::string offered = Heads().to_witness().note();
  // Both sign the head that is offered now, whatever the first one's entry did to the log.
  auto first = trust_.audit.SubmitWitnessSignature(Submission(Signed(offered, TrustKeyFile())));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->witnesses(), 1u);
  EXPECT_FALSE(first->quorum_met());
  auto second = governance_.audit.SubmitWitnessSignature(
      Submission(Signed(offered, world().folder() + "/bromley.witness")));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->witnesses(), 2u);
  EXPECT_TRUE(second->quorum_met());

  const v1::GetCheckpointResponse heads = Heads();
  EXPECT_EQ(heads.witness_quorum(), 2u);
  ASSERT_TRUE(heads.has_witnessed());
  const SignedNote note = ParseSignedNote(heads.witnessed().note()).value();
  EXPECT_EQ(note.signatures.size(), 3u) << "the log's, and the two";
  for (const std::string& key : {trust_key_, bromley_key_}) {
    const auto at = NoteVerifier::Parse(key).value().CosignedAt(note);
    ASSERT_TRUE(at.ok()) << at.status();
    EXPECT_LT(absl::AbsDuration(*at - absl::Now()), absl::Minutes(1));
  }
  EXPECT_EQ(ParseCheckpoint(note.text)->size, second->tree_size());
}

TEST_F(WitnessTest, OnlyAnEnrolledKeyOfTheCallersOwnAgencyCounts) {
  const std::string offered = Bare(Heads().to_witness().note());
  const auto reason = [&](const Clients& who, const std::string& note) {
    return ReasonIn(who.audit.SubmitWitnessSignature(Submission(note)));
  };
  EXPECT_EQ(reason(trust_, offered), "FIELD_INVALID") << "signed by nobody";
  EXPECT_EQ(reason(governance_, Signed(offered, TrustKeyFile())), "FIELD_INVALID")
      << "by another agency's key";
  const std::string stray = world().folder() + "/stray.witness";
  ASSERT_TRUE(ehchub::CreateWitnessKey(stray, "kings-park-nhs-trust.example/witness").ok());
  EXPECT_EQ(reason(trust_, Signed(offered, stray)), "FIELD_INVALID") << "by a key not enrolled";
  EXPECT_EQ(reason(trust_, Signed(offered, TrustKeyFile(), absl::Now() + absl::Hours(1))),
            "FIELD_INVALID")
      << "in the future";
  EXPECT_EQ(reason(paediatrician_, Signed(offered, TrustKeyFile())), "POLICY_DENIED")
      << "a clinician witnesses nothing";
}

TEST_F(WitnessTest, NoteThatTheLogDidNotSignIsRefused) {
  std::string note = Signed(Heads().to_witness().note(), TrustKeyFile());
  const size_t size = note.find('\n') + 1;
  note[size] = note[size] == '9' ? '8' : '9';  // another tree size under the same signatures
  EXPECT_EQ(ReasonIn(trust_.audit.SubmitWitnessSignature(Submission(note))), "FIELD_INVALID");
  EXPECT_EQ(ReasonIn(trust_.audit.SubmitWitnessSignature(Submission("nonsense\n"))),
            "FIELD_INVALID");
}

// A witness that signs whatever head it can get pushes its own out, and nobody else's.
TEST_F(WitnessTest, WitnessThatSignsEveryHeadDoesNotPushOutWhatOthersHaveSigned) {
  const std::string third = EnrolWitness(world(), "south-east-london-icb");
  const Clients board = world().As(
      Persona{"south-east-london-icb", "ig-1", "INFORMATION_GOVERNANCE_OFFICER", "commissioning"});
  const std::string offered = Bare(Heads().to_witness().note());
  ASSERT_EQ(
      ReasonIn(trust_.audit.SubmitWitnessSignature(Submission(Signed(offered, TrustKeyFile())))),
      "OK");
  for (int i = 0; i < 70; ++i) {  // each leaves an entry, and so makes the next head
    absl::SleepFor(Checkpointer::kMinInterval);
    const std::string newest = Bare(Heads().checkpoint().note());
    ASSERT_EQ(ReasonIn(governance_.audit.SubmitWitnessSignature(
                  Submission(Signed(newest, world().folder() + "/bromley.witness")))),
              "OK");
  }
  const auto second = board.audit.SubmitWitnessSignature(
      Submission(Signed(offered, world().folder() + "/south-east-london-icb.witness")));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->witnesses(), 2u);
  EXPECT_TRUE(second->quorum_met());
}

// What one agency has enrolled is not moved to another that states it as its own.
TEST_F(WitnessTest, KeyOfOneAgencyIsNotEnrolledForAnother) {
  v1::EnrolCredentialRequest enrol;
  enrol.set_parent("agencies/south-east-london-icb");
  enrol.mutable_credential()->set_kind(v1::CREDENTIAL_KIND_WITNESS_KEY);
  enrol.mutable_credential()->set_verifier_key(trust_key_);
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  enrol.mutable_credential()->mutable_not_before()->set_seconds(now - 3600);
  enrol.mutable_credential()->mutable_not_after()->set_seconds(now + 86400);
  EXPECT_EQ(ReasonIn(world().As(kOperator).admin.EnrolCredential(enrol)), "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(trust_.audit.SubmitWitnessSignature(
                Submission(Signed(Heads().to_witness().note(), TrustKeyFile())))),
            "OK")
      << "it is still the trust's";
}

class OneWitnessTest : public WitnessTest {
 protected:
  static void SetUpTestSuite() { SetUpAskingFor(1); }
};

TEST_F(OneWitnessTest, IdleLogIsNotMadeToGrowByItsWitnesses) {
  auto trust = WitnessOf(world(), kTrustGovernance);
  const auto first = CosignAs(world(), kTrustGovernance, *trust);
  ASSERT_TRUE(first.ok()) << first.status();
  const uint64_t size = Heads().checkpoint().tree_size();
  for (int i = 0; i < 5; ++i) {
    const auto again = CosignAs(world(), kTrustGovernance, *trust);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_FALSE(again->is_new);
    EXPECT_EQ(again->tree_size, first->tree_size);
  }
  EXPECT_EQ(Heads().checkpoint().tree_size(), size);
}

TEST_F(OneWitnessTest, ClientThatAsksForWitnessesIsToldWhenTheyAreMissingOrTooOld) {
  ehchub::Profile profile = world().ProfileOf(kCommissioner);
  profile.receipts_path = world().folder() + "/asks-for-witnesses.jsonl";
  profile.witness_keys = {trust_key_};
  profile.witness_quorum = 1;
  const auto advance = [&] {
    auto keeper =
        ehchub::ReceiptKeeper::Create(KeysOf(profile), profile.receipts_path, HubWorld::Options())
            .value();
    return ReasonIn(keeper->Advance(*ehchub::MakeAuditConnection(commissioner_.hub)));
  };
  auto trust = WitnessOf(world(), kTrustGovernance);
  const auto round = CosignAs(world(), kTrustGovernance, *trust);
  ASSERT_TRUE(round.ok()) << round.status();
  EXPECT_EQ(advance(), "OK");
  const std::string stray = world().folder() + "/never.witness";
  profile.witness_keys = {ehchub::CreateWitnessKey(stray, "never.example/witness").value()};
  EXPECT_EQ(advance(), "LOG_UNWITNESSED") << "this one never signed";
  profile.witness_keys = {trust_key_};
  profile.witnessed_within = absl::Milliseconds(1);
  absl::SleepFor(absl::Milliseconds(1100));  // cosignatures tell whole seconds
  EXPECT_EQ(advance(), "LOG_UNWITNESSED") << "too long ago";
}

TEST_F(OneWitnessTest, RevokedWitnessSignsNoMore) {
  const std::string key = EnrolWitness(world(), "south-east-london-icb");
  const Persona governance{"south-east-london-icb", "ig-1", "INFORMATION_GOVERNANCE_OFFICER",
                           "commissioning"};
  const Clients board = world().As(governance);
  const std::string note =
      Signed(Heads().to_witness().note(), world().folder() + "/south-east-london-icb.witness");
  EXPECT_EQ(ReasonIn(board.audit.SubmitWitnessSignature(Submission(note))), "OK");
  v1::ListCredentialsRequest list;
  list.set_parent("agencies/south-east-london-icb");
  const auto listed = world().As(kOperator).admin.ListCredentials(list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  for (const v1::Credential& one : listed->credentials()) {
    if (one.kind() != v1::CREDENTIAL_KIND_WITNESS_KEY) continue;
    v1::RevokeCredentialRequest revoke;
    revoke.set_name(one.name());
    revoke.set_reason(v1::REVOCATION_REASON_KEY_COMPROMISED);
    EXPECT_EQ(ReasonIn(world().As(kOperator).admin.RevokeCredential(revoke)), "OK");
  }
  EXPECT_EQ(ReasonIn(board.audit.SubmitWitnessSignature(Submission(note))), "FIELD_INVALID");
}

TEST_F(OneWitnessTest, CosignaturesOutliveARestart) {
  auto trust = WitnessOf(world(), kTrustGovernance);
  const auto round = CosignAs(world(), kTrustGovernance, *trust);
  ASSERT_TRUE(round.ok()) << round.status();
  v1::GetCheckpointResponse before = Heads();
  ASSERT_TRUE(before.has_witnessed());
  world().Restart();
  const Clients anew = world().As(kPaediatrician);
  auto after = anew.audit.GetCheckpoint({});
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->witnessed().note(), before.witnessed().note());
}

// The health of one part of the hub: 1 is SERVING, 2 NOT_SERVING.
int HealthOf(const Clients& clients, const std::string& part) {
  grpc::GenericStub stub(clients.hub.wire()->channel());
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const std::string request =
      absl::StrCat("\x0a", std::string(1, static_cast<char>(part.size())), part);
  const grpc::Slice bytes(request);
  const grpc::ByteBuffer message(&bytes, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto call =
      stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", message, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  grpc::Slice slice;
  if (!status.ok() || !response.DumpToSingleSlice(&slice).ok()) return -1;
  return slice.size() == 2 ? slice.begin()[1] : -1;
}

// A hub by a clock that the test moves.
class UnwitnessedTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
  }

  void SetUp() override {
    world_.Serve(clock_, [](HouseOptions& options) {
      options.witnesses.hold = absl::ZeroDuration();
      options.policy_refresh = absl::Milliseconds(50);
    });
    world_.EnrolAgencies();
    EnrolWitness(world_, "kings-park-nhs-trust");
    witness_ = WitnessOf(world_, kTrustGovernance);
  }

  // The hub looks for its head no more often than this.
  static void LetTheHeadBeSeen() { absl::SleepFor(2 * Checkpointer::kMinInterval); }

  void Cosign() {
    LetTheHeadBeSeen();
    ASSERT_TRUE(CosignAs(world_, kTrustGovernance, *witness_).ok());
  }

  v1::GetCheckpointResponse Heads() {
    clock_.Advance(absl::Seconds(1));
    LetTheHeadBeSeen();
    auto heads = world_.As(kPaediatrician).audit.GetCheckpoint({});
    EXPECT_TRUE(heads.ok()) << heads.status();
    return heads.ok() ? *std::move(heads) : v1::GetCheckpointResponse();
  }

  // Leaves an entry, once the policy is confirmed by the clock as it stands.
  void AskAbout(int serial) {
    std::string reason;
    for (int i = 0; i < 100 && reason != "NOT_AVAILABLE"; ++i) {
      reason = ReasonIn(
          world_.As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(SubjectOf(serial))));
      if (reason != "NOT_AVAILABLE") absl::SleepFor(absl::Milliseconds(20));
    }
    EXPECT_EQ(reason, "NOT_AVAILABLE");
  }

  std::string Metric(const std::string& name) {
    const std::string text = "\n" + world_.house().MetricsText();
    const size_t at = text.find("\n" + name + " ");
    if (at == std::string::npos) return "";
    const size_t from = at + name.size() + 2;
    return text.substr(from, text.find('\n', from) - from);
  }

  // Once the hub has looked again.
  int Health(int until) {
    const Clients clients = world_.As(kPaediatrician);
    int health = 0;
    for (int i = 0; i < 100; ++i) {
      health = HealthOf(clients, "witnesses");
      if (health == until) break;
      absl::SleepFor(absl::Milliseconds(20));
    }
    return health;
  }

  ManualClock clock_{absl::Now()};
  HubWorld world_{&clock_};
  std::unique_ptr<ehchub::Witness> witness_;
};

TEST_F(UnwitnessedTest, HubSaysSinceWhenItsLogWaitsAndWhenThatIsTooLong) {
  const v1::GetCheckpointResponse never = Heads();
  ASSERT_TRUE(never.has_unwitnessed_since()) << "nobody has signed yet";
  EXPECT_FALSE(never.witness_overdue());
  EXPECT_EQ(never.witness_due_at().seconds(), never.unwitnessed_since().seconds() + 3600)
      << "policies/vocabulary/clocks.textproto, LOG_WITNESS";

  ASSERT_NO_FATAL_FAILURE(Cosign());
  const v1::GetCheckpointResponse signed_for = Heads();
  EXPECT_FALSE(signed_for.has_unwitnessed_since()) << "what the witness itself left does not count";
  EXPECT_FALSE(signed_for.has_witness_due_at());
  clock_.Advance(absl::Hours(5));
  EXPECT_FALSE(Heads().has_unwitnessed_since()) << "an idle log waits for nobody";
  EXPECT_EQ(Metric("ehc_log_unwitnessed_seconds"), "0");
  EXPECT_EQ(Metric("ehc_log_witness_overdue"), "0");
  EXPECT_EQ(Health(1), 1);

  const absl::Time at = clock_.Now();
  AskAbout(1);
  const v1::GetCheckpointResponse waiting = Heads();
  ASSERT_TRUE(waiting.has_unwitnessed_since());
  EXPECT_EQ(waiting.unwitnessed_since().seconds(), absl::ToUnixSeconds(at));
  EXPECT_FALSE(waiting.witness_overdue());
  clock_.Advance(absl::Minutes(61));
  EXPECT_TRUE(Heads().witness_overdue());
  EXPECT_EQ(Metric("ehc_log_witness_overdue"), "1");
  EXPECT_EQ(Metric("ehc_log_unwitnessed_seconds"), "3662");
  EXPECT_EQ(Health(2), 2);
  EXPECT_EQ(HealthOf(world_.As(kPaediatrician), ""), 1) << "the hub itself goes on";

  ASSERT_NO_FATAL_FAILURE(Cosign());
  EXPECT_FALSE(Heads().witness_overdue());
  EXPECT_EQ(Health(1), 1);
}

TEST_F(UnwitnessedTest, WhoeverCosignsBesideOtherEntriesHidesNoneOfThem) {
  ASSERT_NO_FATAL_FAILURE(Cosign());
  const absl::Time at = clock_.Now();
  AskAbout(1);
  clock_.Advance(absl::Seconds(10));
  AskAbout(2);
  world_.Stop();
  world_.Serve(clock_);
  EXPECT_EQ(Heads().unwitnessed_since().seconds(), absl::ToUnixSeconds(at)) << "the oldest";
}

class TilesTest : public HubTest {};

TEST_F(TilesTest, ExportedTreeIsReadByAReaderThatKnowsTilesAlone) {
  const std::string out = world().folder() + "/tiles";
  const ehchub::Profile profile = world().ProfileOf(kPaediatrician);
  const auto audit = ehchub::MakeAuditConnection(paediatrician_.hub);
  auto keeper = ehchub::ReceiptKeeper::Create(KeysOf(profile), "", HubWorld::Options()).value();
  const std::string child = NewChild();
  for (int i = 0; i < 3; ++i) {  // a partial tile, a full one, and more than one
    const auto head = keeper->Advance(*audit);
    ASSERT_TRUE(head.ok()) << head.status();
    ASSERT_EQ(ehchub::ExportTiles(*audit, *head, out, nullptr), absl::OkStatus());
    const std::vector<Digest> leaves = LeavesInTiles(out, head->tree_size);
    ASSERT_EQ(leaves.size(), head->tree_size);
    EXPECT_EQ(DigestView(NaiveRoot(leaves, 0, leaves.size())), head->root_hash);
    if (head->tree_size >= 256) {
      const std::string parents =
          FileText(absl::StrCat(out, "/tile/1/000.p/", head->tree_size / 256));
      EXPECT_EQ(parents.substr(0, 32), DigestView(NaiveRoot(leaves, 0, 256)));
    }
    EXPECT_FALSE(std::filesystem::exists(out + "/tile/entries"));
    EXPECT_TRUE(ehchub::VerifyTiles(KeysOf(profile), out, nullptr).ok());
    for (int j = 0; j < 140; ++j) {
      (void)paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
    }
  }
}

TEST_F(TilesTest, WholeLogIsVerifiedFromTheHubAndSinceACheckpoint) {
  const auto audit = ehchub::MakeAuditConnection(paediatrician_.hub);
  auto keeper = ehchub::ReceiptKeeper::Create(KeysOf(world().ProfileOf(kPaediatrician)), "",
                                              HubWorld::Options())
                    .value();
  const auto earlier = keeper->Advance(*audit);
  ASSERT_TRUE(earlier.ok()) << earlier.status();
  NewChild();
  absl::SleepFor(absl::Milliseconds(150));
  const auto later = keeper->Advance(*audit);
  ASSERT_TRUE(later.ok()) << later.status();
  ASSERT_GT(later->tree_size, earlier->tree_size);
  uint64_t done = 0;
  const auto count = [&done](uint64_t entries) { done = entries; };
  EXPECT_EQ(ehchub::VerifyLog(*audit, *later, nullptr, count), absl::OkStatus());
  EXPECT_EQ(done, later->tree_size);
  EXPECT_EQ(ehchub::VerifyLog(*audit, *later, &*earlier, count), absl::OkStatus());
  EXPECT_EQ(done, later->tree_size - earlier->tree_size);
  ehchub::CheckpointInfo wrong = *earlier;
  wrong.root_hash[0] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(ehchub::VerifyLog(*audit, *later, &wrong, nullptr)));
  wrong = *later;
  wrong.root_hash[31] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(ehchub::VerifyLog(*audit, wrong, nullptr, nullptr)));
}

TEST_F(TilesTest, AlteredTileIsNamed) {
  const std::string child = NewChild();
  for (int i = 0; i < 260; ++i) (void)paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
  const std::string out = world().folder() + "/altered";
  const ehchub::Profile profile = world().ProfileOf(kPaediatrician);
  const auto audit = ehchub::MakeAuditConnection(paediatrician_.hub);
  auto keeper = ehchub::ReceiptKeeper::Create(KeysOf(profile), "", HubWorld::Options()).value();
  const auto head = keeper->Advance(*audit);
  ASSERT_TRUE(head.ok()) << head.status();
  ASSERT_EQ(ehchub::ExportTiles(*audit, *head, out, nullptr), absl::OkStatus());
  const std::string path = out + "/tile/0/000";
  std::string bytes = FileText(path);
  bytes[40] ^= 1;
  std::ofstream(path, std::ios::binary) << bytes;
  const auto verified = ehchub::VerifyTiles(KeysOf(profile), out, nullptr);
  EXPECT_TRUE(absl::IsDataLoss(verified.status())) << verified.status();
  EXPECT_THAT(MessageOf(verified.status()), HasSubstr("tile/1/000"));
}

TEST_F(TilesTest, TilesBeyondTheTreeAreRefused) {
  v1::GetTilesRequest request;
  request.set_tree_size(1);
  request.set_first_index(1);
  EXPECT_EQ(ReasonIn(paediatrician_.audit.GetTiles(request)), "FIELD_INVALID");
  request.set_first_index(0);
  request.set_tree_size(uint64_t{1} << 40);
  EXPECT_EQ(ReasonIn(paediatrician_.audit.GetTiles(request)), "FIELD_INVALID");
  request.set_tree_size(1);
  request.set_level(8);
  EXPECT_EQ(ReasonIn(paediatrician_.audit.GetTiles(request)), "FIELD_INVALID");
}

}  // namespace
}  // namespace ehc
