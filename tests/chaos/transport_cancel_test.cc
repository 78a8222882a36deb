// Callers that give up at any moment, services that answer early, late, twice or never: every call
// is finished once, nothing is used after it is gone (under ASan and TSan), and the hub drains.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/end2end/transport_hub.h"

namespace ehc {
namespace {

// Answers a little later, from threads of its own, as the store's writer does.
class LateAnswers {
 public:
  LateAnswers() {
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { Run(); });
  }
  ~LateAnswers() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void Take(uint64_t call_id, CheckpointReply reply) {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_.emplace_back(call_id, std::move(reply));
    changed_.notify_one();
  }

 private:
  void Run() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return done_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      auto [call_id, reply] = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      std::this_thread::yield();
      reply(Noted(call_id, "late"));
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<uint64_t, CheckpointReply>> waiting_;
  bool done_ = false;
  std::vector<std::thread> threads_;
};

// Makes ten calls at a time and gives up on some of them. gRPC 1.51's own callback client is not to
// be trusted with that (grpc#40213): these go through a completion queue.
class FickleCaller {
 public:
  FickleCaller(const TestHub& hub, unsigned seed)
      : stub_(hub::v1::AuditService::NewStub(hub.BromleysChannel())), random_(seed) {}

  // Returns how many calls came to an end.
  int Run(int rounds) {
    int ended = 0;
    for (int round = 0; round < rounds; ++round) {
      std::vector<std::unique_ptr<Call>> calls;
      for (int i = 0; i < 10; ++i) calls.push_back(Start());
      for (const auto& call : calls) {
        if (random_() % 3 == 0) Pause();
        if (random_() % 2 == 0) call->context.TryCancel();
      }
      for (size_t i = 0; i < calls.size(); ++i) ended += AwaitOne() ? 1 : 0;
    }
    return ended;
  }

 private:
  struct Call {
    grpc::ClientContext context;
    hub::v1::GetCheckpointResponse response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<hub::v1::GetCheckpointResponse>> reader;
  };

  void Pause() { std::this_thread::sleep_for(std::chrono::microseconds(random_() % 300)); }

  std::unique_ptr<Call> Start() {
    auto call = std::make_unique<Call>();
    const int micros = random_() % 4 == 0 ? static_cast<int>(random_() % 2000) : 30'000'000;
    call->context.set_deadline(std::chrono::system_clock::now() +
                               std::chrono::microseconds(micros));
    call->reader = stub_->AsyncGetCheckpoint(&call->context, {}, &queue_);
    call->reader->Finish(&call->response, &call->status, call.get());
    return call;
  }

  bool AwaitOne() {
    void* tag = nullptr;
    bool ok = false;
    if (!queue_.Next(&tag, &ok) || !ok) return false;
    EXPECT_NE(static_cast<Call*>(tag)->status.error_code(), grpc::StatusCode::UNKNOWN);
    return true;
  }

  const std::unique_ptr<hub::v1::AuditService::Stub> stub_;
  grpc::CompletionQueue queue_;
  std::minstd_rand random_;
};

void AnswerSomehow(Incoming in, CheckpointReply reply, LateAnswers& late) {
  switch (in.call_id % 8) {
    case 0: return;  // never
    case 1:
      reply(Noted(in.call_id, "first"));
      reply(Noted(in.call_id, "second"));
      return;
    case 2:
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      return reply(Noted(in.call_id, "slow"));
    case 3: return late.Take(in.call_id + 1, std::move(reply));  // somebody else's
    case 4:
    case 5: return late.Take(in.call_id, std::move(reply));
    default: return reply(Noted(in.call_id, "early"));
  }
}

TEST(CancelTest, EveryCallIsFinishedOnceWhateverHappens) {
  constexpr int kCallers = 4;
  constexpr int kRounds = 100;
  ServerOptions options = TestHub::Options();
  options.executor_queue = 16;
  std::atomic<int> ended{0};
  LateAnswers late;
  {
    TestHub hub(options);
    std::atomic<bool> behaves{false};
    hub.desk().checkpoint = [&](Incoming in, const hub::v1::GetCheckpointRequest&,
                                CheckpointReply reply) {
      if (behaves) return reply(Noted(in.call_id, "well"));
      AnswerSomehow(std::move(in), std::move(reply), late);
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kCallers; ++i) {
      threads.emplace_back([&, i] { ended += FickleCaller(hub, i).Run(kRounds); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(ended, kCallers * kRounds * 10);
    behaves = true;
    EXPECT_EQ(CallCheckpoint(hub.BromleysChannel()).note, "well");
    const absl::Time began = absl::Now();
    hub.server().Drain(absl::Seconds(5));
    EXPECT_LT(absl::Now() - began, absl::Seconds(10));
  }
}

TEST(CancelTest, DrainAmidCallsNeitherHangsNorCrashes) {
  for (unsigned round = 0; round < 5; ++round) {
    LateAnswers late;
    TestHub hub;
    hub.desk().checkpoint = [&](Incoming in, const hub::v1::GetCheckpointRequest&,
                                CheckpointReply reply) {
      AnswerSomehow(std::move(in), std::move(reply), late);
    };
    std::thread caller([&] { EXPECT_EQ(FickleCaller(hub, round).Run(30), 300); });
    absl::SleepFor(absl::Milliseconds(20));
    hub.server().Drain(absl::Milliseconds(100));
    caller.join();
  }
}

}  // namespace
}  // namespace ehc
