// Toll: what a call pays at the door before it is worked on, out of its agency's quota.
#ifndef EHC_SERVER_TRANSPORT_TOLL_H_
#define EHC_SERVER_TRANSPORT_TOLL_H_

#include <optional>

#include "server/base/executor.h"
#include "server/base/quota_book.h"
#include "server/transport/error_status.h"
#include "server/transport/front.h"

namespace ehc {

// What a message asks, by what it says of itself: a purpose or an emergency in its context, the
// children it names. Writing about one's own child is no question.
template <typename Req>
QuotaAsk QuotaAskOf(const Front& front, const Req& request) {
  QuotaAsk ask;
  if constexpr (requires { request.context().purpose(); }) {
    ask.safeguarding = front.quota_options.is_safeguarding != nullptr &&
                       front.quota_options.is_safeguarding(request.context().purpose());
  }
  if constexpr (requires { request.context().has_break_glass(); }) {
    ask.safeguarding = ask.safeguarding || request.context().has_break_glass();
  }
  if constexpr (requires { request.subjects_size(); }) {
    ask.questions = request.subjects_size();
  } else if constexpr (requires {
                         request.context();
                         request.subject();
                       }) {
    ask.questions = 1;
  }
  return ask;
}

// One call's. Not thread safe; the place is given back when it goes.
class Toll {
 public:
  // nullopt: paid, or nothing is to be paid. Otherwise the refusal, and the call is not to go on.
  std::optional<ErrorReport> Pay(const Front& front, const CallerAccount& account,
                                 const QuotaAsk& ask);
  bool is_paid() const { return place_.is_taken(); }

  // The queue for a call: what its agency's quota let through first; before its connection is known
  // to be anybody's, what the call says of itself.
  Priority PriorityOf(const QuotaAsk& ask) const {
    const bool first = is_paid() ? first_ : ask.safeguarding;
    return first ? Priority::kSafeguarding : Priority::kNormal;
  }

 private:
  QuotaPlace place_;
  bool first_ = false;
};

// A stream that is open, in its agency's account.
class StreamPlace {
 public:
  StreamPlace() = default;
  StreamPlace(const StreamPlace&) = delete;
  StreamPlace& operator=(const StreamPlace&) = delete;
  ~StreamPlace() {
    if (account_ != nullptr) account_->CountStream(-1);
  }
  // Once.
  void Take(std::shared_ptr<QuotaAccount> account) {
    account_ = std::move(account);
    account_->CountStream(1);
  }

 private:
  std::shared_ptr<QuotaAccount> account_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_TOLL_H_
