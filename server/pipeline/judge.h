// Judge, the only maker of Decided: hands the request and the facts to the policy engine. A
// disclosure is decided by the agreements; a mutation or a reading of one's own by the rule of its
// action (policies/vocabulary/actions.textproto).
#ifndef EHC_SERVER_PIPELINE_JUDGE_H_
#define EHC_SERVER_PIPELINE_JUDGE_H_

#include <memory>

#include "server/base/clock.h"
#include "server/model/stages.h"
#include "server/policy/engine.h"

namespace ehc {

class ShadowRunner;

class Judge {
 public:
  // `shadow`: a candidate also decides what this decides, without effect; null: none ever does.
  explicit Judge(const Clock& clock, ShadowRunner* shadow = nullptr)
      : clock_(clock), shadow_(shadow) {}

  Decided Decide(Informed informed) const;

  // What is left of a decision once only the child is open, worked out now, under the policy that
  // `call` was pinned to, for the many calls that ask the same of other children.
  class Bulk {
   public:
    // REQUIRES: the call is pinned to a policy.
    Bulk(const Call& call, absl::Time now);

   private:
    friend class Judge;
    const std::shared_ptr<const void> snapshot_;
    const std::unique_ptr<const PolicyRequest> request_;
    const Residual residual_;
  };

  // As Decide(); by `bulk` where the call asks what `bulk` was prepared for, of whatever child.
  Decided Decide(Informed informed, const Bulk& bulk) const;

 private:
  void Shadow(const CaseFile& file, absl::Time now) const;

  const Clock& clock_;
  ShadowRunner* const shadow_;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_JUDGE_H_
