// Outbox, the only one that can open an Answer: once, and only for the call that it belongs to.
#ifndef EHC_SERVER_TRANSPORT_OUTBOX_H_
#define EHC_SERVER_TRANSPORT_OUTBOX_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "server/pipeline/answer.h"
#include "server/transport/error_status.h"

namespace ehc {

template <typename Resp>
class Outbox {
 public:
  struct Opened {
    std::unique_ptr<Resp> message;  // null: `error` is the answer
    ErrorReport error;
  };

  // nullopt: the answer belongs to another call. It is destroyed unread.
  static std::optional<Opened> Open(Answer<Resp> answer, uint64_t call_id) {
    if (answer.call_id_ != call_id) return std::nullopt;
    Opened opened;
    opened.message = std::move(answer.message_);
    opened.error.refusal = std::move(answer.refusal_);
    opened.error.decision_id = std::move(answer.decision_id_);
    opened.error.policy_revision = std::move(answer.policy_revision_);
    return opened;
  }
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_OUTBOX_H_
