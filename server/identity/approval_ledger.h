// ApprovalLedger        remembers which approvals were used
// MemoryApprovalLedger  one that forgets when the process ends
#ifndef EHC_SERVER_IDENTITY_APPROVAL_LEDGER_H_
#define EHC_SERVER_IDENTITY_APPROVAL_LEDGER_H_

#include <cstddef>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/model/names.h"

namespace ehc {

// An approval (an assertion with ehc_approval) is good for one call. Thread safe.
class ApprovalLedger {
 public:
  virtual ~ApprovalLedger() = default;

  // Marks the agency's `jti` as used; it must be remembered until `expires`, when the assertion
  // itself ends.
  //   ALREADY_EXISTS      it was used before
  //   RESOURCE_EXHAUSTED  the agency has too many approvals that are not yet over
  //   UNAVAILABLE         it cannot be known
  virtual absl::Status Spend(const AgencyId& agency, absl::string_view jti, absl::Time expires,
                             absl::Time now) = 0;
};

// For one hub, and until it ends: an approval could be used again within its quarter of an hour
// after a restart.
class MemoryApprovalLedger final : public ApprovalLedger {
 public:
  explicit MemoryApprovalLedger(size_t max_per_agency = 4096) : max_per_agency_(max_per_agency) {}

  absl::Status Spend(const AgencyId& agency, absl::string_view jti, absl::Time expires,
                     absl::Time now) override;

  size_t size() const;

 private:
  using ExpiryByJti = absl::flat_hash_map<std::string, absl::Time>;

  void Sweep(absl::Time now);  // REQUIRES: mutex_ is held

  const size_t max_per_agency_;
  mutable std::mutex mutex_;  // guards what follows
  absl::flat_hash_map<AgencyId, ExpiryByJti> spent_;
  absl::Time next_sweep_ = absl::InfinitePast();
};

}  // namespace ehc

#endif  // EHC_SERVER_IDENTITY_APPROVAL_LEDGER_H_
