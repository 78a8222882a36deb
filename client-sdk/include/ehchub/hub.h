// A connection to a hub, shared by every client made from it.
#ifndef EHCHUB_HUB_H_
#define EHCHUB_HUB_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace internal {
class Wire;
}  // namespace internal

// Copies share one connection: a handshake costs as much as a hundred calls, so keep one Hub for as
// long as the program runs, and make every client from it. Thread safe. The last copy to go stops
// the thread that settles receipts.
class Hub {
 public:
  // Reads the profile's files; connects with the first call. FAILED_PRECONDITION, naming the file
  // and the remedy, where they cannot be used together.
  static absl::StatusOr<Hub> Open(const Profile& profile, Options options = {});

  // Fetches what shows that the log holds every disclosure that this Hub received, within
  // Options::settle_within. DATA_LOSS with RECEIPT_UNHONOURED where that fails, and as AsLogFork()
  // tells where the log contradicts what it said before. The receipts stay on file either way.
  absl::Status SettleReceipts() const;

  const std::shared_ptr<internal::Wire>& wire() const { return wire_; }

 private:
  explicit Hub(std::shared_ptr<internal::Wire> wire) : wire_(std::move(wire)) {}

  std::shared_ptr<internal::Wire> wire_;
};

}  // namespace ehchub

#endif  // EHCHUB_HUB_H_
