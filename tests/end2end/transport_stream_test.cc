// Streams through the real front door: one message at a time, and every way in which one ends.
#include <atomic>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "ehc/hub/v1/record_exchange_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "server/transport/unary_service.h"
#include "tests/end2end/transport_hub.h"

namespace ehc {
namespace {

using Request = hub::v1::StreamPlanSectionsRequest;
using Response = hub::v1::StreamPlanSectionsResponse;
using Stub = hub::v1::RecordExchangeService::Stub;
using NextStep = std::function<void(int, uint64_t, StreamReply<Response>)>;

std::atomic<int> live_streams{0};

// A stream whose n-th step (from 0) is what the test says.
class ScriptedStream final : public AnswerStream<Response> {
 public:
  ScriptedStream(uint64_t call_id, NextStep next) : call_id_(call_id), next_(std::move(next)) {
    ++live_streams;
  }
  ~ScriptedStream() override { --live_streams; }
  void Next(StreamReply<Response> reply) override {
    const int step = steps_++;
    next_(step, call_id_, std::move(reply));
  }

 private:
  const uint64_t call_id_;
  const NextStep next_;
  int steps_ = 0;
};

struct StreamDesk {
  NextStep next;
  std::unique_ptr<AnswerStream<Response>> StreamPlanSections(Incoming in, const Request&) const {
    return std::make_unique<ScriptedStream>(in.call_id, next);
  }
};

class StreamRpc final : public UnaryService<hub::v1::RecordExchangeService, StreamDesk> {
 public:
  using Desk = StreamDesk;
  using UnaryService::UnaryService;
  EHC_STREAM(StreamPlanSections);
};

Answer<Response> Text(uint64_t call_id, const std::string& text) {
  Response response;
  response.mutable_plan()->set_local_id(text);
  return Succeed(call_id, std::move(response));
}

Request ValidRequest() {
  Request request;
  request.set_subject("nhs:9000000009");
  request.mutable_context()->set_purpose("DIRECT_CARE");
  request.mutable_context()->set_lawful_basis("ART6_1_E");
  request.mutable_context()->set_agreement("agreements/any");
  return request;
}

class OpenStream {
 public:
  explicit OpenStream(std::shared_ptr<grpc::Channel> channel,
                      absl::Duration deadline = absl::Seconds(20),
                      const Request& request = ValidRequest())
      : stub_(hub::v1::RecordExchangeService::NewStub(channel)) {
    context_.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(deadline));
    reader_ = stub_->StreamPlanSections(&context_, request);
  }
  // Empty: there is none.
  std::string Next() {
    Response response;
    return reader_->Read(&response) ? response.plan().local_id() : "";
  }
  grpc::Status Finish() { return reader_->Finish(); }
  grpc::Status Drain() {
    while (!Next().empty()) {
    }
    return Finish();
  }
  void Cancel() { context_.TryCancel(); }

 private:
  const std::unique_ptr<Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<Response>> reader_;
};

class StreamTest : public ::testing::Test {
 protected:
  // Each test serves once, after it has said what its options are.
  TestHub& Serve(NextStep next) {
    desk_.next = std::move(next);
    hub_ =
        std::make_unique<TestHub>(options_, std::vector<ServiceMaker>{MakerOf<StreamRpc>(desk_)});
    return *hub_;
  }
  void TearDown() override {
    hub_.reset();
    EXPECT_EQ(live_streams, 0);
  }

  ServerOptions options_ = TestHub::Options();
  StreamDesk desk_;
  std::unique_ptr<TestHub> hub_;
};

void Idle(int step, uint64_t call_id, StreamReply<Response> reply) {
  if (step == 0) return reply(Text(call_id, "first"));
  reply(StreamIdle{});
}

TEST_F(StreamTest, MessagesComeInOrderUntilTheEnd) {
  TestHub& hub = Serve([](int step, uint64_t id, StreamReply<Response> reply) {
    if (step == 500) return reply(StreamEnd{});
    if (step % 3 == 1) return reply(StreamAgain{});
    reply(Text(id, absl::StrCat(step)));
  });
  OpenStream stream(hub.BromleysChannel());
  for (int step = 0; step < 500; ++step) {
    if (step % 3 != 1) {
      ASSERT_EQ(stream.Next(), absl::StrCat(step));
    }
  }
  EXPECT_EQ(stream.Next(), "");
  EXPECT_TRUE(stream.Finish().ok());
}

TEST_F(StreamTest, NextMessageIsNotAskedForBeforeTheLastWasWritten) {
  std::atomic<int> asked{0};
  TestHub& hub = Serve([&](int, uint64_t id, StreamReply<Response> reply) {
    ++asked;
    reply(Text(id, std::string(1 << 20, 'x')));
  });
  OpenStream stream(hub.BromleysChannel());
  ASSERT_TRUE(TestHub::Eventually([&] { return asked > 0; }));
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_LT(asked, 20) << "nobody reads: what gRPC buffers bounds what is produced";
  stream.Cancel();
}

TEST_F(StreamTest, ReplyFromAnotherThreadIsWritten) {
  std::vector<std::thread> threads;
  TestHub& hub = Serve([&](int step, uint64_t id, StreamReply<Response> reply) {
    threads.emplace_back([step, id, reply = std::move(reply)]() mutable {
      absl::SleepFor(absl::Milliseconds(20));
      if (step == 3) return reply(StreamEnd{});
      reply(Text(id, "x"));
    });
  });
  OpenStream stream(hub.BromleysChannel());
  EXPECT_TRUE(stream.Drain().ok());
  hub_.reset();
  for (std::thread& thread : threads) thread.join();
}

TEST_F(StreamTest, RefusalEndsTheStreamWithItsReason) {
  TestHub& hub = Serve([](int step, uint64_t id, StreamReply<Response> reply) {
    if (step == 0) return reply(Text(id, "first"));
    reply(Answer<Response>::Refusing(
        id, {absl::StatusCode::kPermissionDenied, "NOT_AVAILABLE", "nothing", ""}));
  });
  OpenStream stream(hub.BromleysChannel());
  EXPECT_EQ(stream.Next(), "first");
  EXPECT_EQ(stream.Next(), "");
  EXPECT_EQ(ReasonOf(stream.Finish()), "NOT_AVAILABLE");
}

TEST_F(StreamTest, BadRequestAndRevokedCertificateMeetTheSameDoorAsAnyCall) {
  TestHub& hub = Serve(Idle);
  EXPECT_EQ(ReasonOf(OpenStream(hub.BromleysChannel(), absl::Seconds(20), Request()).Drain()),
            "FIELD_INVALID");
  const auto channel = hub.BromleysChannel();
  ASSERT_TRUE(CallCheckpoint(channel).status.ok());
  hub.Revoke(hub.bromley().pem());
  EXPECT_EQ(ReasonOf(OpenStream(channel).Drain()), "CREDENTIAL_REVOKED");
}

TEST_F(StreamTest, AnswerOfAnotherCallIsNotSent) {
  TestHub& hub = Serve([](int, uint64_t id, StreamReply<Response> reply) {
    reply(Text(id + 1, "somebody else's"));
  });
  OpenStream stream(hub.BromleysChannel());
  EXPECT_EQ(stream.Next(), "");
  EXPECT_EQ(ReasonOf(stream.Finish()), "INTERNAL_FAULT");
  EXPECT_EQ(hub.Metric("ehc_answers_misdirected_total"), 1);
}

TEST_F(StreamTest, ServiceThatThrowsOrDropsItsReplyEndsInAFault) {
  TestHub& hub = Serve([](int step, uint64_t id, StreamReply<Response> reply) {
    if (step == 0) return reply(Text(id, "first"));
    if (step == 1) throw std::runtime_error("no");
  });
  OpenStream stream(hub.BromleysChannel());
  EXPECT_EQ(stream.Next(), "first");
  EXPECT_EQ(ReasonOf(stream.Drain()), "INTERNAL_FAULT");
  hub_.reset();
  TestHub& other = Serve([](int, uint64_t, StreamReply<Response>) {});
  EXPECT_EQ(ReasonOf(OpenStream(other.BromleysChannel()).Drain()), "INTERNAL_FAULT");
}

TEST_F(StreamTest, SlowReaderIsCutAfterItsTime) {
  options_.streams.slow_reader = absl::Milliseconds(200);
  TestHub& hub = Serve([](int, uint64_t id, StreamReply<Response> reply) {
    reply(Text(id, std::string(1 << 20, 'x')));
  });
  OpenStream stream(hub.BromleysChannel());
  ASSERT_TRUE(TestHub::Eventually(
      [&] { return hub.Metric("ehc_streams_cut_for_slow_reading_total") == 1; }));
  ASSERT_TRUE(TestHub::Eventually([] { return live_streams == 0; }));
  EXPECT_EQ(stream.Drain().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(hub.Metric("ehc_streams_cut_for_slow_reading_total"), 1);
}

TEST_F(StreamTest, NewsWakesAnIdleStreamAndOtherwiseItLooksAgainByItself) {
  std::atomic<uint64_t> changes{0};
  options_.changes = [&] { return changes.load(); };
  options_.streams.poll = absl::Hours(1);
  TestHub& hub = Serve([&](int step, uint64_t id, StreamReply<Response> reply) {
    if (step == 0) return reply(Text(id, "first"));
    if (changes == 0) return reply(StreamIdle{});
    reply(step < 100 ? StreamStep<Response>(Text(id, "news")) : StreamStep<Response>(StreamEnd{}));
  });
  OpenStream stream(hub.BromleysChannel());
  EXPECT_EQ(stream.Next(), "first");
  absl::SleepFor(absl::Milliseconds(100));
  const absl::Time before = absl::Now();
  changes = 1;
  EXPECT_EQ(stream.Next(), "news");
  std::cout << "woken after " << absl::Now() - before << "\n";
  EXPECT_LT(absl::Now() - before, absl::Seconds(5));
  stream.Cancel();
  hub_.reset();

  options_.changes = nullptr;
  options_.streams.poll = absl::Milliseconds(50);
  TestHub& polling = Serve([](int step, uint64_t id, StreamReply<Response> reply) {
    if (step < 3) return reply(StreamIdle{});
    reply(Text(id, "found"));
  });
  OpenStream looking(polling.BromleysChannel());
  EXPECT_EQ(looking.Next(), "found");
  looking.Cancel();
}

TEST_F(StreamTest, CancelledStreamIsLetGoAndSoIsOneWhoseDeadlinePassed) {
  TestHub& hub = Serve(Idle);
  {
    OpenStream stream(hub.BromleysChannel());
    EXPECT_EQ(stream.Next(), "first");
    EXPECT_EQ(live_streams, 1);
    stream.Cancel();
    EXPECT_EQ(stream.Drain().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_TRUE(TestHub::Eventually([] { return live_streams == 0; }));
  OpenStream stream(hub.BromleysChannel(), absl::Milliseconds(300));
  EXPECT_EQ(stream.Next(), "first");
  EXPECT_EQ(stream.Drain().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(TestHub::Eventually([] { return live_streams == 0; }));
}

TEST_F(StreamTest, DrainEndsOpenStreamsAtOnceWithDraining) {
  TestHub& hub = Serve(Idle);
  OpenStream stream(hub.BromleysChannel());
  EXPECT_EQ(stream.Next(), "first");
  const absl::Time before = absl::Now();
  std::thread drain([&] { hub.server().Drain(absl::Seconds(20)); });
  EXPECT_EQ(ReasonOf(stream.Drain()), "DRAINING");
  drain.join();
  EXPECT_LT(absl::Now() - before, absl::Seconds(10));
}

TEST_F(StreamTest, CutCredentialEndsTheStreamAndAnUnnoticedRevocationTheNextLook) {
  options_.streams.poll = absl::Milliseconds(50);
  TestHub& hub = Serve(Idle);
  OpenStream stream(hub.BromleysChannel());
  EXPECT_EQ(stream.Next(), "first");
  const absl::Time before = absl::Now();
  EXPECT_GE(hub.server().CutAgency(AgencyId("bromley")), 1u);
  EXPECT_FALSE(stream.Drain().ok());
  std::cout << "cut after " << absl::Now() - before << "\n";
  EXPECT_LT(absl::Now() - before, absl::Seconds(5));

  OpenStream other(hub.BromleysChannel());
  EXPECT_EQ(other.Next(), "first");
  hub.Revoke(hub.bromley().pem());
  EXPECT_EQ(ReasonOf(other.Drain()), "CREDENTIAL_REVOKED");
}

TEST_F(StreamTest, CapsAreToldAndMadeRoomFor) {
  options_.streams.per_connection = 2;
  options_.streams.per_agency = 3;
  TestHub& hub = Serve(Idle);
  const auto channel = hub.BromleysChannel();
  auto first = std::make_unique<OpenStream>(channel);
  OpenStream second(channel);
  EXPECT_EQ(first->Next(), "first");
  EXPECT_EQ(second.Next(), "first");
  const grpc::Status refused = OpenStream(channel).Drain();
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(refused), "QUOTA_EXCEEDED");
  const auto another = hub.BromleysChannel();
  OpenStream third(another);
  EXPECT_EQ(third.Next(), "first");
  EXPECT_EQ(ReasonOf(OpenStream(another).Drain()), "QUOTA_EXCEEDED") << "of the agency";
  OpenStream others(hub.ChannelOf(hub.trust().certificate));
  EXPECT_EQ(others.Next(), "first") << "another agency has its own";
  first->Cancel();
  EXPECT_TRUE(TestHub::Eventually([&] {
    OpenStream again(channel);
    const bool is_open = again.Next() == "first";
    again.Cancel();
    return is_open;
  }));
  second.Cancel();
  third.Cancel();
  others.Cancel();
}

}  // namespace
}  // namespace ehc
