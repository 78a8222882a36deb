// Who gets through the front door, and on what terms.
#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/transport/platform_setup.h"
#include "server/transport/probe.h"
#include "server/transport/sockets.h"
#include "tests/end2end/transport_hub.h"
#include "tests/end2end/transport_raw_client.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

void ExpectServed(TestHub& hub) {
  const CallResult outcome = CallCheckpoint(hub.BromleysChannel());
  EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(outcome.note, "bromley");
}

// Refused in the handshake: the client sees UNAVAILABLE, and nobody else notices.
void ExpectRefused(TestHub& hub, const TestCertificate& certificate) {
  const CallResult outcome = CallCheckpoint(hub.ChannelOf(certificate));
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::UNAVAILABLE)
      << outcome.status.error_message();
  EXPECT_EQ(outcome.status.error_details(), "");
  ExpectServed(hub);
}

void ExpectRefusedByRegistry(TestHub& hub, const TestCertificate& certificate) {
  const double before = hub.Metric("ehc_peers_refused_total");
  ExpectRefused(hub, certificate);
  EXPECT_GT(hub.Metric("ehc_peers_refused_total"), before);
}

void ExpectRefusedByTls(TestHub& hub, const TestCertificate& certificate) {
  const double before = hub.Metric("ehc_peers_refused_total");
  ExpectRefused(hub, certificate);
  EXPECT_EQ(hub.Metric("ehc_peers_refused_total"), before);
}

TEST(DoorTest, EnrolledAgenciesAreServedAndToldApart) {
  TestHub hub;
  ExpectServed(hub);
  EXPECT_EQ(CallCheckpoint(hub.ChannelOf(hub.trust().certificate)).note, "kings-park-nhs-trust");
}

TEST(DoorTest, PeerWithoutCertificateIsRefused) {
  TestHub hub;
  RawTlsClient client(hub.port(), {});
  client.Handshake();
  EXPECT_TRUE(client.IsEndedWithin(absl::Seconds(5)));
  ExpectServed(hub);
}

TEST(DoorTest, CertificateOfAnotherAuthorityIsRefused) {
  TestHub hub;
  const TestPki other;
  ExpectRefusedByTls(hub, other.MintAgency("bromley"));
}

TEST(DoorTest, EnrolledCertificateOutOfDateIsRefused) {
  TestHub hub;
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.not_after = absl::Now() - absl::Minutes(1);
  TestCertificate expired = Pki().Mint(leaf);
  hub.Enrol(expired.certificate_pem);
  ExpectRefusedByTls(hub, expired);

  leaf = AgencyLeaf("bromley");
  leaf.not_before = absl::Now() + absl::Hours(1);
  TestCertificate future = Pki().Mint(leaf);
  hub.Enrol(future.certificate_pem);
  ExpectRefusedByTls(hub, future);
}

// gRPC's client, at the same security level, would not even load these.
TEST(DoorTest, WeakKeyAndWeakSignatureAreRefused) {
  TestHub hub;
  TestLeaf weak_key = AgencyLeaf("bromley");
  weak_key.key = TestKeyKind::kRsa1024;
  TestLeaf weak_signature = AgencyLeaf("bromley");
  weak_signature.digest = "SHA1";
  for (const TestLeaf& leaf : {weak_key, weak_signature}) {
    const TestCertificate certificate = Pki().Mint(leaf);
    hub.Enrol(certificate.certificate_pem);
    RawTlsClient client(hub.port(), {.certificate = &certificate});
    client.Handshake();
    EXPECT_TRUE(client.IsEndedWithin(absl::Seconds(2)));
  }
  RawTlsClient good(hub.port(), {.certificate = &hub.bromley().certificate});
  ASSERT_TRUE(good.Handshake());
  EXPECT_FALSE(good.IsEndedWithin(absl::Milliseconds(500)));
}

TEST(DoorTest, CertificateForServersIsRefused) {
  TestHub hub;
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.extended_key_usage = "serverAuth";
  const TestCertificate certificate = Pki().Mint(leaf);
  hub.Enrol(certificate.certificate_pem);
  ExpectRefusedByTls(hub, certificate);
}

TEST(DoorTest, UnenrolledPeersAreRefused) {
  TestHub hub;
  ExpectRefusedByRegistry(hub, Pki().MintAgency("unenrolled"));
  ExpectRefusedByRegistry(hub, Pki().MintAgency("bromley"));  // another key
}

TEST(DoorTest, RevokedCertificateIsRefused) {
  TestHub hub;
  const TestCertificate certificate = Pki().MintAgency("bromley");
  hub.Enrol(certificate.certificate_pem);
  EXPECT_TRUE(CallCheckpoint(hub.ChannelOf(certificate)).status.ok());
  hub.Revoke(certificate.certificate_pem);
  ExpectRefusedByRegistry(hub, certificate);
}

TEST(DoorTest, CertificateThatIsNotExactlyOneAgencyIsRefusedEvenIfEnrolled) {
  TestHub hub;
  const std::vector<std::vector<std::string>> names = {
      {},
      {"spiffe://hub.ehc/agency/bromley", "spiffe://hub.ehc/agency/oakfield-school"},
      {"spiffe://hub.ehc/agency/*"},
      {"spiffe://elsewhere.example/agency/bromley"},
      {"https://hub.ehc/agency/bromley"}};
  for (const auto& uris : names) {
    TestLeaf leaf = AgencyLeaf("bromley");
    leaf.uris = uris;
    const TestCertificate certificate = Pki().Mint(leaf);
    hub.Enrol(certificate.certificate_pem);
    ExpectRefusedByRegistry(hub, certificate);
  }
}

TEST(DoorTest, AuthorityAsLeafIsRefused) {
  TestHub hub;
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.basic_constraints = "critical,CA:TRUE";
  const TestCertificate certificate = Pki().Mint(leaf);
  hub.Enrol(certificate.certificate_pem);
  ExpectRefused(hub, certificate);
}

TEST(DoorTest, CertificateWithoutClientAuthIsRefused) {
  TestHub hub;
  TestLeaf leaf = AgencyLeaf("bromley");
  leaf.extended_key_usage = "";
  const TestCertificate certificate = Pki().Mint(leaf);
  hub.Enrol(certificate.certificate_pem);
  ExpectRefusedByRegistry(hub, certificate);
}

TEST(TlsTest, Version13IsSpoken) {
  TestHub hub;
  RawTlsClient client(hub.port(), {.certificate = &hub.bromley().certificate});
  ASSERT_TRUE(client.Handshake());
  ASSERT_TRUE(client.Greet());
  EXPECT_FALSE(client.Read(absl::Milliseconds(300)).empty());
}

TEST(TlsTest, OlderVersionsAreRefused) {
  TestHub hub;
  for (const int version : {TLS1_2_VERSION, TLS1_1_VERSION, TLS1_VERSION}) {
    RawTlsClient client(hub.port(),
                        {.max_version = version, .certificate = &hub.bromley().certificate});
    EXPECT_FALSE(client.Handshake()) << version;
  }
  ExpectServed(hub);
}

TEST(TlsTest, NoTicketIsIssuedAndNoSessionResumes) {
  TestHub hub;
  const RawTlsClient::Options options{.certificate = &hub.bromley().certificate};
  RawTlsClient first(hub.port(), options);
  ASSERT_TRUE(first.Handshake());
  ASSERT_TRUE(first.Greet());
  EXPECT_FALSE(first.Read(absl::Milliseconds(500)).empty());
  EXPECT_EQ(first.tickets_received(), 0);

  RawTlsClient::Options again = options;
  again.resume = first.session();
  RawTlsClient second(hub.port(), again);
  ASSERT_TRUE(second.Handshake());
  EXPECT_FALSE(second.was_resumed());
}

TEST(TlsTest, NewKeyAndRootsHoldAfterTheDirectoryIsSwapped) {
  ServerOptions options = TestHub::Options();
  options.tls_refresh = absl::Seconds(1);
  TestHub hub(options);
  ExpectServed(hub);
  const TestPki next;
  const TestCertificate agency = next.MintAgency("bromley");
  hub.Enrol(agency.certificate_pem);
  hub.WriteTlsFolder("second", next.ca_pem());
  hub.UseTlsFolder("second");
  EXPECT_TRUE(
      TestHub::Eventually([&] { return CallCheckpoint(hub.ChannelOf(agency)).status.ok(); }));
  EXPECT_FALSE(CallCheckpoint(hub.BromleysChannel()).status.ok());
}

class StartTest : public ::testing::Test {
 protected:
  StartTest() {
    const TestCertificate own = Pki().MintServer();
    WriteText(folder_.path() + "/hub.key", own.key_pem);
    WriteText(folder_.path() + "/hub.pem", own.certificate_pem);
    WriteText(folder_.path() + "/ca.pem", Pki().ca_pem());
  }

  absl::Status Start() {
    ServerOptions options;
    options.tls = TlsFiles::InDirectory(folder_.path());
    options.tls.require_lists = require_lists_;
    return HubServer::Start(options, {registry_, authenticator_, SystemClock(), quotas_},
                            {ExposeStub(desk_)})
        .status();
  }

  void ExpectRefused(const std::string& file, const std::string& why) {
    const absl::Status status = Start();
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr(file));
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }

  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  ScratchFolder folder_;
  StubDesk desk_;
  AgencyRegistry registry_;
  MemoryApprovalLedger approvals_;
  Authenticator authenticator_{registry_, approvals_, {kAudience}};
  QuotaBook quotas_{absl::Now()};
  bool require_lists_ = false;
};

TEST_F(StartTest, GoodFilesStart) { EXPECT_TRUE(Start().ok()) << Start(); }

TEST_F(StartTest, KeyThatOthersMayReadIsRefusedWithTheRemedy) {
  std::filesystem::permissions(Path("hub.key"), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  ExpectRefused("hub.key", "chmod 600");
}

TEST_F(StartTest, KeyOfAnotherCertificateIsRefused) {
  WriteText(Path("hub.key"), Pki().MintServer().key_pem);
  ExpectRefused("hub.pem", "does not belong to the key");
}

TEST_F(StartTest, OwnCertificateOutOfDateIsRefused) {
  TestLeaf leaf;
  leaf.dns = {"localhost"};
  leaf.extended_key_usage = "serverAuth";
  leaf.not_before = absl::Now() - absl::Hours(2);
  leaf.not_after = absl::Now() - absl::Hours(1);
  const TestCertificate expired = Pki().Mint(leaf);
  WriteText(Path("hub.key"), expired.key_pem);
  WriteText(Path("hub.pem"), expired.certificate_pem);
  ExpectRefused("hub.pem", "expired");
}

TEST_F(StartTest, HalfWrittenFilesAreRefused) {
  WriteText(Path("ca.pem"), Pki().ca_pem().substr(0, 200));
  ExpectRefused("ca.pem", "is not a list of certificates");
  WriteText(Path("hub.key"), "");
  ExpectRefused("hub.key", "is not a private key");
}

TEST_F(StartTest, LeafAmongTheRootsIsRefused) {
  WriteText(Path("ca.pem"), Pki().ca_pem() + Pki().MintAgency("bromley").certificate_pem);
  ExpectRefused("ca.pem", "no authority");
}

TEST_F(StartTest, MissingOrStaleRevocationListIsRefusedWhereOneIsRequired) {
  require_lists_ = true;
  ExpectRefused("crl.pem", "is missing");
  WriteText(Path("crl.pem"), Pki().MakeRevocationList({}, absl::Now() - absl::Seconds(1)));
  EXPECT_THAT(std::string(Start().message()), HasSubstr("out of date"));
  WriteText(Path("crl.pem"), Pki().MakeRevocationList({}));
  EXPECT_TRUE(Start().ok()) << Start();
}

TEST_F(StartTest, RevocationListOfSomebodyElseIsRefused) {
  WriteText(Path("crl.pem"), TestPki().MakeRevocationList({}));
  ExpectRefused("crl.pem", "none of the roots has signed");
  WriteText(Path("crl.pem"), "nonsense");
  ExpectRefused("crl.pem", "is not a list of CRLs");
}

TEST_F(StartTest, MissingFileIsNamed) {
  std::filesystem::remove(Path("hub.pem"));
  ExpectRefused("hub.pem", "No such file");
}

TEST(ProbeTest, AliveDoorAnswersAndDeadDoorDoesNot) {
  int port = 0;
  {
    TestHub hub;
    port = hub.port();
    EXPECT_TRUE(ProbeThroughFrontDoor("127.0.0.1", port, absl::Seconds(5)).ok());
    ExpectServed(hub);
  }
  EXPECT_FALSE(ProbeThroughFrontDoor("127.0.0.1", port, absl::Seconds(1)).ok());
}

TEST(ProbeTest, DoorThatAcceptsButDoesNotSpeakFailsTheProbe) {
  auto listener = Listen("127.0.0.1", 0);
  ASSERT_TRUE(listener.ok());
  EXPECT_FALSE(ProbeThroughFrontDoor("127.0.0.1", listener->port, absl::Milliseconds(200)).ok());
}

}  // namespace
}  // namespace ehc
