// The one write path: the read path with a plan in place of the load. Effect, idempotency row and
// entry commit together, or not at all.
#ifndef EHC_SERVER_PIPELINE_MUTATE_H_
#define EHC_SERVER_PIPELINE_MUTATE_H_

#include <memory>
#include <utility>

#include "server/pipeline/answer.h"
#include "server/pipeline/planner.h"
#include "server/pipeline/refuse.h"
#include "server/pipeline/rooms.h"

namespace ehc {

// `mutation` holds the validated message; shared, because a STALE call plans anew.
template <typename Resp>
void Mutate(const Rooms& rooms, Call call, std::shared_ptr<const Mutation> mutation,
            Shape<Written, Resp> shape, Reply<Resp> reply, int attempt = 1) {
  const uint64_t id = call.file().call_id;
  if (attempt > 1) {
    absl::StatusOr<Call> renewed = rooms.desk.Renew(std::move(call), attempt);
    if (!renewed.ok()) return Fail(id, renewed.status(), std::move(reply));
    call = *std::move(renewed);
  }
  absl::StatusOr<std::unique_ptr<ReadView>> view = rooms.store.Read();
  if (!view.ok()) return Fail(id, view.status(), std::move(reply));
  absl::StatusOr<Informed> informed = rooms.facts.Read(std::move(call), **view);
  if (!informed.ok()) return Fail(id, informed.status(), std::move(reply));

  Decided decided = rooms.judge.Decide(*std::move(informed));
  auto again = [&rooms, mutation, shape, attempt](Call stale, Reply<Resp> reply) {
    Mutate(rooms, std::move(stale), mutation, shape, std::move(reply), attempt + 1);
  };
  if (!decided.file().decision.permits()) {
    view->reset();
    Refusal refusal = WireOutcome(decided.file().decision, Presence::kAbsent);
    return DenyWith<Resp>(rooms, std::move(decided), std::move(refusal), attempt, std::move(reply),
                          again);
  }
  auto planned = Planner::Make(std::move(decided), *mutation, **view, rooms.clock.Now());
  if (auto* error = std::get_if<absl::Status>(&planned)) return Fail(id, *error, std::move(reply));
  view->reset();
  if (auto* refused = std::get_if<Planner::Refused>(&planned)) {
    return DenyWith<Resp>(rooms, std::move(refused->decided), std::move(refused->refusal), attempt,
                          std::move(reply), again);
  }
  rooms.audit.Commit<Written>(
      std::get<Planned<Written>>(std::move(planned)),
      Finish<Written, Resp>(rooms, id, shape, attempt, std::move(reply), again));
}

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_MUTATE_H_
