// Keys, roots and revocation lists that change under a running hub: what is good is taken, what is
// not leaves the last good one in use and is said in health.
#include <string>

#include "gtest/gtest.h"
#include "tests/end2end/transport_hub.h"

namespace ehc {
namespace {

ServerOptions Quick() {
  ServerOptions options = TestHub::Options();
  options.tls_refresh = absl::Seconds(1);
  return options;
}

bool IsServed(TestHub& hub, const TestCertificate& certificate) {
  return CallCheckpoint(hub.ChannelOf(certificate)).status.ok();
}

bool BecomesWell(TestHub& hub, bool well) {
  return TestHub::Eventually([&] { return hub.Metric("ehc_tls_healthy") == (well ? 1 : 0); });
}

// Waits until gRPC would have taken what is there, had it been given it.
void WaitForSeveralRefreshes() { absl::SleepFor(absl::Seconds(3)); }

class RotationTest : public ::testing::Test {
 protected:
  void ExpectLastGoodStays(const std::string& file, const std::string& text) {
    hub_.WriteTlsFile("first", file, text);
    EXPECT_TRUE(BecomesWell(hub_, false)) << file;
    WaitForSeveralRefreshes();
    EXPECT_TRUE(IsServed(hub_, hub_.bromley().certificate)) << file;
  }
  void Mend() {
    hub_.WriteTlsFolder("first", hub_.roots());
    EXPECT_TRUE(BecomesWell(hub_, true));
    EXPECT_TRUE(IsServed(hub_, hub_.bromley().certificate));
  }

  TestHub hub_{Quick()};
};

TEST_F(RotationTest, HalfWrittenPemKeepsTheLastGoodOneAndRaisesHealth) {
  EXPECT_EQ(hub_.Metric("ehc_tls_healthy"), 1);
  ExpectLastGoodStays("hub.pem", Pki().MintServer().certificate_pem.substr(0, 300));
  Mend();
  ExpectLastGoodStays("ca.pem", hub_.roots().substr(0, 200));
  Mend();
}

TEST_F(RotationTest, CertificateOfAnotherKeyIsNotTaken) {
  ExpectLastGoodStays("hub.pem", Pki().MintServer().certificate_pem);
  Mend();
}

TEST_F(RotationTest, ListedCertificateIsCutAndRefusedWhateverTheRegistrySays) {
  const auto channel = hub_.BromleysChannel();
  ASSERT_TRUE(CallCheckpoint(channel).status.ok());
  hub_.WriteTlsFile("first", "crl.pem",
                    Pki().MakeRevocationList({hub_.bromley().certificate.certificate_pem}));
  EXPECT_TRUE(TestHub::Eventually([&] { return channel->GetState(false) != GRPC_CHANNEL_READY; }))
      << "the open connection is cut";
  EXPECT_FALSE(CallCheckpoint(channel).status.ok());
  EXPECT_FALSE(IsServed(hub_, hub_.bromley().certificate));
  EXPECT_TRUE(IsServed(hub_, hub_.trust().certificate)) << "nobody else";
  EXPECT_GE(hub_.Metric("ehc_connections_cut_total"), 1);
}

TEST(RevocationListTest, ListThatGoesStaleLetsNobodyInUntilANewOneIsThere) {
  ServerOptions options = Quick();
  options.tls.require_lists = true;
  TestHub hub(options);
  EXPECT_TRUE(IsServed(hub, hub.bromley().certificate));
  hub.WriteTlsFile("first", "crl.pem", Pki().MakeRevocationList({}, absl::Now()));
  EXPECT_TRUE(BecomesWell(hub, false));
  EXPECT_FALSE(IsServed(hub, hub.bromley().certificate));
  hub.WriteTlsFile("first", "crl.pem", Pki().MakeRevocationList({}));
  EXPECT_TRUE(BecomesWell(hub, true));
  EXPECT_TRUE(IsServed(hub, hub.bromley().certificate));
}

TEST(NameConstraintsTest, CertificateOutsideItsAuthoritysNamesIsRefused) {
  TestHub hub(Quick());
  const TestPki elsewhere("critical,permitted;URI:elsewhere.example");
  const TestPki here("critical,permitted;URI:hub.ehc");
  const TestCertificate outside = elsewhere.MintAgency("bromley");
  const TestCertificate inside = here.MintAgency("bromley");
  hub.Enrol(outside.certificate_pem);
  hub.Enrol(inside.certificate_pem);
  hub.WriteTlsFolder("second", elsewhere.ca_pem());
  hub.UseTlsFolder("second");
  EXPECT_TRUE(TestHub::Eventually([&] { return !IsServed(hub, hub.bromley().certificate); }))
      << "the other authority is taken";
  EXPECT_FALSE(IsServed(hub, outside));
  hub.WriteTlsFolder("third", here.ca_pem());
  hub.UseTlsFolder("third");
  EXPECT_TRUE(TestHub::Eventually([&] { return IsServed(hub, inside); }));
}

}  // namespace
}  // namespace ehc
