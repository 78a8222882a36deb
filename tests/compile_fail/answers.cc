// Nothing is an answer but what was written down; and whoever handles one cannot look inside.
#include <utility>

#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "server/model/record.h"
#include "server/services/audit_desk.h"

namespace ehc {

using hub::v1::GetPlanResponse;
using PlanAnswer = Answer<GetPlanResponse>;
using HeadAnswer = Answer<hub::v1::GetCheckpointResponse>;

void Proper(PlanAnswer answer, Reply<GetPlanResponse> reply) { reply(std::move(answer)); }
HeadAnswer Head(uint64_t call_id) { return HeadAnswer::OfTheLog(call_id, {}); }

#ifndef EHC_COMPILE_OK
// clang-format off
void FillIn(const Audited<Record>&, GetPlanResponse&);

PlanAnswer Unaudited(Redacted<Record> redacted) {
  return PlanAnswer::Disclosing<Record>(std::move(redacted), FillIn);    // refused: Redacted|no match
}
PlanAnswer FromNothing() { return PlanAnswer(7); }                       // refused: private
void Opened(PlanAnswer& answer) { answer.message_.reset(); }             // refused: private
PlanAnswer Copied(PlanAnswer& answer) { return answer; }                 // refused: deleted

// An answer made of several: of audited values alone, and it cannot be filled in by hand.
void Gathered(GatheredAnswer<GetPlanResponse>& all, Redacted<Record> redacted) {
  all.Add<Record>(std::move(redacted), FillIn);                          // refused: Redacted|convert
}
void Filled(GatheredAnswer<GetPlanResponse>& all) { all.answer_ = PlanAnswer::Refusing(7, {}); }  // refused: private

// A disclosure that leaves as if it were about the log.
// refused elsewhere: only heads and proofs leave without an entry
PlanAnswer Unlogged() { return PlanAnswer::OfTheLog(7, {}); }
// clang-format on
#endif

}  // namespace ehc
