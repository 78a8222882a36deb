// Bytes as choices among agreements, requests and facts that are well formed: what the loader lets
// through, the compiler, the index, the residual, analysis and explanation. The engine must answer
// as the brute-force evaluator does, in two orders of clauses.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "server/base/status_macros.h"
#include "server/policy/analyse.h"
#include "server/policy/engine.h"
#include "server/policy/explain.h"
#include "server/policy/format.h"
#include "server/policy/render.h"
#include "tests/fuzz/milestone.h"
#include "tests/support/policy_oracle/random_world.h"

namespace ehc {
namespace {

constexpr int kRequests = 4;

Milestone permitted("a permit");
Milestone redacted("a permit of some parts");
Milestone referred("a referral");
Milestone denied("a denial");
Milestone obliged("an obligation");
Milestone broken("glass broken");

void Count(const Decision& decision) {
  if (decision.outcome == Outcome::kPermit) permitted.Reach();
  if (decision.outcome == Outcome::kPermitRedacted) redacted.Reach();
  if (decision.outcome == Outcome::kReferToHuman) referred.Reach();
  if (decision.outcome == Outcome::kDeny) denied.Reach();
  if (!decision.obligations.empty()) obliged.Reach();
  if (decision.break_glass_used) broken.Reach();
}

// What officers read must not depend on the order of clauses nor fail on any policy that loads.
void Read(const PolicySource& source, const PolicySnapshot& policy, absl::Time now) {
  (void)Analyse(policy, now);
  for (const PolicyFile& file : source.files) {
    const std::string formatted = FormatPolicyText(file.text);
    EHC_CHECK(FormatPolicyText(formatted) == formatted);
  }
  for (const AgreementSummary& agreement : policy.agreements()) {
    EHC_CHECK(RenderMarkdown(policy, agreement.id).ok());
    EHC_CHECK(RenderHtml(policy, agreement.id).ok());
  }
}

void Fuzz(absl::string_view input) {
  RandomWorld world(input);
  const PolicySource source = world.Shuffled();
  const auto one = world.Compile(source);
  const auto other = world.Compile(world.Shuffled());
  Read(source, *one, world.Now());
  for (int i = 0; i < kRequests; ++i) {
    const PolicyRequest request = world.Request();
    const Facts facts = world.SomeFacts();
    const absl::Time now = world.Now();
    const std::string expected = AskOracle(world.policy(), request, facts, now).ToString();
    const Decision decision = Decide(request, facts, now, *one);
    Count(decision);
    EHC_CHECK(FromDecision(decision).ToString() == expected);
    EHC_CHECK(FromDecision(Decide(request, facts, now, *other)).ToString() == expected);
    const Residual residual(request, now, *one);
    EHC_CHECK(FromDecision(residual.Decide(facts)).ToString() == expected);
    EHC_CHECK(!ExplanationText(Explain(request, facts, now, *one)).empty());
  }
}

}  // namespace
}  // namespace ehc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ehc::Fuzz(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
