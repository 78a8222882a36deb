// ServerStream: one call of any server-streaming method, from gRPC's thread to its end. The same
// door as UnaryCall (unary.h): hop, authenticate, validate; then message by message:
//
//   a worker        Produce: asks the service for what comes next
//   any thread      Take: an answer is written, a refusal or the end finishes the call
//   gRPC's thread   OnWriteDone: only now the next one is asked for
//   Streams         Tick: news, a reader that is too slow, drain
//   a worker        Recheck: facts have moved; what a slow reader has not taken is taken back
//
// Invariants:
// 1. mutex_ guards what gRPC is told: no write follows Finish(), and Finish() is called once.
// 2. The object is owned by gRPC until OnDone and by every Owner: a task, or a reply under way. The
//    last one deletes it, and with it the service's stream.
// 3. A reply that dies without a step ends the call with INTERNAL_FAULT: none hangs.
// 4. What is not an Answer of this very call cannot be written (Outbox).
// 5. None of gRPC's reactions runs inside a call of ours into gRPC (they are not inlineable), so
//    holding mutex_ over such calls, and the mutex of Streams over a tick, is safe.
// 6. gRPC's context is touched in a tick only, hence before OnDone: see Leave().
#ifndef EHC_SERVER_TRANSPORT_SERVER_STREAMING_H_
#define EHC_SERVER_TRANSPORT_SERVER_STREAMING_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "grpcpp/grpcpp.h"
#include "server/identity/refusal.h"
#include "server/pipeline/stream.h"
#include "server/services/incoming.h"
#include "server/services/validate.h"
#include "server/transport/call_facts.h"
#include "server/transport/front.h"
#include "server/transport/outbox.h"
#include "server/transport/pace.h"
#include "server/transport/streams.h"
#include "server/transport/toll.h"

namespace ehc {

template <typename Req, typename Resp>
struct StreamMethod {
  const Front& front;
  MethodStats& stats;
  std::function<std::unique_ptr<AnswerStream<Resp>>(Incoming, const Req&)> open;
};

template <typename Req, typename Resp>
class ServerStream final : public grpc::ServerWriteReactor<Resp>, private LiveStream {
 public:
  // The reactor that gRPC wants. `method` must outlive the server.
  static grpc::ServerWriteReactor<Resp>* Start(const StreamMethod<Req, Resp>& method,
                                               grpc::CallbackServerContext* context,
                                               const Req* request) {
    auto* call = new ServerStream(method, *context, request);
    call->Begin();
    return call;
  }

 private:
  class Owner {
   public:
    explicit Owner(ServerStream* call) : call_(call) { call->owners_.fetch_add(1); }
    Owner(Owner&& other) noexcept : call_(std::exchange(other.call_, nullptr)) {}
    Owner& operator=(Owner&&) = delete;
    ~Owner() {
      if (call_ != nullptr) call_->Release();
    }
    ServerStream* operator->() const { return call_; }
    bool holds() const { return call_ != nullptr; }

   private:
    ServerStream* call_;
  };

  // The reply that a service is given.
  class Hold {
   public:
    explicit Hold(ServerStream* call) : owner_(call) {}
    Hold(Hold&&) noexcept = default;
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (owner_.holds() && !used_) owner_->FinishWithFault("unanswered");
    }
    // A refusal leaves at its moment (pace.h), as a unary call's.
    void operator()(StreamStep<Resp> step) {
      if (used_) return;
      const auto* answer = std::get_if<Answer<Resp>>(&step);
      if (answer == nullptr || answer->discloses()) return Give(std::move(step));
      Pace& pace = *owner_->pace_;
      const Pace::Instant moment =
          pace.MomentFor(owner_->facts_.arrived(), 1, std::chrono::steady_clock::now());
      pace.Hold(moment, [hold = Hold(std::move(*this)), step = std::move(step)]() mutable {
        hold.Give(std::move(step));
      });
    }

   private:
    void Give(StreamStep<Resp> step) {
      used_ = true;
      owner_->Take(std::move(step));
    }

    Owner owner_;
    bool used_ = false;
  };

  enum class State { kWorking, kWriting, kWritten, kIdle, kQueueFull };
  using SteadyTime = std::chrono::steady_clock::time_point;

  ServerStream(const StreamMethod<Req, Resp>& method, grpc::CallbackServerContext& context,
               const Req* request)
      : method_(method),
        context_(context),
        pace_(method.front.pace),
        facts_(method.front, context) {
    // gRPC made the message for this call alone and reads it no more.
    const_cast<Req*>(request)->Swap(&request_);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  }

  void Begin() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (method_.front.draining) return FinishWithError({DrainingRefusal()});
    if (facts_.IsOneTooMany() || !Submit([](ServerStream& call) { call.Work(); })) Shed();
  }

  void Shed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    method_.front.metrics.door().shed.Add();
    FinishWithError({OverloadedRefusal()});
  }

  bool Submit(void (*work)(ServerStream&)) {
    return method_.front.executor.TrySubmit(
        [owner = Owner(this), work] { work(*owner.operator->()); });
  }

  // The door, as UnaryCall's.
  void Work() {
    method_.stats.queued.Record(facts_.Elapsed());
    if (is_finished()) return;  // cancelled while it waited
    if (facts_.DeadlinePassed()) return EndWith(facts_.DeadlineStatus());
    absl::StatusOr<Caller> caller = facts_.Authenticate(method_.front, request_);
    if (!caller.ok()) return EndWith({RefusalOf(caller.status())});
    std::vector<FieldViolation> violations = Validate(request_);
    if (!violations.empty()) {
      return EndWith({InvalidFieldsRefusal(), "", "", std::move(violations)});
    }
    if (auto refused =
            Toll().Pay(method_.front, *facts_.account(), QuotaAskOf(method_.front, request_))) {
      return TurnAway(*std::move(refused));
    }
    if (!Enter(caller->agency())) return EndWith({TooManyStreamsRefusal()});
    place_.Take(facts_.account()->quota);
    method_.stats.admitted.Record(facts_.Elapsed());
    credential_ = caller->credential();
    try {
      stream_ = method_.open({facts_.call_id(), *std::move(caller)}, request_);
    } catch (...) {
      return FinishWithFault("exception");
    }
    Produce();
  }

  bool Enter(const AgencyId& agency) {
    if (!method_.front.streams.Enter(*this, agency, facts_.connection())) return false;
    has_entered_ = true;
    if (is_done_) method_.front.streams.Leave(*this);  // OnDone came first
    return true;
  }

  void Produce() {
    if (!MayGoOn()) return;
    try {
      stream_->Next(StreamReply<Resp>(Hold(this)));
    } catch (...) {
      CallFacts::LogFault("exception");  // whatever held the reply is gone and has answered
    }
  }

  bool MayGoOn() {
    if (is_finished()) return false;
    const Front& front = method_.front;
    if (front.draining) return EndWith({DrainingStreamRefusal()}), false;
    if (facts_.DeadlinePassed()) return EndWith(facts_.DeadlineStatus()), false;
    if (front.registry.Current().IsHonoured(credential_, front.clock.Now())) return true;
    return EndWith({RefusalOf(CredentialRefused("it is no longer honoured"))}), false;
  }

  void Take(StreamStep<Resp> step) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (finished_) return;
    if (auto* answer = std::get_if<Answer<Resp>>(&step)) return Send(std::move(*answer));
    if (std::holds_alternative<StreamAgain>(step)) return AskForNext();
    if (std::holds_alternative<StreamIdle>(step)) return Turn(State::kIdle);
    facts_.NoteFinished();
    Conclude(grpc::Status::OK);
  }

  void Send(Answer<Resp> answer) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto opened = Outbox<Resp>::Open(std::move(answer), facts_.call_id());
    if (!opened) {
      method_.front.metrics.door().misdirected.Add();
      return ConcludeWithFault("misdirected");
    }
    if (opened->message == nullptr) return FinishWithError(std::move(opened->error));
    message_ = std::move(opened->message);
    Turn(State::kWriting);
    this->StartWrite(message_.get());
  }

  void Turn(State state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    state_ = state;
    since_ = std::chrono::steady_clock::now();
  }

  void AskForNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    Turn(State::kWorking);
    if (!Submit([](ServerStream& call) { call.Produce(); })) Turn(State::kQueueFull);
  }

  void Tick(const StreamTick& tick) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (finished_) return;
    const StreamLimits& limits = method_.front.streams.limits();
    const absl::Duration waited = absl::FromChrono(tick.now - since_);
    switch (state_) {
      case State::kWorking:
      case State::kWritten: return;
      case State::kWriting:
        recheck_wanted_ = recheck_wanted_ || tick.facts_moved;
        if (recheck_wanted_ && !rechecking_ && !is_cut_) {
          rechecking_ = Submit([](ServerStream& call) { call.Recheck(); });
          recheck_wanted_ = !rechecking_;
        }
        if (waited < limits.slow_reader || is_cut_) return;
        is_cut_ = true;
        method_.front.metrics.door().slow_readers.Add();
        return context_.TryCancel();  // a status would wait behind what is not read
      case State::kIdle:
        if (tick.draining) return FinishWithError({DrainingStreamRefusal()});
        if (tick.news || waited >= limits.poll) AskForNext();
        return;
      case State::kQueueFull: return AskForNext();
    }
  }

  // The message has been decided and may lie in gRPC's hands for as long as the reader takes none.
  // Where it may not be read any more the call is cut: bytes that have not left do not leave. The
  // service is not asked for the next message meanwhile.
  void Recheck() {
    bool stands = false;
    try {
      stands = stream_->StillStands();
    } catch (...) {
      CallFacts::LogFault("exception");
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    rechecking_ = false;
    if (finished_) return;
    if (state_ == State::kWritten) return AskForNext();
    if (stands || is_cut_ || state_ != State::kWriting) return;
    is_cut_ = true;
    method_.front.metrics.door().taken_back.Add();
    context_.TryCancel();
  }

  // As late as a unary call is told.
  void TurnAway(ErrorReport report) {
    Req().Swap(&request_);  // it may be large, and nobody will read it
    const Front& front = method_.front;
    front.turned_away->Hold(facts_.MomentToTurnAway(front),
                            [owner = Owner(this), report = std::move(report)]() mutable {
                              owner->EndWith(std::move(report));
                            });
  }

  void EndWith(ErrorReport report) {
    const std::lock_guard<std::mutex> lock(mutex_);
    FinishWithError(std::move(report));
  }
  void EndWith(const grpc::Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!finished_) Conclude(status);
  }
  void FinishWithFault(LogLiteral what) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!finished_) ConcludeWithFault(what);
  }
  void FinishWithError(ErrorReport report) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!finished_) Conclude(ErrorStatus(report, facts_.NewRequestId()));
  }
  void ConcludeWithFault(LogLiteral what) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const std::string request_id = CallFacts::LogFault(what);
    Conclude(ErrorStatus({InternalFaultRefusal()}, request_id));
  }
  void Conclude(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    finished_ = true;
    method_.stats.CountOutcome(status.error_code());
    method_.stats.total.Record(facts_.Elapsed());
    this->Finish(status);
  }

  bool is_finished() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return finished_;
  }

  void Release() {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (finished_) return;
    if (!ok) return Conclude(grpc::Status::CANCELLED);
    message_.reset();
    recheck_wanted_ = false;  // the next one is decided anew
    if (rechecking_) return Turn(State::kWritten);
    AskForNext();
  }

  void OnCancel() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (finished_) return;
    facts_.NoteCancelled(method_.front);
    Conclude(grpc::Status::CANCELLED);
  }

  void OnDone() override {
    is_done_ = true;
    if (has_entered_) method_.front.streams.Leave(*this);
    Release();
  }

  const StreamMethod<Req, Resp>& method_;
  grpc::CallbackServerContext& context_;  // gRPC's, until OnDone
  const std::shared_ptr<Pace> pace_;
  const CallFacts facts_;
  Req request_;
  std::string credential_;  // set before stream_
  StreamPlace place_;       // likewise
  std::unique_ptr<AnswerStream<Resp>> stream_;
  std::mutex mutex_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kWorking;
  SteadyTime since_ ABSL_GUARDED_BY(mutex_){};
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_cut_ ABSL_GUARDED_BY(mutex_) = false;
  bool recheck_wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool rechecking_ ABSL_GUARDED_BY(mutex_) = false;
  std::unique_ptr<Resp> message_ ABSL_GUARDED_BY(mutex_);  // being written
  std::atomic<bool> has_entered_{false};
  std::atomic<bool> is_done_{false};
  std::atomic<int> owners_{1};  // gRPC
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_SERVER_STREAMING_H_
