// UnaryCall: one call of any unary method, from gRPC's thread to its answer.
//
//   gRPC's thread   Start: takes the message, hops; or turns the call away (quota, queue full)
//   a worker        Work: authenticates, validates, hands to the service
//   any thread      the service's answer
//   Pace's, or that Deliver, or Refuse of what is turned away: at its moment
//   gRPC's thread   OnCancel, OnDone
//
// Invariants:
// 1. Whoever turns `finished_` true finishes the call. Nobody else touches the response or
// Finish(),
//    and nobody does so after that.
// 2. The object is owned by gRPC, until OnDone; by the Hold that travels with the task and then
// with
//    the reply; and by the worker, until the service returns, because the service reads the
//    request. The last one deletes it.
// 3. A Hold that dies without an answer answers INTERNAL_FAULT. So every call is finished, and
//    shutting the server down cannot hang on one.
// 4. The request, the assertion and the peer's certificate are ours before the hop: gRPC may let go
//    of its own as soon as the call is finished.
// 5. No exception leaves: from a service it becomes INTERNAL_FAULT.
// 6. Once the call is finished nothing of the server is touched: a late answer may come after the
//    server is gone.
// 7. A reply works once. An answer of another call is destroyed unread and becomes INTERNAL_FAULT.
// 8. An answer leaves at its moment (pace.h), unless it is content of a method that says otherwise.
#ifndef EHC_SERVER_TRANSPORT_UNARY_H_
#define EHC_SERVER_TRANSPORT_UNARY_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "server/pipeline/deny.h"
#include "server/services/incoming.h"
#include "server/services/validate.h"
#include "server/transport/call_facts.h"
#include "server/transport/front.h"
#include "server/transport/outbox.h"
#include "server/transport/pace.h"
#include "server/transport/toll.h"

namespace ehc {

// When the responses of a method leave; what was decided to be a no never does at once.
enum class Leaves { kPaced, kAtOnce };

template <typename Req, typename Resp>
struct UnaryMethod {
  const Front& front;
  MethodStats& stats;
  std::function<void(Incoming, const Req&, Reply<Resp>)> handle;
  Leaves leaves = Leaves::kPaced;
};

template <typename Req, typename Resp>
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // The reactor that gRPC wants. `method` must outlive the server.
  static grpc::ServerUnaryReactor* Start(const UnaryMethod<Req, Resp>& method,
                                         grpc::CallbackServerContext* context, const Req* request,
                                         Resp* response) {
    auto* call = new UnaryCall(method, *context, request, response);
    call->Hop();
    return call;
  }

 private:
  // The owner of a call that is not gRPC.
  class Hold {
   public:
    explicit Hold(UnaryCall* call) : call_(call) {}
    Hold(Hold&& other) noexcept : call_(std::exchange(other.call_, nullptr)) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (call_ == nullptr) return;
      call_->FinishWithFault("unanswered");
      call_->Release();
    }
    UnaryCall* get() const { return call_; }

    void operator()(Answer<Resp> answer) {
      if (call_ == nullptr) return;
      if (call_->leaves_ == Leaves::kAtOnce && answer.discloses()) return Send(std::move(answer));
      Pace& pace = *call_->pace_;
      const Pace::Instant moment = pace.MomentFor(call_->facts_.arrived(), call_->questions_,
                                                  std::chrono::steady_clock::now());
      pace.Hold(moment, [hold = Hold(std::move(*this)), answer = std::move(answer)]() mutable {
        hold.Send(std::move(answer));
      });
    }

    // Says that the call is turned away, when its moment has come (pace.h).
    void TurnAway(ErrorReport report) {
      Pace& pace = *call_->turned_away_;
      const Pace::Instant moment = call_->facts_.MomentToTurnAway(call_->method_.front);
      pace.Hold(moment, [hold = Hold(std::move(*this)), report = std::move(report)]() mutable {
        UnaryCall* const call = std::exchange(hold.call_, nullptr);
        call->Refuse(report);
        call->Release();
      });
    }

   private:
    void Send(Answer<Resp> answer) {
      UnaryCall* const call = std::exchange(call_, nullptr);
      call->Deliver(std::move(answer));
      call->Release();
    }

    UnaryCall* call_;
  };

  UnaryCall(const UnaryMethod<Req, Resp>& method, grpc::CallbackServerContext& context,
            const Req* request, Resp* response)
      : method_(method),
        leaves_(method.leaves),
        pace_(method.front.pace),
        turned_away_(method.front.turned_away),
        facts_(method.front, context),
        response_(response) {
    // gRPC made the message for this call alone and reads it no more.
    const_cast<Req*>(request)->Swap(&request_);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  }

  void Hop() {
    Hold hold(this);
    if (method_.front.draining) return FinishWithError({DrainingRefusal()});
    if (facts_.IsOneTooMany()) return Shed(std::move(hold));
    const QuotaAsk ask = QuotaAskOf(method_.front, request_);
    questions_ = ask.questions;
    // Before the hop where the connection is known to be somebody's.
    if (facts_.account() != nullptr) {
      if (auto refused = toll_.Pay(method_.front, *facts_.account(), ask)) {
        return TurnAway(std::move(hold), *std::move(refused));
      }
    }
    Executor::Task task = [hold = std::move(hold)]() mutable {
      UnaryCall* call = hold.get();
      if (call->is_turned_away_) return call->Shed(std::move(hold));
      call->Work(std::move(hold));
    };
    if (method_.front.executor.TrySubmit(std::move(task), toll_.PriorityOf(ask))) return;
    is_turned_away_ = true;
    task();  // which has the hold
  }

  void Shed(Hold hold) {
    method_.front.metrics.door().shed.Add();
    TurnAway(std::move(hold), {OverloadedRefusal()});
  }

  void TurnAway(Hold hold, ErrorReport report) {
    is_turned_away_ = true;
    Req().Swap(&request_);  // it may be large, and nobody will read it
    toll_ = Toll();
    hold.TurnAway(std::move(report));
  }

  // A caller that let its call finish, late as it was, did not cancel it.
  void Refuse(const ErrorReport& report) {
    if (!Claim()) return;
    facts_.NoteFinished();
    Conclude(ErrorStatus(report, facts_.NewRequestId()));
  }

  void Work(Hold hold) {
    method_.stats.queued.Record(facts_.Elapsed());
    if (finished_) return;  // cancelled while it waited
    if (facts_.DeadlinePassed()) return FinishWith(facts_.DeadlineStatus());
    absl::StatusOr<Caller> caller = facts_.Authenticate(method_.front, request_);
    if (!caller.ok()) return FinishWithError({RefusalOf(caller.status())});
    if (!toll_.is_paid()) {  // the first call of its connection
      auto refused =
          toll_.Pay(method_.front, *facts_.account(), QuotaAskOf(method_.front, request_));
      if (refused) return FinishWithError(*std::move(refused));
    }
    std::vector<FieldViolation> violations = Validate(request_);
    if (!violations.empty()) {
      return FinishWithError({InvalidFieldsRefusal(), "", "", std::move(violations)});
    }
    method_.stats.admitted.Record(facts_.Elapsed());
    Handle({facts_.call_id(), *std::move(caller)}, std::move(hold));
  }

  void Handle(Incoming in, Hold hold) {
    owners_.fetch_add(1, std::memory_order_relaxed);
    try {
      method_.handle(std::move(in), request_, Reply<Resp>(std::move(hold)));
    } catch (...) {
      // Whatever held the reply is gone by now and has answered.
      CallFacts::LogFault("exception");
    }
    Release();
  }

  void Deliver(Answer<Resp> answer) {
    auto opened = Outbox<Resp>::Open(std::move(answer), facts_.call_id());
    if (!opened) {
      if (!Claim()) return;
      method_.front.metrics.door().misdirected.Add();
      return ConcludeWithFault("misdirected");
    }
    if (opened->message == nullptr) return FinishWithError(std::move(opened->error));
    if (!Claim()) return;
    response_->Swap(opened->message.get());
    facts_.NoteFinished();
    Conclude(grpc::Status::OK);
  }

  void FinishWithError(ErrorReport report) {
    if (Claim()) Conclude(ErrorStatus(report, facts_.NewRequestId()));
  }

  void FinishWithFault(LogLiteral what) {
    if (Claim()) ConcludeWithFault(what);
  }

  void ConcludeWithFault(LogLiteral what) {
    const std::string request_id = CallFacts::LogFault(what);
    Conclude(ErrorStatus({InternalFaultRefusal()}, request_id));
  }

  void FinishWith(const grpc::Status& status) {
    if (Claim()) Conclude(status);
  }

  bool Claim() { return !finished_.exchange(true, std::memory_order_acq_rel); }

  void Conclude(const grpc::Status& status) {
    method_.stats.CountOutcome(status.error_code());
    if (!is_turned_away_) method_.stats.total.Record(facts_.Elapsed());
    Finish(status);
  }

  void Release() {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  void OnCancel() override {
    const bool claimed = Claim();
    if (claimed || is_turned_away_) facts_.NoteCancelled(method_.front);
    if (!claimed) return;
    Conclude(grpc::Status::CANCELLED);
  }
  void OnDone() override { Release(); }

  // What gRPC tells us takes no time and blocks nowhere, so it need not hand it to yet another of
  // its threads: a wake-up less per call.
  bool InternalInlineable() override { return true; }

  const UnaryMethod<Req, Resp>& method_;
  const Leaves leaves_;
  const std::shared_ptr<Pace> pace_;
  const std::shared_ptr<Pace> turned_away_;
  const CallFacts facts_;
  Req request_;
  Resp* const response_;         // gRPC's, until the call is finished
  Toll toll_;                    // paid before the hop, or else by the worker
  int questions_ = 1;            // likewise
  bool is_turned_away_ = false;  // set before gRPC has the reactor, hence before OnCancel
  std::atomic<bool> finished_{false};
  std::atomic<int> owners_{2};
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_UNARY_H_
