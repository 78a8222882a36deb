// What the clock does to agencies: proposals that lapse, credentials that end and are announced.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ehchub/doctor.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AgencyClockTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
  }

  void Open(absl::Duration refresh = absl::ZeroDuration()) {
    world_.Serve(clock_, [refresh](HouseOptions& options) {
      options.policy_refresh = refresh;
      options.max_policy_staleness = absl::InfiniteDuration();  // the clock leaps
    });
    world_.EnrolAgencies();
  }

  v1::AdminProposal Propose() const {
    v1::SuspendAgencyRequest request;
    request.set_name("agencies/elm-grove-school");
    request.set_reason("as the test says");
    const auto proposed = world_.As(kOperator).admin.SuspendAgency(request);
    EXPECT_TRUE(proposed.ok()) << proposed.status();
    return proposed.ok() ? proposed->proposal() : v1::AdminProposal();
  }

  std::string Approve(const v1::AdminProposal& proposal) const {
    v1::ApproveProposalRequest request;
    request.set_name(proposal.name());
    request.set_digest(proposal.digest());
    return ReasonIn(world_.As(kOtherOperator).admin.ApproveProposal(request));
  }

  std::vector<v1::AdminProposal> List(bool only_open) const {
    v1::ListProposalsRequest request;
    request.set_only_open(only_open);
    request.set_page_size(200);
    const auto page = world_.As(kAuditor).admin.ListProposals(request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<v1::AdminProposal> pending;
    for (const v1::AdminProposal& one : page->proposals()) {
      if (one.act() == v1::ADMIN_ACT_SUSPEND_AGENCY) pending.push_back(one);
    }
    return pending;
  }

  v1::AgencyState State() const {
    v1::GetAgencyRequest request;
    request.set_name("agencies/elm-grove-school");
    return world_.As(kOperator).admin.GetAgency(request)->agency().state();
  }

  ManualClock clock_{absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()))};
  HubWorld world_{&clock_};
};

TEST_F(AgencyClockTest, ProposalLapsesAtItsMomentAndNothingIsDoneByItAfterwards) {
  Open();
  const v1::AdminProposal proposal = Propose();
  const absl::Time lapses = absl::FromUnixSeconds(proposal.lapses_at().seconds());
  EXPECT_EQ(lapses - clock_.Now(), absl::Hours(72)) << "policies/vocabulary/clocks.textproto";
  clock_.Set(lapses - absl::Seconds(1));
  ASSERT_EQ(List(/*only_open=*/true).size(), 1);
  EXPECT_EQ(List(true)[0].state(), v1::ADMIN_PROPOSAL_STATE_OPEN);
  clock_.Set(lapses);
  EXPECT_EQ(Approve(proposal), "STATE_CONFLICT");
  EXPECT_EQ(State(), v1::AGENCY_STATE_ACTIVE);
  v1::WithdrawProposalRequest withdraw;
  withdraw.set_name(proposal.name());
  EXPECT_EQ(ReasonIn(world_.As(kOperator).admin.WithdrawProposal(withdraw)), "STATE_CONFLICT");
  EXPECT_EQ(List(/*only_open=*/true).size(), 0) << "nobody is waited for any more";
  ASSERT_EQ(List(/*only_open=*/false).size(), 1);
  EXPECT_EQ(List(false)[0].state(), v1::ADMIN_PROPOSAL_STATE_LAPSED);
  // The clock turned back revives it no more than the log lets: a new one is what counts.
  EXPECT_EQ(Approve(Propose()), "OK");
  EXPECT_EQ(State(), v1::AGENCY_STATE_SUSPENDED);
}

TEST_F(AgencyClockTest, ProposalIsGoodUntilItsLastSecond) {
  Open();
  const v1::AdminProposal proposal = Propose();
  clock_.Set(absl::FromUnixSeconds(proposal.lapses_at().seconds()) - absl::Seconds(1));
  EXPECT_EQ(Approve(proposal), "OK");
  EXPECT_EQ(State(), v1::AGENCY_STATE_SUSPENDED);
}

TEST_F(AgencyClockTest, CredentialsThatEndAreAnnouncedOnceADayByNameAndDays) {
  Open(/*refresh=*/absl::Milliseconds(50));
  v1::ListCredentialsRequest list;
  list.set_parent("agencies/bromley");
  const auto credentials = world_.As(kOperator).admin.ListCredentials(list);
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  const v1::Credential& certificate = credentials->credentials(0);
  const absl::Time ends = absl::FromUnixSeconds(certificate.not_after().seconds());
  EXPECT_THAT(world_.house().MetricsText(), HasSubstr("ehc_credentials_ending{within=\"90d\"} 0"));

  const auto said_at = [&](absl::Time now) {
    ::testing::internal::CaptureStderr();
    clock_.Set(now);
    absl::SleepFor(absl::Milliseconds(400));  // several refreshes
    return ::testing::internal::GetCapturedStderr();
  };
  const auto count = [](const std::string& text, const std::string& what) {
    int found = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
      ++found;
    }
    return found;
  };
  const std::string line = absl::StrCat("event=credential_ends name=", certificate.name());
  EXPECT_EQ(count(said_at(ends - absl::Hours(24 * 31)), line), 0) << "a month before, nothing";
  const std::string first = said_at(ends - absl::Hours(24 * 20) + absl::Hours(1));
  EXPECT_EQ(count(first, line), 1) << first;
  EXPECT_THAT(first, HasSubstr(absl::StrCat(line, " in_days=19")));
  EXPECT_EQ(count(said_at(ends - absl::Hours(24 * 20) + absl::Hours(20)), line), 0) << "once a day";
  EXPECT_THAT(said_at(ends - absl::Hours(24 * 18)), HasSubstr(absl::StrCat(line, " in_days=18")));
  EXPECT_THAT(world_.house().MetricsText(),
              Not(HasSubstr("ehc_credentials_ending{within=\"30d\"} 0")));
}

TEST_F(AgencyClockTest, DoctorSaysInHowManyDaysWhatExpires) {
  Open();
  const Persona administrator{"bromley", "adm-1", "AGENCY_ADMINISTRATOR", "send"};
  v1::ListCredentialsRequest list;
  list.set_parent("agencies/bromley");
  const auto credentials = world_.As(kOperator).admin.ListCredentials(list);
  ASSERT_TRUE(credentials.ok());
  const absl::Time ends = absl::FromUnixSeconds(credentials->credentials(0).not_after().seconds());
  ehchub::Options options = HubWorld::Options();
  options.now = [this] { return clock_.Now(); };
  const auto says = [&](const std::string& text) {
    for (const ehchub::Finding& finding :
         ehchub::Examine(world_.ProfileOf(administrator), options)) {
      if (absl::StrContains(finding.detail, text)) return true;
    }
    return false;
  };
  EXPECT_TRUE(says("none of the agency's expires within 30 days"));
  clock_.Set(ends - absl::Hours(24 * 12) - absl::Hours(1));
  EXPECT_TRUE(says("expires in 12 days: ask for a new one now"));
  EXPECT_TRUE(says(absl::StrCat(credentials->credentials(0).name(), " expires in 12 days")));
  EXPECT_FALSE(says("none of the agency's"));
}

TEST_F(AgencyClockTest, EnrolmentThatHasEndedIsRefusedAndIsNoLongerHonouredByTheRegistry) {
  Open();
  const Clients caseworker = world_.As(kCaseworker);
  ASSERT_EQ(ReasonIn(caseworker.subjects.RegisterSubject(Registration(1))), "OK");
  v1::ListCredentialsRequest list;
  list.set_parent("agencies/bromley");
  const auto credentials = world_.As(kOperator).admin.ListCredentials(list);
  ASSERT_TRUE(credentials.ok());
  clock_.Set(absl::FromUnixSeconds(credentials->credentials(0).not_after().seconds()) +
             absl::Minutes(2));
  // The connection that is there, too.
  EXPECT_EQ(ReasonIn(caseworker.subjects.RegisterSubject(Registration(2))), "CREDENTIAL_REVOKED");
}

}  // namespace
}  // namespace ehc
