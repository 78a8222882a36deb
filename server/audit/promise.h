#ifndef EHC_SERVER_AUDIT_PROMISE_H_
#define EHC_SERVER_AUDIT_PROMISE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/base/clock.h"
#include "server/base/signature.h"
#include "server/model/receipt.h"

namespace ehc {

// Signs one promise per group commit. Immutable and thread safe; `clock` must outlive it. To be
// called only when the batch is durable.
class PromiseSigner {
 public:
  PromiseSigner(SigningKey key, std::string log_id, const Clock& clock)
      : key_(std::move(key)), log_id_(std::move(log_id)), clock_(clock) {}

  // INVALID_ARGUMENT for an empty batch or one of more than kMaxPromiseBatch leaves, or if the log
  // id is empty or too long.
  absl::StatusOr<std::shared_ptr<const BatchPromise>> Sign(absl::Span<const Digest> leaves) const;

 private:
  SigningKey key_;
  std::string log_id_;
  const Clock& clock_;
};

}  // namespace ehc

#endif  // EHC_SERVER_AUDIT_PROMISE_H_
