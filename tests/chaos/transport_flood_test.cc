// Too many connections, too slow, and too few descriptors. After each, a good client is served
// and nothing stays behind.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/end2end/transport_hub.h"
#include "tests/end2end/transport_raw_client.h"

namespace ehc {
namespace {

// How long things take is the machine's affair as much as the hub's: this is far above what they
// need, and far below the limits that would end them anyway (keepalive, idle, age).
constexpr absl::Duration kPatience = absl::Seconds(30);

// At the first attempt.
void ExpectServed(TestHub& hub) {
  const CallResult result = CallCheckpoint(hub.BromleysChannel(), kPatience);
  EXPECT_TRUE(result.status.ok()) << result.status.error_message();
}

// Whose source was held back a moment ago may have to come again.
void ExpectServedSoon(TestHub& hub) {
  EXPECT_TRUE(TestHub::Eventually(
      [&] { return CallCheckpoint(hub.BromleysChannel(), kPatience).status.ok(); }, kPatience));
}

void AwaitNoConnections(TestHub& hub) {
  EXPECT_TRUE(TestHub::Eventually([&] { return hub.server().connections() == 0; }, kPatience))
      << hub.server().connections();
}

void ExpectNothingLeft(TestHub& hub, size_t descriptors_before) {
  AwaitNoConnections(hub);
  EXPECT_TRUE(
      TestHub::Eventually([&] { return OpenDescriptors() <= descriptors_before; }, kPatience))
      << OpenDescriptors() << " instead of " << descriptors_before;
}

// How many of the connections the hub ends at once.
size_t CountEnded(const std::vector<UniqueFd>& sockets) {
  size_t ended = 0;
  for (const UniqueFd& socket : sockets) {
    ended += TcpIsEndedWithin(socket, absl::Milliseconds(20)) ? 1 : 0;
  }
  return ended;
}

std::vector<UniqueFd> ConnectMany(int port, int count) {
  std::vector<UniqueFd> sockets;
  for (int i = 0; i < count; ++i) sockets.push_back(ConnectTcp(port));
  return sockets;
}

TEST(FloodTest, OneSourceGetsNoMoreThanItsShare) {
  ServerOptions options = TestHub::Options();
  options.connections.per_source = 8;
  TestHub hub(options);
  ExpectServed(hub);
  AwaitNoConnections(hub);
  const size_t before = OpenDescriptors();
  {
    const std::vector<UniqueFd> sockets = ConnectMany(hub.port(), 20);
    EXPECT_TRUE(TestHub::Eventually(
        [&] {
          return hub.Metric("ehc_connections_turned_away_total{cause=\"source_full\"}") == 12;
        },
        kPatience));
    EXPECT_TRUE(TestHub::Eventually([&] { return CountEnded(sockets) == 12; }, kPatience));
    EXPECT_EQ(hub.server().connections(), 8u);
  }
  AwaitNoConnections(hub);  // until then its share is used up
  ExpectServed(hub);
  ExpectNothingLeft(hub, before);
}

TEST(FloodTest, DoorHoldsNoMoreThanItsTotal) {
  ServerOptions options = TestHub::Options();
  options.connections.total = 5;
  TestHub hub(options);
  {
    const std::vector<UniqueFd> sockets = ConnectMany(hub.port(), 9);
    EXPECT_TRUE(TestHub::Eventually(
        [&] { return hub.Metric("ehc_connections_turned_away_total{cause=\"door_full\"}") == 4; }));
  }
  AwaitNoConnections(hub);
  ExpectServed(hub);
}

TEST(FloodTest, SourceThatConnectsTooFastIsHeldBack) {
  ServerOptions options = TestHub::Options();
  options.connections.burst_per_source = 10;
  options.connections.new_per_second_per_source = 1;
  TestHub hub(options);
  for (int i = 0; i < 30; ++i) ConnectTcp(hub.port());
  EXPECT_TRUE(TestHub::Eventually([&] {
    return hub.Metric("ehc_connections_turned_away_total{cause=\"source_fast\"}") >= 15;
  }));
  ExpectServedSoon(hub);
}

TEST(FloodTest, TenThousandConnectionsFromOneAddressLeaveNothing) {
  TestHub hub(ServerOptions{.probe_interval = absl::Milliseconds(10)});  // the real limits
  ExpectServed(hub);
  AwaitNoConnections(hub);
  const size_t before = OpenDescriptors();
  for (int i = 0; i < 10000; ++i) ConnectTcp(hub.port());
  ExpectServedSoon(hub);
  ExpectNothingLeft(hub, before);
}

TEST(FloodTest, HandshakesThatFailLeaveNothing) {
  TestHub hub;
  ExpectServed(hub);
  AwaitNoConnections(hub);
  const size_t before = OpenDescriptors();
  const TestCertificate stranger = Pki().MintAgency("unenrolled");
  for (int i = 0; i < 100; ++i) {
    RawTlsClient client(hub.port(), {.certificate = i % 2 == 0 ? &stranger : nullptr});
    client.Handshake();
    EXPECT_TRUE(client.IsEndedWithin(kPatience));
  }
  ExpectServed(hub);
  ExpectNothingLeft(hub, before);
}

// As many calls at a time as a connection may carry, and the next as soon as one is answered.
void CallWithAllStreams(TestHub& hub, int calls) {
  constexpr int kStreams = 64;
  struct Call {
    grpc::ClientContext context;
    hub::v1::GetCheckpointResponse response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<hub::v1::GetCheckpointResponse>> reader;
  };
  const auto stub = hub::v1::AuditService::NewStub(hub.BromleysChannel());
  grpc::CompletionQueue queue;
  const auto start = [&] {
    auto* call = new Call;
    call->reader = stub->AsyncGetCheckpoint(&call->context, {}, &queue);
    call->reader->Finish(&call->response, &call->status, call);
  };
  for (int i = 0; i < kStreams; ++i) start();
  for (int ended = 0; ended < calls; ++ended) {
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    const std::unique_ptr<Call> call(static_cast<Call*>(tag));
    // OVERLOADED is an answer; a cut connection would say something else.
    EXPECT_TRUE(call->status.ok() || ReasonOf(call->status) == "OVERLOADED")
        << call->status.error_message();
    if (ended + kStreams < calls) start();
  }
}

TEST(FloodTest, BusyCallersAreNotTakenForAFlood) {
  ServerOptions options = TestHub::Options();
  options.floods.memory_growth_bytes = 0;  // counts at every look
  options.floods.interval = absl::Milliseconds(5);
  TestHub hub(options);
  std::vector<std::thread> callers;
  for (int i = 0; i < 6; ++i) callers.emplace_back([&hub] { CallWithAllStreams(hub, 5000); });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(hub.Metric("ehc_connections_cut_for_floods_total"), 0);
}

TEST(SlowPeerTest, HandshakeThatDoesNotProceedIsEnded) {
  ServerOptions options = TestHub::Options();
  options.connections.handshake = absl::Seconds(2);
  TestHub hub(options);
  const size_t before = OpenDescriptors();
  {
    const UniqueFd silent = ConnectTcp(hub.port());
    const UniqueFd trickling = ConnectTcp(hub.port());
    RawTlsClient greetless(hub.port(), {.certificate = &hub.bromley().certificate});
    ASSERT_TRUE(greetless.Handshake());
    // A TLS record of 512 bytes that never becomes whole.
    static constexpr unsigned char kTrickle[] = {22, 3, 1, 2, 0, 1};
    for (const unsigned char& byte : kTrickle) {
      send(trickling.get(), &byte, 1, MSG_NOSIGNAL);
      absl::SleepFor(absl::Milliseconds(100));
    }
    ExpectServed(hub);
    EXPECT_TRUE(TcpIsEndedWithin(silent, kPatience));
    EXPECT_TRUE(TcpIsEndedWithin(trickling, kPatience));
    EXPECT_TRUE(greetless.IsEndedWithin(kPatience));
  }
  ExpectNothingLeft(hub, before);
}

TEST(SlowPeerTest, ConnectionWithoutCallsIsEnded) {
  ServerOptions options = TestHub::Options();
  options.connections.idle = absl::Seconds(1);
  TestHub hub(options);
  RawTlsClient idle(hub.port(), {.certificate = &hub.bromley().certificate});
  ASSERT_TRUE(idle.Handshake());
  ASSERT_TRUE(idle.Greet());
  EXPECT_TRUE(idle.IsEndedWithin(kPatience));
}

// CVE-2023-4785: gRPC's own listener never accepts again after this.
class DescriptorsTest : public ::testing::Test {
 protected:
  DescriptorsTest() {
    getrlimit(RLIMIT_NOFILE, &saved_);
    rlimit small = saved_;
    small.rlim_cur = 600;
    setrlimit(RLIMIT_NOFILE, &small);
  }
  ~DescriptorsTest() override { setrlimit(RLIMIT_NOFILE, &saved_); }

  // Takes all descriptors but `leave`.
  static std::vector<UniqueFd> Exhaust(size_t leave) {
    std::vector<UniqueFd> taken;
    for (;;) {
      UniqueFd one(open("/dev/null", O_RDONLY | O_CLOEXEC));
      if (!one.valid()) break;
      taken.push_back(std::move(one));
    }
    taken.resize(taken.size() - leave);
    return taken;
  }

  // Sockets that are there already, to connect when no descriptor is left.
  static std::vector<UniqueFd> MakeSockets(int count) {
    std::vector<UniqueFd> sockets;
    for (int i = 0; i < count; ++i) {
      sockets.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    }
    return sockets;
  }

  static void Connect(const std::vector<UniqueFd>& sockets, int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (const UniqueFd& socket : sockets) {
      EXPECT_EQ(connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    }
  }

  rlimit saved_{};
};

TEST_F(DescriptorsTest, ExhaustionBeforeAuthenticationDoesNotStopTheDoor) {
  TestHub hub;
  ExpectServed(hub);
  AwaitNoConnections(hub);
  const size_t before = OpenDescriptors();
  for (const size_t leave : {size_t{0}, size_t{1}, size_t{2}, size_t{3}, size_t{5}}) {
    std::vector<UniqueFd> peers = MakeSockets(8);
    std::vector<UniqueFd> taken = Exhaust(leave);
    const double shed = hub.Metric("ehc_connections_turned_away_total{cause=\"no_descriptor\"}");
    Connect(peers, hub.port());
    EXPECT_TRUE(TestHub::Eventually([&] {
      return hub.Metric("ehc_connections_turned_away_total{cause=\"no_descriptor\"}") > shed;
    })) << leave;
    absl::SleepFor(absl::Milliseconds(300));
    taken.clear();
    peers.clear();
    AwaitNoConnections(hub);
    ExpectServed(hub);
    ExpectNothingLeft(hub, before);
  }
}

TEST_F(DescriptorsTest, DoorTakesNoMoreThanTheProcessCanOpen) {
  TestHub hub;
  std::vector<UniqueFd> sockets = ConnectMany(hub.port(), 190);
  EXPECT_TRUE(TestHub::Eventually(
      [&] { return hub.Metric("ehc_connections_turned_away_total{cause=\"door_full\"}") > 0; }));
  EXPECT_EQ(hub.Metric("ehc_connections_turned_away_total{cause=\"no_descriptor\"}"), 0);
  sockets.clear();
  AwaitNoConnections(hub);
  ExpectServed(hub);
}

TEST(DescriptorLimitTest, TooFewDescriptorsAreRefusedAtStart) {
  rlimit saved{};
  getrlimit(RLIMIT_NOFILE, &saved);
  rlimit tiny = saved;
  tiny.rlim_cur = 128;
  setrlimit(RLIMIT_NOFILE, &tiny);
  ScratchFolder folder;
  const TestCertificate own = Pki().MintServer();
  WriteText(folder.path() + "/hub.key", own.key_pem);
  WriteText(folder.path() + "/hub.pem", own.certificate_pem);
  WriteText(folder.path() + "/ca.pem", Pki().ca_pem());
  ServerOptions options;
  options.tls = TlsFiles::InDirectory(folder.path());
  const AgencyRegistry registry;
  MemoryApprovalLedger approvals;
  Authenticator authenticator(registry, approvals, {kAudience});
  QuotaBook quotas(absl::Now());
  const StubDesk desk;
  const absl::Status status =
      HubServer::Start(options, {registry, authenticator, SystemClock(), quotas},
                       {ExposeStub(desk)})
          .status();
  setrlimit(RLIMIT_NOFILE, &saved);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(std::string(status.message()).find("LimitNOFILE"), std::string::npos);
}

}  // namespace
}  // namespace ehc
