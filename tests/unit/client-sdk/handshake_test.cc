// What is told of a connection that does not come about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "ehchub/consent_client.h"
#include "ehchub/doctor.h"
#include "ehchub/error.h"
#include "tests/unit/client-sdk/scripted_hub.h"

namespace ehchub {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Handshake : public ::testing::Test {
 protected:
  absl::Status CallWith(const Profile& profile) {
    Options options;
    options.sleep = [this](absl::Duration) { ++waits_; };
    const auto hub = Hub::Open(profile, options);
    if (!hub.ok()) return hub.status();
    return ConsentClient(*hub).RecordConsent({}).status();
  }

  ehc::ScriptedHub hub_;
  int waits_ = 0;
};

TEST_F(Handshake, CertificateOfAnotherAuthorityIsRefusedAfterOneAttempt) {
  const ehc::TestPki elsewhere;
  const absl::Status status = CallWith(hub_.ProfileWith(elsewhere.MintAgency("bromley")));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("handshake refused"));
  EXPECT_TRUE(HubError::FromStatus(status).handshake_refused);
  EXPECT_EQ(waits_, 0);
  EXPECT_THAT(hub_.calls(), IsEmpty());
}

TEST_F(Handshake, ExpiredCertificateIsNamedWithItsDate) {
  ehc::TestLeaf leaf = ehc::AgencyLeaf("bromley");
  leaf.not_before = absl::FromUnixSeconds(1577836800);
  leaf.not_after = absl::FromUnixSeconds(1580515200);
  const absl::Status status = CallWith(hub_.ProfileWith(hub_.pki().Mint(leaf)));
  EXPECT_THAT(std::string(status.message()), HasSubstr("handshake refused"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("ended on 2020-02-01"));
  EXPECT_EQ(waits_, 0);
}

TEST_F(Handshake, CertificateOfTheFutureIsNamedWithItsDate) {
  ehc::TestLeaf leaf = ehc::AgencyLeaf("bromley");
  leaf.not_before = absl::Now() + absl::Hours(24 * 400);
  leaf.not_after = absl::Now() + absl::Hours(24 * 500);
  const absl::Status status = CallWith(hub_.ProfileWith(hub_.pki().Mint(leaf)));
  EXPECT_THAT(std::string(status.message()), HasSubstr("clock"));
}

TEST_F(Handshake, KeyOfAnotherCertificateIsFoundBeforeConnecting) {
  Profile profile = hub_.ProfileFor("bromley");
  profile.key_path = hub_.ProfileFor("bromley").key_path;
  const absl::Status status = CallWith(profile);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("not the certificate's"));
}

TEST_F(Handshake, HubOfAnotherAuthorityIsNotTrusted) {
  const ehc::TestPki elsewhere;
  ehc::ScriptedHub other;
  Profile profile = hub_.ProfileFor("bromley");
  profile.hub = other.address();
  const absl::Status status = CallWith(profile);
  EXPECT_THAT(std::string(status.message()), HasSubstr("the hub's certificate is not trusted"));
  EXPECT_EQ(waits_, 0);
}

TEST_F(Handshake, HubOfAnotherNameIsNotTrusted) {
  Profile profile = hub_.ProfileFor("bromley");
  profile.server_name = "elsewhere.example";
  EXPECT_THAT(std::string(CallWith(profile).message()),
              HasSubstr("the hub's certificate is not trusted"));
}

TEST_F(Handshake, HubThatIsAwayIsTriedAgain) {
  const Profile profile = hub_.ProfileFor("bromley");
  hub_.Stop();
  const absl::Status status = CallWith(profile);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(HubError::FromStatus(status).handshake_refused);
  EXPECT_EQ(waits_, 4);
}

const Finding* Find(const std::vector<Finding>& findings, const std::string& check) {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const Finding& one) { return one.check == check; });
  return found == findings.end() ? nullptr : &*found;
}

bool IsIll(const std::vector<Finding>& findings, const std::string& check) {
  const Finding* finding = Find(findings, check);
  return finding != nullptr && finding->health == Health::kIll;
}

TEST_F(Handshake, DoctorFindsNothingWrongWithAGoodProfile) {
  ehc::TestLeaf leaf = ehc::AgencyLeaf("bromley");
  leaf.not_after = absl::Now() + absl::Hours(24 * 300);
  for (const Finding& finding : Examine(hub_.ProfileWith(hub_.pki().Mint(leaf)))) {
    EXPECT_TRUE(finding.health == Health::kWell || finding.health == Health::kNotExamined)
        << finding.check << ": " << finding.detail;
  }
}

TEST_F(Handshake, DoctorWarnsOfACertificateThatEndsSoon) {
  const auto findings = Examine(hub_.ProfileFor("bromley"));
  ASSERT_NE(Find(findings, "certificate dates"), nullptr);
  EXPECT_EQ(Find(findings, "certificate dates")->health, Health::kDoubtful);
}

TEST_F(Handshake, DoctorNamesEachFault) {
  Profile mismatch = hub_.ProfileFor("bromley");
  mismatch.key_path = hub_.ProfileFor("bromley").key_path;
  EXPECT_TRUE(IsIll(Examine(mismatch), "key match"));

  const ehc::TestPki elsewhere;
  const auto foreign = Examine(hub_.ProfileWith(elsewhere.MintAgency("bromley")));
  EXPECT_TRUE(IsIll(foreign, "chain"));
  EXPECT_TRUE(IsIll(foreign, "handshake"));

  Profile missing = hub_.ProfileFor("bromley");
  missing.ca_path += ".gone";
  EXPECT_TRUE(IsIll(Examine(missing), "files"));

  Profile two = hub_.ProfileWith(hub_.pki().Mint([] {
    ehc::TestLeaf leaf = ehc::AgencyLeaf("bromley");
    leaf.uris.push_back("spiffe://hub.ehc/agency/oakfield-school");
    return leaf;
  }()));
  EXPECT_TRUE(IsIll(Examine(two), "agency"));

  Profile untrained = hub_.ProfileFor("bromley");
  untrained.acting_person->training_until = "2020-01-01";
  EXPECT_TRUE(IsIll(Examine(untrained), "training"));

  hub_.FailNext({{grpc::StatusCode::UNAUTHENTICATED, "ASSERTION_INVALID"}});
  EXPECT_TRUE(IsIll(Examine(hub_.ProfileFor("bromley")), "assertion accepted"));

  Profile wrong_log = hub_.ProfileFor("bromley");
  wrong_log.log_key = ehc::ScriptedLog("hub.test/log").Keys().log_key;
  EXPECT_TRUE(IsIll(Examine(wrong_log), "log"));

  Profile slow = hub_.ProfileFor("bromley");
  Options late;
  late.now = [] { return absl::Now() - absl::Minutes(5); };
  EXPECT_TRUE(IsIll(Examine(slow, late), "clock"));

  hub_.Stop();
  EXPECT_TRUE(IsIll(Examine(hub_.ProfileFor("bromley")), "hub reachable"));
}

}  // namespace
}  // namespace ehchub
