// How calls are made: deadlines, retries, and when receipts are settled.
#ifndef EHCHUB_OPTIONS_H_
#define EHCHUB_OPTIONS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehchub {

enum class Idempotency { kIdempotent, kNonIdempotent };

// Which calls may be made again after an error that may pass. The default is the contract's own
// word for each method (idempotency_level): reads change nothing, and a write carries a request_id
// that makes its repetition harmless. Derive from it to overrule the verdict on a method.
// Implementations must be thread safe.
class IdempotencyPolicy {
 public:
  virtual ~IdempotencyPolicy() = default;

  // `method` is a full name: "ehc.hub.v1.ConsentService.RecordConsent".
  virtual Idempotency Of(absl::string_view method) const;
};

// When the checkpoint that covers a disclosure's receipt is fetched.
enum class Settlement {
  kInBackground,     // by a thread, in batches; failures reach on_receipt_failure and later calls
  kBeforeReturning,  // by the disclosing call itself, which fails where it cannot be had
  kByHand,           // when Hub::SettleReceipts() is called
};

struct Options {
  // For a call with all its attempts and waits.
  absl::Duration deadline = absl::Seconds(20);

  int max_attempts = 5;
  absl::Duration first_backoff = absl::Milliseconds(100);
  absl::Duration max_backoff = absl::Seconds(5);
  std::shared_ptr<const IdempotencyPolicy> idempotency;  // null: IdempotencyPolicy itself

  Settlement settlement = Settlement::kInBackground;
  absl::Duration settle_within = absl::Seconds(2);
  // Called on the background thread; may be null. Must not call the Hub.
  std::function<void(const absl::Status&)> on_receipt_failure;
  // Receipts survive a power cut too, at the price of a disk write that is waited for.
  bool sync_receipts = false;

  std::string user_agent;  // put before the library's own

  // For tests; null: the machine's clock and a real wait.
  std::function<absl::Time()> now;
  std::function<void(absl::Duration)> sleep;
};

}  // namespace ehchub

#endif  // EHCHUB_OPTIONS_H_
