// The one read path. Every disclosure in the house walks these steps, in this order; each step
// consumes the one before, and only the last can leave. Start here, then follow the types:
//
//   Call ─ facts ─▶ Informed ─ policy ─▶ Decided ─ load ─▶ Loaded ─ redaction ─▶ Redacted
//        ─ account ─▶ Accounted ─ audit ─▶ Audited ─▶ Answer
//
// Facts and load share one read view; the audit's commit proves that what they read still held.
#ifndef EHC_SERVER_PIPELINE_DISCLOSE_H_
#define EHC_SERVER_PIPELINE_DISCLOSE_H_

#include <memory>
#include <utility>

#include "server/pipeline/accountant.h"
#include "server/pipeline/answer.h"
#include "server/pipeline/refuse.h"
#include "server/pipeline/rooms.h"
#include "server/pipeline/source.h"
#include "server/redaction/redactor.h"

namespace ehc {

inline Redacted<Record> Minimise(Loaded<Record> loaded) {
  return Redactor::Redact(std::move(loaded));
}
inline Redacted<RecordSet> Minimise(Loaded<RecordSet> loaded) {
  return Redactor::Redact(std::move(loaded));
}
inline Redacted<Notice> Minimise(Loaded<Notice> loaded) {
  return Redactor::Redact(std::move(loaded));
}
inline Redacted<RecordStep> Minimise(Loaded<RecordStep> loaded) {
  return Redactor::Redact(std::move(loaded));
}
template <typename T>
Redacted<Told<T>> Minimise(Loaded<Told<T>> loaded) {
  return Redactor::Redact(std::move(loaded));
}
template <typename T>
Redacted<T> Minimise(Loaded<T> loaded) {
  return Redactor::WholeOfOwn(std::move(loaded));
}

// `note`, where there is one, is shown what was disclosed before the reply is given.
template <typename T, typename Resp>
void Disclose(const Rooms& rooms, Call call, const RecordSource<T>& source, Shape<T, Resp> shape,
              Reply<Resp> reply, Note<T> note = nullptr, int attempt = 1) {
  const uint64_t id = call.file().call_id;
  StageClock clock(rooms.times);
  if (attempt > 1) {
    absl::StatusOr<Call> renewed = rooms.desk.Renew(std::move(call), attempt);
    if (!renewed.ok()) return Fail(id, renewed.status(), std::move(reply));
    call = *std::move(renewed);
  }
  absl::StatusOr<std::unique_ptr<ReadView>> view = rooms.store.Read();
  if (!view.ok()) return Fail(id, view.status(), std::move(reply));
  absl::StatusOr<Informed> informed = rooms.facts.Read(std::move(call), **view);
  if (!informed.ok()) return Fail(id, informed.status(), std::move(reply));
  clock.End(CallStage::kFacts);
  Decided decided = rooms.judge.Decide(*std::move(informed));
  clock.End(CallStage::kPolicy);
  auto again = [&rooms, &source, shape, note, attempt](Call stale, Reply<Resp> reply) {
    Disclose(rooms, std::move(stale), source, shape, std::move(reply), note, attempt + 1);
  };
  if (!decided.file().decision.permits()) {
    return Deny<Resp>(rooms, std::move(decided), *std::move(view), attempt, std::move(reply),
                      again);
  }
  auto loaded = source.Load(std::move(decided), **view);
  if (auto* error = std::get_if<absl::Status>(&loaded)) return Fail(id, *error, std::move(reply));
  if (auto* absent = std::get_if<Decided>(&loaded)) {
    view->reset();
    return DenyAbsent<Resp>(rooms, std::move(*absent), attempt, std::move(reply), again);
  }
  clock.End(CallStage::kLoad);
  Redacted<T> redacted = Minimise(std::get<Loaded<T>>(std::move(loaded)));
  absl::StatusOr<Accounted<T>> accounted = Accountant::Account<T>(rooms, std::move(redacted));
  if (!accounted.ok()) return Fail(id, accounted.status(), std::move(reply));
  view->reset();
  clock.End(CallStage::kRedaction);
  rooms.audit.Commit<T>(*std::move(accounted),
                        Finish<T, Resp>(rooms, id, shape, attempt, std::move(reply), again, note));
}

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_DISCLOSE_H_
