#include "server/base/quota_book.h"

#include <algorithm>
#include <utility>

namespace ehc {

double TokenBucket::Available(const RateLimit& limit, absl::Time now) {
  if (!limit.is_limited()) return limit.burst;
  if (filled_at_ == absl::InfinitePast()) {
    tokens_ = limit.burst;
    filled_at_ = now;
  }
  if (now > filled_at_) {  // a clock that was set back gives nothing and takes nothing
    tokens_ += limit.per_second * absl::ToDoubleSeconds(now - filled_at_);
    filled_at_ = now;
  }
  tokens_ = std::min(tokens_, limit.burst);
  return tokens_;
}

bool TokenBucket::Take(const RateLimit& limit, double tokens, absl::Time now) {
  if (limit.is_limited() && Available(limit, now) < 1) {
    ++refused;
    return false;
  }
  Owe(limit, tokens, now);
  return true;
}

void TokenBucket::Owe(const RateLimit& limit, double tokens, absl::Time now) {
  if (limit.is_limited()) tokens_ = Available(limit, now) - tokens;
  used += static_cast<int64_t>(tokens);
}

absl::Duration TokenBucket::Wait(const RateLimit& limit) const {
  return absl::Seconds(std::max(0.0, 1 - tokens_) / limit.per_second);
}

QuotaRuling QuotaAccount::Enter(const QuotaLimits& limits, const QuotaAsk& ask, absl::Time now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool may_ask = ask.questions == 0 || !limits.questions.is_limited() ||
                       questions_.Available(limits.questions, now) >= 1;
  QuotaRuling ruling;
  // Who asks about one child to protect it does not wait for what its agency's other systems asked.
  if (ask.safeguarding && (may_ask || ask.questions == 1) && EnterFirst(limits, now)) {
    ruling = {true, true, absl::ZeroDuration()};
  } else if (!may_ask) {
    ++questions_.refused;
    return {false, false, questions_.Wait(limits.questions)};
  } else {
    ruling = EnterOrdinary(limits, now);
    if (ask.safeguarding && ruling.admitted) ++made_ordinary_;
  }
  if (!ruling.admitted) return ruling;
  ++in_flight_;
  if (ask.questions > 0) questions_.Owe(limits.questions, ask.questions, now);
  return ruling;
}

bool QuotaAccount::EnterFirst(const QuotaLimits& limits, absl::Time now) {
  if (limits.in_flight > 0 && in_flight_ >= limits.in_flight + limits.in_flight / 2) return false;
  return safeguarding_.Take(limits.safeguarding, 1, now);
}

QuotaRuling QuotaAccount::EnterOrdinary(const QuotaLimits& limits, absl::Time now) {
  constexpr absl::Duration kSoon = absl::Milliseconds(200);
  if (limits.in_flight > 0 && in_flight_ >= limits.in_flight) {
    ++turned_away_;
    return {false, false, kSoon};
  }
  if (calls_.Take(limits.calls, 1, now)) return {true, false, absl::ZeroDuration()};
  return {false, false, calls_.Wait(limits.calls)};
}

void QuotaAccount::Leave() {
  const std::lock_guard<std::mutex> lock(mutex_);
  --in_flight_;
}

void QuotaAccount::CountStream(int change) {
  const std::lock_guard<std::mutex> lock(mutex_);
  streams_ += change;
}

QuotaUse QuotaAccount::Use(const QuotaLimits& limits, absl::Time now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto show = [now](const char* name, const RateLimit& limit, TokenBucket& bucket) {
    return BucketUse{name, limit, bucket.Available(limit, now), bucket.used, bucket.refused};
  };
  QuotaUse use;
  use.buckets[0] = show("CALLS", limits.calls, calls_);
  use.buckets[1] = show("QUESTIONS", limits.questions, questions_);
  use.buckets[2] = show("SAFEGUARDING", limits.safeguarding, safeguarding_);
  use.in_flight = in_flight_;
  use.max_in_flight = limits.in_flight;
  use.turned_away = turned_away_;
  use.made_ordinary = made_ordinary_;
  use.streams = streams_;
  return use;
}

std::shared_ptr<QuotaAccount> QuotaBook::Of(absl::string_view name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::shared_ptr<QuotaAccount>& account = accounts_[name];
  if (account == nullptr) account = std::make_shared<QuotaAccount>();
  return account;
}

}  // namespace ehc
