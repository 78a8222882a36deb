// What one call may expect, whatever the service behind the door does.
#include <atomic>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/end2end/transport_hub.h"

namespace ehc {
namespace {

using hub::v1::GetCheckpointRequest;
using ::testing::HasSubstr;
using ::testing::Not;

template <typename Detail>
std::optional<Detail> DetailOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  Detail detail;
  for (const auto& any : details.details()) {
    if (any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

std::string MaskedDetails(const grpc::Status& status) {
  std::string bytes = status.error_details();
  const auto mask = [&bytes](const std::string& id) {
    const size_t at = bytes.find(id);
    if (at != std::string::npos) bytes.replace(at, id.size(), id.size(), '#');
  };
  mask(DetailOf<google::rpc::ErrorInfo>(status)->metadata().at("decision_id"));
  mask(DetailOf<google::rpc::RequestInfo>(status)->request_id());
  return bytes;
}

grpc::Status CallInclusionProof(const std::shared_ptr<grpc::Channel>& channel,
                                const std::string& leaf_hash,
                                grpc_compression_algorithm compression = GRPC_COMPRESS_NONE) {
  grpc::ClientContext context;
  context.set_compression_algorithm(compression);
  hub::v1::GetInclusionProofRequest request;
  request.set_leaf_hash(leaf_hash);
  request.set_tree_size(1);
  hub::v1::GetInclusionProofResponse response;
  return hub::v1::AuditService::NewStub(channel)->GetInclusionProof(&context, request, &response);
}

grpc::Status CallWithAssertions(const std::shared_ptr<grpc::Channel>& channel,
                                const std::vector<std::string>& assertions) {
  grpc::ClientContext context;
  for (const std::string& assertion : assertions) context.AddMetadata("ehc-assertion", assertion);
  hub::v1::GetCheckpointResponse response;
  return hub::v1::AuditService::NewStub(channel)->GetCheckpoint(&context, {}, &response);
}

class CallTest : public ::testing::Test {
 protected:
  explicit CallTest(const ServerOptions& options = TestHub::Options()) : hub_(options) {}

  CallResult Call() { return CallCheckpoint(channel_); }
  void Answer(std::function<void(Incoming, const GetCheckpointRequest&, CheckpointReply)> how) {
    hub_.desk().checkpoint = std::move(how);
  }
  void ExpectFault() {
    const CallResult result = Call();
    EXPECT_EQ(result.status.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_EQ(ReasonOf(result.status), "INTERNAL_FAULT");
  }
  std::string Assertion() const {
    ehchub::AssertedPerson person;
    person.agency = "bromley";
    person.user = "u-1042";
    person.role = "SEND_CASEWORKER";
    person.unit = "send";
    ehchub::AssertionTerms terms;
    terms.audience = kAudience;
    terms.certificate_pem = hub_.bromley().pem();
    terms.now = absl::Now();
    return hub_.bromley().signer().Mint(person, terms).value();
  }

  TestHub hub_;
  std::shared_ptr<grpc::Channel> channel_ = hub_.BromleysChannel();
};

TEST_F(CallTest, RepliesFromAnotherThreadArrive) {
  std::thread later;
  Answer([&](Incoming in, const GetCheckpointRequest&, CheckpointReply reply) {
    later = std::thread([id = in.call_id, reply = std::move(reply)]() mutable {
      absl::SleepFor(absl::Milliseconds(20));
      reply(Noted(id, "later"));
    });
  });
  EXPECT_EQ(Call().note, "later");
  later.join();
}

TEST_F(CallTest, AnswerOfAnotherCallIsNotSent) {
  Answer([](Incoming in, const GetCheckpointRequest&, CheckpointReply reply) {
    reply(Noted(in.call_id + 1, "somebody else's"));
  });
  ExpectFault();
  EXPECT_EQ(Call().note, "");
  EXPECT_EQ(hub_.Metric("ehc_answers_misdirected_total"), 2);
}

TEST_F(CallTest, SecondReplyIsIgnored) {
  Answer([](Incoming in, const GetCheckpointRequest&, CheckpointReply reply) {
    reply(Noted(in.call_id, "first"));
    reply(Noted(in.call_id, "second"));
  });
  EXPECT_EQ(Call().note, "first");
}

TEST_F(CallTest, DroppedReplyIsAFaultNotSilence) {
  Answer([](Incoming, const GetCheckpointRequest&, CheckpointReply) {});
  ExpectFault();
}

TEST_F(CallTest, ExceptionIsAFaultWithoutItsText) {
  Answer([](Incoming, const GetCheckpointRequest&, CheckpointReply) {
    throw std::runtime_error("9434765870");
  });
  ExpectFault();
  const CallResult result = Call();
  EXPECT_THAT(result.status.error_message() + result.status.error_details(),
              Not(HasSubstr("9434765870")));
}

TEST_F(CallTest, FaultNamesARequestThatTheLogNamesToo) {
  Answer([](Incoming, const GetCheckpointRequest&, CheckpointReply) {});
  ::testing::internal::CaptureStderr();
  const CallResult result = Call();
  const std::string log = ::testing::internal::GetCapturedStderr();
  const auto info = DetailOf<google::rpc::RequestInfo>(result.status);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->request_id().size(), 26u);
  EXPECT_THAT(log, HasSubstr(info->request_id()));
}

TEST_F(CallTest, DenialsAreByteIdenticalOnceIdsAreMasked) {
  const Refusal refusal{absl::StatusCode::kPermissionDenied, "NOT_AVAILABLE",
                        "nothing is available to you for this request", ""};
  const char* decision = "AAAAAAAAAAAAAAAAAAAAAAAAAA";
  Answer([&](Incoming in, const GetCheckpointRequest&, CheckpointReply reply) {
    reply(Outbox<Forge>::Denial<hub::v1::GetCheckpointResponse>(in.call_id, refusal, decision));
  });
  const CallResult first = Call();
  decision = "BBBBBBBBBBBBBBBBBBBBBBBBBB";
  const CallResult second = Call();
  EXPECT_EQ(first.status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(first.status.error_message(), second.status.error_message());
  EXPECT_NE(first.status.error_details(), second.status.error_details());
  EXPECT_EQ(MaskedDetails(first.status), MaskedDetails(second.status));
  const auto info = DetailOf<google::rpc::ErrorInfo>(first.status);
  EXPECT_EQ(info->domain(), "hub.ehc");
  EXPECT_EQ(info->metadata().at("policy_revision"), "revision-7");
}

TEST_F(CallTest, InvalidFieldIsNamedButNeverQuoted) {
  const grpc::Status status = CallInclusionProof(channel_, "9434765870");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "FIELD_INVALID");
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  ASSERT_TRUE(bad.has_value());
  EXPECT_EQ(bad->field_violations(0).field(), "leaf_hash");
  EXPECT_THAT(status.error_message() + status.error_details(), Not(HasSubstr("9434765870")));
  EXPECT_LE(status.error_details().size(), 4096u);
}

TEST_F(CallTest, OversizeMessageIsRefusedAndTheConnectionLives) {
  const grpc::Status status = CallInclusionProof(channel_, std::string(2 << 20, 'x'));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_EQ(Call().note, "bromley");
}

TEST_F(CallTest, CompressedMessageIsRefused) {
  const grpc::Status status =
      CallInclusionProof(channel_, std::string(1 << 10, 'x'), GRPC_COMPRESS_GZIP);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << status.error_message();
  EXPECT_EQ(Call().note, "bromley");
}

TEST_F(CallTest, MethodWithoutServiceIsUnimplemented) {
  grpc::ClientContext context;
  hub::v1::ListAuditEntriesResponse response;
  const grpc::Status status =
      hub::v1::AuditService::NewStub(channel_)->ListAuditEntries(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(CallTest, ActingPersonComesFromTheAssertion) {
  std::atomic<bool> is_caseworker{false};
  Answer([&](Incoming in, const GetCheckpointRequest&, CheckpointReply reply) {
    is_caseworker = in.caller.person().has_value() && in.caller.person()->user == "u-1042";
    reply(Noted(in.call_id, ""));
  });
  EXPECT_TRUE(CallWithAssertions(channel_, {Assertion()}).ok());
  EXPECT_TRUE(is_caseworker);
  EXPECT_TRUE(CallWithAssertions(channel_, {}).ok());
  EXPECT_FALSE(is_caseworker);
}

TEST_F(CallTest, BadAndSeveralAssertionsAreRefused) {
  const std::string good = Assertion();
  for (const auto& assertions :
       {std::vector<std::string>{"nonsense"}, {good, good}, {good + "x"}}) {
    const grpc::Status status = CallWithAssertions(channel_, assertions);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
    EXPECT_EQ(ReasonOf(status), "ASSERTION_INVALID");
  }
}

TEST_F(CallTest, RevocationHoldsOnAnEstablishedConnection) {
  EXPECT_EQ(Call().note, "bromley");
  hub_.Revoke(hub_.bromley().pem());
  const CallResult result = Call();
  EXPECT_EQ(result.status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(result.status), "CREDENTIAL_REVOKED");
}

TEST_F(CallTest, RevokedPeersCallsInFlightAreCutWithin200Milliseconds) {
  std::latch entered(1);
  CheckpointReply kept;
  Answer([&](Incoming in, const GetCheckpointRequest&, CheckpointReply reply) {
    if (in.caller.agency().value() != "bromley") return reply(Noted(in.call_id, "stays"));
    kept = std::move(reply);
    entered.count_down();
  });
  const auto trust = hub_.ChannelOf(hub_.trust().certificate);
  EXPECT_EQ(CallCheckpoint(trust).note, "stays");
  absl::Time ended;
  std::thread caller([&] {
    EXPECT_EQ(Call().status.error_code(), grpc::StatusCode::UNAVAILABLE);
    ended = absl::Now();
  });
  entered.wait();
  hub_.Revoke(hub_.bromley().pem());
  const absl::Time revoked = absl::Now();
  EXPECT_EQ(hub_.server().CutDishonoured(), 1u);
  caller.join();
  EXPECT_LT(ended - revoked, absl::Milliseconds(200));
  EXPECT_EQ(trust->GetState(false), GRPC_CHANNEL_READY);
  EXPECT_EQ(CallCheckpoint(trust).note, "stays");
  EXPECT_TRUE(TestHub::Eventually([&] { return hub_.server().connections() == 1; }));
}

TEST_F(CallTest, AgenciesAndCredentialsAreCutByName) {
  EXPECT_EQ(Call().note, "bromley");
  EXPECT_EQ(hub_.server().CutAgency(AgencyId("kings-park-nhs-trust")), 0u);
  EXPECT_EQ(hub_.server().CutAgency(AgencyId("bromley")), 1u);
  EXPECT_TRUE(TestHub::Eventually([&] { return hub_.server().connections() == 0; }));
  const auto channel = hub_.BromleysChannel();
  EXPECT_EQ(CallCheckpoint(channel).note, "bromley");
  EXPECT_EQ(hub_.server().CutCredential("0000"), 0u);
  EXPECT_EQ(hub_.server().CutCredential(ReadCertificate(hub_.bromley().pem())->fingerprint), 1u);
}

TEST(Ipv6Test, ConnectionsAreKnownByTheirPeersNameToo) {
  ServerOptions options = TestHub::Options();
  options.address = "::1";
  TestHub hub(options);
  EXPECT_EQ(CallCheckpoint(hub.BromleysChannel()).note, "bromley");
  const auto channel = hub.BromleysChannel();
  EXPECT_EQ(CallCheckpoint(channel).note, "bromley");
  EXPECT_GE(hub.server().CutAgency(AgencyId("bromley")), 1u);
}

TEST_F(CallTest, MetricsCountCallsByCodeAndNameNobody) {
  EXPECT_TRUE(Call().status.ok());
  CallInclusionProof(channel_, "short");
  const std::string text = hub_.server().MetricsText();
  const std::string labels = "{service=\"ehc.hub.v1.AuditService\",method=\"GetCheckpoint\",";
  EXPECT_THAT(text, HasSubstr("ehc_calls_total" + labels + "code=\"0\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("method=\"GetInclusionProof\",code=\"3\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("ehc_call_queued_seconds_bucket" + labels + "le=\"+Inf\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("bromley")));
  EXPECT_THAT(text, Not(HasSubstr("127.0.0.1")));
}

// One worker and one place in the queue, so that three calls are one too many.
class OverloadTest : public CallTest {
 protected:
  OverloadTest() : CallTest(Narrow()) {
    Answer([this](Incoming in, const GetCheckpointRequest&, CheckpointReply reply) {
      ++entered_;
      released_.wait();
      reply(Noted(in.call_id, "done"));
    });
  }
  static ServerOptions Narrow() {
    ServerOptions options = TestHub::Options();
    options.executor_threads = 1;
    options.executor_queue = 1;
    return options;
  }

  std::atomic<int> entered_{0};
  std::latch released_{1};
};

TEST_F(OverloadTest, CallThatFindsTheQueueFullIsShed) {
  std::thread running([&] { EXPECT_EQ(Call().note, "done"); });
  ASSERT_TRUE(TestHub::Eventually([&] { return entered_ == 1; }));
  std::atomic<int> shed{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      const CallResult result = Call();
      if (result.status.ok()) return;
      EXPECT_EQ(result.status.error_code(), grpc::StatusCode::UNAVAILABLE);
      EXPECT_EQ(ReasonOf(result.status), "OVERLOADED");
      EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(result.status).has_value());
      ++shed;
    });
  }
  EXPECT_TRUE(TestHub::Eventually([&] { return shed == 3; }));
  released_.count_down();
  for (std::thread& caller : callers) caller.join();
  running.join();
  EXPECT_EQ(entered_, 2);
  EXPECT_EQ(hub_.Metric("ehc_calls_shed_total"), 3);
}

// What a caller is told of a quota that is used up from the first call on.
class TurnedAwayTest : public CallTest {
 protected:
  explicit TurnedAwayTest(absl::Duration wait = absl::Milliseconds(400)) : CallTest(Spent(wait)) {}

  static ServerOptions Spent(absl::Duration wait) {
    ServerOptions options = TestHub::Options();
    options.pace.turned_away = wait;
    options.quotas.limits = [](absl::string_view, absl::string_view) {
      QuotaLimits limits;
      limits.calls = {.per_second = 0.001, .burst = 1};
      return limits;
    };
    options.quotas.is_safeguarding = [](absl::string_view) { return false; };
    return options;
  }
  void SpendTheQuota() { ASSERT_TRUE(Call().status.ok()); }
  bool AreOverQuota(int calls) { return hub_.Metric("ehc_calls_over_quota_total") == calls; }
  void ExpectQuotaExceeded(const CallResult& result) {
    EXPECT_EQ(ReasonOf(result.status), "QUOTA_EXCEEDED");
    EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(result.status).has_value());
  }
  // Begins so many calls on the one connection, and returns when the hub has all of them.
  void Begin(int calls, absl::Duration deadline = absl::Seconds(60)) {
    for (int i = 0; i < calls; ++i) {
      callers_.emplace_back([this, deadline] {
        ExpectQuotaExceeded(CallCheckpoint(channel_, deadline));
        ++told_;
      });
    }
    ASSERT_TRUE(TestHub::Eventually([&] { return AreOverQuota(calls); }));
  }
  void End() {
    for (std::thread& caller : callers_) caller.join();
    callers_.clear();
  }

  std::atomic<int> told_{0};
  std::vector<std::thread> callers_;
};

TEST_F(TurnedAwayTest, CallerIsToldNoSoonerThanItMayComeAgain) {
  SpendTheQuota();
  const absl::Time before = absl::Now();
  ExpectQuotaExceeded(Call());
  EXPECT_GE(absl::Now() - before, absl::Milliseconds(400));
}

class TurnedAwayForLongTest : public TurnedAwayTest {
 protected:
  TurnedAwayForLongTest() : TurnedAwayTest(absl::Minutes(5)) {}
};

TEST_F(TurnedAwayForLongTest, CallerIsToldWithinItsDeadlineAllTheSame) {
  SpendTheQuota();
  ExpectQuotaExceeded(CallCheckpoint(channel_, absl::Seconds(4)));
}

class TurnedAwayForSecondsTest : public TurnedAwayTest {
 protected:
  TurnedAwayForSecondsTest() : TurnedAwayTest(absl::Seconds(5)) {}
};

// 64 streams on a connection: from the 49th on whoever is turned away waits for a moment only. The
// call that spent the quota may still count when the last of the 48 comes.
TEST_F(TurnedAwayForSecondsTest, AQuarterOfTheConnectionIsLeftToOthers) {
  SpendTheQuota();
  Begin(48);
  for (int i = 0; i < 3; ++i) ExpectQuotaExceeded(CallCheckpoint(channel_, absl::Seconds(60)));
  EXPECT_LE(told_, 1) << "the others wait still";
  End();
}

TEST_F(TurnedAwayForLongTest, CallThatItsCallerGivesUpIsGone) {
  SpendTheQuota();
  grpc::ClientContext context;
  std::thread caller([&] {
    hub::v1::GetCheckpointResponse response;
    EXPECT_EQ(hub::v1::AuditService::NewStub(channel_)
                  ->GetCheckpoint(&context, {}, &response)
                  .error_code(),
              grpc::StatusCode::CANCELLED);
  });
  ASSERT_TRUE(TestHub::Eventually([&] { return AreOverQuota(1); }));
  context.TryCancel();
  caller.join();
  EXPECT_TRUE(TestHub::Eventually([&] {
    return absl::StrContains(hub_.server().MetricsText(),
                             "method=\"GetCheckpoint\",code=\"1\"} 1\n");
  }));
}

TEST_F(OverloadTest, CallWhoseDeadlinePassedInTheQueueNeverReachesTheService) {
  std::thread running([&] { Call(); });
  ASSERT_TRUE(TestHub::Eventually([&] { return entered_ == 1; }));
  EXPECT_EQ(CallCheckpoint(channel_, absl::Milliseconds(50)).status.error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  // The server counts from when it read the call, a little later than the caller.
  absl::SleepFor(absl::Milliseconds(500));
  released_.count_down();
  running.join();
  // The dead call holds the one place in the queue until the worker has dropped it; a call that
  // comes before that is shed, and does not enter either.
  EXPECT_TRUE(TestHub::Eventually([&] { return Call().note == "done"; }));
  EXPECT_EQ(entered_, 2);
}

}  // namespace
}  // namespace ehc
