// How much each of the hub's callers asks of it, and how much it may: token buckets and a cap on
// what is in flight, kept per name in memory, for this process alone.
#ifndef EHC_SERVER_BASE_QUOTA_BOOK_H_
#define EHC_SERVER_BASE_QUOTA_BOOK_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehc {

// A token bucket's settings. Zero: no limit.
struct RateLimit {
  double per_second = 0;
  double burst = 0;

  bool is_limited() const { return per_second > 0; }
};

struct QuotaLimits {
  RateLimit calls;
  RateLimit questions;
  RateLimit safeguarding;
  int in_flight = 0;  // zero: no limit
};

// Full at first. Not thread safe.
class TokenBucket {
 public:
  // Tokens at `now`; below zero: owed.
  double Available(const RateLimit& limit, absl::Time now);
  // Takes `tokens` where there is one at least, and may then owe: whoever asks for more than the
  // bucket holds is served once and waits longer for the next time.
  bool Take(const RateLimit& limit, double tokens, absl::Time now);
  // Takes them whether they are there or not.
  void Owe(const RateLimit& limit, double tokens, absl::Time now);
  // Until Take() succeeds. REQUIRES: it has just failed.
  absl::Duration Wait(const RateLimit& limit) const;

  int64_t used = 0;
  int64_t refused = 0;

 private:
  double tokens_ = 0;
  absl::Time filled_at_ = absl::InfinitePast();
};

// What a call asks of the quota.
struct QuotaAsk {
  bool safeguarding = false;  // as it says of itself
  double questions = 0;       // children asked about
};

struct QuotaRuling {
  bool admitted = false;
  bool first = false;                                 // admitted, and to be served before others
  absl::Duration retry_after = absl::ZeroDuration();  // not admitted: when to come again
};

struct BucketUse {
  const char* name = "";
  RateLimit limit;
  double available = 0;
  int64_t used = 0;
  int64_t refused = 0;
};

struct QuotaUse {
  BucketUse buckets[3];
  int in_flight = 0;
  int max_in_flight = 0;
  int64_t turned_away = 0;
  int64_t made_ordinary = 0;
  int streams = 0;
};

// One name's account. Thread safe.
class QuotaAccount {
 public:
  // An admitted call leaves once it is over. Safeguarding calls have a bucket of their own and half
  // as much room again in flight; beyond either they are not refused for what they said, but
  // counted as any other. About one child they are served where the agency's questions are used up
  // too, which then owes them. So a caller that calls everything safeguarding gains its
  // safeguarding bucket and no more.
  QuotaRuling Enter(const QuotaLimits& limits, const QuotaAsk& ask, absl::Time now);
  void Leave();
  void CountStream(int change);

  QuotaUse Use(const QuotaLimits& limits, absl::Time now);

 private:
  bool EnterFirst(const QuotaLimits& limits, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  QuotaRuling EnterOrdinary(const QuotaLimits& limits, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::mutex mutex_;
  TokenBucket calls_ ABSL_GUARDED_BY(mutex_);
  TokenBucket questions_ ABSL_GUARDED_BY(mutex_);
  TokenBucket safeguarding_ ABSL_GUARDED_BY(mutex_);
  int in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  int streams_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t turned_away_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t made_ordinary_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Every account, by name. They are few and never go. Thread safe.
class QuotaBook {
 public:
  explicit QuotaBook(absl::Time since) : since_(since) {}

  // Lives as long as anybody holds it.
  std::shared_ptr<QuotaAccount> Of(absl::string_view name);

  absl::Time since() const { return since_; }

 private:
  const absl::Time since_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<QuotaAccount>> accounts_ ABSL_GUARDED_BY(mutex_);
};

// One call's place in an account; empty: none. Leaves when it goes.
class QuotaPlace {
 public:
  QuotaPlace() = default;
  explicit QuotaPlace(std::shared_ptr<QuotaAccount> account) : account_(std::move(account)) {}
  QuotaPlace(QuotaPlace&&) noexcept = default;
  QuotaPlace& operator=(QuotaPlace&& other) noexcept {
    Leave();
    account_ = std::move(other.account_);
    return *this;
  }
  ~QuotaPlace() { Leave(); }

  bool is_taken() const { return account_ != nullptr; }
  void Leave() {
    if (account_ != nullptr) account_->Leave();
    account_.reset();
  }

 private:
  std::shared_ptr<QuotaAccount> account_;
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_QUOTA_BOOK_H_
