// The enrolment listener as strangers meet it: over TLS, in this process.
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/enrolment_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/encoding.h"
#include "server/base/status_macros.h"
#include "server/enrolment/registrar.h"
#include "server/transport/enrolment_door.h"
#include "tests/chaos/http2_frames.h"
#include "tests/end2end/transport_hub.h"
#include "tests/end2end/transport_raw_client.h"
#include "tests/unit/enrolment/request_maker.h"

namespace ehc {
namespace {

using hub::v1::RequestCertificateRequest;
using hub::v1::RequestCertificateResponse;

const char kId[] = "0123456789abcdefghjkmnpqrs";
const char kSecret[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

class EnrolmentDoorTest : public ::testing::Test {
 protected:
  EnrolmentDoorTest() {
    const TestCertificate own = Pki().MintServer();
    WriteText(folder_.path() + "/hub.key", own.key_pem);
    WriteText(folder_.path() + "/hub.pem", own.certificate_pem);
    WriteText(folder_.path() + "/ca.pem", Pki().ca_pem());
    const std::string make = absl::StrCat(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "
        "/CN=t ",
        "-addext keyUsage=critical,keyCertSign -keyout ", folder_.path(), "/a.key -out ",
        folder_.path(), "/a.pem 2>/dev/null");
    EHC_CHECK(std::system(make.c_str()) == 0);
    chmod((folder_.path() + "/a.key").c_str(), 0600);
    authority_ = *MakeDevelopmentAuthority(folder_.path() + "/a.pem", folder_.path() + "/a.key", 9);
    EHC_CHECK(spool_
                  .Keep({{kId, "bromley", "", HexEncode(DigestView(Sha256(kSecret))),
                          absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) + 3600)}})
                  .ok());
    options_.tls = TlsFiles::InDirectory(folder_.path());
    options_.limits.calls_per_second_per_source = options_.limits.burst_per_source = 1000;
    options_.limits.calls_at_once_per_source = 100;
    options_.limits.calls_per_second = options_.limits.burst = 1000;
  }

  void Open() {
    registrar_ = std::make_unique<Registrar>(spool_, *authority_, SystemClock());
    auto door = EnrolmentDoor::Start(options_, *registrar_, SystemClock());
    ASSERT_TRUE(door.ok()) << door.status();
    door_ = *std::move(door);
  }

  std::shared_ptr<grpc::Channel> Channel() const {
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = Pki().ca_pem();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(absl::StrCat("localhost:", door_->port()),
                                     grpc::SslCredentials(tls), arguments);
  }

  static grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& token,
                          const std::string& request_pem,
                          RequestCertificateResponse* response = nullptr) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    RequestCertificateRequest request;
    request.set_token(token);
    request.set_certificate_request_pem(request_pem);
    RequestCertificateResponse ignored;
    return hub::v1::EnrolmentService::NewStub(channel)->RequestCertificate(
        &context, request, response == nullptr ? &ignored : response);
  }
  static std::string Token() { return absl::StrCat(kId, ".", kSecret); }

  ScratchFolder folder_;
  EnrolmentSpool spool_ = *EnrolmentSpool::Open(folder_.path());
  std::unique_ptr<CertificateAuthority> authority_;
  EnrolmentDoorOptions options_;
  std::unique_ptr<Registrar> registrar_;
  std::unique_ptr<EnrolmentDoor> door_;
};

TEST_F(EnrolmentDoorTest, TokenBringsACertificateOverTlsWithoutOne) {
  Open();
  RequestCertificateResponse response;
  const std::string request = MakeRequest();
  grpc::Status status = Ask(Channel(), Token(), request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(response.pending());
  EXPECT_EQ(ParsePeerCertificate(response.certificate_pem(), absl::Now())->agency_id, "bromley");
  status = Ask(Channel(), Token(), MakeRequest());
  EXPECT_EQ(ReasonOf(status), "ENROLMENT_REFUSED");
  status = Ask(Channel(), Token(), "garbage");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

// But for the request's id.
TEST_F(EnrolmentDoorTest, RefusalsAreTheSameBytes) {
  Open();
  const std::string request = MakeRequest();
  const auto said = [&](const std::string& token) {
    const grpc::Status status = Ask(Channel(), token, request);
    EXPECT_EQ(ReasonOf(status), "ENROLMENT_REFUSED");
    return absl::StrCat(status.error_code(), status.error_message(), status.error_details().size());
  };
  const std::string wrong = said(absl::StrCat(kId, ".", std::string(43, 'B')));
  EXPECT_EQ(said(absl::StrCat("zzzzzzzzzzzzzzzzzzzzzzzzzz.", kSecret)), wrong);
  EXPECT_EQ(said("no.token"), wrong);
  ASSERT_TRUE(Ask(Channel(), Token(), MakeRequest()).ok());
  EXPECT_EQ(said(Token()), wrong) << "used up";
}

TEST_F(EnrolmentDoorTest, OneSourceAsksNoMoreThanItsShareAndIsToldWhenToComeAgain) {
  options_.limits = EnrolmentLimits();
  Open();
  const auto channel = Channel();
  int refused = 0, too_fast = 0;
  for (int i = 0; i < 20; ++i) {
    const grpc::Status status = Ask(channel, "no.token", "x");
    refused += ReasonOf(status) == "QUOTA_EXCEEDED" ? 0 : 1;
    too_fast += ReasonOf(status) == "QUOTA_EXCEEDED" ? 1 : 0;
  }
  EXPECT_LE(refused, 11);
  EXPECT_GE(too_fast, 9);
}

TEST_F(EnrolmentDoorTest, FloodsOfConnectionsAndFramesLeaveItServing) {
  Open();
  {
    std::vector<UniqueFd> sockets;
    for (int i = 0; i < 200; ++i) sockets.push_back(ConnectTcp(door_->port(), "127.0.0.66"));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        RawTlsClient client(door_->port(), {.source = absl::StrCat("127.0.2.", t + 1)});
        if (!client.Handshake() || !client.Greet()) return;
        const std::string cancel(std::string("\0\0\0\x08", 4));
        for (uint32_t stream = 1; stream < 2 * 20000; stream += 2) {
          if (!client.Write(WholeCall(stream) + Frame(kRstStream, kNoFlag, stream, cancel))) return;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    RawTlsClient garbage(door_->port(), {.source = "127.0.0.67"});
    garbage.Handshake();
    garbage.Write(std::string(100000, '\xff'));
  }
  const std::string request = MakeRequest();
  EXPECT_TRUE(TestHub::Eventually([&] { return Ask(Channel(), Token(), request).ok(); }));
}

TEST_F(EnrolmentDoorTest, NothingElseIsThere) {
  Open();
  const CallResult audit = CallCheckpoint(Channel(), absl::Seconds(10));
  EXPECT_EQ(audit.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  RawTlsClient old(door_->port(), {.max_version = TLS1_2_VERSION});
  EXPECT_FALSE(old.Handshake()) << "TLS 1.3 only";
  const grpc::Status huge = Ask(Channel(), Token(), std::string(100000, 'x'));
  EXPECT_EQ(huge.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << "gRPC's own limit";
}

}  // namespace
}  // namespace ehc
