// The two keys of a log and what they say of promises and checkpoints. Immutable, thread safe.
#ifndef EHC_CLIENT_SDK_SRC_LOG_CHECKER_H_
#define EHC_CLIENT_SDK_SRC_LOG_CHECKER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ehc/hub/v1/disclosure.pb.h"
#include "ehchub/receipts.h"
#include "server/base/checkpoint.h"
#include "server/base/signature.h"
#include "server/base/signed_note.h"
#include "server/model/receipt.h"

namespace ehchub::internal {

class LogChecker {
 public:
  static absl::StatusOr<LogChecker> Create(const LogKeys& keys);

  // The log's name: the origin line of its checkpoints.
  const std::string& log_id() const { return log_.key_name(); }

  absl::Status CheckPromise(const ehc::Receipt& receipt) const;
  absl::StatusOr<ehc::Checkpoint> Open(absl::string_view note) const;

 private:
  LogChecker(ehc::NoteVerifier log, std::vector<ehc::VerifyKey> promise_keys)
      : log_(std::move(log)), promise_keys_(std::move(promise_keys)) {}

  ehc::NoteVerifier log_;
  std::vector<ehc::VerifyKey> promise_keys_;
};

// INVALID_ARGUMENT where a digest is not 32 bytes long.
absl::StatusOr<ehc::Receipt> ReceiptFromWire(const v1::Receipt& wire);

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_LOG_CHECKER_H_
