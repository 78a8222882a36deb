// How a path ends: with a disclosure, with an audited denial, or with a failure; and how it begins
// again when what it read has moved.
#ifndef EHC_SERVER_PIPELINE_REFUSE_H_
#define EHC_SERVER_PIPELINE_REFUSE_H_

#include <functional>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "server/pipeline/accountant.h"
#include "server/pipeline/answer.h"
#include "server/pipeline/deny.h"
#include "server/pipeline/rooms.h"
#include "server/pipeline/source.h"
#include "server/storage/store.h"

namespace ehc {

// Nothing was decided or nothing could be written down: says so, and nothing else.
template <typename Resp>
void Fail(uint64_t call_id, const absl::Status& status, Reply<Resp> reply) {
  reply(Answer<Resp>::Refusing(call_id, RefusalOf(status)));
}

inline Refusal TooManyMoves() {
  return {absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
          "what the decision rests on kept changing; try again", ""};
}

// Learns what a commit has disclosed, once it is durable; nullptr: nobody wants to know.
template <typename T>
using Note = std::function<void(const Audited<T>&)>;

// The continuation of a commit. `again(Call, Reply)` restarts the path.
template <typename T, typename Resp, typename Again>
AuditDone<T> Finish(const Rooms& rooms, uint64_t call_id, Shape<T, Resp> shape, int attempt,
                    Reply<Resp> reply, Again again, Note<T> note = nullptr) {
  return [&rooms, call_id, shape, attempt, reply = std::move(reply), again,
          note](AuditResult<T> result) mutable {
    if (auto* status = std::get_if<absl::Status>(&result)) {
      return Fail(call_id, *status, std::move(reply));
    }
    if (auto* stale = std::get_if<Call>(&result)) {
      if (attempt < kMaxAttempts) return again(std::move(*stale), std::move(reply));
      return reply(Answer<Resp>::Refusing(call_id, TooManyMoves()));
    }
    StageClock clock(rooms.times);
    if (note) note(std::get<Audited<T>>(result));
    Answer<Resp> answer = Answer<Resp>::template Disclosing<T>(
        std::get<Audited<T>>(std::move(result)),
        [&](const Audited<T>& audited, Resp& response) { shape(audited, rooms, response); });
    clock.End(CallStage::kAnswer);
    reply(std::move(answer));
  };
}

template <typename Resp, typename Again>
void DenyWith(const Rooms& rooms, Decided decided, Refusal refusal, int attempt, Reply<Resp> reply,
              Again again) {
  const uint64_t id = decided.file().call_id;
  std::vector<Change> count = Accountant::OfDenial(decided.file());
  rooms.audit.CommitDenial(
      std::move(decided), std::move(refusal), std::move(count),
      [id, attempt, reply = std::move(reply), again](DenialResult result) mutable {
        if (auto* status = std::get_if<absl::Status>(&result)) {
          return Fail(id, *status, std::move(reply));
        }
        if (auto* stale = std::get_if<Call>(&result)) {
          if (attempt < kMaxAttempts) return again(std::move(*stale), std::move(reply));
          return reply(Answer<Resp>::Refusing(id, TooManyMoves()));
        }
        reply(Answer<Resp>::Denying(std::get<AuditedDenial>(std::move(result))));
      });
}

// The decision permits nothing. Only for a caller that may know whether the record is there is it
// looked for: for every other one the work must not depend on what would be found.
inline absl::StatusOr<Refusal> RefusalFor(const CaseFile& file, ReadView& view) {
  const PolicyRequest& request = file.ask.request;
  Presence presence = Presence::kAbsent;
  if (file.decision.existence_granted) {
    auto head = view.FindRecord(file.subject, request.custodian, request.record_type);
    if (!head.ok()) return head.status();
    const bool found = file.facts.subject_known && head->has_value() &&
                       MayBeFound(**head, request, file.received_at);
    if (found) presence = Presence::kPresent;
  }
  Refusal refusal = WireOutcome(file.decision, presence);
  if (refusal.reason == "AGREEMENT_NOT_IN_FORCE") {
    refusal.explanation += ": agreements/" + request.agreement.value();
  }
  return refusal;
}

// The view is closed before the commit, for which this thread may come to wait.
template <typename Resp, typename Again>
void Deny(const Rooms& rooms, Decided decided, std::unique_ptr<ReadView> view, int attempt,
          Reply<Resp> reply, Again again) {
  absl::StatusOr<Refusal> refusal = RefusalFor(decided.file(), *view);
  view.reset();
  if (!refusal.ok()) return Fail(decided.file().call_id, refusal.status(), std::move(reply));
  DenyWith<Resp>(rooms, std::move(decided), *std::move(refusal), attempt, std::move(reply), again);
}

// Permitted, but there is nothing, or the source has something against it: the same answer as a no
// for whoever may not know the difference.
template <typename Resp, typename Again>
void DenyAbsent(const Rooms& rooms, Decided decided, int attempt, Reply<Resp> reply, Again again) {
  Refusal refusal = decided.file().refusal.has_value()
                        ? *decided.file().refusal
                        : WireOutcome(decided.file().decision, Presence::kAbsent);
  DenyWith<Resp>(rooms, std::move(decided), std::move(refusal), attempt, std::move(reply), again);
}

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_REFUSE_H_
