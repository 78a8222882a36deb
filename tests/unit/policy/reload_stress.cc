#include "tests/unit/policy/reload_stress.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/snapshot.h"
#include "server/base/status_macros.h"
#include "server/policy/compiled.h"
#include "server/policy/explain.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

constexpr int kKinds = 6;
constexpr int64_t kExplainEvery = 1024;

// One kind of policy: what it grants, and by which clause with which obligation.
struct Kind {
  std::string part;
  std::string clause;
  std::string obligation;
};

Kind KindOf(int number) {
  constexpr const char* kParts[] = {"C", "G"};
  constexpr const char* kObligations[] = {"NO_ONWARD", "READ_RECEIPT", "SHOW_AS_DRAFT"};
  return {kParts[number % 2], absl::StrCat("clause-", number), kObligations[number % 3]};
}

std::shared_ptr<const PolicySnapshot> Compiled(int number) {
  const Kind kind = KindOf(number);
  return PolicyOf(ClauseText(
      kind.clause,
      absl::StrCat("part: '", kind.part, "' obligation { code: '", kind.obligation, "' }")));
}

class Stress {
 public:
  Stress(int64_t decisions, int64_t swaps) : wanted_(decisions), swaps_(swaps) {
    for (int i = 0; i < kKinds; ++i) {
      const auto policy = Compiled(i);
      kinds_[std::string(policy->revision())] = i;
      if (i == 0) current_.Set(policy);
    }
    request_ = TrustRequest(*current_.Get());
  }

  ReloadReport Run(int threads) {
    const absl::Time start = absl::Now();
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([this] { DecideUntilDone(); });
    for (int64_t i = 1; i <= swaps_; ++i) {
      auto next = Compiled(static_cast<int>(i % kKinds));
      // Every third time the agreement is suspended as well: the same revision, another snapshot.
      if (i % 3 == 0) next = next->WithSuspended({AgreementId("test")});
      current_.Set(std::move(next));
    }
    swapped_ = true;
    for (std::thread& thread : running) thread.join();
    return {decisions_, swaps_, explained_, mixed_, absl::Now() - start};
  }

 private:
  // Of the snapshot itself, not of another one that looks the same.
  static bool IsOf(const ClauseInfo* clause, const PolicySnapshot& policy) {
    const auto& infos = policy.compiled().clause_infos;
    return clause == &infos[0] && infos.size() == 1;
  }

  bool IsWhole(const PolicySnapshot& policy, const Decision& decision) const {
    const auto known = kinds_.find(std::string(policy.revision()));
    if (known == kinds_.end()) return false;
    const Kind kind = KindOf(known->second);
    const RecordSchema* schema = policy.FindSchema("EHC_PLAN");
    if (decision.schema != schema) return false;
    if (policy.StateOf(AgreementId("test"), MidJanuary()) == Reason::kAgreementSuspended) {
      return decision.outcome == Outcome::kDeny && decision.granted == 0 &&
             decision.reason == Reason::kAgreementSuspended;
    }
    const int part = schema->IndexOf(kind.part);
    return decision.granted == PartMask{1} << part && IsOf(decision.clause, policy) &&
           decision.clause->id == kind.clause && IsOf(decision.parts[part].clause, policy) &&
           decision.obligations.size() == 1 && IsOf(decision.obligations[0].clause, policy) &&
           decision.obligations[0].what->code == kind.obligation;
  }

  bool IsExplained(const PolicySnapshot& policy) const {
    const Explanation words = Explain(request_, Facts(), MidJanuary(), policy);
    return words.revision == policy.revision() && IsWhole(policy, words.decision);
  }

  void DecideUntilDone() {
    int64_t mixed = 0;
    int64_t explained = 0;
    for (int64_t count = 1;; ++count) {
      const std::shared_ptr<const PolicySnapshot> policy = current_.Get();
      const Decision decision = Decide(request_, Facts(), MidJanuary(), *policy);
      if (!IsWhole(*policy, decision)) ++mixed;
      if (count % kExplainEvery == 0) {
        ++explained;
        if (!IsExplained(*policy)) ++mixed;
        const int64_t all = decisions_ += kExplainEvery;
        if (swapped_ && all >= wanted_) break;
      }
    }
    mixed_ += mixed;
    explained_ += explained;
  }

  const int64_t wanted_;
  const int64_t swaps_;
  std::map<std::string, int> kinds_;  // by revision
  PolicyRequest request_;
  Snapshot<PolicySnapshot> current_;
  std::atomic<bool> swapped_{false};
  std::atomic<int64_t> decisions_{0};
  std::atomic<int64_t> explained_{0};
  std::atomic<int64_t> mixed_{0};
};

}  // namespace

ReloadReport RunReloadStress(int64_t decisions, int64_t swaps, int threads) {
  return Stress(decisions, swaps).Run(threads);
}

}  // namespace ehc
