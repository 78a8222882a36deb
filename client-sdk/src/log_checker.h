// The keys of a log and what they say of promises and checkpoints. Immutable, thread safe.
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
  const std::string& log_id() const { return log_keys_.front().key_name(); }

  absl::Status CheckPromise(const ehc::Receipt& receipt) const;
  bool KnowsPromiseKey(absl::string_view key_id) const;
  absl::StatusOr<ehc::Checkpoint> Open(absl::string_view note) const;

  // The same keys and the one that a change brings. PERMISSION_DENIED where none of these vouches
  // for it; errors of OpenKeyChange() for a change that is wrong.
  absl::StatusOr<LogChecker> Following(absl::string_view key_change) const;

 private:
  LogChecker(std::vector<ehc::NoteVerifier> log_keys, std::vector<ehc::VerifyKey> promise_keys)
      : log_keys_(std::move(log_keys)), promise_keys_(std::move(promise_keys)) {}

  std::vector<ehc::NoteVerifier> log_keys_;  // the profile's first
  std::vector<ehc::VerifyKey> promise_keys_;
};

// INVALID_ARGUMENT where a digest is not 32 bytes long.
absl::StatusOr<ehc::Receipt> ReceiptFromWire(const v1::Receipt& wire);

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_LOG_CHECKER_H_
