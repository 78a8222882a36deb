// Answer<Resp>: the only thing that the transport can send. It comes from Audited<T>, from
// AuditedDenial, or from a refusal that concerns no child at all (bad field, queue full); it can be
// opened once, by the transport's outbox, and only for the call that it belongs to.
#ifndef EHC_SERVER_PIPELINE_ANSWER_H_
#define EHC_SERVER_PIPELINE_ANSWER_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "server/model/stages.h"

namespace ehc {

// Responses that hold facts about the log and nothing about a child: heads and proofs, the same for
// every agency. Specialised in services/audit_desk.h and nowhere else.
template <typename Resp>
inline constexpr bool kIsAboutTheLog = false;

template <typename Resp>
class GatheredAnswer;

template <typename Resp>
class Answer {
 public:
  Answer(Answer&&) = default;
  Answer& operator=(Answer&&) = default;

  template <typename T>
  static Answer Disclosing(Audited<T> audited,
                           absl::FunctionRef<void(const Audited<T>&, Resp&)> shape) {
    Answer answer(audited.file().call_id);
    answer.decision_id_ = audited.file().decision_id;
    answer.message_ = std::make_unique<Resp>();
    shape(audited, *answer.message_);
    return answer;
  }

  static Answer Denying(AuditedDenial denial) {
    Answer answer(denial.file().call_id);
    answer.decision_id_ = denial.file().decision_id;
    answer.policy_revision_ = denial.file().policy_revision;
    answer.refusal_ = denial.refusal();
    return answer;
  }

  // A head or a proof: not a disclosure, so not itself an entry of the log.
  static Answer OfTheLog(uint64_t call_id, Resp response) {
    static_assert(kIsAboutTheLog<Resp>, "only heads and proofs leave without an entry");
    Answer answer(call_id);
    answer.message_ = std::make_unique<Resp>(std::move(response));
    return answer;
  }

  // Whether it carries a response; false: a refusal.
  bool discloses() const { return message_ != nullptr; }

  // No decision was made or nothing could be recorded: the refusal says nothing of any child.
  static Answer Refusing(uint64_t call_id, Refusal refusal) {
    Answer answer(call_id);
    answer.refusal_ = std::move(refusal);
    return answer;
  }

 private:
  template <typename>
  friend class Outbox;
  friend class GatheredAnswer<Resp>;
  explicit Answer(uint64_t call_id) : call_id_(call_id) {}

  uint64_t call_id_;
  std::string decision_id_;
  std::string policy_revision_;
  std::unique_ptr<Resp> message_;  // null: refusal_ is the answer
  Refusal refusal_;
};

// An answer that grows out of several audited values of one call: a batch, or a search among
// custodians. What belongs to another call is destroyed unread.
template <typename Resp>
class GatheredAnswer {
 public:
  explicit GatheredAnswer(uint64_t call_id) : answer_(call_id) {
    answer_.message_ = std::make_unique<Resp>();
  }

  template <typename T>
  void Add(Audited<T> audited, absl::FunctionRef<void(const Audited<T>&, Resp&)> shape) {
    if (audited.file().call_id == answer_.call_id_) shape(audited, *answer_.message_);
  }
  void AddDenial(AuditedDenial denial, absl::FunctionRef<void(const AuditedDenial&, Resp&)> shape) {
    if (denial.file().call_id == answer_.call_id_) shape(denial, *answer_.message_);
  }
  Answer<Resp> Take() && { return std::move(answer_); }

 private:
  Answer<Resp> answer_;
};

template <typename Resp>
using Reply = absl::AnyInvocable<void(Answer<Resp>)>;

// How a T becomes the response: fills in what the caller may see, and nothing it has not.
template <typename T, typename Resp>
using Shape = void (*)(const Audited<T>&, const struct Rooms&, Resp&);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_ANSWER_H_
