#include "server/transport/source_limits.h"

#include <algorithm>

namespace ehc {

void SourceLimits::Refill(Source& source, absl::Time now) const {
  const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - source.counted_at));
  source.tokens = std::min(limits_.burst_per_source,
                           source.tokens + seconds * limits_.new_per_second_per_source);
  source.counted_at = now;
}

SourceLimits::Verdict SourceLimits::Enter(const std::string& name, absl::Time now) {
  const auto [found, is_new] = sources_.try_emplace(name);
  Source& source = found->second;
  if (is_new) source = {0, limits_.burst_per_source, now};
  Refill(source, now);
  if (source.tokens < 1) return Verdict::kTooFast;
  source.tokens -= 1;
  if (source.open >= limits_.per_source) return Verdict::kFull;
  ++source.open;
  return Verdict::kAdmit;
}

void SourceLimits::Leave(const std::string& name) {
  const auto found = sources_.find(name);
  if (found != sources_.end() && found->second.open > 0) --found->second.open;
}

void SourceLimits::Forget(absl::Time now) {
  for (auto it = sources_.begin(); it != sources_.end();) {
    Refill(it->second, now);
    const bool idle = it->second.open == 0 && it->second.tokens >= limits_.burst_per_source;
    if (idle) {
      sources_.erase(it++);
    } else {
      ++it;
    }
  }
}

}  // namespace ehc
