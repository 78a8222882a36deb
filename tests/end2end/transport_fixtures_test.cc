// Every faulty certificate of certs-dev at a real door that trusts its root and has it enrolled:
// the fault itself is then all that there is to refuse.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/status_macros.h"
#include "tests/end2end/transport_hub.h"
#include "tests/end2end/transport_raw_client.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

// Refused in the handshake, by OpenSSL, before the hub's own rules are asked.
constexpr char kByTls[] = "";

// Otherwise which of the hub's own rules refuses it.
const std::map<std::string, std::string>& Faults() {
  static const auto* const faults = new std::map<std::string, std::string>{
      {"no-san", "no URI"},
      {"two-spiffe-ids", "more than one URI"},
      {"wildcard", "wildcard"},
      {"other-trust-domain", "not an agency's SPIFFE id"},
      {"not-spiffe", "not an agency's SPIFFE id"},
      {"no-eku", "clientAuth"},
      {"ca-as-leaf", "authority's"},
      {"server-eku", kByTls},
      {"rsa-1024", kByTls},
      {"sha1", kByTls},
      {"expired", kByTls},
      {"not-yet-valid", kByTls},
      {"wrong-ca", kByTls},
      {"wrong-chain", kByTls},
      {"outside-name-constraints", kByTls},
  };
  return *faults;
}

// Good but for that nobody enrolled them.
const std::set<std::string> kUnenrolled = {"unenrolled", "unenrolled-key"};
// For the hub's place, and authorities.
const std::set<std::string> kNoPeers = {"hub-wrong-name", "hub-expired", "other-ca",
                                        "constrained-ca", "intermediate"};

class FixtureTest : public ::testing::Test {
 protected:
  FixtureTest() : hub_(Options()) {
    const std::string make = absl::StrCat(EHC_SOURCE_DIR, "/certs-dev/make ", folder_.path());
    EHC_CHECK(std::system(make.c_str()) == 0);
    hub_.WriteTlsFolder(
        "second", absl::StrCat(Pki().ca_pem(), Read("ca.pem"), Read("faults/constrained-ca.pem")));
    hub_.UseTlsFolder("second");
    good_ = {Read("bromley.pem"), Read("bromley.key")};
    hub_.Enrol(good_.certificate_pem);
    EHC_CHECK(TestHub::Eventually([this] { return IsLetIn(good_); }));
  }

  static ServerOptions Options() {
    ServerOptions options = TestHub::Options();
    options.tls_refresh = absl::Seconds(1);
    return options;
  }

  std::string Read(const std::string& name) const {
    std::ifstream in(folder_.path() + "/" + name);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

  TestCertificate Fault(const std::string& name) const {
    return {Read("faults/" + name + ".pem"), Read("faults/" + name + ".key")};
  }

  // As far as to hear the hub's own settings.
  bool IsLetIn(const TestCertificate& certificate) const {
    RawTlsClient client(hub_.port(), {.certificate = &certificate});
    client.Handshake();
    client.Greet();
    const std::string heard = client.Read(absl::Milliseconds(300));
    return !heard.empty();
  }

  double RefusedByTheHub() { return hub_.Metric("ehc_peers_refused_total"); }

  ScratchFolder folder_;
  mutable TestHub hub_;
  TestCertificate good_;
};

TEST_F(FixtureTest, EachIsRefusedForItsOwnFault) {
  for (const auto& [name, rule] : Faults()) {
    const TestCertificate fault = Fault(name);
    hub_.Enrol(fault.certificate_pem);
    const double before = RefusedByTheHub();
    EXPECT_FALSE(IsLetIn(fault)) << name;
    EXPECT_EQ(RefusedByTheHub() - before, rule == kByTls ? 0 : 1) << name;
    if (rule != kByTls) {
      EXPECT_THAT(
          std::string(ParsePeerCertificate(fault.certificate_pem, absl::Now()).status().message()),
          HasSubstr(rule))
          << name;
    }
  }
  for (const std::string& name : kUnenrolled) {
    const double before = RefusedByTheHub();
    EXPECT_FALSE(IsLetIn(Fault(name))) << name;
    EXPECT_EQ(RefusedByTheHub() - before, 1) << name;
  }
  EXPECT_TRUE(IsLetIn(good_)) << "and whoever is without fault is let in";
}

TEST_F(FixtureTest, NoFixtureIsForgottenHere) {
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path() + "/faults")) {
    const std::string name = entry.path().stem();
    if (entry.path().extension() != ".pem") continue;
    const int known =
        static_cast<int>(Faults().count(name) + kUnenrolled.count(name) + kNoPeers.count(name));
    EXPECT_EQ(known, 1) << name;
  }
}

}  // namespace
}  // namespace ehc
