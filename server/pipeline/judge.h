// Judge, the only maker of Decided: hands the request and the facts to the policy engine. A
// disclosure is decided by the agreements; a mutation or a reading of one's own by the rule of its
// action (policies/vocabulary/actions.textproto).
#ifndef EHC_SERVER_PIPELINE_JUDGE_H_
#define EHC_SERVER_PIPELINE_JUDGE_H_

#include "server/base/clock.h"
#include "server/model/stages.h"

namespace ehc {

class Judge {
 public:
  explicit Judge(const Clock& clock) : clock_(clock) {}

  Decided Decide(Informed informed) const;

 private:
  const Clock& clock_;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_JUDGE_H_
