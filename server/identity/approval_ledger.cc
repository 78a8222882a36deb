#include "server/identity/approval_ledger.h"

namespace ehc {
namespace {

constexpr absl::Duration kSweepInterval = absl::Minutes(1);

}  // namespace

absl::Status MemoryApprovalLedger::Spend(const AgencyId& agency, absl::string_view jti,
                                         absl::Time expires, absl::Time now) {
  std::lock_guard<std::mutex> lock(mutex_);
  Sweep(now);
  ExpiryByJti& spent = spent_[agency];
  if (spent.contains(jti)) return absl::AlreadyExistsError("the approval was used before");
  if (spent.size() >= max_per_agency_) {
    return absl::ResourceExhaustedError("too many approvals of this agency are not yet over");
  }
  spent[std::string(jti)] = expires;
  return absl::OkStatus();
}

void MemoryApprovalLedger::Sweep(absl::Time now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepInterval;
  for (auto& [agency, spent] : spent_) {
    absl::erase_if(spent, [now](const auto& entry) { return entry.second < now; });
  }
}

size_t MemoryApprovalLedger::size() const {
  std::lock_guard<std::mutex> lock(mutex_);
  size_t total = 0;
  for (const auto& [agency, spent] : spent_) total += spent.size();
  return total;
}

}  // namespace ehc
