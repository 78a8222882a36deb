// What a stream sends is an answer, message by message: nothing else is a step of it.
#include <memory>
#include <utility>

#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "server/model/record.h"
#include "server/pipeline/stream.h"

namespace ehc {

using Resp = hub::v1::StreamPlanSectionsResponse;
using Step = StreamStep<Resp>;

Step Proper(Answer<Resp> answer) { return answer; }
Step Ended() { return StreamEnd{}; }

#ifndef EHC_COMPILE_OK
// clang-format off
Step Raw(Resp message) { return message; }                               // refused: could not convert
Step Unaudited(Redacted<RecordStep> redacted) { return redacted; }       // refused: could not convert
Step AnothersAnswer(Answer<hub::v1::GetPlanResponse> answer) { return answer; }  // refused: could not convert
void Sent(StreamReply<Resp>& reply, Resp message) { reply(message); }    // refused: no match for call
Step Copied(Step& kept) { return kept; }                                 // refused: deleted
// clang-format on
#endif

}  // namespace ehc
