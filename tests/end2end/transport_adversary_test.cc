// What an enrolled agency, or a thief of its key, tries at the door: each was a hole once, or would
// be without what is tested.
#include <atomic>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/http2_frames.h"
#include "tests/end2end/transport_hub.h"
#include "tests/end2end/transport_raw_client.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

ServerOptions Quick() {
  ServerOptions options = TestHub::Options();
  options.tls_refresh = absl::Seconds(1);
  return options;
}

// A connection that shook hands before its certificate was listed, and asks for the first time
// afterwards: nobody knew whose it was when the list came.
TEST(ListedTest, ConnectionThatWaitedWithItsFirstCallIsRefused) {
  TestHub hub(Quick());
  RawTlsClient waiting(hub.port(), {.certificate = &hub.bromley().certificate});
  RawTlsClient other(hub.port(), {.certificate = &hub.trust().certificate});
  for (RawTlsClient* client : {&waiting, &other}) {
    ASSERT_TRUE(client->Handshake() && client->Greet());
    EXPECT_FALSE(client->Read(absl::Milliseconds(300)).empty());  // the verifier has let it in
  }
  hub.WriteTlsFile("first", "crl.pem",
                   Pki().MakeRevocationList({hub.bromley().certificate.certificate_pem}));
  const auto is_served = [&] {
    return CallCheckpoint(hub.BromleysChannel(), absl::Seconds(5)).status.ok();
  };
  ASSERT_TRUE(TestHub::Eventually([&] { return !is_served(); }));
  std::atomic<int> entered{0};
  hub.desk().checkpoint = [&](Incoming in, const hub::v1::GetCheckpointRequest&,
                              CheckpointReply reply) {
    ++entered;
    reply(Noted(in.call_id, in.caller.agency().value()));
  };
  waiting.Write(WholeCall(1));
  EXPECT_FALSE(waiting.ReadUntil("bromley", absl::Seconds(2)));
  EXPECT_EQ(entered, 0);
  ASSERT_TRUE(other.Write(WholeCall(1)));
  EXPECT_TRUE(other.ReadUntil("kings-park-nhs-trust", absl::Seconds(30)));
}

// A list of changes, newer than the whole one, would take everybody off it who is on the whole one.
TEST(ListedTest, ListThatIsNotWholeIsNotTaken) {
  TestHub hub(Quick());
  const std::string whole = Pki().MakeRevocationList({hub.bromley().certificate.certificate_pem});
  hub.WriteTlsFile("first", "crl.pem", whole);
  const auto is_served = [&] {
    return CallCheckpoint(hub.BromleysChannel(), absl::Seconds(5)).status.ok();
  };
  ASSERT_TRUE(TestHub::Eventually([&] { return !is_served(); }));
  const std::string partial[] = {
      Pki().MakeRevocationList({}, absl::Now() + absl::Hours(1),
                               {"deltaCRL", "critical,DER:020101"}),
      Pki().MakeRevocationList({}, absl::Now() + absl::Hours(1),
                               {"issuingDistributionPoint", "critical,DER:30038101FF"}),
  };
  for (const std::string& list : partial) {
    hub.WriteTlsFile("first", "crl.pem", whole + list);
    EXPECT_TRUE(TestHub::Eventually([&] { return hub.Metric("ehc_tls_healthy") == 0; }));
    EXPECT_FALSE(is_served());
    hub.WriteTlsFile("first", "crl.pem", whole);
    EXPECT_TRUE(TestHub::Eventually([&] { return hub.Metric("ehc_tls_healthy") == 1; }));
  }
}

// The quota of an agency is the same however many connections it opens, from the first call of
// each.
class ManyConnectionsTest : public ::testing::Test {
 protected:
  static ServerOptions Options() {
    ServerOptions options = TestHub::Options();
    options.executor_threads = 1;
    options.executor_queue = 8;
    options.quotas.limits = [](absl::string_view agency, absl::string_view) {
      QuotaLimits limits;
      if (agency == "kings-park-nhs-trust") limits.in_flight = 2;
      return limits;
    };
    options.quotas.is_safeguarding = [](absl::string_view) { return false; };
    return options;
  }
};

TEST_F(ManyConnectionsTest, FirstCallsOfNewConnectionsDoNotFillTheQueueForOthers) {
  TestHub hub(Options());
  std::atomic<bool> release{false};
  std::atomic<int> entered{0};
  hub.desk().checkpoint = [&](Incoming in, const hub::v1::GetCheckpointRequest&,
                              CheckpointReply reply) {
    ++entered;
    while (!release) absl::SleepFor(absl::Milliseconds(1));  // holds the only worker
    reply(Noted(in.call_id, in.caller.agency().value()));
  };
  std::vector<std::unique_ptr<RawTlsClient>> greedy;
  for (int i = 0; i < 4; ++i) {
    greedy.push_back(std::make_unique<RawTlsClient>(
        hub.port(), RawTlsClient::Options{.certificate = &hub.trust().certificate}));
    ASSERT_TRUE(greedy.back()->Handshake() && greedy.back()->Greet());
    for (uint32_t stream = 1; stream < 2 * 10; stream += 2) greedy.back()->Write(WholeCall(stream));
  }
  ASSERT_TRUE(TestHub::Eventually([&] {
    return hub.Metric("ehc_calls_over_quota_total") + hub.Metric("ehc_calls_shed_total") >= 38;
  }));
  EXPECT_EQ(hub.Metric("ehc_calls_shed_total"), 0) << "none of them took a place in the queue";
  RawTlsClient patient(hub.port(), {.certificate = &hub.bromley().certificate});
  ASSERT_TRUE(patient.Handshake() && patient.Greet());
  ASSERT_TRUE(patient.Write(WholeCall(1)));
  absl::SleepFor(absl::Milliseconds(200));
  release = true;
  EXPECT_TRUE(patient.ReadUntil("bromley", absl::Seconds(30)));
}

}  // namespace
}  // namespace ehc
