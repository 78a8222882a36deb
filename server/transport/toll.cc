#include "server/transport/toll.h"

namespace ehc {

std::optional<ErrorReport> Toll::Pay(const Front& front, const CallerAccount& account,
                                     const QuotaAsk& ask) {
  QuotaLimits limits;
  if (front.quota_options.limits != nullptr) {
    limits = front.quota_options.limits(account.agency.value(), account.agency_type);
  }
  const QuotaRuling ruling = account.quota->Enter(limits, ask, front.clock.Now());
  if (ruling.admitted) {
    place_ = QuotaPlace(account.quota);
    first_ = ruling.first;
    return std::nullopt;
  }
  front.metrics.door().over_quota.Add();
  ErrorReport report{QuotaExceededRefusal()};
  report.retry_after = ruling.retry_after;
  return report;
}

}  // namespace ehc
