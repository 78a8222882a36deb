// A call that is answered message by message. Each message is an Answer of its own, hence audited
// on its own; the transport asks for the next one only when the one before has been written, so a
// slow reader holds up the reading of facts and not the other way round.
#ifndef EHC_SERVER_PIPELINE_STREAM_H_
#define EHC_SERVER_PIPELINE_STREAM_H_

#include <memory>
#include <utility>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "server/pipeline/answer.h"
#include "server/pipeline/refuse.h"

namespace ehc {

// Ask again at once, on a worker: there was much to look at and nothing to say so far.
struct StreamAgain {};
// Nothing to say now: ask again once records have changed, or a while has passed.
struct StreamIdle {};
// There is no more; the call succeeds.
struct StreamEnd {};

// What a stream does next. An Answer that refuses ends it.
template <typename Resp>
using StreamStep = std::variant<Answer<Resp>, StreamAgain, StreamIdle, StreamEnd>;

template <typename Resp>
using StreamReply = absl::AnyInvocable<void(StreamStep<Resp>)>;

template <typename Resp>
class AnswerStream {
 public:
  virtual ~AnswerStream() = default;

  // Works out what comes next and gives it to `reply`, on whatever thread. Called on a worker, and
  // not again before the reply; this outlives the reply.
  virtual void Next(StreamReply<Resp> reply) = 0;

  // Whether what was given last would still be given now. Asked, on a worker, where facts have
  // moved while that message was on its way; never during Next(). False where it could not be told.
  virtual bool StillStands() { return true; }
};

// Of a question that is no question: refuses when it is asked for its first message.
template <typename Resp>
class RefusedStream final : public AnswerStream<Resp> {
 public:
  RefusedStream(uint64_t call_id, absl::Status why) : call_id_(call_id), why_(std::move(why)) {}
  void Next(StreamReply<Resp> reply) override {
    reply(Answer<Resp>::Refusing(call_id_, RefusalOf(why_)));
  }

 private:
  const uint64_t call_id_;
  const absl::Status why_;
};

// The reply of a path (disclose.h) that works out one message.
template <typename Resp>
Reply<Resp> AsMessage(StreamReply<Resp> reply) {
  return [reply = std::move(reply)](Answer<Resp> answer) mutable {
    reply(StreamStep<Resp>(std::move(answer)));
  };
}

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_STREAM_H_
