// Whatever an officer saves: a load that succeeds or says what is wrong, analysis and a decision
// over what loads, and a formatter that is stable.
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
#include "tests/fuzz/milestone.h"

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
organisation { id: "c" title: "c" agency_type: "T" }
)";

Milestone vocabulary_loaded("a vocabulary that loads");
Milestone agreement_loaded("an agreement that loads");
Milestone decided("a decision that a clause made");
Milestone stored("a stored policy that is read back");

void Fuzz(absl::string_view input) {
  const std::string text(input);
  const std::string formatted = FormatPolicyText(text);
  EHC_CHECK(FormatPolicyText(formatted) == formatted);
  const auto from_store = ParsePolicySource(input);
  if (from_store.ok()) {
    stored.Reach();
    EHC_CHECK(SerializePolicySource(*from_store) == input);
    (void)PolicySnapshot::Compile(*from_store, {false, nullptr});
  }
  if (PolicySnapshot::Compile({{{"vocabulary/a.textproto", text}}}, {false, nullptr}).ok()) {
    vocabulary_loaded.Reach();
  }
  const auto policy = PolicySnapshot::Compile(
      {{{"agreements/a.textproto", text}, {"vocabulary/w.textproto", kWords}}}, {false, nullptr});
  if (!policy.ok()) {
    EHC_CHECK(!policy.status().message().empty());
    return;
  }
  agreement_loaded.Reach();
  const absl::Time now = absl::FromUnixSeconds(1780000000);
  (void)Analyse(**policy, now);
  PolicyRequest request;
  request.agency = AgencyId("r");
  request.agency_type = "T";
  request.custodian = AgencyId("c");
  request.custodian_type = "T";
  request.agreement = AgreementId("a");
  request.user = "u";
  request.role = "R";
  request.purpose = "P";
  request.lawful_basis = "B";
  request.gateway = "G";
  request.record_type = "X";
  request.parts = 1;
  const Explanation explanation = Explain(request, Facts(), now, **policy);
  if (explanation.decision.clause != nullptr) decided.Reach();
  EHC_CHECK(!ExplanationText(explanation).empty());
}

}  // namespace
}  // namespace ehc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ehc::Fuzz(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
