// Health, and how the hub ends.
#include <latch>
#include <string>
#include <thread>

#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "tests/end2end/transport_hub.h"

namespace ehc {
namespace {

using hub::v1::GetCheckpointRequest;

// HealthCheckResponse.status: 1 is SERVING, 2 is NOT_SERVING; -1 when the call failed.
int HealthOf(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::Slice empty;
  const grpc::ByteBuffer nothing(&empty, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto call =
      stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", nothing, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  grpc::Slice slice;
  EXPECT_TRUE(status.ok() || status.error_code() == grpc::StatusCode::UNAVAILABLE)
      << status.error_message();
  if (!status.ok() || !response.DumpToSingleSlice(&slice).ok()) return -1;
  return slice.size() == 2 ? slice.begin()[1] : -1;
}

TEST(HealthTest, ServesOnlyWhenToldSo) {
  TestHub hub;
  const auto channel = hub.BromleysChannel();
  EXPECT_EQ(HealthOf(channel), 2);
  hub.server().SetServing(true);
  EXPECT_EQ(HealthOf(channel), 1);
  hub.server().SetServing(false);
  EXPECT_EQ(HealthOf(channel), 2);
}

TEST(HealthTest, StrangersAreNotTold) {
  TestHub hub;
  EXPECT_EQ(HealthOf(hub.ChannelOf(Pki().MintAgency("unenrolled"))), -1);
}

TEST(DrainTest, CallsInFlightFinishAndLaterOnesAreTurnedAway) {
  TestHub hub;
  std::latch entered(1);
  std::latch released(1);
  hub.desk().checkpoint = [&](Incoming in, const GetCheckpointRequest&, CheckpointReply reply) {
    entered.count_down();
    released.wait();
    reply(Noted(in.call_id, "finished"));
  };
  const auto channel = hub.BromleysChannel();
  std::thread caller([&] { EXPECT_EQ(CallCheckpoint(channel).note, "finished"); });
  entered.wait();
  std::thread drain([&] { hub.server().Drain(absl::Seconds(20)); });
  EXPECT_TRUE(TestHub::Eventually([&] {
    const CallResult later = CallCheckpoint(hub.BromleysChannel(), absl::Milliseconds(500));
    return later.status.error_code() == grpc::StatusCode::UNAVAILABLE;
  }));
  released.count_down();
  caller.join();
  drain.join();
}

TEST(DrainTest, CallThatIsNeverAnsweredDoesNotHoldTheDrain) {
  TestHub hub;
  std::latch entered(1);
  CheckpointReply kept;
  uint64_t call_id = 0;
  hub.desk().checkpoint = [&](Incoming in, const GetCheckpointRequest&, CheckpointReply reply) {
    call_id = in.call_id;
    kept = std::move(reply);
    entered.count_down();
  };
  const auto channel = hub.BromleysChannel();
  std::thread caller([&] { EXPECT_FALSE(CallCheckpoint(channel).status.ok()); });
  entered.wait();
  const absl::Time began = absl::Now();
  hub.server().Drain(absl::Milliseconds(300));
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
  caller.join();
  kept(Noted(call_id, "too late"));  // harmless
}

TEST(DrainTest, SecondDrainAndDestructionAreHarmless) {
  TestHub hub;
  hub.server().Drain(absl::ZeroDuration());
  hub.server().Drain(absl::Seconds(1));
  EXPECT_FALSE(CallCheckpoint(hub.BromleysChannel(), absl::Milliseconds(300)).status.ok());
}

TEST(DrainTest, HubsComeAndGoWithoutLeavingDescriptors) {
  size_t before = 0;
  for (int i = 0; i < 5; ++i) {
    {
      TestHub hub;
      EXPECT_EQ(CallCheckpoint(hub.BromleysChannel()).note, "bromley");
    }
    if (i == 1) before = OpenDescriptors();
  }
  EXPECT_TRUE(TestHub::Eventually([&] { return OpenDescriptors() <= before + 1; }))
      << OpenDescriptors() << " instead of " << before;
}

TEST(ReflectionTest, IsThereInDevelopmentAlone) {
  const auto has_reflection = [](TestHub& hub) {
    grpc::GenericStub stub(hub.BromleysChannel());
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    grpc::CompletionQueue queue;
    grpc::Status status;
    const auto call = stub.PrepareCall(
        &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
    void* tag = nullptr;
    bool ok = false;
    call->StartCall(nullptr);
    queue.Next(&tag, &ok);
    call->WritesDone(nullptr);
    queue.Next(&tag, &ok);
    call->Finish(&status, nullptr);
    queue.Next(&tag, &ok);
    return status.error_code() != grpc::StatusCode::UNIMPLEMENTED;
  };
  {
    TestHub hub;
    EXPECT_FALSE(has_reflection(hub));
  }
  ServerOptions options = TestHub::Options();
  options.development = true;
  TestHub hub(options);
  EXPECT_TRUE(has_reflection(hub));
}

}  // namespace
}  // namespace ehc
