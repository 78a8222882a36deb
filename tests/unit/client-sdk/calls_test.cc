// How calls behave on the wire: retries, request ids, deadlines, assertions, errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "client-sdk/src/retry_loop.h"
#include "ehchub/consent_client.h"
#include "ehchub/error.h"
#include "ehchub/mocks/mock_consent_connection.h"
#include "ehchub/pages.h"
#include "ehchub/record_exchange_client.h"
#include "tests/unit/client-sdk/scripted_hub.h"

namespace ehchub {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Return;
using ::testing::SizeIs;

const ehc::ScriptedFailure kOverloaded{grpc::StatusCode::UNAVAILABLE, "OVERLOADED"};

class Calls : public ::testing::Test {
 protected:
  Hub Open(const Profile& profile, Options options = {}) {
    options.settlement = Settlement::kByHand;
    options.sleep = [this](absl::Duration wait) { waits_.push_back(wait); };
    const auto hub = Hub::Open(profile, options);
    EXPECT_TRUE(hub.ok()) << hub.status();
    return *hub;
  }

  ehc::ScriptedHub hub_;
  std::vector<absl::Duration> waits_;
};

TEST_F(Calls, WriteIsRetriedWithOneRequestId) {
  hub_.FailNext({kOverloaded, kOverloaded});
  const auto response = ConsentClient(Open(hub_.ProfileFor("bromley"))).RecordConsent({});
  ASSERT_TRUE(response.ok()) << response.status();
  std::set<std::string> ids;
  for (const auto& call : hub_.calls()) ids.insert(call.request_id);
  EXPECT_THAT(hub_.calls(), SizeIs(3));
  EXPECT_THAT(ids, SizeIs(1));
  EXPECT_THAT(*ids.begin(), SizeIs(36));
}

TEST_F(Calls, GivenRequestIdIsKept) {
  v1::RecordConsentRequest request;
  request.set_request_id("5f0c1a9e-8c3b-4e55-9d0a-0a1b2c3d4e5f");
  ASSERT_TRUE(ConsentClient(Open(hub_.ProfileFor("bromley"))).RecordConsent(request).ok());
  EXPECT_EQ(hub_.calls().front().request_id, "5f0c1a9e-8c3b-4e55-9d0a-0a1b2c3d4e5f");
}

TEST_F(Calls, TwoCallsHaveTwoRequestIds) {
  const ConsentClient client(Open(hub_.ProfileFor("bromley")));
  ASSERT_TRUE(client.RecordConsent({}).ok());
  ASSERT_TRUE(client.RecordConsent({}).ok());
  EXPECT_NE(hub_.calls()[0].request_id, hub_.calls()[1].request_id);
}

TEST_F(Calls, WaitIsNeverShorterThanTheHubAsksFor) {
  ehc::ScriptedFailure quota{grpc::StatusCode::RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED"};
  quota.retry_after = absl::Seconds(7);
  hub_.FailNext({quota});
  ASSERT_TRUE(ConsentClient(Open(hub_.ProfileFor("bromley"))).RecordConsent({}).ok());
  EXPECT_THAT(waits_, ElementsAre(absl::Seconds(7)));
}

TEST_F(Calls, WaitsGrow) {
  hub_.FailNext({kOverloaded, kOverloaded, kOverloaded});
  ASSERT_TRUE(ConsentClient(Open(hub_.ProfileFor("bromley"))).RecordConsent({}).ok());
  ASSERT_THAT(waits_, SizeIs(3));
  EXPECT_GE(waits_[0], absl::Milliseconds(50));
  EXPECT_LE(waits_[0], absl::Milliseconds(100));
  EXPECT_GE(waits_[2], absl::Milliseconds(200));
  EXPECT_LE(waits_[2], absl::Milliseconds(400));
}

TEST_F(Calls, AttemptsRunOut) {
  hub_.FailNext({kOverloaded, kOverloaded, kOverloaded});
  Options options;
  options.max_attempts = 2;
  const auto response = ConsentClient(Open(hub_.ProfileFor("bromley"), options)).RecordConsent({});
  EXPECT_EQ(HubError::FromStatus(response.status()).reason, v1::ERROR_REASON_OVERLOADED);
  EXPECT_THAT(hub_.calls(), SizeIs(2));
}

TEST_F(Calls, NoIsNotRetried) {
  hub_.FailNext({{grpc::StatusCode::PERMISSION_DENIED, "NOT_AVAILABLE"}});
  EXPECT_FALSE(ConsentClient(Open(hub_.ProfileFor("bromley"))).RecordConsent({}).ok());
  EXPECT_THAT(hub_.calls(), SizeIs(1));
}

TEST_F(Calls, QuotaWithoutAWaitIsNotRetried) {
  hub_.FailNext({{grpc::StatusCode::RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED"}});
  EXPECT_FALSE(ConsentClient(Open(hub_.ProfileFor("bromley"))).RecordConsent({}).ok());
  EXPECT_THAT(hub_.calls(), SizeIs(1));
}

class NeverTwice final : public IdempotencyPolicy {
 public:
  Idempotency Of(absl::string_view method) const override {
    if (method == "ehc.hub.v1.ConsentService.RecordConsent") return Idempotency::kNonIdempotent;
    return IdempotencyPolicy::Of(method);
  }
};

TEST_F(Calls, PolicyMayOverruleOneMethod) {
  Options options;
  options.idempotency = std::make_shared<NeverTwice>();
  const Hub hub = Open(hub_.ProfileFor("bromley"), options);
  hub_.FailNext({kOverloaded, kOverloaded});
  EXPECT_FALSE(ConsentClient(hub).RecordConsent({}).ok());
  EXPECT_THAT(hub_.calls(), SizeIs(1));
  EXPECT_TRUE(RecordExchangeClient(hub).PublishPlan({}).ok());
}

TEST(IdempotencyPolicy, FollowsTheContract) {
  const IdempotencyPolicy policy;
  EXPECT_EQ(policy.Of("ehc.hub.v1.RecordExchangeService.PublishPlan"), Idempotency::kIdempotent);
  EXPECT_EQ(policy.Of("ehc.hub.v1.AuditService.GetCheckpoint"), Idempotency::kIdempotent);
  EXPECT_EQ(policy.Of("ehc.hub.v1.AuditService.NoSuchMethod"), Idempotency::kNonIdempotent);
}

TEST_F(Calls, DeadlineReachesTheHub) {
  Options options;
  options.deadline = absl::Seconds(4);
  ASSERT_TRUE(ConsentClient(Open(hub_.ProfileFor("bromley"), options)).RecordConsent({}).ok());
  EXPECT_LE(hub_.calls().front().deadline_in, absl::Seconds(4));
  EXPECT_GE(hub_.calls().front().deadline_in, absl::Seconds(1));
}

TEST(RetryLoop, EndsAtTheDeadlineRatherThanWaitPastIt) {
  Options options;
  absl::Time now = absl::FromUnixSeconds(1000);
  options.deadline = absl::Seconds(3);
  options.max_attempts = 100;
  options.now = [&now] { return now; };
  options.sleep = [&now](absl::Duration wait) { now += wait; };
  int attempts = 0;
  const absl::Status status = internal::RetryLoop(
      options, Idempotency::kIdempotent,
      [&](absl::Duration left) {
        EXPECT_GT(left, absl::ZeroDuration());
        ++attempts;
        return absl::UnavailableError("down");
      },
      [] { return absl::OkStatus(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_LE(now, absl::FromUnixSeconds(1003));
  EXPECT_GT(attempts, 3);
}

TEST_F(Calls, AssertionIsSentAndKeptForItsLife) {
  absl::Time now = absl::Now();
  Options options;
  options.now = [&now] { return now; };
  const ConsentClient client(Open(hub_.ProfileFor("bromley"), options));
  ASSERT_TRUE(client.RecordConsent({}).ok());
  now += absl::Minutes(8);
  ASSERT_TRUE(client.RecordConsent({}).ok());
  now += absl::Minutes(2);
  ASSERT_TRUE(client.RecordConsent({}).ok());
  const auto calls = hub_.calls();
  EXPECT_THAT(calls[0].assertion, Not(IsEmpty()));
  EXPECT_EQ(calls[0].assertion, calls[1].assertion);
  EXPECT_NE(calls[1].assertion, calls[2].assertion);
}

TEST_F(Calls, RefusedAssertionIsNotSentAgain) {
  const ConsentClient client(Open(hub_.ProfileFor("bromley")));
  hub_.FailNext({{grpc::StatusCode::UNAUTHENTICATED, "ASSERTION_INVALID"}});
  EXPECT_FALSE(client.RecordConsent({}).ok());
  EXPECT_TRUE(client.RecordConsent({}).ok());
  EXPECT_NE(hub_.calls()[0].assertion, hub_.calls()[1].assertion);
}

TEST_F(Calls, UnattendedSystemSendsNoAssertion) {
  Profile profile = hub_.ProfileFor("bromley");
  profile.acting_person.reset();
  ASSERT_TRUE(ConsentClient(Open(profile)).RecordConsent({}).ok());
  EXPECT_THAT(hub_.calls().front().assertion, IsEmpty());
}

TEST_F(Calls, ErrorArrivesWhole) {
  ehc::ScriptedFailure failure{grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID", "see\nfields"};
  failure.decision_id = "d1";
  failure.violated_field = "person.date_of_birth";
  hub_.FailNext({failure});
  const auto response = ConsentClient(Open(hub_.ProfileFor("bromley"))).RecordConsent({});
  const HubError error = HubError::FromStatus(response.status());
  EXPECT_EQ(error.code, absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error.reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(error.decision_id, "d1");
  ASSERT_THAT(error.violations, SizeIs(1));
  EXPECT_EQ(error.violations[0].field, "person.date_of_birth");
  EXPECT_EQ(error.OneLine(),
            "INVALID_ARGUMENT reason=FIELD_INVALID decision=d1 see fields; person.date_of_birth: "
            "is not a day that exists");
}

TEST_F(Calls, ReasonOfANewerHubKeepsItsName) {
  hub_.FailNext({{grpc::StatusCode::FAILED_PRECONDITION, "NOT_INVENTED_YET"}});
  const auto response = ConsentClient(Open(hub_.ProfileFor("bromley"))).RecordConsent({});
  const HubError error = HubError::FromStatus(response.status());
  EXPECT_EQ(error.reason, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(error.reason_name, "NOT_INVENTED_YET");
}

TEST_F(Calls, ProfilesInOneProcessKeepTheirConnectionsApart) {
  Profile stranger = hub_.ProfileFor("bromley");
  const ehc::TestPki elsewhere;
  stranger.certificate_path = hub_.ProfileWith(elsewhere.MintAgency("bromley")).certificate_path;
  stranger.key_path =
      stranger.certificate_path.substr(0, stranger.certificate_path.size() - 4) + ".key";
  ASSERT_TRUE(ConsentClient(Open(hub_.ProfileFor("bromley"))).RecordConsent({}).ok());
  EXPECT_FALSE(ConsentClient(Open(stranger)).RecordConsent({}).ok());
}

TEST(ConsentClient, WorksOnAMock) {
  auto mock = std::make_shared<MockConsentConnection>();
  v1::GetConsentResponse canned;
  canned.mutable_consent()->set_name("subjects/s/consents/c");
  EXPECT_CALL(*mock, GetConsent).WillOnce(Return(canned));
  EXPECT_EQ(ConsentClient(mock).GetConsent({})->consent().name(), "subjects/s/consents/c");
}

TEST(ForEachPage, FollowsTokensAndStopsAtTheLast) {
  MockConsentConnection mock;
  v1::ListConsentsResponse first;
  first.set_next_page_token("t2");
  EXPECT_CALL(mock, ListConsents).WillOnce(Return(first)).WillOnce([](const auto& request) {
    EXPECT_EQ(request.page_token(), "t2");
    return v1::ListConsentsResponse();
  });
  int pages = 0;
  const absl::Status status = ForEachPage(
      v1::ListConsentsRequest(), [&](const auto& request) { return mock.ListConsents(request); },
      [&](const v1::ListConsentsResponse&) {
        ++pages;
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(pages, 2);
}

}  // namespace
}  // namespace ehchub
