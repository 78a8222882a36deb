// The read path for many questions of one call: a school's roll, a search among custodians. Every
// question walks the steps of disclose.h and leaves an entry of its own; those of a window share
// their group commit, and what is left of the decision is worked out once for a window.
#ifndef EHC_SERVER_PIPELINE_BATCH_H_
#define EHC_SERVER_PIPELINE_BATCH_H_

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/blocking_counter.h"
#include "server/base/status_macros.h"
#include "server/pipeline/disclose.h"

namespace ehc {

inline constexpr size_t kBatchWindow = 128;

// What item `index` becomes in the response.
template <typename T, typename Resp>
struct BatchShape {
  void (*released)(const Audited<T>&, const Rooms&, size_t index, Resp&);
  void (*denied)(const AuditedDenial&, size_t index, Resp&);
  // The questions differ in the child alone: one that an earlier question has named already, under
  // whatever identifier, is answered as one of whom nothing is available.
  bool once_per_child = false;
  // The questions differ in what they ask of one child: where none may be answered, not even by
  // saying that there is nothing, the call is refused as its first question was.
  bool refused_as_one = false;
};

// Works on the calling thread and waits there for its commits: never on a thread that commits for
// others or that gRPC needs.
template <typename T, typename Resp>
class Batch {
 public:
  // `ask` makes the question of an index. Everything must outlive Run().
  Batch(const Rooms& rooms, const RecordSource<T>& source, BatchShape<T, Resp> shape,
        uint64_t call_id, const Caller& caller, absl::FunctionRef<Ask(size_t)> ask)
      : rooms_(rooms),
        source_(source),
        shape_(shape),
        call_id_(call_id),
        caller_(caller),
        ask_(ask),
        answer_(call_id) {}

  // REQUIRES: count > 0. An answer for all, item by item; or the one refusal that would be the same
  // for every child; or a failure, after which nothing of the batch leaves.
  Answer<Resp> Run(size_t count) && {
    // The first alone: a no that is the same for every child is said once.
    const size_t first = shape_.refused_as_one ? std::min(count, kBatchWindow) : 1;
    absl::Status done = RunWindow(0, first);
    for (size_t at = first; done.ok() && !general_.has_value() && at < count; at += kBatchWindow) {
      done = RunWindow(at, std::min(count, at + kBatchWindow));
    }
    if (!done.ok()) return Answer<Resp>::Refusing(call_id_, RefusalOf(done));
    if (general_.has_value()) return Answer<Resp>::Denying(*std::move(general_));
    if (shape_.refused_as_one && !answered_) return Answer<Resp>::Denying(*std::move(first_no_));
    return std::move(answer_).Take();
  }

 private:
  struct Item {
    size_t index;
    Call call;
  };
  struct Outcome {
    absl::Status status;
    std::optional<Call> stale;
    std::optional<Audited<T>> audited;
    std::optional<AuditedDenial> denial;

    void Set(AuditResult<T> result) {
      if (auto* value = std::get_if<Audited<T>>(&result)) audited.emplace(std::move(*value));
      SetOther(result);
    }
    void Set(DenialResult result) {
      if (auto* value = std::get_if<AuditedDenial>(&result)) denial.emplace(std::move(*value));
      SetOther(result);
    }

   private:
    template <typename Result>
    void SetOther(Result& result) {
      if (auto* value = std::get_if<Call>(&result)) stale.emplace(std::move(*value));
      if (auto* value = std::get_if<absl::Status>(&result)) status = *value;
    }
  };

  absl::Status RunWindow(size_t begin, size_t end) {
    std::vector<Ask> asks;
    for (size_t i = begin; i < end; ++i) asks.push_back(ask_(i));
    EHC_ASSIGN_OR_RETURN(std::vector<Call> calls,
                         rooms_.desk.OpenAll(call_id_, caller_, std::move(asks)));
    std::vector<Item> items;
    for (size_t i = begin; i < end; ++i) items.push_back({i, std::move(calls[i - begin])});
    for (int attempt = 1; attempt <= kMaxAttempts && !items.empty(); ++attempt) {
      if (attempt > 1) EHC_RETURN_IF_ERROR(Renew(items, attempt));
      EHC_ASSIGN_OR_RETURN(items, Attempt(std::move(items)));
    }
    if (items.empty()) return absl::OkStatus();
    const Refusal refusal = TooManyMoves();
    return RefusalError(refusal.code, refusal.reason, refusal.message);
  }

  absl::Status Renew(std::vector<Item>& items, int attempt) {
    for (Item& item : items) {
      EHC_ASSIGN_OR_RETURN(item.call, rooms_.desk.Renew(std::move(item.call), attempt));
    }
    return absl::OkStatus();
  }

  // Those that were STALE, back at their beginning.
  absl::StatusOr<std::vector<Item>> Attempt(std::vector<Item> items) {
    std::vector<size_t> indexes;
    for (const Item& item : items) indexes.push_back(item.index);
    std::vector<Outcome> outcomes(items.size());
    absl::BlockingCounter waiting(static_cast<int>(items.size()));
    AuditLog::Group group(rooms_.audit);
    EHC_RETURN_IF_ERROR(Prepare(std::move(items), group, outcomes, waiting));
    std::move(group).Commit();
    waiting.Wait();
    std::vector<Item> stale;
    for (size_t i = 0; i < outcomes.size(); ++i) {
      Outcome& outcome = outcomes[i];
      if (!outcome.status.ok()) return outcome.status;
      if (outcome.stale.has_value()) {
        stale.push_back({indexes[i], *std::move(outcome.stale)});
      } else {
        Take(indexes[i], outcome);
      }
    }
    return stale;
  }

  absl::Status Prepare(std::vector<Item> items, AuditLog::Group& group,
                       std::vector<Outcome>& outcomes, absl::BlockingCounter& waiting) {
    EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, rooms_.store.Read());
    std::optional<Judge::Bulk> bulk;
    if (items.front().call.file().snapshot != nullptr) {
      bulk.emplace(items.front().call, rooms_.clock.Now());
    }
    for (size_t i = 0; i < items.size(); ++i) {
      auto done = [slot = &outcomes[i], &waiting](auto result) {
        slot->Set(std::move(result));
        waiting.DecrementCount();
      };
      EHC_ASSIGN_OR_RETURN(Informed informed, rooms_.facts.Read(std::move(items[i].call), *view));
      Decided decided = bulk.has_value() ? rooms_.judge.Decide(std::move(informed), *bulk)
                                         : rooms_.judge.Decide(std::move(informed));
      if (!decided.file().decision.permits()) {
        EHC_ASSIGN_OR_RETURN(Refusal refusal, RefusalFor(decided.file(), *view));
        AddDenial(std::move(decided), std::move(refusal), group, done);
        continue;
      }
      if (IsNamedAgain(decided.file(), items[i].index)) {
        DenyAsAbsent(std::move(decided), group, done);
        continue;
      }
      auto loaded = source_.Load(std::move(decided), *view);
      if (auto* error = std::get_if<absl::Status>(&loaded)) return *error;
      if (auto* absent = std::get_if<Decided>(&loaded)) {
        DenyAsAbsent(std::move(*absent), group, done);
      } else {
        EHC_ASSIGN_OR_RETURN(
            Accounted<T> accounted,
            Accountant::Account<T>(rooms_, Minimise(std::get<Loaded<T>>(std::move(loaded)))));
        group.Add<T>(std::move(accounted), done);
      }
    }
    return absl::OkStatus();
  }

  template <typename Done>
  static void DenyAsAbsent(Decided decided, AuditLog::Group& group, Done done) {
    Refusal refusal = WireOutcome(decided.file().decision, Presence::kAbsent);
    AddDenial(std::move(decided), std::move(refusal), group, done);
  }

  template <typename Done>
  static void AddDenial(Decided decided, Refusal refusal, AuditLog::Group& group, Done done) {
    std::vector<Change> count = Accountant::OfDenial(decided.file());
    group.AddDenial(std::move(decided), std::move(refusal), std::move(count), done);
  }

  bool IsNamedAgain(const CaseFile& file, size_t index) {
    if (!shape_.once_per_child || !file.subject.known()) return false;
    return named_.emplace(file.subject.value, index).first->second != index;
  }

  void Take(size_t index, Outcome& outcome) {
    if (outcome.audited.has_value()) {
      answered_ = true;
      return answer_.template Add<T>(*std::move(outcome.audited),
                                     [&](const Audited<T>& value, Resp& resp) {
                                       shape_.released(value, rooms_, index, resp);
                                     });
    }
    TakeDenial(index, *std::move(outcome.denial));
  }

  void TakeDenial(size_t index, AuditedDenial denial) {
    const bool could_not_decide = denial.refusal().code == absl::StatusCode::kUnavailable;
    const bool for_all =
        !shape_.refused_as_one && index == 0 && !DependsOnSubject(denial.file().decision);
    if (could_not_decide || for_all) {
      general_ = std::move(denial);
      return;
    }
    if (shape_.refused_as_one && !denial.file().decision.existence_granted) {
      if (index == 0) first_no_ = std::move(denial);
      return;
    }
    answered_ = true;
    answer_.AddDenial(std::move(denial), [&](const AuditedDenial& value, Resp& resp) {
      shape_.denied(value, index, resp);
    });
  }

  const Rooms& rooms_;
  const RecordSource<T>& source_;
  const BatchShape<T, Resp> shape_;
  const uint64_t call_id_;
  const Caller& caller_;
  const absl::FunctionRef<Ask(size_t)> ask_;
  GatheredAnswer<Resp> answer_;
  std::optional<AuditedDenial> general_;        // the answer to all of it
  std::optional<AuditedDenial> first_no_;       // of questions that are refused as one
  bool answered_ = false;                       // some question was, if only by "there is nothing"
  absl::flat_hash_map<int64_t, size_t> named_;  // which question named a child first
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_BATCH_H_
