// Whatever an officer saves: a load that succeeds or says what is wrong, analysis and a decision over
// what loads, and a formatter that is stable.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "server/base/status_macros.h"
#include "server/policy/analyse.h"
#include "server/policy/engine.h"
#include "server/policy/explain.h"
#include "server/policy/format.h"
#include "server/policy/snapshot.h"

namespace ehc {
namespace {

constexpr char kWords[] = R"(
agency_type { code: "T" title: "t" } role { code: "R" title: "r" }
purpose { term { code: "P" title: "p" } lawful_basis: "B" }
lawful_basis { term { code: "B" title: "b" } }
gateway { term { code: "G" title: "g" } human_decision: HUMAN_DECISION_NOT_NEEDED }
record_type { term { code: "X" title: "x" } part { code: "A" title: "a" } }
obligation { term { code: "O" title: "o" } }
subject_flag { code: "GANG" title: "g" }
)";

void Fuzz(absl::string_view input) {
  const std::string text(input);
  const std::string formatted = FormatPolicyText(text);
  EHC_CHECK(FormatPolicyText(formatted) == formatted);
  (void)ParsePolicySource(input);
  (void)PolicySnapshot::Compile({{{"vocabulary/a.textproto", text}}}, {false, nullptr});
  const auto policy = PolicySnapshot::Compile(
      {{{"agreements/a.textproto", text}, {"vocabulary/w.textproto", kWords}}}, {false, nullptr});
  if (!policy.ok()) return;
  const absl::Time now = absl::FromUnixSeconds(1780000000);
  (void)Analyse(**policy, now);
  PolicyRequest request;
  request.agreement = AgreementId("a");
  request.user = "u";
  request.record_type = "X";
  request.parts = 1;
  (void)ExplanationText(Explain(request, Facts(), now, **policy));
}

}  // namespace
}  // namespace ehc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ehc::Fuzz(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
