// The write path for many mutations of one call: each is decided, planned, committed and recorded
// by itself, under a request_id of its own, so that a call that is repeated completes what a
// failure left undone. Those of an attempt share their group commit. Waits nowhere.
#ifndef EHC_SERVER_PIPELINE_MUTATE_EACH_H_
#define EHC_SERVER_PIPELINE_MUTATE_EACH_H_

#include <atomic>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "server/base/status_macros.h"
#include "server/pipeline/answer.h"
#include "server/pipeline/planner.h"
#include "server/pipeline/refuse.h"
#include "server/pipeline/rooms.h"

namespace ehc {

// What mutation `index` becomes in the response.
template <typename Resp>
struct EachShape {
  void (*written)(const Audited<Written>&, const Rooms&, size_t index, Resp&);
  void (*refused)(const AuditedDenial&, size_t index, Resp&);
};

template <typename Resp>
class EachMutation : public std::enable_shared_from_this<EachMutation<Resp>> {
 public:
  EachMutation(const Rooms& rooms, uint64_t call_id, EachShape<Resp> shape,
               std::vector<std::shared_ptr<const Mutation>> mutations, Reply<Resp> reply)
      : rooms_(rooms),
        call_id_(call_id),
        shape_(shape),
        mutations_(std::move(mutations)),
        reply_(std::move(reply)),
        answer_(call_id) {}

  // REQUIRES: a call for each mutation, and at least one. The first goes alone: what policy refuses
  // to it, it refuses to all, and says it once.
  void Start(std::vector<Call> calls) {
    std::vector<Item> first;
    first.push_back({0, std::move(calls.front())});
    for (size_t i = 1; i < calls.size(); ++i) later_.push_back({i, std::move(calls[i])});
    Attempt(std::move(first));
  }

 private:
  struct Item {
    size_t index;
    Call call;
  };
  struct Outcome {
    size_t index;
    absl::Status failed;
    std::optional<Call> stale;
    std::optional<Audited<Written>> written;
    std::optional<AuditedDenial> refused;

    template <typename Result>
    void Set(Result result) {
      if (auto* status = std::get_if<absl::Status>(&result)) failed = *status;
      if (auto* call = std::get_if<Call>(&result)) stale.emplace(std::move(*call));
      if constexpr (std::is_same_v<Result, DenialResult>) {
        if (auto* no = std::get_if<AuditedDenial>(&result)) refused.emplace(std::move(*no));
      } else {
        if (auto* yes = std::get_if<Audited<Written>>(&result)) written.emplace(std::move(*yes));
      }
    }
  };

  void Attempt(std::vector<Item> items) {
    outcomes_ = std::vector<Outcome>(items.size());
    for (size_t i = 0; i < items.size(); ++i) outcomes_[i].index = items[i].index;
    waiting_.store(items.size() + 1, std::memory_order_relaxed);
    AuditLog::Group group(rooms_.audit);
    absl::Status prepared = Prepare(std::move(items), group);
    if (!prepared.ok()) return Fail(call_id_, prepared, std::move(reply_));
    std::move(group).Commit();
    OneIsDone();
  }

  absl::Status Prepare(std::vector<Item> items, AuditLog::Group& group) {
    EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, rooms_.store.Read());
    for (size_t i = 0; i < items.size(); ++i) {
      auto done = [self = this->shared_from_this(), slot = &outcomes_[i]](auto result) {
        slot->Set(std::move(result));
        self->OneIsDone();
      };
      EHC_ASSIGN_OR_RETURN(Informed informed, rooms_.facts.Read(std::move(items[i].call), *view));
      Decided decided = rooms_.judge.Decide(std::move(informed));
      if (!decided.file().decision.permits()) {
        Refusal refusal = WireOutcome(decided.file().decision, Presence::kAbsent);
        AddDenial(std::move(decided), std::move(refusal), group, std::move(done));
        continue;
      }
      auto planned =
          Planner::Make(std::move(decided), *mutations_[items[i].index], *view, rooms_.clock.Now());
      if (auto* error = std::get_if<absl::Status>(&planned)) return *error;
      if (auto* refused = std::get_if<Planner::Refused>(&planned)) {
        AddDenial(std::move(refused->decided), std::move(refused->refusal), group, std::move(done));
        continue;
      }
      group.Add<Written>(std::get<Planned<Written>>(std::move(planned)), std::move(done));
    }
    return absl::OkStatus();
  }

  template <typename Done>
  static void AddDenial(Decided decided, Refusal refusal, AuditLog::Group& group, Done done) {
    std::vector<Change> count = Accountant::OfDenial(decided.file());
    group.AddDenial(std::move(decided), std::move(refusal), std::move(count), std::move(done));
  }

  // The last of an attempt goes on, on whatever thread it was committed.
  void OneIsDone() {
    if (waiting_.fetch_sub(1, std::memory_order_acq_rel) == 1) GoOn();
  }

  void GoOn() {
    std::vector<Item> next;
    for (Outcome& outcome : outcomes_) {
      if (!outcome.failed.ok()) return Fail(call_id_, outcome.failed, std::move(reply_));
      if (outcome.stale.has_value()) {
        next.push_back({outcome.index, *std::move(outcome.stale)});
      } else if (outcome.refused.has_value() && !outcome.refused->file().decision.permits()) {
        return reply_(Answer<Resp>::Denying(*std::move(outcome.refused)));
      } else {
        Take(outcome);
      }
    }
    if (!next.empty()) return Again(std::move(next));
    if (later_.empty()) return reply_(std::move(answer_).Take());
    attempts_ = 1;
    Attempt(std::exchange(later_, {}));
  }

  void Again(std::vector<Item> stale) {
    if (++attempts_ > kMaxAttempts) {
      return reply_(Answer<Resp>::Refusing(call_id_, TooManyMoves()));
    }
    for (Item& item : stale) {
      absl::StatusOr<Call> renewed = rooms_.desk.Renew(std::move(item.call), attempts_);
      if (!renewed.ok()) return Fail(call_id_, renewed.status(), std::move(reply_));
      item.call = *std::move(renewed);
    }
    Attempt(std::move(stale));
  }

  void Take(Outcome& outcome) {
    if (outcome.refused.has_value()) {
      return answer_.AddDenial(*std::move(outcome.refused),
                               [&](const AuditedDenial& denial, Resp& response) {
                                 shape_.refused(denial, outcome.index, response);
                               });
    }
    answer_.template Add<Written>(*std::move(outcome.written),
                                  [&](const Audited<Written>& audited, Resp& response) {
                                    shape_.written(audited, rooms_, outcome.index, response);
                                  });
  }

  const Rooms& rooms_;
  const uint64_t call_id_;
  const EachShape<Resp> shape_;
  const std::vector<std::shared_ptr<const Mutation>> mutations_;
  Reply<Resp> reply_;
  GatheredAnswer<Resp> answer_;
  std::vector<Item> later_;
  std::vector<Outcome> outcomes_;  // of the attempt under way: each written by one callback
  std::atomic<size_t> waiting_{0};
  int attempts_ = 1;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_MUTATE_EACH_H_
