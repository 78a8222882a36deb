// The permit path allocates nothing, counted at operator new.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "tests/unit/policy/policy_world.h"

namespace {
thread_local int g_allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++g_allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace ehc {
namespace {

TEST(AllocationTest, PermitPathAllocatesNothing) {
  const auto policy = PolicyOf(
      ClauseText("a",
                 "consent_rule: CONSENT_RULE_REQUIRED obligation { code: 'NO_ONWARD' } guard {"
                 " age { max_years: 24 } } guard { hours { start: '00:00' end: '24:00' } }") +
      ClauseText("b",
                 "obligation { code: 'DELETE_BY' detail: 'a long enough detail to allocate' }") +
      ClauseText("f", "effect: EFFECT_FORBID part: 'K'"));
  const PolicyRequest request = TrustRequest(*policy);
  Facts facts = ConsentGiven(request.parts);
  facts.date_of_birth = Date(2015, 1, 1);
  const absl::Time now = MidJanuary();
  const Decision warm = Decide(request, facts, now, *policy);
  EXPECT_EQ(warm.outcome, Outcome::kPermit);
  const int before = g_allocations;
  for (int i = 0; i < 100; ++i) {
    const Decision decision = Decide(request, facts, now, *policy);
    if (decision.outcome != Outcome::kPermit) std::abort();
  }
  EXPECT_EQ(g_allocations - before, 0);
}

}  // namespace
}  // namespace ehc
